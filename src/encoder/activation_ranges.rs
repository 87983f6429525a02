//! Between which numbers lies what a backbone's convolutions put out: measured on photos once, so that 7 bits can stand
//! for it and the processor can compute in integers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sightline_kernels::Quantization;

use super::description::{Description, Op};
use crate::bounds::FieldError;

/// Numbers of each photo that a range is chosen by.
const SAMPLES: usize = 1024;

/// By the names of convolutions: what comes out with what is done right behind it, an addition and an activation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ActivationRanges(BTreeMap<String, (f32, f32)>);

impl ActivationRanges {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn of(&self, convolution: &str) -> Option<(f32, f32)> {
        self.0.get(convolution).copied()
    }

    /// Whether they are ranges, and of this backbone.
    pub fn check(&self, backbone: &Description) -> Result<(), FieldError> {
        let wrong =
            |value: String, wanted: &str| Err(FieldError { field: "activations", value, wanted: wanted.into() });
        for (name, (low, high)) in &self.0 {
            let is_known = backbone.trunk().iter().any(|node| matches!(node.op, Op::Conv(_)) && node.name == *name);
            if !is_known {
                return wrong(name.clone(), "the names of the encoder's convolutions are allowed");
            }
            if !(low.is_finite() && high.is_finite() && low < high) {
                return wrong(
                    format!("{name}: [{low}, {high}]"),
                    "two numbers are allowed, of which the first is the less",
                );
            }
        }
        Ok(())
    }
}

/// Chooses ranges by what comes out for some photos.
#[derive(Debug, Default)]
pub struct ActivationSamples(BTreeMap<String, Vec<f32>>);

impl ActivationSamples {
    /// What a convolution put out for one photo, of which it keeps numbers here and there.
    pub(super) fn add(&mut self, convolution: &str, numbers: &[f32]) {
        // A prime, so that it is not always the same channels.
        const SPACING: usize = 7919;
        let samples = self.0.entry(convolution.into()).or_default();
        let count = numbers.len().min(SAMPLES);
        samples.extend((0..count).map(|at| numbers[at * SPACING % numbers.len()]));
    }

    /// The ranges in which 7 bits lose the least, by the mean square.
    pub fn ranges(&self) -> ActivationRanges {
        let range = |samples: &Vec<f32>| {
            let low = samples.iter().copied().fold(0.0, f32::min);
            let high = samples.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
            let parts = (0..60u8).map(|step| 1.0 - f32::from(step) / 80.0);
            let ranges = parts.map(|part| (rounded(low * part), rounded(high * part)));
            let losses = ranges.map(|(low, high)| (loss(samples, Quantization::of_range(low, high)), (low, high)));
            losses.min_by(|(a, _), (b, _)| a.total_cmp(b)).map_or((low, high), |(_, range)| range)
        };
        ActivationRanges(self.0.iter().map(|(name, samples)| (name.clone(), range(samples))).collect())
    }
}

/// To four digits, which a manifest can be read with.
fn rounded(number: f32) -> f32 {
    format!("{number:.3e}").parse().unwrap_or(number)
}

fn loss(samples: &[f32], quantization: Quantization) -> f64 {
    let square = |value: &f32| f64::from(value - quantization.value(quantization.byte(*value))).powi(2);
    samples.iter().map(square).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoder::EncoderConfig;

    fn ranges(name: &str, low: f32, high: f32) -> ActivationRanges {
        ActivationRanges(BTreeMap::from([(name.to_string(), (low, high))]))
    }

    #[test]
    fn only_ranges_of_the_encoders_convolutions_are_allowed() {
        let backbone = EncoderConfig::named("resnet50").unwrap().description();
        let check = |ranges: ActivationRanges| ranges.check(&backbone).map_err(|error| error.to_string());
        assert_eq!(check(ranges("layer1.0.conv1", 0.0, 2.5)), Ok(()));
        let unknown = check(ranges("layer9.0.conv1", 0.0, 2.5)).unwrap_err();
        assert_eq!(unknown, "activations is layer9.0.conv1; the names of the encoder's convolutions are allowed");
        for (low, high) in [(0.0, f32::INFINITY), (f32::NAN, 1.0), (1.0, 1.0), (2.0, -2.0)] {
            assert!(check(ranges("conv1", low, high)).unwrap_err().contains("conv1: ["), "{low} {high}");
        }
    }

    #[test]
    fn a_single_far_number_does_not_widen_a_range() {
        let mut samples = ActivationSamples::default();
        let numbers: Vec<f32> = (0..1000).map(|at| at as f32 / 1000.0).collect();
        for _ in 0..200 {
            samples.add("all", &numbers);
            samples.add("far", &numbers);
        }
        samples.add("far", &[3.0]);
        let ranges = samples.ranges();
        let (low, high) = ranges.of("all").unwrap();
        assert!(low == 0.0 && (0.95..=1.0).contains(&high), "{low} {high}");
        let (_, high) = ranges.of("far").unwrap();
        assert!((1.0..3.0).contains(&high), "{high}");
    }
}
