//! The contract of a family of decoders: all that the rest of Sightline asks of one. `contract.rs` holds every family to
//! it.

use std::fmt::Debug;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::session::TrainableDecoder;
use crate::bounds::{FieldError, MAX_SIZE, within};
use crate::checkpoint::CheckpointError;
use crate::weights::Weights;

/// The sizes that all decoders have that write captions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecoderSizes {
    #[serde(rename = "words")]
    pub vocab_size: usize,
    /// Channels of the feature grid.
    #[serde(rename = "features")]
    pub feature_dim: usize,
    /// Length of a word vector.
    pub embedding: usize,
    pub hidden: usize,
}

impl DecoderSizes {
    /// Those that are not every decoder's.
    pub fn check(&self) -> Result<(), FieldError> {
        within("decoder.embedding", self.embedding, 1, MAX_SIZE)?;
        within("decoder.hidden", self.hidden, 1, MAX_SIZE)
    }
}

/// What a model says of a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelKind {
    /// A sentence.
    Captions,
    /// One of the classes that it knows.
    Classes,
}

/// What only some decoders have, as a training configuration gives it; a family has its own defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecoderSettings {
    /// `additive` or `dot`
    pub attention: Option<String>,
    pub attention_size: Option<usize>,
    pub sentinel: Option<bool>,
    pub layers: Option<usize>,
    pub heads: Option<usize>,
    pub feed_forward: Option<usize>,
}

impl DecoderSettings {
    /// One for each network that a family has which knows these settings, all else left open.
    pub fn of_each_network(known: &[&str]) -> Vec<Self> {
        let mut all = vec![Self::default()];
        if known.contains(&"attention") {
            let with = |kind: &str| Self { attention: Some(kind.into()), ..Self::default() };
            all = ["additive", "dot"].map(with).into();
        }
        if known.contains(&"sentinel") {
            let with: Vec<Self> = all.iter().map(|plain| Self { sentinel: Some(true), ..plain.clone() }).collect();
            all.extend(with);
        }
        all
    }
}

/// The sizes of a decoder, and everything that follows from them without its weights.
pub trait DecoderFamily: Debug {
    /// Those of [`DecoderSettings`] that it has; nothing where it learns something else than captions.
    fn settings() -> Option<&'static [&'static str]>
    where
        Self: Sized,
    {
        Some(&[])
    }

    /// The decoder that a configuration for learning captions describes.
    fn from_settings(sizes: DecoderSizes, settings: &DecoderSettings) -> Result<Self, FieldError>
    where
        Self: Sized;

    /// Recognises a checkpoint by its keys and shapes; nothing where it is another family's. How many heads a
    /// Transformer's matrices stand for cannot be seen from them, so it has to be said.
    fn from_checkpoint(tensors: &TensorShapes, heads: usize) -> Result<Option<Self>, CheckpointError>
    where
        Self: Sized;

    /// Does something with the decoder's own type.
    fn with_decoder<T: WithDecoder>(&self, task: T) -> T::Output
    where
        Self: Sized;

    /// As people write it, such as `LSTM with additive attention`.
    fn title(&self) -> String;

    /// What it says of a photo.
    fn kind(&self) -> ModelKind {
        ModelKind::Captions
    }

    fn vocab_size(&self) -> usize;

    /// Channels that it expects of the grid.
    fn feature_dim(&self) -> usize;

    /// What its fields have to be, beside those two.
    fn check(&self) -> Result<(), FieldError>;

    /// Cells that it expects of the grid, where that matters to it.
    fn cells(&self) -> Option<usize> {
        None
    }

    /// Whether it can do with some cells of the grid instead of all.
    fn takes_some_cells(&self) -> bool {
        true
    }

    /// Whether it can show where it looks.
    fn has_attention(&self) -> bool {
        false
    }

    /// What comes out of a layer whose first tensor has so many rows, for a grid of so many cells. `layer` is the last
    /// part of its name.
    fn layer_output(&self, _layer: &str, rows: usize, _cells: usize) -> Vec<usize> {
        vec![rows]
    }

    /// How much more, or less, than others a layer amplifies in networks of `synthetic_weights`, so that a decoder
    /// without training decides clearly.
    fn synthetic_gain(&self, layer: &str) -> f64 {
        common_gain(layer)
    }
}

/// What comes out of a layer that several families have; `rows` where it is another.
pub(super) fn common_layer_output(sizes: DecoderSizes, layer: &str, rows: usize) -> Vec<usize> {
    match layer {
        "embedding" => vec![sizes.embedding],
        "decode_step" => vec![sizes.hidden],
        _ => vec![rows],
    }
}

/// The gain of a layer that several families have.
pub(super) fn common_gain(layer: &str) -> f64 {
    match layer {
        "fc" => 8.0,
        "decode_step" => 3.0,
        "init_h" => 4.0,
        _ => 1.0,
    }
}

/// Something to do with a decoder whose type is only known once the program runs.
pub trait WithDecoder {
    type Output;

    /// `init` makes the decoder, with weights by chance.
    fn run<D: TrainableDecoder + 'static>(self, init: impl Fn(&Device) -> D) -> Self::Output;
}

/// The shapes of a checkpoint's tensors, by which it is recognised.
#[derive(Clone, Copy, Debug)]
pub struct TensorShapes<'a>(pub &'a Weights);

impl TensorShapes<'_> {
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// The length of a tensor along an axis.
    pub fn size(&self, key: &str, axis: usize) -> Result<usize, CheckpointError> {
        let size = self.0.get(key).and_then(|weight| weight.shape.get(axis).copied());
        size.ok_or_else(|| CheckpointError::Unrecognised { expected: "decoder's checkpoint", key: key.into() })
    }

    /// The sizes of a decoder that writes captions, where `features` is a matrix over the grid's channels and `hidden` one over
    /// the hidden state.
    pub fn sizes(&self, features: &str, hidden: (&str, usize)) -> Result<DecoderSizes, CheckpointError> {
        Ok(DecoderSizes {
            vocab_size: self.size("embedding.weight", 0)?,
            feature_dim: self.size(features, 1)?,
            embedding: self.size("embedding.weight", 1)?,
            hidden: self.size(hidden.0, hidden.1)?,
        })
    }
}
