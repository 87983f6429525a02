//! Where `sightline pack` puts a model, and what it leaves alone there.

use std::path::{Path, PathBuf};
use std::process::Output;

use sightline::model::Dtype;
use sightline_test_support::write_small_model;

use crate::command::{sightline_in, stderr};

fn pack(folder: &Path, arguments: &[&str]) -> Output {
    sightline_in(folder, &[&["pack", "--force"], arguments].concat())
}

#[test]
fn what_is_no_model_is_found_in_the_way_before_a_checkpoint_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("theirs")).unwrap();
    std::fs::write(at("theirs/thesis.txt"), "theirs").unwrap();
    std::fs::write(at("file"), "theirs").unwrap();
    for out in ["theirs", "file", "file/model"] {
        let output = pack(folder.path(), &["--encoder", "no-such.pth", "--classes", "no-such.txt", out]);
        assert_eq!(output.status.code(), Some(1));
        let message = stderr(&output);
        assert!(message.starts_with(&format!("sightline: {out}")) && !message.contains("no-such"), "{message}");
    }
    assert!(at("theirs/thesis.txt").is_file() && at("file").is_file());
}

#[cfg(unix)]
#[test]
fn a_link_goes_on_leading_to_the_folder_of_a_model_which_gets_the_new_one() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    write_small_model(&at("from"), Dtype::F32);
    type Target = fn(&Path) -> PathBuf;
    let targets: [(&str, Target); 2] = [("relative", |_| "real".into()), ("absolute", |real| real.into())];
    for (name, target) in targets {
        let (inner, real) = (at(name), at(name).join("real"));
        std::fs::create_dir(&inner).unwrap();
        write_small_model(&real, Dtype::F32);
        std::fs::write(real.join("NOTES.md"), "notes").unwrap();
        symlink(target(&real), inner.join("link")).unwrap();
        let out = format!("{name}/link");
        let output = pack(folder.path(), &["--model", "from", "--dtype", "int8", "--name", "new", &out]);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        assert!(inner.join("link").is_symlink());
        assert_eq!(std::fs::read_to_string(real.join("NOTES.md")).unwrap(), "notes");
        assert!(std::fs::read_to_string(real.join("model.json")).unwrap().contains("\"new\""));
        assert!(real.join("MODEL_CARD.md").is_file());
        let left: Vec<_> = std::fs::read_dir(&inner).unwrap().collect();
        assert_eq!(left.len(), 2, "nothing is left behind: {left:?}");
    }
}
