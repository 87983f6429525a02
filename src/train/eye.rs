//! The encoder that training starts from: frozen, and perhaps with its last stages set free.

use std::path::Path;

use burn::tensor::{Tensor, TensorData};
use sha2::{Digest, Sha256};

use crate::checkpoint;
use crate::device::Place;
use crate::encoder::{self, CheckpointError, Encoder, EncoderConfig, FeatureGrid};
use crate::photo::InputSpec;
use crate::weights::{Slot, Weights};

use super::TrainError;

/// An encoder in its inference form, and how photos are prepared for it.
#[derive(Debug)]
pub struct Eye {
    pub config: EncoderConfig,
    pub input: InputSpec,
    pub weights: Weights,
    encoder: Encoder,
    place: Place,
    /// What tells it from every other.
    fingerprint: String,
}

/// How far photos are taken through the frozen encoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Through all of it, to the feature grid.
    Grid,
    /// Only through so many stages, because those after them learn.
    Stages(usize),
}

impl Eye {
    /// From a checkpoint with torchvision's keys.
    pub fn read(path: &Path, input: InputSpec, place: &Place) -> Result<Self, TrainError> {
        let fault = |reason: String| TrainError::Encoder { path: path.display().to_string(), reason };
        let weights = checkpoint::read(path).map_err(|error| fault(format!("{error:#}")))?;
        let (config, weights) = encoder::from_checkpoint(weights).map_err(|error| fault(error.to_string()))?;
        Self::new(config, weights, input, place).map_err(|error| fault(error.to_string()))
    }

    /// From weights that were checked against their configuration.
    pub fn new(
        config: EncoderConfig,
        weights: Weights,
        input: InputSpec,
        place: &Place,
    ) -> Result<Self, CheckpointError> {
        encoder::check(&weights, &config.slots())?;
        let take = |slot: &Slot| {
            weights.get(&slot.name).cloned().ok_or_else(|| CheckpointError::Missing { name: slot.name.clone() })
        };
        let encoder = config.load(&place.device, take)?;
        let fingerprint = fingerprint(&config, &input, &weights);
        Ok(Self { config, input, weights, encoder, place: place.clone(), fingerprint })
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Numbers that a photo has become at this depth.
    pub fn shape(&self, depth: Depth) -> Vec<usize> {
        let size = self.input.size;
        let EncoderConfig::ResNet(resnet) = &self.config;
        match depth {
            Depth::Grid => vec![self.config.grid_side(size).pow(2), self.config.channels()],
            Depth::Stages(end) => {
                let [channels, side] = resnet.stage_shape(end, size);
                vec![channels, side, side]
            }
        }
    }

    /// Normalised photos one after the other, to what they have become, one after the other.
    pub fn look(&self, photos: Vec<f32>, depth: Depth) -> Result<Vec<f32>, TrainError> {
        let size = self.input.size;
        let count = photos.len() / (3 * size * size);
        let input = Tensor::<4>::from_data(TensorData::new(photos, [count, 3, size, size]), &self.place.device);
        let Encoder::ResNet(resnet) = &self.encoder;
        let data = match depth {
            Depth::Grid => FeatureGrid::from_map(resnet.forward(input)).cells.into_data(),
            Depth::Stages(end) => resnet.first_stages(end, input).into_data(),
        };
        data.try_into_vec().map_err(|error| TrainError::Device(format!("{error:?}")))
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
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
