//! Encoders: a normalised photo in, a grid of features out. One file per backbone family.

mod resnet;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::weights::{self, Slot, Weight, Weights};

pub use resnet::{Normalisation, ResNet, ResNetConfig};

/// What the encoder saw: one feature vector for each cell of a grid that lies over the whole photo.
#[derive(Clone, Debug)]
pub struct FeatureGrid {
    pub rows: usize,
    pub cols: usize,
    /// `[photos, rows * cols, channels]`
    pub cells: Tensor<3>,
}

impl FeatureGrid {
    /// From a convolution's output, `[photos, channels, rows, cols]`.
    pub fn from_map(map: Tensor<4>) -> Self {
        let [_, _, rows, cols] = map.dims();
        // [photos, channels, rows * cols] -> [photos, rows * cols, channels]
        Self { rows, cols, cells: map.flatten::<3>(2, 3).swap_dims(1, 2) }
    }

    pub fn channels(&self) -> usize {
        self.cells.dims()[2]
    }
}

/// Which backbone a model has, as its manifest says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "architecture", rename_all = "lowercase")]
pub enum EncoderConfig {
    ResNet(ResNetConfig),
}

/// One line of the table that `sightline inspect` prints.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Layer {
    pub name: String,
    /// What comes out, without the axis of photos.
    pub output: Vec<usize>,
    pub parameters: usize,
}

impl EncoderConfig {
    /// The name people know it by.
    pub fn name(&self) -> String {
        match self {
            Self::ResNet(config) => config.name(),
        }
    }

    pub fn check(&self) -> Result<(), FieldError> {
        match self {
            Self::ResNet(config) => config.check(),
        }
    }

    /// Channels of the feature grid.
    pub fn channels(&self) -> usize {
        match self {
            Self::ResNet(config) => config.channels(),
        }
    }

    /// Cells along a side of the grid, for a photo of `size` by `size` pixels.
    pub fn grid_side(&self, size: usize) -> usize {
        match self {
            // The stem halves the side twice, the last three stages once each, and each rounds up.
            Self::ResNet(_) => size.div_ceil(32),
        }
    }

    /// The table of layers for a photo of `size` by `size` pixels.
    pub fn layers(&self, size: usize) -> Vec<Layer> {
        match self {
            Self::ResNet(config) => config.layers(size),
        }
    }

    /// What a checkpoint of the inference form holds.
    pub fn slots(&self) -> Vec<Slot> {
        match self {
            Self::ResNet(config) => config.slots(Normalisation::Folded),
        }
    }

    /// An encoder for inference, with weights from `take`.
    pub fn load<E>(&self, device: &Device, take: impl FnMut(&Slot) -> Result<Weight, E>) -> Result<Encoder, E> {
        match self {
            Self::ResNet(config) => {
                weights::fill(config.init(Normalisation::Folded, device), device, take).map(Encoder::ResNet)
            }
        }
    }
}

/// A backbone ready to look at photos.
#[derive(Clone, Debug)]
pub enum Encoder {
    ResNet(ResNet),
}

impl Encoder {
    /// `[photos, 3, height, width]`, normalised, to a grid of features.
    pub fn forward(&self, input: Tensor<4>) -> FeatureGrid {
        match self {
            Self::ResNet(resnet) => FeatureGrid::from_map(resnet.forward(input)),
        }
    }

    pub fn device(&self) -> Device {
        let devices = match self {
            Self::ResNet(resnet) => resnet.devices(),
        };
        devices.into_iter().next().unwrap_or_default()
    }
}

/// A size that no network of this kind has.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("{field} is {value}; {wanted}")]
pub struct FieldError {
    pub field: &'static str,
    pub value: String,
    pub wanted: String,
}

/// Sizes come from files. Those that would overflow something, or could never be real, are refused by name.
pub fn within(field: &'static str, value: usize, least: usize, most: usize) -> Result<(), FieldError> {
    match (least..=most).contains(&value) {
        true => Ok(()),
        false => Err(FieldError { field, value: value.to_string(), wanted: format!("{least} to {most} is allowed") }),
    }
}

/// Recognises the backbone of a checkpoint and brings its weights into the inference form.
pub fn from_checkpoint(weights: Weights) -> Result<(EncoderConfig, Weights), CheckpointError> {
    let (config, weights) = resnet::from_checkpoint(weights)?;
    Ok((EncoderConfig::ResNet(config), weights))
}

/// Why a checkpoint is not one that this build can read.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum CheckpointError {
    #[error("this is no {expected}: it has no tensor {key}")]
    Unrecognised { expected: &'static str, key: String },
    #[error("tensor {name} is missing")]
    Missing { name: String },
    #[error("tensor {name} has the shape {found:?}; {expected:?} is expected")]
    Shape { name: String, expected: Vec<usize>, found: Vec<usize> },
    #[error("tensor {name} is not part of this architecture")]
    Unexpected { name: String },
    #[error("{0}")]
    Unsupported(String),
    #[error("{0}")]
    Field(#[from] FieldError),
}

/// Checks a checkpoint's tensors against what an architecture wants, to the name and the shape.
pub fn check(weights: &Weights, slots: &[Slot]) -> Result<(), CheckpointError> {
    for slot in slots {
        match weights.get(&slot.name) {
            None => return Err(CheckpointError::Missing { name: slot.name.clone() }),
            Some(weight) if weight.shape != slot.shape => {
                return Err(CheckpointError::Shape {
                    name: slot.name.clone(),
                    expected: slot.shape.clone(),
                    found: weight.shape.clone(),
                });
            }
            Some(_) => {}
        }
    }
    match weights.keys().find(|name| !slots.iter().any(|slot| slot.name == **name)) {
        Some(name) => Err(CheckpointError::Unexpected { name: name.clone() }),
        None => Ok(()),
    }
}
