//! The contract of a family of decoders: all that the rest of Sightline asks of one. `contract.rs` holds every family to
//! it.

use std::fmt::Debug;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::session::TrainableDecoder;
use crate::bounds::FieldError;
use crate::checkpoint::CheckpointError;
use crate::weights::Weights;

/// The sizes that all decoders have.
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

/// What only some decoders have, as a training configuration gives it; a family has its own defaults.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DecoderSettings {
    /// `additive` or `dot`
    pub attention: Option<String>,
    pub attention_size: Option<usize>,
    pub layers: Option<usize>,
    pub heads: Option<usize>,
    pub feed_forward: Option<usize>,
}

/// The sizes of a decoder, and everything that follows from them without its weights.
pub trait DecoderFamily: Debug {
    /// Those of [`DecoderSettings`] that it has.
    fn settings() -> &'static [&'static str]
    where
        Self: Sized,
    {
        &[]
    }

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

    fn sizes(&self) -> DecoderSizes;

    /// What its own fields have to be, beside the sizes that all have.
    fn check(&self) -> Result<(), FieldError> {
        Ok(())
    }

    /// Whether it can show where it looks.
    fn has_attention(&self) -> bool {
        false
    }

    /// What comes out of a layer whose first tensor has so many rows, for a grid of so many cells. `layer` is the last
    /// part of its name.
    fn layer_output(&self, layer: &str, rows: usize, _cells: usize) -> Vec<usize> {
        common_layer_output(self.sizes(), layer, rows)
    }

    /// How much more, or less, than others a layer amplifies in networks of `synthetic_weights`, so that a decoder
    /// without training decides clearly.
    fn synthetic_gain(&self, layer: &str) -> f64 {
        common_gain(layer)
    }
}

/// What comes out of a layer that several families have.
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

    /// The sizes that all decoders have, where `features` is a matrix over the grid's channels and `hidden` one over
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
