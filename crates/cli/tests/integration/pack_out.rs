//! Where `sightline pack` puts a model, and what it leaves alone there.

use std::path::Path;
use std::process::Output;

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
