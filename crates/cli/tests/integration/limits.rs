//! Files that are far larger than any of their kind, or have no end: they are named, and not read into memory.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};

use sightline::model::Dtype;
use sightline_test_support::write_small_model;

use crate::caption::checkpoints;
use crate::command::stderr;

/// With so little memory that a file which is read as a whole would be an error of another kind.
fn sightline_in_little_memory(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", "ulimit -v 6000000; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_sightline")]);
    command.args(arguments).current_dir(folder).output().expect("there is a shell")
}

/// Takes no room on the disk, for there is nothing in it but zeros that were never written.
fn huge(path: &Path) {
    File::create(path).unwrap().set_len(1 << 36).unwrap();
}

/// Every file that is read as a whole, by the arguments that come before and behind its name.
const FILES: &[(&[&str], &[&str])] = &[
    (&["train"], &["--out", "run"]),
    (
        &[
            "eval",
            "--device",
            "cpu",
            "--model",
            "model",
            "--images",
            "Images",
            "--captions",
            "captions.txt",
            "--against",
        ],
        &[],
    ),
    (
        &["eval", "--device", "cpu", "--model", "model", "--images", "Images", "--captions", "captions.txt", "--list"],
        &[],
    ),
    (&["pack", "--model", "model", "--scores"], &["out"]),
    (&["pack", "--model", "model", "--dtype", "int8", "--calibrate", "Images", "--calibrate-list"], &["out"]),
    (&["pack", "--encoder", "encoder.safetensors", "--classes"], &["out"]),
    (
        &[
            "pack",
            "--size",
            "64",
            "--encoder",
            "encoder.safetensors",
            "--decoder",
            "decoder.safetensors",
            "--vocabulary",
        ],
        &["out"],
    ),
    (&["bench", "--device", "cpu", "--runs", "1", "--model", "model", "--photo"], &[]),
];

#[test]
fn a_file_that_is_read_as_a_whole_has_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    huge(&at("huge"));
    std::os::unix::fs::symlink("/dev/zero", at("endless")).unwrap();
    std::fs::create_dir(at("Images")).unwrap();
    std::fs::write(at("captions.txt"), "image,caption\n0.png,A dog .\n").unwrap();
    checkpoints(folder.path());
    write_small_model(&at("model"), Dtype::F32);
    for name in ["huge", "endless"] {
        for (before, behind) in FILES {
            let arguments = [*before, &[name][..], *behind].concat();
            let output = sightline_in_little_memory(folder.path(), &arguments);
            let message = stderr(&output);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}: {message}");
            assert!(message.contains(&format!("{name}: ")), "{arguments:?}: {message}");
            assert!(message.contains(" more than "), "{arguments:?}: {message}");
        }
    }
}

#[test]
fn a_checkpoint_is_a_file_and_has_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("huge.safetensors");
    std::fs::write(&path, [8, 0, 0, 0, 0, 0, 0, 0, b'{']).unwrap();
    File::options().write(true).open(&path).unwrap().set_len(1 << 36).unwrap();
    let error = |checkpoint: &str| {
        let arguments = ["pack", "--encoder", checkpoint, "--classes", "classes.txt", "out"];
        let output = sightline_in_little_memory(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        stderr(&output)
    };
    assert!(error("huge.safetensors").contains("huge.safetensors: it has more than "), "{}", error("huge.safetensors"));
    assert!(error("/dev/zero").contains("/dev/zero: this is no file"), "{}", error("/dev/zero"));
}
