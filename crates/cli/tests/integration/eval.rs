//! What `sightline eval` tells of how a model errs.

use std::path::Path;
use std::process::{Command, Output};

use image::{Rgb, RgbImage};
use serde_json::{Value, json};
use sightline::decoder::{DecoderConfig, DecoderSizes, LstmConfig};
use sightline::model::{Dtype, Manifest};
use sightline_test_support::{small_manifest, write_small_model, write_synthetic};

/// Would be a character of its own, were it not escaped.
const PHOTO: &str = "0&lt;'.png";
const CAPTION: &str = "A <b>bold</b> man & a \"dog\" .";

fn data() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("Images")).unwrap();
    let mut captions = format!("image,caption\n{PHOTO},\"{}\"\n", CAPTION.replace('"', "\"\""));
    for i in 0..12u8 {
        let photo = RgbImage::from_fn(40, 30, |x, y| Rgb([20 * i, x as u8 * 6, y as u8 * 8]));
        let name = if i == 0 { PHOTO.to_string() } else { format!("{i}.png") };
        photo.save(folder.path().join("Images").join(&name)).unwrap();
        captions += &format!("{name},A red man in shade {i} .\n{name},Two men in red .\n");
    }
    std::fs::write(folder.path().join("captions.txt"), captions).unwrap();
    std::fs::write(folder.path().join("dev.txt"), format!("{PHOTO}\n1.png\n2.png\n3.png\n")).unwrap();
    std::fs::write(folder.path().join("train.txt"), "4.png\n5.png\n").unwrap();
    write_small_model(&folder.path().join("model"), Dtype::F32);
    folder
}

fn eval(folder: &Path, more: &[&str]) -> Output {
    let begin = ["eval", "--device", "cpu", "--captions", "captions.txt", "--images", "Images", "--cache", "cache"];
    let mut command = Command::new(env!("CARGO_BIN_EXE_sightline"));
    command.args(begin).args(more).current_dir(folder).output().expect("the binary was built")
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A model without attention, `plain`.
fn write_plain(folder: &Path) {
    let manifest = small_manifest();
    let (vocab_size, feature_dim) = (manifest.decoder.vocab_size(), manifest.decoder.feature_dim());
    let decoder = DecoderConfig::Lstm(LstmConfig(DecoderSizes { vocab_size, feature_dim, embedding: 8, hidden: 8 }));
    write_synthetic(&folder.join("plain"), &Manifest { decoder, ..manifest }, Dtype::F32);
}

fn report(folder: &Path, more: &[&str]) -> String {
    let output = eval(folder, &[&["--report", "report.html"], more].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    std::fs::read_to_string(folder.join("report.html")).unwrap()
}

#[test]
fn a_report_is_one_page_that_shows_how_a_model_errs() {
    let folder = data();
    let html = report(folder.path(), &["--model", "model", "--out", "scores.json"]);
    for part in ["How small errs", "12 photos, 3 beams", "The worst", "The best", "CIDEr-D", "Never said", "<th scope"]
    {
        assert!(html.contains(part), "{part} is missing");
    }
    // Six of the worst, as many of the best, each with a photo and a map for each word.
    assert_eq!(html.matches("<li class=\"card\">").count(), 12);
    assert_eq!(html.matches("data:image/jpeg;base64,").count(), 12);
    let scores: Value = serde_json::from_slice(&std::fs::read(folder.path().join("scores.json")).unwrap()).unwrap();
    let captions = scores["captions"].as_array().unwrap();
    let words = captions.iter().map(|caption| caption["caption"].as_str().unwrap().split_whitespace().count());
    assert_eq!(html.matches("data:image/png;base64,").count(), words.sum::<usize>());
    // Nothing is fetched, and nothing of a file is markup.
    assert!(html.contains("default-src &#39;none&#39;") && !html.contains("http:") && !html.contains("https:"));
    assert!(html.contains("0&amp;lt;&#39;.png"));
    assert!(html.contains("A &lt;b&gt;bold&lt;/b&gt; man &amp; a &quot;dog&quot;"));

    let errors = &scores["errors"];
    assert_eq!(errors["confusions"]["sexes"]["people"][0], "man or boy");
    assert_eq!(errors["sureness"]["bins"].as_array().unwrap().len(), 10);
    assert_eq!(errors["people"]["mean_length"], 123.0 / 24.0);
    assert_eq!(errors.get("repeated"), None);
    // What was written can be compared with.
    let compared = eval(folder.path(), &["--model", "model", "--against", "scores.json"]);
    assert!(compared.status.success(), "{}", stderr(&compared));
}

#[test]
fn captions_are_looked_for_among_those_that_were_learnt() {
    let folder = data();
    let lists = ["--model", "model", "--list", "dev.txt", "--train-list", "train.txt", "--out", "scores.json"];
    let html = report(folder.path(), &lists);
    assert!(html.contains("The training captions are 3 different ones"));
    let scores: Value = serde_json::from_slice(&std::fs::read(folder.path().join("scores.json")).unwrap()).unwrap();
    // "Two men in red ." of four photos, of nine captions.
    assert_eq!(scores["errors"]["repeated"]["people"].as_f64(), Some(4.0 / 9.0));
}

#[test]
fn a_report_says_that_a_model_has_no_attention() {
    let folder = data();
    write_plain(folder.path());
    let html = report(folder.path(), &["--model", "plain"]);
    assert!(html.contains("This model has no attention, so there are no maps of where it looked."));
    assert!(!html.contains("data:image/png"));
}

#[test]
fn what_cannot_be_written_is_said_before_the_work() {
    let folder = data();
    for (option, path, reason) in [
        ("--report", "Images", "Images is a folder; name a file"),
        ("--report", "none/report.html", "none/report.html cannot be written: there is no folder none"),
        ("--out", "none/scores.json", "none/scores.json cannot be written: there is no folder none"),
    ] {
        // Without a model: that is read later.
        let output = eval(folder.path(), &["--model", "nowhere", option, path]);
        assert_eq!((output.status.code(), stderr(&output)), (Some(1), format!("sightline: {reason}\n")));
    }
    assert!(!folder.path().join("cache").exists());
}

#[test]
fn a_calibration_goes_from_eval_to_the_captions() {
    let folder = data();
    let output = eval(folder.path(), &["--model", "model", "--calibrate", "--out", "scores.json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let told = String::from_utf8(output.stdout).unwrap();
    // Twelve captions are too few to be sure of any.
    assert!(told.contains("\ntemperature ") && told.contains("the model is sure of none"), "{told}");
    assert!(told.contains("no photos that the model knows was not measured: it takes 200 photos\n"), "{told}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let mut scores: Value = serde_json::from_str(&read("scores.json")).unwrap();
    assert_eq!(scores["calibration"]["sure"], 1.0);
    assert_eq!(scores["held_out"][2]["sureness"], "hesitant");
    assert_eq!(scores["errors"]["sureness"]["steps"][2]["captions"], 12);

    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sightline"));
        command.args(arguments).current_dir(folder.path()).output().expect("the binary was built")
    };
    let pack = || run(&["pack", "--model", "model", "--scores", "scores.json", "--force", "calibrated"]);
    let sureness = |model: &str| {
        let output = run(&["caption", "--device", "cpu", "--json", "--model", model, "Images/1.png"]);
        let caption: Value = serde_json::from_slice(&output.stdout).unwrap();
        caption["sureness"].as_str().unwrap().to_string()
    };
    assert_eq!(sureness("model"), "hesitant");
    for (sure, unsure, wanted) in [(0.0, 0.0, "sure"), (1.0, 0.0, "unsure"), (1.0, 1.0, "hesitant")] {
        scores["calibration"] = json!({ "temperature": 1.0, "sure": sure, "unsure": unsure });
        std::fs::write(folder.path().join("scores.json"), scores.to_string()).unwrap();
        let output = pack();
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(sureness("calibrated"), wanted);
        let manifest: Value = serde_json::from_str(&read("calibrated/model.json")).unwrap();
        assert_eq!(manifest["calibration"], scores["calibration"]);
    }
    let told = String::from_utf8(run(&["inspect", "calibrated"]).stdout).unwrap();
    assert!(told.contains("calibration sure from 1.000, unsure from 1.000"), "{told}");

    let manifest: Value = serde_json::from_str(&read("calibrated/model.json")).unwrap();
    let channels = small_manifest().encoder.channels();
    assert_eq!(manifest.get("familiarity"), None);
    scores["familiarity"] = json!({ "mean": vec![0.5; channels], "spread": vec![0.25; channels], "limit": 1.5 });
    std::fs::write(folder.path().join("scores.json"), scores.to_string()).unwrap();
    assert!(pack().status.success());
    let manifest: Value = serde_json::from_str(&read("calibrated/model.json")).unwrap();
    assert_eq!(manifest["familiarity"], scores["familiarity"]);
    let told = String::from_utf8(run(&["inspect", "calibrated"]).stdout).unwrap();
    assert!(told.contains("photos      known up to a distance of 1.500"), "{told}");
    scores["familiarity"]["limit"] = json!(0.0);
    std::fs::write(folder.path().join("scores.json"), scores.to_string()).unwrap();
    let told = stderr(&pack());
    assert!(told.contains("familiarity.limit is 0; a number above 0 is allowed"), "{told}");

    scores["calibration"]["temperature"] = json!(-1.0);
    std::fs::write(folder.path().join("scores.json"), scores.to_string()).unwrap();
    let wanted = "sightline: scores.json: calibration.temperature is -1; 0.05 to 20 is allowed\n";
    assert_eq!(stderr(&pack()), wanted);
}

#[test]
fn deletion_tells_how_probable_words_stay_without_the_cells_that_they_need() {
    let folder = data();
    let output = eval(folder.path(), &["--model", "model", "--list", "dev.txt", "--deletion"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    let (_, table) = text.split_once("looked at most").expect("a table was printed");
    let rows: Vec<Vec<f64>> = (table.lines())
        .map(|line| line.split_whitespace().filter_map(|cell| cell.parse().ok()).collect())
        .filter(|row: &Vec<f64>| row.len() == 4)
        .collect();
    let hidden: Vec<f64> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(hidden, [0.0, 1.0, 2.0], "of a grid of four cells one at least is left");
    assert_eq!(rows[0][1..], [rows[0][1]; 3], "with all cells there is one order");
    // What lowers it most, cell by cell, lowers it more than cells by chance.
    assert!(rows[1][1] < rows[0][1] && rows[1][1] < rows[1][3], "{rows:?}");

    write_plain(folder.path());
    let output = eval(folder.path(), &["--model", "plain", "--list", "dev.txt", "--deletion"]);
    assert!(stderr(&output).contains("--deletion: this model does not look at some cells more than at others"));
    assert!(!output.status.success());
}

#[cfg(unix)]
#[test]
fn scores_go_through_a_pipe_that_a_link_leads_to() {
    let folder = data();
    let (pipe, link) = (folder.path().join("pipe"), folder.path().join("scores.json"));
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("pipe", &link).unwrap();
    let is_pipe = || std::os::unix::fs::FileTypeExt::is_fifo(&pipe.metadata().unwrap().file_type());
    let reader = std::thread::spawn({
        let pipe = pipe.clone();
        move || std::fs::read(pipe).unwrap()
    });
    let output = eval(folder.path(), &["--model", "model", "--list", "dev.txt", "--out", "scores.json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(is_pipe() && link.is_symlink(), "nothing takes their places");
    let scores: Value = serde_json::from_slice(&reader.join().unwrap()).unwrap();
    assert_eq!(scores["photos"], 4);
}
