//! Weights without training: one short formula gives every tensor its values.
//!
//! `tests/reference/synthetic_weights.py` is its twin in Python. Golden tests and `sightline bench` build whole networks from
//! it, so no large file of numbers has to be kept anywhere.

use crate::weights::{Slot, Weight};

/// A uniform number in [-1, 1) that depends on nothing but the tensor's name and the place in it.
pub fn noise(name: &str, index: usize) -> f64 {
    scrambled(fnv1a(name), index)
}

/// The tensor that the formula gives for a checkpoint's key. A `gain` of 1 keeps the size of what passes through the
/// layer; which layers of a network have another one, the network's family says.
pub fn weight(slot: &Slot, gain: f64) -> Weight {
    let (offset, scale) = range(slot, gain);
    let hash = fnv1a(&slot.name);
    let values = (0..slot.elements()).map(|i| (offset + scale * scrambled(hash, i)) as f32).collect();
    Weight { shape: slot.shape.clone(), values }
}

fn range(slot: &Slot, gain: f64) -> (f64, f64) {
    let name = slot.name.as_str();
    let fan_in = slot.shape.iter().skip(1).product::<usize>() as f64;
    match slot.shape.len() {
        4 => (0.0, gain * (6.0 / fan_in).sqrt()),
        2 if name.ends_with("embedding.weight") => (0.0, 1.0),
        2 => (0.0, gain * (3.0 / fan_in).sqrt()),
        _ if name.ends_with("running_var") => (1.0, 0.25),
        _ if name.ends_with(".weight") => (1.0, 0.1),
        _ => (0.0, 0.1),
    }
}

fn fnv1a(name: &str) -> u32 {
    name.bytes().fold(2_166_136_261, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(16_777_619))
}

fn scrambled(hash: u32, index: usize) -> f64 {
    let mut x = (index as u32).wrapping_mul(0x9E37_79B1).wrapping_add(hash);
    x = (x ^ (x >> 16)).wrapping_mul(0x85EB_CA6B);
    x = (x ^ (x >> 13)).wrapping_mul(0xC2B2_AE35);
    x ^= x >> 16;
    f64::from(x >> 8) / f64::from(1 << 23) - 1.0
}
