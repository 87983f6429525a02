//! The `sightline` command as a person or a script meets it.

use std::path::Path;
use std::process::Output;

use safetensors::tensor::{Dtype as Stored, TensorView};
use serde_json::Value;
use sightline::encoder::Norms;
use sightline::model::{Dtype, Manifest};
use sightline::sureness::Calibration;
use sightline::weights::Weights;
use sightline_test_support::{in_repo, small_manifest, synthetic_decoder, synthetic_encoder, write_synthetic};

use crate::command::{Model, knows_nothing, sightline, sightline_in, stderr, stdout};

#[test]
fn one_photo_gives_one_line() {
    let model = Model::new();
    let output = model.caption(&["scene.jpg"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    assert_eq!(text.lines().count(), 1);
    assert!(text.starts_with("Hard to say. Perhaps: w") && text.ends_with(".\n"), "{text}");
    assert_eq!(stderr(&output), "");
    assert_eq!(stdout(&model.caption(&["scene.jpg"])), text, "the same photo, the same caption");
}

#[test]
fn a_caption_that_the_model_is_not_sure_of_is_hedged_for_readers() {
    let said = |sure, unsure| {
        let calibration = Some(Calibration { temperature: 1.0, sure, unsure });
        let model = Model::of(&Manifest { calibration, ..small_manifest() });
        let caption: Value = serde_json::from_str(&stdout(&model.caption(&["--json", "scene.jpg"]))).unwrap();
        let [text, hedged] = ["text", "hedged"].map(|key| caption[key].as_str().unwrap().to_string());
        assert!(text.starts_with('W') && text.ends_with('.'), "{text}");
        assert_eq!(stdout(&model.caption(&["scene.jpg"])), format!("{hedged}\n"));
        (text, hedged)
    };
    let (sure, hedged) = said(0.0, 0.0);
    assert_eq!(hedged, sure);
    let clause = sure.replacen('W', "w", 1);
    assert_eq!(said(1.0, 0.0), (sure.clone(), format!("Perhaps: {clause}")));
    assert_eq!(said(1.0, 1.0), (sure, format!("Hard to say. Perhaps: {clause}")));
}

#[test]
fn of_a_picture_that_is_no_photo_that_the_model_knows_nothing_is_told_unless_it_is_asked_for() {
    let model = Model::of(&knows_nothing());
    let unfamiliar = "This does not look like a photo that I know.";
    assert_eq!(stdout(&model.caption(&["scene.jpg"])), format!("{unfamiliar}\n"));
    assert_eq!(
        stdout(&model.caption(&["scene.jpg", "grey.jpg"])).lines().nth(1).unwrap(),
        format!("grey.jpg: {unfamiliar}")
    );
    assert!(stdout(&model.caption(&["--csv", "scene.jpg"])).contains(unfamiliar));
    let caption = |arguments: &[&str]| -> Value {
        serde_json::from_str(&stdout(&model.caption(&[arguments, &["--json", "scene.jpg"]].concat()))).unwrap()
    };
    let withheld = caption(&[]);
    assert_eq!((&withheld["familiar"], &withheld["hedged"]), (&false.into(), &unfamiliar.into()));
    assert!(withheld["distance"].as_f64().unwrap() > 1.0 && !withheld["words"].as_array().unwrap().is_empty());
    let told = caption(&["--any-photo"]);
    assert_eq!((&told["familiar"], &told["text"]), (&false.into(), &withheld["text"]));
    assert!(told["hedged"].as_str().unwrap().starts_with("Hard to say. Perhaps: w"));
}

#[test]
fn one_bad_photo_is_reported_and_the_rest_is_done_in_order() {
    let model = Model::new();
    let output = model.caption(&["small.png", "photo.heic", "no-such.jpg", "truncated.jpg", "huge.png", "scene.jpg"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("small.png: Hard") && lines[1].starts_with("scene.jpg: Hard"), "{text}");
    let errors = stderr(&output);
    assert!(errors.contains("photo.heic: HEIC is not supported; convert it to JPEG, PNG or WebP"), "{errors}");
    assert!(errors.contains("no-such.jpg: No such file"), "{errors}");
    assert!(errors.contains("truncated.jpg: the JPEG file ends before the picture does"), "{errors}");
    assert!(errors.contains("huge.png: the photo has 60000×60000 pixels"), "{errors}");
}

#[cfg(unix)]
#[test]
fn a_file_without_end_is_given_up() {
    let output = Model::new().caption(&["--max-decoded", "1", "/dev/zero"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("/dev/zero: the file has more than 1,048,576 bytes"), "{}", stderr(&output));
}

#[test]
fn a_folder_is_walked_in_order_of_names() {
    let model = Model::new();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("b/.hidden")).unwrap();
    let copy =
        |from: &str, to: &str| std::fs::copy(in_repo("tests/photos").join(from), folder.path().join(to)).unwrap();
    copy("scene.jpg", "c.jpg");
    copy("small.png", "b/a-photo-without-a-name-for-it");
    copy("grey.jpg", "a.dat");
    copy("scene.jpg", "b/.hidden/no.jpg");
    copy("text.jpg", "notes.txt");
    std::fs::write(folder.path().join("index.html"), "<html><svg></svg></html>").unwrap();
    std::fs::write(folder.path().join("clip"), b"\0\0\0\x18ftypisom....").unwrap();
    std::fs::write(folder.path().join("BMW"), "BMW is a maker of cars").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(in_repo("tests/photos/grey.jpg"), folder.path().join("d")).unwrap();
    let output = model.caption(&["--json", &folder.path().display().to_string()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let photos: Vec<String> = stdout(&output)
        .lines()
        .map(|line| {
            let value: Value = serde_json::from_str(line).unwrap();
            let photo = value["photo"].as_str().unwrap().to_string();
            Path::new(&photo).strip_prefix(folder.path()).unwrap().display().to_string()
        })
        .collect();
    assert_eq!(photos[..3], ["a.dat", "b/a-photo-without-a-name-for-it", "c.jpg"]);
    assert_eq!(photos[3..], *(if cfg!(unix) { &["d"][..] } else { &[] }));

    let empty = tempfile::tempdir().unwrap();
    let output = model.caption(&[&empty.path().display().to_string()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("there is no photo in this folder"));
}

#[test]
fn json_holds_words_attention_alternatives_and_errors() {
    let model = Model::new();
    let output = model.caption(&["--json", "--beams", "2", "scene.jpg", "text.jpg"]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let caption = &lines[0];
    assert_eq!(caption["candidates"].as_array().unwrap().len(), 2);
    assert_eq!(caption["candidates"][0]["text"], caption["text"]);
    assert_eq!(caption["grid"], serde_json::json!({ "rows": 2, "cols": 2 }));
    assert_eq!(caption["device"], serde_json::json!({ "encoder": "cpu", "decoder": "cpu" }));
    for word in caption["words"].as_array().unwrap() {
        let attention: Vec<f64> = serde_json::from_value::<Vec<Vec<f64>>>(word["attention"].clone()).unwrap().concat();
        assert_eq!(attention.len(), 4);
        assert!((attention.iter().sum::<f64>() - 1.0).abs() < 1e-5);
        assert_eq!(word.get("lookedAway"), Some(&Value::Null), "this model has no sentinel");
        assert_eq!(word["alternatives"].as_array().unwrap().len(), 5);
        assert!(word["logProbability"].as_f64().unwrap() < 0.0);
    }
    for part in ["decode", "resize", "encode", "words"] {
        assert!(caption["timings"][part].as_f64().unwrap() > 0.0, "{part}");
    }
    assert_eq!(lines[1]["photo"], "text.jpg");
    assert_eq!(lines[1]["error"]["code"], "unsupported-image");
}

#[test]
fn csv_has_a_row_for_each_photo() {
    let output = Model::new().caption(&["--csv", "scene.jpg", "empty.jpg"]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["photo", "caption", "log_probability", "error"]);
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(&rows[0][0], "scene.jpg");
    assert!(rows[0][1].starts_with("Hard to say. Perhaps: w") && rows[0][2].parse::<f64>().unwrap() < 0.0);
    assert_eq!((&rows[1][1], &rows[1][3]), ("", "the file is empty"));
}

#[test]
fn a_caption_can_be_continued_and_limited_to_cells() {
    let model = Model::new();
    let text = stdout(&model.caption(&["--prefix", "w9 w17", "scene.jpg"]));
    assert!(text.starts_with("Hard to say. Perhaps: w9 w17 "), "{text}");
    let output = model.caption(&["--json", "--cells", "0,3", "scene.jpg"]);
    let caption: Value = serde_json::from_str(&stdout(&output)).unwrap();
    for word in caption["words"].as_array().unwrap() {
        assert_eq!((&word["attention"][0][1], &word["attention"][1][0]), (&0.0.into(), &0.0.into()));
    }
    let unknown = model.caption(&["--prefix", "unicorn", "scene.jpg"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(stderr(&unknown).contains("the model does not know the word \"unicorn\""));
    assert_eq!(stdout(&unknown), "");
    let outside = model.caption(&["--cells", "4", "scene.jpg", "small.png"]);
    assert_eq!(stderr(&outside).lines().count(), 1, "said once, not for each photo");
    assert!(stderr(&outside).contains("there is no cell 4; the grid has 2×2 cells, 0 to 3"), "{}", stderr(&outside));
}

#[test]
fn chance_can_be_repeated_by_its_seed() {
    let model = Model::new();
    let drawn = |seed: &str| stdout(&model.caption(&["--temperature", "2", "--seed", seed, "scene.jpg"]));
    assert_eq!(drawn("1"), drawn("1"));
    assert!(["2", "3", "4"].iter().any(|seed| drawn(seed) != drawn("1")));
    assert_eq!(model.caption(&["--temperature", "1", "--beams", "2", "scene.jpg"]).status.code(), Some(2));
    let both = stderr(&model.caption(&["--prefix", "w5 w6", "--max-words", "2", "scene.jpg"]));
    assert!(both.contains("the number of given words is 2; it has to be less than the greatest length"), "{both}");
    let zero = model.caption(&["--beams", "0", "scene.jpg"]);
    assert!(stderr(&zero).contains("the number of beams is 0; it has to be from 1 to 100"));
}

#[test]
fn a_bad_model_is_said_once_and_before_any_photo() {
    let model = Model::new();
    let shard = Path::new(&model.path()).join("weights-001-of-001.safetensors");
    let mut bytes = std::fs::read(&shard).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&shard, bytes).unwrap();
    let output = model.caption(&["scene.jpg", "small.png"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(stdout(&output), "");
    let errors = stderr(&output);
    assert_eq!(errors.lines().count(), 1, "{errors}");
    assert!(errors.contains("weights-001-of-001.safetensors: the SHA-256 is"), "{errors}");
    let nowhere = sightline(&["caption", "scene.jpg", "--model", "nowhere"]);
    assert!(stderr(&nowhere).contains("nowhere/model.json: not found"), "{}", stderr(&nowhere));
}

#[test]
fn inspect_tells_what_the_folder_holds() {
    let model = Model::new();
    let output = sightline(&["inspect", &model.path()]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    for part in [
        "ResNet-14 of width 4",
        "additive attention",
        "40 words",
        "MIT OR Apache-2.0",
        "cider",
        "0.5000",
        "encoder.layer4.0",
        "128×2×2",
        "decoder.attention.encoder_att",
    ] {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
    let report: Value = serde_json::from_str(&stdout(&sightline(&["inspect", "--json", &model.path()]))).unwrap();
    let layers = report["layers"].as_array().unwrap();
    let sum: u64 = layers.iter().map(|layer| layer["parameters"].as_u64().unwrap()).sum();
    assert_eq!(report["parameters"].as_u64(), Some(sum));
    let slots = small_manifest().slots();
    assert_eq!(sum, slots.iter().map(|slot| slot.elements() as u64).sum::<u64>(), "no tensor is left out");
}

/// Writes checkpoints as PyTorch code would save them, and the vocabulary beside them.
pub fn checkpoints(folder: &Path) {
    let manifest = small_manifest();
    let encoder = synthetic_encoder(&manifest.encoder, &manifest.encoder.slots(Norms::Separate));
    write_safetensors(&folder.join("encoder.safetensors"), &encoder);
    write_safetensors(&folder.join("decoder.safetensors"), &synthetic_decoder(&manifest.decoder));
    let words: serde_json::Map<String, Value> =
        manifest.vocabulary.iter().enumerate().map(|(id, word)| (word.clone(), id.into())).collect();
    std::fs::write(folder.join("wordmap.json"), Value::Object(words).to_string()).unwrap();
}

pub fn write_safetensors(path: &Path, weights: &Weights) {
    let tensors: Vec<_> = weights
        .iter()
        .map(|(name, weight)| {
            let bytes: Vec<u8> = weight.values.iter().flat_map(|value| value.to_le_bytes()).collect();
            (name, weight.shape.clone(), bytes)
        })
        .collect();
    let views =
        tensors.iter().map(|(name, shape, bytes)| (name, TensorView::new(Stored::F32, shape.clone(), bytes).unwrap()));
    std::fs::write(path, safetensors::serialize(views, None).unwrap()).unwrap();
}

fn pack(folder: &Path, arguments: &[&str]) -> Output {
    let at = |name: &str| folder.join(name).display().to_string();
    let (encoder, decoder, words) = (at("encoder.safetensors"), at("decoder.safetensors"), at("wordmap.json"));
    let fixed = ["pack", "--encoder", &encoder, "--decoder", &decoder, "--vocabulary", &words, "--size", "64"];
    sightline(&[&fixed[..], arguments].concat())
}

#[test]
fn pack_makes_a_model_that_captions() {
    let folder = tempfile::tempdir().unwrap();
    checkpoints(folder.path());
    let out = folder.path().join("packed").display().to_string();
    let output = pack(folder.path(), &["--dtype", "int8", "--name", "tiny", "--license", "CC0-1.0", &out]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("encoder: ResNet-14 of width 4"), "{}", stderr(&output));
    let caption = sightline(&["caption", "--device", "cpu", "scene.jpg", "--model", &out]);
    assert!(caption.status.success() && stdout(&caption).contains(": w"), "{}", stderr(&caption));
    let inspected = stdout(&sightline(&["inspect", &out]));
    assert!(inspected.starts_with("tiny\n") && inspected.contains("CC0-1.0") && inspected.contains("none measured"));

    let again = pack(folder.path(), &[&out]);
    assert_eq!(again.status.code(), Some(1));
    assert!(stderr(&again).contains("there is something already"), "{}", stderr(&again));
    assert!(pack(folder.path(), &["--force", &out]).status.success());
}

/// Zip files as `torch.save` writes them; the script that made them is `tests/reference/checkpoints.py`.
#[test]
fn pack_reads_what_torch_saved() {
    let folder = tempfile::tempdir().unwrap();
    checkpoints(folder.path());
    let out = |name: &str| folder.path().join(name).display().to_string();
    let words = folder.path().join("wordmap.json").display().to_string();
    let both = in_repo("tests/reference/checkpoint.pth").display().to_string();
    let torch = sightline(&[
        "pack",
        "--encoder",
        &both,
        "--decoder",
        &both,
        "--vocabulary",
        &words,
        "--size",
        "64",
        "--dtype",
        "f32",
        &out("torch"),
    ]);
    assert!(torch.status.success(), "{}", stderr(&torch));
    assert!(pack(folder.path(), &["--dtype", "f32", &out("safetensors")]).status.success());
    let shards = |name: &str| std::fs::read(folder.path().join(name).join("weights-001-of-001.safetensors")).unwrap();
    assert!(shards("torch") == shards("safetensors"), "the same tensors from both kinds of file");
}

#[test]
fn pack_refuses_what_does_not_belong_together() {
    let folder = tempfile::tempdir().unwrap();
    checkpoints(folder.path());
    let out = folder.path().join("packed");
    let refused = |arguments: &[&str]| {
        let output = pack(folder.path(), &[arguments, &[&out.display().to_string()]].concat());
        assert_eq!(output.status.code(), Some(1));
        assert!(!out.exists());
        stderr(&output)
    };
    std::fs::write(folder.path().join("wordmap.json"), r#"["<pad>", "<start>", "<end>", "<unk>", "dog"]"#).unwrap();
    assert!(refused(&[]).contains("has 5 words, and"));
    checkpoints(folder.path());
    std::fs::copy(folder.path().join("decoder.safetensors"), folder.path().join("encoder.safetensors")).unwrap();
    assert!(refused(&[]).contains("encoder.safetensors: this is no ResNet checkpoint: it has no tensor conv1.weight"));
    let encoder = folder.path().join("encoder.safetensors");
    for bad in [&b""[..], b"text", b"PK\x03\x04broken", b"\x80\x02broken"] {
        std::fs::write(&encoder, bad).unwrap();
        assert!(refused(&[]).contains("encoder.safetensors: "), "{bad:?}");
    }
    std::fs::write(&encoder, b"").unwrap();
    assert_eq!(refused(&[]), format!("sightline: {}: the file is empty\n", encoder.display()));
    std::fs::remove_file(&encoder).unwrap();
    // What happened is said once, whatever it went through.
    let missing = refused(&[]);
    assert_eq!(missing.matches("No such file").count(), usize::from(cfg!(unix)), "{missing}");
    assert_eq!(missing.matches("encoder.safetensors").count(), 1, "{missing}");
}

#[test]
fn bench_measures_every_part() {
    let model = Model::new();
    let output =
        sightline(&["bench", "--device", "cpu", "--model", &model.path(), "--photo", "scene.jpg", "--runs", "2"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    for part in
        ["decode the file", "resize", "encode", "a word, greedy", "a word, 3 beams", "cold", "warm", "peak memory"]
    {
        assert!(text.contains(part), "{part} is missing from\n{text}");
    }
}

#[test]
fn help_shows_an_example_and_mistakes_are_exit_code_2() {
    for command in ["caption", "classify", "alt", "pack", "train", "eval", "inspect", "bench"] {
        let help = stdout(&sightline(&[command, "--help"]));
        assert!(help.contains("Example"), "{command}");
        // Names of types mean nothing to who asks for help.
        let is_type = |word: &&str| {
            let mut letters = word.chars();
            letters.next().is_some_and(char::is_uppercase)
                && letters.clone().any(char::is_lowercase)
                && letters.any(char::is_uppercase)
        };
        let words = help.split(|letter: char| !letter.is_alphanumeric());
        let known = ["WebP", "ResNet", "PyTorch", "GitHub", "MiB", "JPEGs", "METEOR"];
        let types: Vec<&str> = words.filter(is_type).filter(|word| !known.contains(word)).collect();
        assert!(types.is_empty(), "{command}: {types:?}");
    }
    assert!(stdout(&sightline(&["--version"])).starts_with("sightline 0."));
    assert_eq!(sightline(&["caption"]).status.code(), Some(2));
    assert_eq!(sightline(&["caption", "x.jpg", "--model", "m", "--json", "--csv"]).status.code(), Some(2));
}

#[cfg(not(feature = "wgpu"))]
#[test]
fn a_build_without_gpu_says_so() {
    let model = Model::new();
    let output = sightline(&["caption", "scene.jpg", "--model", &model.path(), "--device", "wgpu"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("this build has no GPU support"), "{}", stderr(&output));
}

#[test]
fn a_model_that_ships_goes_by_its_name_and_one_of_them_by_none() {
    let home = tempfile::tempdir().unwrap();
    let inner = home.path().join("photos/of/others");
    std::fs::create_dir_all(&inner).unwrap();
    for name in ["flickr8k-resnet50", "flickr8k-lite"] {
        let manifest = Manifest { name: format!("small {name}"), ..small_manifest() };
        write_synthetic(&home.path().join("models").join(name), &manifest, Dtype::Int8);
    }
    let inspected = |folder: &Path, model: &str| {
        let output = sightline_in(folder, &["inspect", model]);
        stdout(&output).lines().next().map(str::to_string).unwrap_or_else(|| stderr(&output))
    };
    assert_eq!(inspected(home.path(), "flickr8k-resnet50"), "small flickr8k-resnet50");
    assert_eq!(inspected(&inner, "flickr8k-lite"), "small flickr8k-lite", "models/ may stand above");
    assert!(inspected(&inner, "flickr8k").contains("flickr8k/model.json"), "other names are folders");

    let photo = in_repo("tests/photos/scene.jpg").display().to_string();
    let caption = |more: &[&str]| {
        let output = sightline_in(&inner, &[&["caption", "--device", "cpu", &photo], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let by_folder = caption(&["--model", &home.path().join("models/flickr8k-lite").display().to_string()]);
    assert_eq!(caption(&[]), by_folder);
    assert_eq!(caption(&["--model", "flickr8k-lite"]), by_folder);

    write_synthetic(&inner.join("flickr8k-lite"), &Manifest { name: "here".into(), ..small_manifest() }, Dtype::Int8);
    assert_eq!(inspected(&inner, "flickr8k-lite"), "here", "a folder of that name is meant first");

    let help = stdout(&sightline(&["caption", "--help"]));
    assert!(help.contains("flickr8k-resnet50 or flickr8k-lite [default: flickr8k-lite]"), "{help}");
}
