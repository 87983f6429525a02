//! Text from outside, such as names of files and what a model says of itself, on its way to a terminal or a spreadsheet.

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
