//! What several tests need: golden numbers, formula models, and the shared weights where they are.
#![allow(dead_code)] // each test binary uses a part of it

use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use sightline::bundle::{self, Dtype, Manifest, Overwrite};
use sightline::decoder::{Attention, AttentionLstmConfig, DecoderConfig};
use sightline::encoder::{EncoderConfig, ResNetConfig};
use sightline::formula;
use sightline::photo::InputSpec;
use sightline::vocabulary::{END, PAD, START, UNKNOWN};
use sightline::weights::{Slot, Weight, Weights};

pub fn in_repo(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

pub fn read(path: &str) -> Vec<u8> {
    let path = in_repo(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The numbers of one tensor in a safetensors file, whatever float they are stored as.
pub fn tensor(file: &[u8], name: &str) -> Weight {
    use safetensors::Dtype::{F16, F32};
    let tensors = SafeTensors::deserialize(file).expect("a safetensors file");
    let view = tensors.tensor(name).unwrap_or_else(|error| panic!("{name}: {error}"));
    let values = match view.dtype() {
        F32 => view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect(),
        F16 => view.data().chunks_exact(2).map(|b| half::f16::from_le_bytes(b.try_into().unwrap()).to_f32()).collect(),
        other => panic!("{name} is stored as {other:?}"),
    };
    Weight { shape: view.shape().to_vec(), values }
}

/// A file that lies beside the repository on some machines and is too large for it.
pub fn shared(path: &str) -> Option<PathBuf> {
    let path = in_repo("../shared").join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not on this machine", path.display());
    None
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

/// Every weight of an architecture, by the formula.
pub fn formula_weights(slots: &[Slot]) -> Weights {
    slots.iter().map(|slot| (slot.name.clone(), formula::weight(slot))).collect()
}

/// An image that is nothing but the formula's noise.
pub fn formula_image() -> Weight {
    let shape = vec![1, 3, 224, 224];
    Weight { values: (0..3 * 224 * 224).map(|i| (2.0 * formula::noise("input", i)) as f32).collect(), shape }
}

/// A feature grid, without the axis of photos; nothing in it is negative, as after a ReLU.
pub fn formula_grid(name: &str) -> Weight {
    Weight { values: (0..49 * 2048).map(|i| formula::noise(name, i).max(0.0) as f32).collect(), shape: vec![49, 2048] }
}

/// The marks, and words to fill up to a number.
pub fn words(count: usize) -> Vec<String> {
    let marks = [PAD, START, END, UNKNOWN].map(str::to_string);
    marks.into_iter().chain((4..count).map(|id| format!("w{id}"))).collect()
}

/// A manifest of a model that is small enough to be made and run in every test.
pub fn small_manifest() -> Manifest {
    let encoder = ResNetConfig { blocks: [1, 1, 1, 1], width: 4 };
    let vocabulary = words(40);
    Manifest {
        format: bundle::FORMAT.into(),
        version: bundle::VERSION,
        name: "small".into(),
        created_by: "tests".into(),
        license: Some("MIT OR Apache-2.0".into()),
        input: InputSpec { size: 64, ..InputSpec::imagenet() },
        decoder: DecoderConfig::AttentionLstm(AttentionLstmConfig {
            attention: Attention::Additive { size: 16 },
            words: vocabulary.len(),
            features: EncoderConfig::ResNet(encoder.clone()).channels(),
            embedding: 12,
            hidden: 24,
        }),
        encoder: EncoderConfig::ResNet(encoder),
        scores: [("cider".to_string(), 0.5)].into(),
        shards: vec![],
        vocabulary,
    }
}

/// Writes that model into a folder, with weights by the formula.
pub fn write_small_model(folder: &Path, dtype: Dtype) -> Manifest {
    let manifest = small_manifest();
    let weights = formula_weights(&manifest.slots());
    bundle::write(folder, &manifest, &weights, dtype, Overwrite::Refuse).expect("a writable folder")
}
