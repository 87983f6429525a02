//! Calibrating a model for 8-bit integers, and computing in them or in floats.

use serde_json::Value;
use sightline_test_support::in_repo;

use crate::command::{Model, sightline, stderr, stdout};

fn manifest(folder: &std::path::Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("model.json")).unwrap()).unwrap()
}

/// The log-probability of the caption of a photo.
fn log_probability(model: &str, precision: &[&str]) -> f64 {
    let fixed = ["caption", "--json", "--device", "cpu", "scene.jpg", "--model", model];
    let output = sightline(&[&fixed[..], precision].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let caption: Value = serde_json::from_str(&stdout(&output)).unwrap();
    caption["logProbability"].as_f64().unwrap()
}

#[test]
fn a_calibrated_model_computes_in_integers_unless_floats_are_asked_for() {
    let plain = Model::new();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("calibrated");
    let path = out.display().to_string();
    let samples = in_repo("www/page/samples").display().to_string();
    let pack = ["pack", "--model", &plain.path(), "--dtype", "int8", "--calibrate", &samples, &path];
    let output = sightline(&pack);
    assert!(output.status.success(), "{}", stderr(&output));
    // 13 convolutions, and the four beside them that change a stage's shape.
    assert!(stderr(&output).contains("photos: ranges of 17 convolutions"), "{}", stderr(&output));
    let activations = manifest(&out)["activations"].as_object().unwrap().clone();
    assert_eq!(activations.len(), 17);
    assert_eq!(activations["conv1"][0], 0.0, "a ReLU follows");
    assert!(stdout(&sightline(&["inspect", &path])).contains("8-bit integers on the processor"));

    let floats = log_probability(&path, &["--precision", "f32"]);
    let integers = log_probability(&path, &[]);
    assert!((floats - integers).abs() > 1e-9, "integers were not used");
    // Weights by chance lose more than trained ones do.
    assert!((floats - integers).abs() < 0.3 * floats.abs(), "{floats} in floats, {integers} in integers");

    // It stays when the model is packed again, and goes with the bytes.
    let again = folder.path().join("again");
    let pack_again = |dtype| {
        let output = sightline(&["pack", "--model", &path, "--dtype", dtype, "--force", &again.display().to_string()]);
        assert!(output.status.success(), "{}", stderr(&output));
        manifest(&again)["activations"].clone()
    };
    assert_eq!(pack_again("int8").as_object(), Some(&activations));
    assert_eq!(pack_again("f16"), Value::Null);
}

#[test]
fn what_cannot_be_calibrated_is_said_before_the_work() {
    let model = Model::new();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("calibrated");
    let refused = |arguments: &[&str]| {
        let fixed = ["pack", "--model", &model.path()];
        let output = sightline(&[&fixed[..], arguments, &[&out.display().to_string()]].concat());
        assert_eq!(output.status.code(), Some(1));
        assert!(!out.exists());
        stderr(&output)
    };
    let samples = in_repo("www/page/samples").display().to_string();
    assert!(refused(&["--calibrate", &samples]).contains("--calibrate is for weights in 8 bits; add --dtype int8"));
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let empty = empty.display().to_string();
    let int8 = ["--dtype", "int8", "--calibrate"];
    assert!(refused(&[&int8[..], &[&empty]].concat()).contains("there is no photo in this folder"));
    let list = folder.path().join("list.txt").display().to_string();
    let with_list = [&int8[..], &[&samples, "--calibrate-list", &list]].concat();
    assert!(refused(&with_list).contains("list.txt: "));
    std::fs::write(&list, "nobody.jpg\n\n").unwrap();
    let told = refused(&with_list);
    assert!(told.contains("nobody.jpg: ") && told.contains("there is no photo that can be read"), "{told}");
}
