//! The encoder that training starts from. None of it learns here; a run may set its last stages free in a copy.

use std::path::Path;

use burn::tensor::{Tensor, TensorData};
use sha2::{Digest, Sha256};
use sightline::checkpoint::{self, CheckpointError};
use sightline::device::{DeviceKind, OpenDevice, Precision};
use sightline::encoder::{Encoder, EncoderConfig};
use sightline::hash;
use sightline::model::Manifest;
use sightline::photo::InputSpec;
use sightline::weights::{Slot, StoredWeights, Weights};

use crate::host::{ReadBackError, to_host};

/// An encoder in its inference form, and how photos are prepared for it.
#[derive(Debug)]
pub struct FrozenEncoder {
    pub config: EncoderConfig,
    pub input: InputSpec,
    pub weights: Weights,
    encoder: Encoder,
    device: OpenDevice,
    /// What distinguishes it from every other.
    fingerprint: String,
}

/// How far photos are taken through the encoder before what came out is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachePoint {
    /// Through all of it, to the features.
    Features,
    /// Only through so many stages, because those after them learn.
    Stages(usize),
}

/// Why a file gave no encoder.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct EncoderError {
    pub path: String,
    pub reason: String,
}

impl FrozenEncoder {
    /// From a checkpoint, with photos prepared as its family wants them.
    pub fn read(path: &Path, device: &OpenDevice) -> Result<Self, EncoderError> {
        let fault = |reason: String| EncoderError { path: path.display().to_string(), reason };
        let weights = checkpoint::read(path).map_err(|error| fault(error.to_string()))?;
        let (config, weights) = EncoderConfig::from_checkpoint(weights).map_err(|error| fault(error.to_string()))?;
        let input = config.input();
        Self::new(config, weights, input, device).map_err(|error| fault(error.to_string()))
    }

    /// From a checkpoint that has to be of the backbone with this name.
    pub fn of_backbone(path: &Path, backbone: &str, device: &OpenDevice) -> Result<Self, EncoderError> {
        let encoder = Self::read(path, device)?;
        match encoder.config.known_name() {
            Some(found) if found == backbone => Ok(encoder),
            found => {
                let found = found.map_or_else(|| encoder.config.title(), str::to_string);
                let reason = format!("this is a {found}, and model.backbone is {backbone}");
                Err(EncoderError { path: path.display().to_string(), reason })
            }
        }
    }

    /// From weights in the folded form.
    pub fn new(
        config: EncoderConfig,
        weights: Weights,
        input: InputSpec,
        device: &OpenDevice,
    ) -> Result<Self, CheckpointError> {
        checkpoint::check(&weights, &config.folded_slots())?;
        let take = |slot: &Slot| {
            weights.get(&slot.name).cloned().ok_or_else(|| CheckpointError::Missing { name: slot.name.clone() })
        };
        let encoder = config.load(&device.handle, take)?;
        let fingerprint = fingerprint(&config, &input, &weights);
        Ok(Self { config, input, weights, encoder, device: device.clone(), fingerprint })
    }

    /// Of a model, computing as the model does on the processor; on a GPU in 32-bit floats.
    pub fn of_model(
        manifest: &Manifest,
        mut weights: StoredWeights,
        device: &OpenDevice,
    ) -> Result<Self, CheckpointError> {
        let Manifest { encoder: config, activations, input, .. } = manifest;
        let is_exact = device.precision == Precision::F32 || device.kind != DeviceKind::Cpu || activations.is_empty();
        let floats = weights.iter().map(|(name, weight)| (name.clone(), weight.clone().into_floats()));
        let exact = Self::new(config.clone(), floats.collect(), input.clone(), device)?;
        if is_exact {
            return Ok(exact);
        }
        let take = |slot: &Slot| {
            weights.remove(&slot.name).ok_or_else(|| CheckpointError::Missing { name: slot.name.clone() })
        };
        let encoder = config.load_in_precision(device, activations, take)?;
        let ranges = serde_json::to_string(activations).unwrap_or_default();
        let fingerprint = hash::sha256(format!("{} {ranges}", exact.fingerprint).as_bytes());
        Ok(Self { encoder, fingerprint, ..exact })
    }

    pub fn device(&self) -> &OpenDevice {
        &self.device
    }

    /// The shape of what a photo has become at this point.
    pub fn shape(&self, point: CachePoint) -> Vec<usize> {
        match point {
            CachePoint::Features => vec![self.config.grid(self.input.size).cells(), self.config.channels()],
            CachePoint::Stages(stages) => self.config.shape_after(stages, self.input.size).to_vec(),
        }
    }

    /// Normalised photos one after the other, to what they have become, one after the other.
    pub fn encode(&self, photos: Vec<f32>, point: CachePoint) -> Result<Vec<f32>, ReadBackError> {
        let (channels, size) = (self.input.channels(), self.input.size);
        let count = photos.len() / (channels * size * size);
        let input = TensorData::new(photos, [count, channels, size, size]);
        let input = Tensor::<4>::from_data(input, &self.device.handle);
        match point {
            CachePoint::Features => to_host(self.encoder.forward(input).features),
            CachePoint::Stages(stages) => to_host(self.encoder.run(0..stages, self.encoder.stem(input))),
        }
    }

    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

fn fingerprint(config: &EncoderConfig, input: &InputSpec, weights: &Weights) -> String {
    let mut hash = Sha256::new();
    hash.update(serde_json::to_string(&(config, input)).unwrap_or_default());
    for (name, weight) in weights {
        hash.update(name);
        let bytes: Vec<u8> = weight.values.iter().flat_map(|value| value.to_le_bytes()).collect();
        hash.update(bytes);
    }
    hash::hex(&hash.finalize())
}
