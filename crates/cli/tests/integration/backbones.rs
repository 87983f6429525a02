//! `sightline inspect --backbone` and `sightline bench --backbone`, as they are typed.

use crate::command::{sightline, stderr, stdout};

#[test]
fn a_backbones_table_ends_as_torchsummarys_does() {
    let output = sightline(&["inspect", "--backbone", "resnet50"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let first = text.lines().find(|line| line.starts_with("Conv2d-1 ")).expect("a row for the first layer");
    let cells: Vec<&str> = first.split_whitespace().collect();
    assert_eq!(cells, ["Conv2d-1", "64×112×112", "9,408", "7", "2", "3", "118,013,952", "7", "2"]);
    for line in [
        "Total params: 25,557,032",
        "Trainable params: 25,557,032",
        "Non-trainable params: 0",
        "Estimated total size (MB): 384.62",
        "Multiply-adds: 4,089,184,256",
        "Feature grid: 7×7 cells of 2,048 channels",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is missing from\n{text}");
    }
}

#[test]
fn the_table_is_for_programs_and_documents_too() {
    let run = |options: &[&str]| {
        let output = sightline(&[&["inspect", "--backbone", "efficientnet_lite2", "--size", "260"], options].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let json: serde_json::Value = serde_json::from_str(&run(&["--json"])).expect("one JSON object");
    assert_eq!(json["input"], serde_json::json!([3, 260, 260]));
    assert_eq!(json["grid"], serde_json::json!({ "rows": 9, "cols": 9 }));
    let rows = json["rows"].as_array().expect("rows").len();
    assert_eq!(rows, 259);
    // TensorFlow's "same" puts the odd zero at the end.
    assert_eq!(json["rows"][1]["window"]["padding"], serde_json::json!([0, 1]));
    let csv = run(&["--csv"]);
    assert_eq!(csv.lines().count(), rows + 1);
    let columns = csv.lines().next().expect("a head").split(',').count();
    assert!(csv.lines().all(|line| line.split(',').count() == columns), "every line has as many columns");
    let markdown = run(&["--markdown"]);
    assert_eq!(markdown.lines().filter(|line| line.starts_with('|')).count(), rows + 2);
}

#[test]
fn what_has_no_table_is_said() {
    let refused = |options: &[&str]| {
        let output = sightline(options);
        assert_eq!(output.status.code(), Some(1), "{options:?}");
        stderr(&output)
    };
    let unknown = refused(&["inspect", "--backbone", "resnet"]);
    assert!(unknown.contains("backbone is resnet; resnet50, resnet101, "), "{unknown}");
    let small = refused(&["inspect", "--backbone", "alexnet", "--size", "62"]);
    assert!(small.contains("62; AlexNet needs at least 63"), "{small}");
    let large = refused(&["inspect", "--backbone", "alexnet", "--size", "100000"]);
    assert!(large.contains("at most 4096 pixels"), "{large}");
    assert_eq!(sightline(&["inspect"]).status.code(), Some(2));
    assert_eq!(sightline(&["inspect", "folder", "--backbone", "alexnet"]).status.code(), Some(2));
    assert_eq!(sightline(&["inspect", "folder", "--csv"]).status.code(), Some(2));
}

#[test]
fn backbones_are_measured_side_by_side() {
    let options = ["bench", "--device", "cpu", "--runs", "1", "--backbone", "mnist_cnn,lenet5"];
    let text = stdout(&sightline(&options));
    for part in ["mnist_cnn", "lenet5", "MNIST network, by kind of layer", "5×5", "max-pool", "GMAC/s"] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
    let lines = stdout(&sightline(&[&options[..], &["--json"]].concat()));
    let lines: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!((lines[1]["backbone"].as_str(), lines[1]["parameters"].as_u64()), (Some("lenet5"), Some(61_706)));
    let unknown = stderr(&sightline(&["bench", "--backbone", "lenet5,nothing"]));
    assert!(unknown.contains("backbone is nothing; "), "{unknown}");
}
