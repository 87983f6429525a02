//! Models that classify, as a person or a script meets them.

use std::path::Path;
use std::process::Output;

use serde_json::Value;
use sightline::decoder::{ClassifierConfig, DecoderConfig};
use sightline::encoder::{EncoderConfig, Norms, Pooling};
use sightline::model::Manifest;
use sightline::photo::InputSpec;
use sightline::sureness::Calibration;
use sightline::weights::Weight;
use sightline_test_support::{CLASSES, small_classifier, small_manifest, synthetic_encoder};

use crate::caption::write_safetensors;
use crate::command::{Model, sightline, sightline_in, stderr, stdout};

fn classifier() -> Model {
    Model::of(&small_classifier(Pooling::Average, vec![]))
}

#[test]
fn one_photo_gives_its_five_most_probable_classes() {
    let output = classifier().run("classify", &["scene.jpg"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let lines: Vec<(f64, &str)> = text
        .lines()
        .map(|line| {
            let (percent, class) = line.split_once(" %  ").unwrap();
            (percent.trim().parse().unwrap(), class)
        })
        .collect();
    assert_eq!(lines.len(), 5, "{text}");
    assert!(lines.windows(2).all(|two| two[0].0 >= two[1].0), "{text}");
    assert!(lines.iter().all(|(_, class)| CLASSES.contains(class)), "{text}");
    assert_eq!(text.lines().map(|line| line.find('%')).collect::<Vec<_>>(), [Some(6); 5], "{text}");
    assert_eq!(stderr(&output), "");
}

#[test]
fn several_photos_are_told_apart_and_one_bad_one_is_reported() {
    let output = classifier().run("classify", &["--top", "2", "scene.jpg", "text.jpg", "small.png"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    let names: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(names, ["scene.jpg", "small.png"]);
    assert_eq!(text.lines().count(), 6, "{text}");
    assert!(stderr(&output).contains("text.jpg: this is no image that is known here"), "{}", stderr(&output));
    let folder = tempfile::tempdir().unwrap();
    let output = classifier().run("classify", &[&folder.path().display().to_string()]);
    assert!(stderr(&output).contains("there is no photo in this folder"), "{}", stderr(&output));
}

#[test]
fn json_holds_all_classes_that_are_asked_for() {
    let output = classifier().run("classify", &["--json", "--top", "99", "scene.jpg", "empty.jpg"]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let classes = lines[0]["classes"].as_array().unwrap();
    assert_eq!(classes.len(), CLASSES.len());
    let sum: f64 = classes.iter().map(|class| class["logProbability"].as_f64().unwrap().exp()).sum();
    assert!((sum - 1.0).abs() < 1e-5, "{sum}");
    assert_eq!(lines[0]["photo"], "scene.jpg");
    assert_eq!(lines[0]["device"], serde_json::json!({ "encoder": "cpu", "decoder": "cpu" }));
    assert!(lines[0]["timings"]["words"].as_f64().unwrap() > 0.0);
    assert_eq!(lines[1]["error"]["code"], "unsupported-image");
}

#[test]
fn how_sure_a_class_is_goes_by_its_probability_alone() {
    let manifest = small_classifier(Pooling::Average, vec![]);
    let caption = |manifest: &Manifest| -> Value {
        serde_json::from_str(&stdout(&Model::of(manifest).caption(&["--json", "scene.jpg"]))).unwrap()
    };
    let probability = caption(&manifest)["logProbability"].as_f64().unwrap().exp();
    // With the end, which is certain, the mean would be the square root.
    let calibration = Calibration { temperature: 1.0, sure: probability.powf(0.75), unsure: 0.0 };
    let calibrated = Manifest { calibration: Some(calibration), ..manifest };
    let caption = caption(&calibrated);
    assert_eq!(caption["sureness"], "unsure", "{probability}");
    assert_eq!(caption["hedged"], format!("Perhaps: {}", caption["text"].as_str().unwrap()));
}

#[test]
fn the_class_is_also_what_caption_says() {
    for manifest in [small_classifier(Pooling::Average, vec![]), small_classifier(Pooling::Max, vec![8])] {
        let model = Model::of(&manifest);
        let top = stdout(&model.run("classify", &["--top", "3", "scene.jpg"]));
        let classes: Vec<&str> = top.lines().map(|line| line.split_once(" %  ").unwrap().1).collect();
        // However words are chosen, there is one, and nothing is made up beside it.
        for arguments in [
            &["--beams", "1"][..],
            &["--beams", "3"],
            &["--beams", "20"],
            &["--min-words", "4", "--beams", "1"],
            &["--min-words", "4"],
            &["--max-words", "1"],
            &["--allow-repeats"],
            &["--min-words", "0"],
        ] {
            let output = model.caption(&[arguments, &["--json", "scene.jpg"]].concat());
            assert!(output.status.success(), "{arguments:?}: {}", stderr(&output));
            let caption: Value = serde_json::from_str(&stdout(&output)).unwrap();
            assert_eq!(caption["text"], classes[0], "{arguments:?}");
            assert_eq!(caption["words"].as_array().unwrap().len(), 1, "{arguments:?}");
            assert!(caption["words"][0]["attention"].is_null());
            let alternatives = caption["words"][0]["alternatives"].as_array().unwrap();
            assert_eq!((&alternatives[0]["text"], &alternatives[1]["text"]), (&classes[1].into(), &classes[2].into()));
            for candidate in caption["candidates"].as_array().unwrap() {
                assert_eq!(candidate["words"].as_array().unwrap().len(), 1, "{arguments:?}: {candidate}");
                assert!(CLASSES.contains(&candidate["text"].as_str().unwrap()), "{arguments:?}: {candidate}");
            }
        }
        let drawn = stdout(&model.caption(&["--seed", "4", "--temperature", "2", "scene.jpg"]));
        assert!(CLASSES.iter().any(|class| drawn.trim_end().ends_with(class)), "{drawn}");
    }
}

#[test]
fn a_class_that_is_given_is_what_is_said() {
    let output = classifier().caption(&["--json", "--prefix", "spoon", "scene.jpg"]);
    let caption: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(caption["text"], "spoon");
    let output = classifier().caption(&["--prefix", "spoon teapot", "scene.jpg"]);
    assert_eq!(stdout(&output), "Hard to say. Perhaps: spoon, teapot\n");
    let output = classifier().caption(&["--prefix", "unicorn", "scene.jpg"]);
    assert!(stderr(&output).contains("the model does not know the word \"unicorn\""), "{}", stderr(&output));
}

#[test]
fn some_cells_are_enough_only_for_their_mean() {
    assert!(classifier().caption(&["--cells", "0,3", "scene.jpg"]).status.success());
    let flat = Model::of(&small_classifier(Pooling::Flatten, vec![]));
    let output = flat.caption(&["--cells", "0,3", "scene.jpg"]);
    assert_eq!(output.status.code(), Some(1));
    let wanted = "sightline: this classifier was trained on whole grids and cannot look at some cells alone; leave out \
                  the choice of cells\n";
    assert_eq!(stderr(&output), wanted);
    assert!(flat.caption(&["--cells", "3,2,1,0", "scene.jpg"]).status.success(), "all of them are the whole grid");
}

#[test]
fn a_model_of_the_other_kind_is_named() {
    let captions = Model::new();
    let output = captions.run("classify", &["scene.jpg"]);
    assert_eq!(output.status.code(), Some(1));
    let wanted = format!("sightline: {}: this model writes captions; use sightline caption\n", captions.path());
    assert_eq!(stderr(&output), wanted);
    let classes = classifier();
    let site = tempfile::tempdir().unwrap();
    let page = site.path().join("index.html");
    let html = r#"<img src="scene.jpg">"#;
    std::fs::write(&page, html).unwrap();
    // A model is opened where there is something to caption.
    std::fs::copy(sightline_test_support::in_repo("tests/photos/scene.jpg"), site.path().join("scene.jpg")).unwrap();
    let output = classes.run("alt", &[&page.display().to_string()]);
    let wanted = format!(
        "sightline: {}: this model tells classes apart and writes no captions; use sightline classify\n",
        classes.path()
    );
    assert_eq!((output.status.code(), stderr(&output)), (Some(1), wanted.clone()));
    assert_eq!(std::fs::read_to_string(&page).unwrap(), html);
    let captions = site.path().join("captions.txt");
    std::fs::write(&captions, "image,caption\nscene.jpg,A scene .\n").unwrap();
    let output = classes.run("eval", &["--captions", &captions.display().to_string(), "--images", "."]);
    assert_eq!((output.status.code(), stderr(&output)), (Some(1), wanted));
    let output = classes.run("classify", &["--top", "0", "scene.jpg"]);
    assert_eq!(stderr(&output), "sightline: --top has to be at least 1\n");
}

#[test]
fn inspect_and_bench_know_a_classifier() {
    let model = Model::of(&small_classifier(Pooling::Flatten, vec![16]));
    let text = stdout(&sightline(&["inspect", &model.path()]));
    for part in ["classifier of 2 layers", "classes     8", "decoder.layers.0", "decoder.layers.1", "top1"] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
    let output = model.run("bench", &["--photo", "scene.jpg", "--runs", "1"]);
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn a_classifier_of_writing_takes_one_channel() {
    let (_, encoder) = EncoderConfig::known().into_iter().find(|(name, _)| *name == "mnist_cnn").unwrap();
    let input = InputSpec { ink: true, ..encoder.input() };
    let plain = small_classifier(Pooling::Flatten, vec![]);
    let classifier = ClassifierConfig {
        vocab_size: plain.vocabulary.len(),
        feature_dim: encoder.channels(),
        cells: encoder.grid(input.size).cells(),
        pooling: Pooling::Flatten,
        hidden: vec![20],
    };
    let model = Model::of(&Manifest { input, encoder, decoder: DecoderConfig::Classifier(classifier), ..plain });
    let inspected = stdout(&sightline(&["inspect", &model.path()]));
    assert!(inspected.contains("28 × 28 pixels, ink in white on black"), "{inspected}");
    let output = model.run("classify", &["scene.jpg", "grey.jpg"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().count(), 12);
}

/// A checkpoint of the small encoder with the classifier that it is published with.
fn checkpoint(folder: &Path, classes: usize) {
    let encoder = small_manifest().encoder;
    let mut weights = synthetic_encoder(&encoder, &encoder.slots(Norms::Separate));
    let channels = encoder.channels();
    // The greater a class's number, the more of the features count for it.
    let values = (0..classes * channels).map(|i| f32::from(u8::from(i % channels / 30 <= i / channels))).collect();
    weights.insert("fc.weight".into(), Weight { shape: vec![classes, channels], values });
    weights.insert("fc.bias".into(), Weight { shape: vec![classes], values: vec![0.0; classes] });
    let wrapped = weights.into_iter().map(|(name, weight)| (format!("module.{name}"), weight)).collect();
    write_safetensors(&folder.join("encoder.safetensors"), &wrapped);
}

fn pack(folder: &Path, arguments: &[&str]) -> Output {
    let fixed = ["pack", "--encoder", "encoder.safetensors", "--size", "64"];
    sightline_in(folder, &[&fixed[..], arguments, &["packed"]].concat())
}

#[test]
fn pack_makes_a_classifier_of_a_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    checkpoint(folder.path(), 4);
    std::fs::write(
        folder.path().join("classes.json"),
        r#"{"0": ["n1", "crane"], "1": ["n2", "tench"],
        "2": ["n3", "crane"], "3": ["n4", "golden retriever"]}"#,
    )
    .unwrap();
    let output = pack(folder.path(), &["--classes", "classes.json"]);
    let errors = stderr(&output);
    assert!(output.status.success(), "{errors}");
    for line in [
        "encoder: ResNet-14 of width 4",
        "classes: \"crane\" stands more than once, so one of them is called \"crane 2\"",
        "decoder: linear classifier, 516 weights",
    ] {
        assert!(errors.contains(line), "{errors}");
    }
    let photo = sightline_test_support::in_repo("tests/photos/scene.jpg").display().to_string();
    let classes = ["classify", "--device", "cpu", "--model", "packed", &photo];
    let text = stdout(&sightline_in(folder.path(), &classes));
    let names: Vec<&str> = text.lines().map(|line| line.split_once(" %  ").unwrap().1).collect();
    assert_eq!(names, ["golden retriever", "crane 2", "tench", "crane"]);
}

#[test]
fn pack_refuses_classes_that_do_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    checkpoint(folder.path(), 4);
    let refused = |arguments: &[&str]| {
        let output = pack(folder.path(), arguments);
        assert!(!output.status.success() && !folder.path().join("packed").exists(), "{}", stderr(&output));
        stderr(&output)
    };
    let write = |classes: &str| std::fs::write(folder.path().join("classes.txt"), classes).unwrap();
    write("a\nb\nc\n");
    let three = "classes.txt names 3 classes, and encoder.safetensors tells 4 apart; they have to belong together";
    let errors = refused(&["--classes", "classes.txt"]);
    assert!(errors.contains(three), "{errors}");
    write("a\nb\n\nd\n");
    let errors = refused(&["--classes", "classes.txt"]);
    assert!(errors.contains("classes.txt: class 2 has no name"), "{errors}");
    write("a\nb\nc\n<end>\n");
    let errors = refused(&["--classes", "classes.txt"]);
    assert!(errors.contains("class 3 is called \"<end>\", which is a special token"), "{errors}");
    write("{\"a\": 1}");
    let errors = refused(&["--classes", "classes.txt"]);
    assert!(errors.contains("classes.txt: classes are one name a line, a JSON list"), "{errors}");
    let errors = refused(&["--classes", "nowhere.txt"]);
    assert!(errors.contains("nowhere.txt: No such file") || cfg!(not(unix)), "{errors}");
    let errors = refused(&[]);
    assert!(errors.contains("--classes names the classes of one that classifies"), "{errors}");
    let errors = refused(&["--classes", "classes.txt", "--decoder", "d.pth", "--vocabulary", "v.json"]);
    assert!(errors.contains("cannot be used with"), "{errors}");
    write("a\nb\nc\nd\n");
    let errors = refused(&["--classes", "classes.txt", "--mean", "0.5,0.5"]);
    let mean = "--size, --mean, --std and --ink: input.mean is [0.5, 0.5]; one number (grey) or three";
    assert!(errors.contains(mean), "{errors}");
    let errors = refused(&["--classes", "classes.txt", "--ink"]);
    assert!(errors.contains("input.ink is true; ink is grey, so input.mean and input.std have one number"), "{errors}");
    let errors = refused(&["--classes", "classes.txt", "--mean", "0.5", "--std", "0.5"]);
    assert!(errors.contains("input.mean is [0.5]; the encoder takes 3 channels"), "{errors}");

    let encoder = small_manifest().encoder;
    let mut weights = synthetic_encoder(&encoder, &encoder.slots(Norms::Separate));
    write_safetensors(&folder.path().join("encoder.safetensors"), &weights);
    let errors = refused(&["--classes", "classes.txt"]);
    let missing = "encoder.safetensors: the checkpoint has no classifier: fc.weight is missing";
    assert!(errors.contains(missing), "{errors}");
    weights.insert("fc.weight".into(), Weight { shape: vec![4, 7], values: vec![0.0; 28] });
    weights.insert("fc.bias".into(), Weight { shape: vec![4], values: vec![0.0; 4] });
    write_safetensors(&folder.path().join("encoder.safetensors"), &weights);
    let errors = refused(&["--classes", "classes.txt"]);
    let shape = "the classifier of encoder.safetensors does not fit photos of 64 pixels: tensor layers.0.weight has the \
                 shape [4, 7]; [4, 128] is expected";
    assert!(errors.contains(shape), "{errors}");
}
