//! What the tests of several packages need: golden numbers, small models with synthetic weights, and drawn digits.

pub mod digits;

use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use sightline::consensus::{Consensus, LONGEST, SETTINGS, Table, counted};
use sightline::decoder::{Attention, AttentionLstmConfig, ClassifierConfig, DecoderConfig};
use sightline::device;
use sightline::encoder::{Encoder, EncoderConfig, Norms, Pooling, ResNetConfig};
use sightline::floats::Float;
use sightline::model::{self, Dtype, Manifest, Overwrite};
use sightline::photo::InputSpec;
use sightline::synthetic_weights::noise;
use sightline::vocabulary::{SPECIAL, Vocabulary};
use sightline::weights::{self, Slot, Weight, Weights};

/// A path in the repository.
pub fn in_repo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

pub fn read(path: &str) -> Vec<u8> {
    let path = in_repo(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The numbers of one tensor in a safetensors file, whatever float they are stored as.
pub fn tensor(file: &[u8], name: &str) -> Weight {
    let tensors = SafeTensors::deserialize(file).expect("a safetensors file");
    let view = tensors.tensor(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    let float = Float::of(view.dtype()).unwrap_or_else(|| panic!("{name} is stored as {:?}", view.dtype()));
    Weight { shape: view.shape().to_vec(), values: float.decode(view.data()) }
}

pub fn relative_l2(found: &[f32], expected: &[f32]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let square = |x: f64| x * x;
    let error: f64 = found.iter().zip(expected).map(|(a, b)| square(f64::from(*a) - f64::from(*b))).sum();
    let size: f64 = expected.iter().map(|b| square(f64::from(*b))).sum();
    assert!(size > 0.0, "nothing to compare with");
    (error / size).sqrt()
}

pub fn cosine(a: &[f32], b: &[f32]) -> f64 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

/// Every one of an encoder's tensors, synthetic.
pub fn synthetic_encoder(config: &EncoderConfig, slots: &[Slot]) -> Weights {
    slots.iter().map(|slot| (slot.name.clone(), config.synthetic_weight(slot))).collect()
}

/// A network with these weights, all of which it takes.
pub fn fill(config: &EncoderConfig, norms: Norms, mut weights: Weights) -> Encoder {
    let device = device::cpu();
    let take = |slot: &Slot| weights.remove(&slot.name).ok_or_else(|| slot.name.clone());
    let net = weights::fill(config.init(norms, &device), &device, take).expect("a weight for every slot");
    assert!(weights.is_empty(), "not used: {:?}", weights.keys());
    net
}

/// Every one of a decoder's tensors, synthetic.
pub fn synthetic_decoder(config: &DecoderConfig) -> Weights {
    config.slots().iter().map(|slot| (slot.name.clone(), config.synthetic_weight(slot))).collect()
}

/// Every one of a model's tensors, synthetic.
pub fn synthetic_model(manifest: &Manifest) -> Weights {
    let weight = |slot: &Slot| match slot.name.starts_with("encoder.") {
        true => manifest.encoder.synthetic_weight(slot),
        false => manifest.decoder.synthetic_weight(slot),
    };
    manifest.slots().iter().map(|slot| (slot.name.clone(), weight(slot))).collect()
}

/// An image that is nothing but noise.
pub fn noise_image() -> Weight {
    let shape = vec![1, 3, 224, 224];
    Weight { values: (0..3 * 224 * 224).map(|i| (2.0 * noise("input", i)) as f32).collect(), shape }
}

/// Features, without the axis of photos; nothing in it is negative, as after a ReLU.
pub fn noise_features(name: &str) -> Weight {
    Weight { values: (0..49 * 2048).map(|i| noise(name, i).max(0.0) as f32).collect(), shape: vec![49, 2048] }
}

/// The special tokens, and words to fill up to a number.
pub fn words(count: usize) -> Vec<String> {
    SPECIAL.map(str::to_string).into_iter().chain((4..count).map(|id| format!("w{id}"))).collect()
}

/// A manifest of a model that is small enough to be made and run in every test.
pub fn small_manifest() -> Manifest {
    let encoder = EncoderConfig::ResNet(ResNetConfig { blocks: [1, 1, 1, 1], width: 4 });
    Manifest {
        name: "small".into(),
        license: Some("MIT OR Apache-2.0".into()),
        input: InputSpec { size: 64, ..InputSpec::imagenet() },
        scores: [("cider".to_string(), 0.5)].into(),
        ..manifest_with(encoder)
    }
}

/// A manifest of a model with this encoder and a small decoder.
pub fn manifest_with(encoder: EncoderConfig) -> Manifest {
    let vocabulary = words(40);
    Manifest {
        format: model::FORMAT.into(),
        version: model::VERSION,
        name: encoder.title(),
        created_by: "tests".into(),
        license: None,
        input: encoder.input(),
        decoder: DecoderConfig::AttentionLstm(AttentionLstmConfig {
            attention: Attention::Additive { size: 16 },
            sentinel: false,
            vocab_size: vocabulary.len(),
            feature_dim: encoder.channels(),
            embedding: 12,
            hidden: 24,
        }),
        encoder,
        scores: Default::default(),
        beams: None,
        calibration: None,
        familiarity: None,
        activations: Default::default(),
        shards: vec![],
        consensus: None,
        vocabulary,
    }
}

/// What such a model keeps of two training photos, of which each caption is this sentence.
pub fn small_consensus(channels: usize, said: &[u32]) -> Consensus {
    let mut grams: Vec<u32> = (1..=LONGEST).flat_map(|length| counted(said, length)).map(|(gram, _)| gram).collect();
    grams.sort_unstable();
    let mut lengths = vec![0; said.len()];
    lengths.push(2);
    let table = Table {
        centre: vec![0.0; channels],
        projection: vec![1; channels],
        scales: vec![1.0],
        directions: vec![1, -1],
        // As if one photo alone had them; what both have is no news.
        photos_with: vec![1; grams.len()],
        lengths,
        sizes: vec![grams.len() as u8; 2],
        entries: (0..2).flat_map(|_| 0..grams.len() as u16).collect(),
        weights: vec![255; 2 * grams.len()],
        grams,
    };
    Consensus::new(table, SETTINGS).expect("a table that fits together")
}

/// The classes of [`small_classifier`].
pub const CLASSES: [&str; 8] = ["cat", "golden retriever", "sheep", "ship", "spoon", "tench", "tractor", "teapot"];

/// The same with a classifier.
pub fn small_classifier(pooling: Pooling, hidden: Vec<usize>) -> Manifest {
    let manifest = small_manifest();
    let vocabulary = Vocabulary::of_classes(&CLASSES.map(str::to_string)).expect("names that are all different");
    Manifest {
        name: "small classifier".into(),
        decoder: DecoderConfig::Classifier(ClassifierConfig {
            vocab_size: vocabulary.len(),
            feature_dim: manifest.encoder.channels(),
            cells: manifest.grid().cells(),
            pooling,
            hidden,
        }),
        scores: [("top1".to_string(), 0.5)].into(),
        vocabulary: vocabulary.words().to_vec(),
        ..manifest
    }
}

/// Writes the small model into a folder, with synthetic weights.
pub fn write_small_model(folder: &Path, dtype: Dtype) -> Manifest {
    write_synthetic(folder, &small_manifest(), dtype)
}

/// Writes a model into a folder, with synthetic weights.
pub fn write_synthetic(folder: &Path, manifest: &Manifest, dtype: Dtype) -> Manifest {
    model::write(folder, manifest, &synthetic_model(manifest), None, dtype, Overwrite::Refuse)
        .expect("a writable folder")
}
