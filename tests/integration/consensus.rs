//! A model that knows what people wrote of similar photos: its folder, and what becomes of its captions.

use std::path::Path;

use sightline::consensus::{Consensus, SETTINGS, Settings};
use sightline::device::OpenDevice;
use sightline::model::{self, Dtype, Manifest, ModelLoader, Overwrite};
use sightline::photo::Photo;
use sightline::{Caption, CaptionOptions, Captioner};
use sightline_test_support::{in_repo, read, small_consensus, small_manifest, synthetic_model, write_small_model};

/// The small model, whose training photos say this sentence.
fn write(folder: &Path, said: &[u32]) -> Manifest {
    let manifest = small_manifest();
    let consensus = small_consensus(manifest.encoder.channels(), said);
    model::write(folder, &manifest, &synthetic_model(&manifest), Some(&consensus), Dtype::F32, Overwrite::Replace)
        .unwrap()
}

fn caption(folder: &Path, options: &CaptionOptions) -> Caption {
    let cpu = OpenDevice::cpu();
    let captioner = Captioner::open(folder, &cpu, &cpu).unwrap();
    let photo = Photo::decode(&read("tests/photos/scene.jpg"), &Default::default()).unwrap();
    captioner.caption(&photo, options).unwrap()
}

fn beams(beams: usize) -> CaptionOptions {
    CaptionOptions { beams: Some(beams), max_words: Some(8), ..CaptionOptions::default() }
}

fn texts(caption: &Caption) -> Vec<&str> {
    caption.candidates.iter().map(|candidate| candidate.text.as_str()).collect()
}

#[test]
fn the_sentence_that_agrees_comes_first_with_all_that_explains_it() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("model");
    write_small_model(&folder, Dtype::F32);
    let plain = caption(&folder, &beams(4));
    assert!(!plain.reranked && plain.candidates.iter().all(|candidate| candidate.consensus.is_none()));
    let last = plain.candidates.last().unwrap();
    assert!(plain.candidates.len() > 1 && last.text != plain.text);

    let words = small_manifest().vocabulary;
    let id = |word: &String| words.iter().position(|known| known == word).unwrap() as u32;
    let said: Vec<u32> = last.words.iter().map(id).collect();
    write(&folder, &said);
    let reranked = caption(&folder, &beams(4));
    assert!(reranked.reranked);
    assert_eq!(reranked.text, last.text);
    assert_eq!(texts(&reranked)[0], last.text);
    assert_eq!(reranked.log_probability, last.log_probability);
    let said: Vec<&str> = reranked.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(said, last.words);
    for word in &reranked.words {
        let attention = word.attention.as_ref().unwrap().concat();
        assert!((attention.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(!word.alternatives.is_empty());
    }
    let mut before = texts(&plain);
    let mut after = texts(&reranked);
    before.sort_unstable();
    after.sort_unstable();
    assert_eq!(before, after, "the same sentences");
    let total = |candidate: &sightline::caption::Candidate| {
        f64::from(candidate.score) + SETTINGS.weight * f64::from(candidate.consensus.unwrap())
    };
    assert!(reranked.candidates.is_sorted_by(|a, b| total(a) >= total(b)));

    // Whoever does not want it, or has nothing to compare, gets the order of the search.
    let off = caption(&folder, &CaptionOptions { consensus: Some(false), ..beams(4) });
    assert_eq!(texts(&off), texts(&plain));
    assert_eq!(off.candidates[0].score, plain.candidates[0].score);
    assert!(!off.reranked && off.candidates.iter().all(|candidate| candidate.consensus.is_none()));
    assert!(!caption(&folder, &beams(1)).reranked);
    assert!(!caption(&folder, &CaptionOptions { cells: Some(vec![0, 1]), ..beams(4) }).reranked);
    assert!(caption(&folder, &CaptionOptions { cells: Some(vec![0, 1, 2, 3]), ..beams(4) }).reranked);
    assert!(!caption(&folder, &CaptionOptions { prefix: vec![words[9].clone()], ..beams(4) }).reranked);
    assert!(!caption(&folder, &CaptionOptions { beams: None, seed: Some(1), ..beams(4) }).reranked);
}

/// A caller that stops a search gets its leading sentence.
#[test]
fn what_was_stopped_is_not_reranked() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("model");
    write(&folder, &[9, 8, 7]);
    let cpu = OpenDevice::cpu();
    let captioner = Captioner::open(&folder, &cpu, &cpu).unwrap();
    let photo = Photo::decode(&read("tests/photos/scene.jpg"), &Default::default()).unwrap();
    let encoded = pollster::block_on(captioner.encode(&photo)).unwrap();
    let mut generation = captioner.generate(&encoded, &beams(4)).unwrap();
    assert!(pollster::block_on(generation.advance()).unwrap());
    let caption = generation.into_caption();
    assert!(!caption.reranked);
    assert_eq!(caption.words.len(), 1);
}

#[test]
fn a_folder_keeps_it() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("model");
    let manifest = write(&folder, &[9, 8, 7]);
    let loader = ModelLoader::read(&folder).unwrap();
    assert_eq!(loader.consensus(), Some(&small_consensus(manifest.encoder.channels(), &[9, 8, 7])));
    assert_eq!(loader.manifest(), &manifest);
    let files: Vec<&str> = manifest.files().map(|shard| shard.file.as_str()).collect();
    assert_eq!(files, ["weights-001-of-001.safetensors", "consensus.safetensors"]);
    let bytes: u64 = files.iter().map(|file| folder.join(file).metadata().unwrap().len()).sum();
    assert_eq!(manifest.bytes(), bytes);
    // Written over by a model without any, nothing of it stays.
    model::write(&folder, &manifest, &synthetic_model(&manifest), None, Dtype::F32, Overwrite::Replace).unwrap();
    let loader = ModelLoader::read(&folder).unwrap();
    assert_eq!((loader.consensus(), &loader.manifest().consensus), (None, &None));
    assert!(!folder.join("consensus.safetensors").exists());
}

/// As folders were before there was any consensus, and before a model said with how many beams it is asked.
#[test]
fn a_folder_from_before_is_read() {
    let manifest = std::fs::read(in_repo("models/flickr8k-resnet50/model.json")).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    for key in ["consensus", "beams", "calibration", "familiarity"] {
        assert!(manifest.as_object_mut().unwrap().remove(key).is_some(), "{key}");
    }
    let loader = ModelLoader::new(manifest.to_string().as_bytes()).unwrap();
    assert_eq!(loader.manifest().files().count(), loader.manifest().shards.len());
    assert_eq!(loader.manifest().usual_beams(), 3);
}

#[test]
fn a_damaged_or_foreign_file_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("model");
    write(&folder, &[9, 8, 7]);
    let path = folder.join("consensus.safetensors");
    let whole = std::fs::read(&path).unwrap();
    let error = || ModelLoader::read(&folder).unwrap_err().to_string();

    let mut damaged = whole.clone();
    *damaged.last_mut().unwrap() ^= 1;
    std::fs::write(&path, &damaged).unwrap();
    assert!(error().starts_with("consensus.safetensors: the SHA-256 is "), "{}", error());
    std::fs::write(&path, &whole[..whole.len() - 1]).unwrap();
    assert!(error().starts_with("consensus.safetensors: "), "{}", error());
    std::fs::remove_file(&path).unwrap();
    assert!(
        error().ends_with(
            "consensus.safetensors: not found; a model folder holds a model.json and the shards that it names"
        ),
        "{}",
        error()
    );

    // A manifest may vouch for anything.
    let vouch = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        set(&folder, |consensus| {
            consensus["bytes"] = bytes.len().into();
            consensus["sha256"] = sightline::hash::sha256(bytes).into();
        });
    };
    let channels = small_manifest().encoder.channels();
    vouch(&small_consensus(channels + 1, &[9]).to_bytes().unwrap());
    let wanted = format!("it is for {} channels; the encoder's are {channels}", channels + 1);
    assert!(error().contains(&wanted), "{}", error());
    assert!(error().starts_with("consensus.safetensors: tensor centre: "), "{}", error());
    vouch(b"nonsense");
    assert!(error().starts_with("consensus.safetensors: no readable safetensors file: "), "{}", error());
    vouch(&whole);
    ModelLoader::read(&folder).unwrap().into_weights().unwrap();
}

fn set(folder: &Path, change: impl FnOnce(&mut serde_json::Value)) {
    let path = folder.join("model.json");
    let mut manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut manifest["consensus"]);
    std::fs::write(path, manifest.to_string()).unwrap();
}

#[test]
fn its_settings_have_bounds() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("model");
    write(&folder, &[9, 8, 7]);
    type Change = fn(&mut serde_json::Value);
    let cases: [(Change, &str); 5] = [
        (|c| c["neighbours"] = 0.into(), "model.json: consensus.neighbours is 0; 1 to 1000 is allowed"),
        (|c| c["weight"] = (-1.0).into(), "model.json: consensus.weight is -1; 0 to 1000 is allowed"),
        (
            |c| c["file"] = "../weights.safetensors".into(),
            "model.json: \"../weights.safetensors\" is no name for a shard",
        ),
        (
            |c| c["file"] = "weights-001-of-001.safetensors".into(),
            "model.json: the shard weights-001-of-001.safetensors is listed twice",
        ),
        (|c| c["bytes"] = (8 << 20).into(), "model.json: the shard consensus.safetensors has 8388608 bytes"),
    ];
    let json = std::fs::read(folder.join("model.json")).unwrap();
    for (change, expected) in cases {
        set(&folder, change);
        let error = ModelLoader::read(&folder).expect_err(expected).to_string();
        assert!(error.starts_with(expected), "{error}");
        std::fs::write(folder.join("model.json"), &json).unwrap();
    }
    assert_eq!(ModelLoader::read(&folder).unwrap().consensus().map(Consensus::settings), Some(SETTINGS));
    set(&folder, |consensus| consensus["neighbours"] = 3.into());
    let settings = ModelLoader::read(&folder).unwrap().consensus().map(Consensus::settings);
    assert_eq!(settings, Some(Settings { neighbours: 3, ..SETTINGS }));
}
