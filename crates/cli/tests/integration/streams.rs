//! Where what the command says goes to, when nothing more can go there.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use sightline_test_support::in_repo;

use crate::command::{Model, stderr, stdout};

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").expect("this system has a full device").into()
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sightline"));
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn output(command: &mut Command) -> Output {
    command.spawn().expect("the binary was built").wait_with_output().unwrap()
}

#[test]
fn nothing_is_left_undone_because_nobody_can_be_told_what_failed() {
    let model = Model::new();
    let photos = in_repo("tests/photos");
    let arguments = ["caption", "--device", "cpu", "--model", &model.path(), "no-such.jpg", "small.png"];
    let told = output(&mut command(&photos, &arguments));
    let untold = output(command(&photos, &arguments).stderr(full()));
    assert_eq!(untold.status.code(), Some(1));
    assert_eq!(stdout(&untold), stdout(&told));
    assert!(stdout(&untold).starts_with("small.png: "));
}

#[test]
fn results_that_cannot_be_written_are_a_failure_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("log.jsonl"), "{\"event\":\"step\",\"step\":1,\"loss\":3}\n").unwrap();
    let model = Model::new();
    let photos = in_repo("tests/photos");
    let of_model = ["caption", "--device", "cpu", "--model", &model.path(), "small.png"];
    let commands = [
        (photos.as_path(), of_model.to_vec()),
        (photos.as_path(), [&of_model[..], &["--csv"]].concat()),
        (photos.as_path(), [&of_model[..], &["--json"]].concat()),
        (folder.path(), vec!["train", "--plot", "."]),
        (folder.path(), vec!["inspect", "--backbone", "resnet50"]),
    ];
    for (folder, arguments) in commands {
        let output = output(command(folder, &arguments).stdout(full()));
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", stderr(&output));
        let message = stderr(&output);
        assert!(message.starts_with("sightline: ") && message.contains("No space left on device"), "{message}");
        assert_eq!(message.lines().count(), 1, "{message}");
    }
}

#[test]
fn whoever_reads_no_further_is_no_failure() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let folder = tempfile::tempdir().unwrap();
    let output = output(command(folder.path(), &["inspect", "--backbone", "resnet50"]).stdout(writer));
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(0), ""));
}
