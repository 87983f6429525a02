//! `sightline train` with a configuration for classes, as a person meets it: drawn digits, the lecture's network.

use std::path::PathBuf;
use std::process::{Command, Output};

use image::GrayImage;
use serde_json::Value;
use sightline_test_support::digits::{Digits, SIDE};
use sightline_test_support::in_repo;

/// Digits under the names of MNIST's files.
struct Data(tempfile::TempDir);

impl Data {
    fn new() -> Self {
        let data = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir_all(data.at("data/mnist")).unwrap();
        for (name, count, seed) in [("train", 200, 1), ("t10k", 40, 2)] {
            let (images, labels) = (format!("{name}-images-idx3-ubyte.gz"), format!("{name}-labels-idx1-ubyte.gz"));
            let at = |name: String| data.at("data/mnist").join(name);
            Digits::draw(count, seed).write(&at(images), &at(labels)).unwrap();
        }
        data
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn sightline(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sightline"));
        command.args(arguments).current_dir(self.0.path()).output().expect("the binary was built")
    }

    fn train(&self, more: &[&str]) -> Output {
        let config = in_repo("configs/MNIST.yaml").display().to_string();
        let begin = ["train", &config, "--device", "cpu", "--set", "training.batch_size=20"];
        self.sightline(&[&begin[..], more].concat())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn one_file_and_one_command_make_a_model_that_classifies() {
    let data = Data::new();
    let set = ["--set", "training.epochs=3", "--set", "training.learning_rate=0.003", "--out", "run"];
    let output = data.train(&set);
    let messages = text(&output.stderr);
    assert!(output.status.success(), "{messages}");
    for line in [
        "200 photos to learn from, 40 to judge by; 10 classes",
        "MNIST network, learnt from nothing, on CPU",
        "Epoch 3/3 - Training Loss: ",
        " - Test Accuracy: ",
    ] {
        assert!(messages.contains(line), "{line}: {messages}");
    }
    let report = text(&output.stdout);
    assert!(report.contains("of 40 test photos are told right, loss "), "{report}");
    assert!(report.trim().ends_with(&PathBuf::from("run").join("model").display().to_string()), "{report}");
    assert!(report.starts_with(&std::fs::read_to_string(data.at("run/report.txt")).unwrap()));
    assert_eq!(std::fs::read_to_string(data.at("run/confusion.csv")).unwrap().lines().count(), 11);
    let log = std::fs::read_to_string(data.at("run/log.jsonl")).unwrap();
    let events: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let last = events.last().unwrap();
    assert_eq!((&last["event"], &last["epochs"], &last["judged_by"]), (&"epoch".into(), &3.into(), &"test".into()));
    assert!(last["train_accuracy"].as_f64().is_some_and(|share| (0.0..=1.0).contains(&share)), "{last}");

    // More epochs for a run that is over.
    let more = data.sightline(&["train", "--resume", "run", "--device", "cpu", "--set", "training.epochs=4"]);
    assert!(text(&more.stderr).contains("Epoch 4/4 - Training Loss: "), "{}", text(&more.stderr));
    let plot = data.sightline(&["train", "--plot", "run"]);
    assert!(plot.status.success(), "{}", text(&plot.stderr));
    assert!(std::fs::read_to_string(data.at("run/log.svg")).unwrap().contains("Accuracy"));

    // As people draw: black on white, and larger.
    let digits = Digits::draw(20, 2);
    let photo = GrayImage::from_fn(280, 280, |x, y| {
        let place = (y as usize / 10) * SIDE + x as usize / 10;
        image::Luma([255 - digits.pixels[SIDE * SIDE + place]])
    });
    photo.save(data.at("one.png")).unwrap();
    let classify = data.sightline(&["classify", "one.png", "--model", "run/model", "--device", "cpu", "--json"]);
    assert!(classify.status.success(), "{}", text(&classify.stderr));
    let said: Value = serde_json::from_slice(&classify.stdout).unwrap();
    assert!(said.to_string().contains("\"1\""), "{said}");
}

#[test]
fn a_run_that_cannot_begin_says_why() {
    let data = Data::new();
    let error = |set: &str| text(&data.train(&["--set", set, "--out", "run"]).stderr);
    assert!(error("data.images=nowhere").contains("nowhere: No such file"), "{}", error("data.images=nowhere"));
    assert!(error("model.backbone=no_such_net").contains("model.backbone is no_such_net"));
    assert!(error("data.captions=a").contains("there is no key \"captions\"; known are images, labels"));
    let swapped = error("data.labels=data/mnist/t10k-labels-idx1-ubyte.gz");
    assert!(swapped.contains("has 200 pictures, and ") && swapped.contains("has 40 labels"), "{swapped}");
    assert!(!data.at("run").exists(), "nothing is left behind");
}

#[test]
fn a_new_run_leaves_what_another_run_left() {
    let data = Data::new();
    for (name, is_folder) in
        [("best.safetensors", false), ("log.jsonl", false), ("config.yaml", false), ("model", true)]
    {
        let run = data.at("run");
        std::fs::create_dir(&run).unwrap();
        match is_folder {
            true => std::fs::create_dir(run.join(name)).unwrap(),
            false => std::fs::write(run.join(name), "kept").unwrap(),
        }
        let output = data.train(&["--out", "run"]);
        assert_eq!(output.status.code(), Some(1));
        let message = text(&output.stderr);
        assert!(message.contains(&format!("there is {name} of another run in it")), "{message}");
        assert!(message.contains("name another folder"), "{message}");
        let left: Vec<_> = std::fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [name], "nothing is added");
        std::fs::remove_dir_all(&run).unwrap();
    }
}

#[test]
fn a_damaged_checkpoint_costs_no_more_than_itself() {
    let data = Data::new();
    let begun = data.train(&["--set", "training.epochs=1", "--out", "run"]);
    assert!(begun.status.success(), "{}", text(&begun.stderr));
    std::fs::write(data.at("run/last.safetensors"), "damaged").unwrap();
    let output = data.sightline(&["train", "--resume", "run", "--device", "cpu"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    for part in ["last.safetensors is damaged", "put a copy of it in its place", "another folder", "of the best epoch"]
    {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(!message.contains("delete"), "{message}");
    assert!(message.contains("sightline: run/last.safetensors is"), "the folder is named once: {message}");
    std::fs::remove_file(data.at("run/last.safetensors")).unwrap();
    let output = data.sightline(&["train", "--resume", "run", "--device", "cpu"]);
    let message = text(&output.stderr);
    assert!(message.contains("run: there is no checkpoint in it") && message.contains("another folder"), "{message}");
    assert!(data.at("run/best.safetensors").is_file() && data.at("run/model").is_dir());
}

#[test]
fn a_run_that_is_resumed_elsewhere_says_where_it_was_begun() {
    let data = Data::new();
    let begun = data.train(&["--set", "training.epochs=1", "--out", "run"]);
    assert!(begun.status.success(), "{}", text(&begun.stderr));
    let output = data.sightline(&["train", "--resume", ".", "--device", "cpu"]);
    assert!(text(&output.stderr).contains("there is no checkpoint in it"), "{}", text(&output.stderr));
    let mut command = Command::new(env!("CARGO_BIN_EXE_sightline"));
    let output = command.args(["train", "--resume", ".", "--device", "cpu"]).current_dir(data.at("run")).output();
    let message = text(&output.unwrap().stderr);
    let expected = "data/mnist/train-images-idx3-ubyte.gz: there is none here, and ./config.yaml names it";
    assert!(message.contains(expected) && message.contains("go on there"), "{message}");
}

#[test]
fn where_a_run_goes_is_checked_before_a_photo_is_read() {
    let data = Data::new();
    std::fs::write(data.at("file"), "kept").unwrap();
    for out in ["file", "file/run"] {
        let output = data.train(&["--set", "data.images=nowhere", "--out", out]);
        assert_eq!(output.status.code(), Some(1));
        let message = text(&output.stderr);
        assert!(message.starts_with(&format!("sightline: {out}")) && !message.contains("nowhere"), "{message}");
    }
}

#[test]
fn a_folder_in_the_way_of_the_model_is_found_before_a_run_goes_on() {
    let data = Data::new();
    let begun = data.train(&["--set", "training.epochs=1", "--out", "run"]);
    assert!(begun.status.success(), "{}", text(&begun.stderr));
    std::fs::remove_dir_all(data.at("run/model")).unwrap();
    std::fs::create_dir(data.at("run/model")).unwrap();
    std::fs::write(data.at("run/model/thesis.txt"), "theirs").unwrap();
    let output = data.sightline(&["train", "--resume", "run", "--device", "cpu", "--set", "data.images=nowhere"]);
    assert_eq!(output.status.code(), Some(1));
    let message = text(&output.stderr);
    assert!(message.contains("run/model: ") && !message.contains("nowhere"), "{message}");
    assert!(data.at("run/model/thesis.txt").is_file());
}
