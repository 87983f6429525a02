//! The corpora that fuzzing left, read by a compiler that cannot fuzz. What once failed is in them.

use std::fs;
use std::path::{Path, PathBuf};

use sightline_fuzz::{TARGETS, Target};

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn replay(name: &str) {
    let Target { run, .. } = TARGETS.iter().find(|target| target.name == name).expect("a target");
    let mut files: Vec<PathBuf> =
        fs::read_dir(corpora().join(name)).expect("a corpus").map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 1, "the corpus of {name} is empty");
    for file in files {
        // Shown where one of them panics.
        println!("{}", file.display());
        run(&fs::read(&file).unwrap());
    }
}

/// A test for each, so that they run side by side.
macro_rules! replays {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            replay(stringify!($name));
        })*

        #[test]
        fn every_corpus_is_replayed() {
            let replayed = [$(stringify!($name)),*];
            assert!(TARGETS.iter().map(|target| target.name).eq(replayed));
            let mut found: Vec<_> = fs::read_dir(corpora())
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            found.sort();
            assert_eq!(found, replayed);
        }
    };
}

replays! { book captions config consensus glove html idx manifest markdown photo pytorch shard }
