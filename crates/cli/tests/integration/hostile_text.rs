//! Text from outside, such as names of files and what a model says of itself, on its way to a terminal or a spreadsheet.

#[cfg(target_os = "linux")]
use std::process::Command;

use sightline::model::Manifest;
use sightline_test_support::{in_repo, small_manifest};

use crate::command::{Model, sightline, sightline_in, stderr, stdout};

#[test]
fn a_model_cannot_say_what_the_command_says() {
    let model = Model::of(&Manifest {
        name: "tiny\n  licence     MIT".into(),
        license: Some("\u{1b}[2K\u{9b}1A\u{202e}none\r\n  scores      1.0".into()),
        ..small_manifest()
    });
    let told = stdout(&sightline(&["inspect", &model.path()]));
    assert!(told.starts_with("tiny\\n  licence     MIT\n"), "{told}");
    let licence = "\n  licence     \\u{1b}[2K\\u{9b}1A\\u{202e}none\\r\\n  scores      1.0\n";
    assert!(told.contains(licence), "{told}");
    assert_eq!(told.matches("\n  licence ").count(), 1, "{told}");
    let json: serde_json::Value =
        serde_json::from_slice(&sightline(&["inspect", "--json", &model.path()]).stdout).unwrap();
    assert_eq!(json["name"], "tiny\n  licence     MIT");
}

#[cfg(unix)]
#[test]
fn names_of_files_command_no_terminal() {
    let model = Model::new();
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(in_repo("tests/photos/small.png"), folder.path().join("a\u{1b}[31m\nb.png")).unwrap();
    std::fs::write(folder.path().join("c\u{1b}[2J\nd.png"), "no photo").unwrap();
    let begin = ["caption", "--device", "cpu", "--model", &model.path()];
    let output = sightline_in(folder.path(), &[&begin[..], &["."]].concat());
    assert_eq!(output.status.code(), Some(1));
    let (told, failed) = (stdout(&output), stderr(&output));
    assert!(told.starts_with("./a\\u{1b}[31m\\nb.png: "), "{told}");
    assert_eq!(told.lines().count(), 1);
    assert!(failed.starts_with("./c\\u{1b}[2J\\nd.png: "), "{failed}");
    assert_eq!(failed.lines().count(), 1, "{failed}");
}

/// JSON and tables are for programs, and people look at them in a terminal. `script` runs a command in one.
#[cfg(target_os = "linux")]
#[test]
fn names_of_files_command_no_terminal_in_json_and_tables() {
    let model = Model::new();
    let folder = tempfile::tempdir().unwrap();
    let name = "a\u{9b}31m\u{202e}\u{7f}.png";
    std::fs::copy(in_repo("tests/photos/small.png"), folder.path().join(name)).unwrap();
    let begin = ["caption", "--device", "cpu", "--model", &model.path()];
    let json = stdout(&sightline_in(folder.path(), &[&begin[..], &["--json", name]].concat()));
    assert!(json.contains("\"a\\u009b31m\\u202e\\u007f.png\""), "{json}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&json).unwrap()["photo"], name);
    let table = stdout(&sightline_in(folder.path(), &[&begin[..], &["--csv", name]].concat()));
    assert!(table.contains(name), "a program finds the file by its name: {table}");

    let command = format!("'{}' {} --csv ./*.png", env!("CARGO_BIN_EXE_sightline"), begin.join(" "));
    let terminal = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let table = stdout(&terminal);
    assert!(terminal.status.success(), "{table}");
    assert!(table.contains("./a\\u{9b}31m\\u{202e}\\u{7f}.png,"), "{table}");
    assert!(!table.contains(['\u{9b}', '\u{202e}', '\u{7f}']), "{table}");
}

#[cfg(unix)]
#[test]
fn names_of_pages_command_no_terminal_in_any_report() {
    let folder = tempfile::tempdir().unwrap();
    let name = "a\u{9b}31m\u{202e}\u{7f}.html";
    std::fs::write(folder.path().join(name), "<html lang=en><img src=a.jpg></html>").unwrap();
    for format in ["text", "json", "github", "sarif", "junit"] {
        let report = stdout(&sightline_in(folder.path(), &["alt", "--check", "--report", format, "."]));
        assert!(report.contains("html"), "{format}: {report}");
        assert!(!report.contains(['\u{9b}', '\u{202e}', '\u{7f}']), "{format}: {report}");
    }
    let report = sightline_in(folder.path(), &["alt", "--check", "--json", "."]);
    let json: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    assert!(json.to_string().contains(name), "a program finds the page by its name: {json}");
}

#[cfg(unix)]
#[test]
fn a_table_has_no_formulas() {
    let model = Model::new();
    let folder = tempfile::tempdir().unwrap();
    let names = ["=1+1.png", "@sum.png", "+a.png", "a=b.png"];
    for name in names {
        std::fs::copy(in_repo("tests/photos/small.png"), folder.path().join(name)).unwrap();
    }
    let begin = ["caption", "--device", "cpu", "--model", &model.path(), "--csv"];
    let table = stdout(&sightline_in(folder.path(), &[&begin[..], &names].concat()));
    let cells: Vec<&str> = table.lines().skip(1).filter_map(|row| row.split(',').next()).collect();
    assert_eq!(cells, ["'=1+1.png", "'@sum.png", "'+a.png", "a=b.png"]);
    let probability = table.lines().nth(1).unwrap().rsplit(',').nth(1).unwrap();
    assert!(probability.starts_with('-'), "a number stays one: {table}");
}
