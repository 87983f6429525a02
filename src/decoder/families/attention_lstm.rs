//! LSTMs that attend to the grid at each word: the sizes that they have in common. How they weigh the cells makes them
//! two networks, `additive.rs` and `dot.rs`; with a sentinel they are a third, `adaptive.rs`.

mod adaptive;
mod additive;
mod dot;

use serde::{Deserialize, Serialize};

use self::adaptive::AdaptiveAttentionLstm;
use self::additive::AdditiveAttentionLstm;
use self::dot::DotAttentionLstm;
use crate::bounds::{FieldError, MAX_SIZE, within};
use crate::checkpoint::CheckpointError;
use crate::decoder::family::{
    DecoderFamily, DecoderSettings, DecoderSizes, TensorShapes, WithDecoder, common_gain, common_layer_output,
};

/// Of the layer in which additive attention compares, where nobody says another.
const ATTENTION_SIZE: usize = 512;

/// The shape of an LSTM that attends to the grid at each word. The sizes that all decoders have stand in it by
/// themselves, because serde cannot flatten them into a struct that refuses unknown keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttentionLstmConfig {
    pub attention: Attention,
    /// Whether it may look at nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sentinel: bool,
    #[serde(rename = "words")]
    pub vocab_size: usize,
    /// Channels of the feature grid.
    #[serde(rename = "features")]
    pub feature_dim: usize,
    /// Length of a word vector.
    pub embedding: usize,
    pub hidden: usize,
}

/// How the LSTM weighs the cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Attention {
    /// Bahdanau's, through a layer of this size; without a sentinel, with the gate of Show, Attend and Tell.
    Additive { size: usize },
    /// Scaled dot product over projected cells.
    Dot,
}

impl AttentionLstmConfig {
    fn sizes(&self) -> DecoderSizes {
        let Self { vocab_size, feature_dim, embedding, hidden, .. } = *self;
        DecoderSizes { vocab_size, feature_dim, embedding, hidden }
    }
}

impl DecoderFamily for AttentionLstmConfig {
    fn settings() -> Option<&'static [&'static str]> {
        Some(&["attention", "attention_size", "sentinel"])
    }

    fn from_settings(sizes: DecoderSizes, settings: &DecoderSettings) -> Result<Self, FieldError> {
        let wrong = |field, value: &str, wanted: &str| FieldError { field, value: value.into(), wanted: wanted.into() };
        let attention = match (settings.attention.as_deref(), settings.attention_size) {
            (None | Some("additive"), size) => Attention::Additive { size: size.unwrap_or(ATTENTION_SIZE) },
            (Some("dot"), None) => Attention::Dot,
            (Some("dot"), Some(_)) => {
                return Err(wrong(
                    "decoder.attention.size",
                    "given",
                    "only attention: additive has it, and this is dot",
                ));
            }
            (Some(other), _) => return Err(wrong("decoder.attention", other, "additive, dot are known")),
        };
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } = sizes;
        let sentinel = settings.sentinel.unwrap_or(false);
        Ok(Self { attention, sentinel, vocab_size, feature_dim, embedding, hidden })
    }

    fn title(&self) -> String {
        let attention = match self.attention {
            Attention::Additive { .. } => "additive",
            Attention::Dot => "dot-product",
        };
        let sentinel = if self.sentinel { " and a sentinel" } else { "" };
        format!("LSTM with {attention} attention{sentinel}")
    }

    fn vocab_size(&self) -> usize {
        self.vocab_size
    }

    fn feature_dim(&self) -> usize {
        self.feature_dim
    }

    fn check(&self) -> Result<(), FieldError> {
        self.sizes().check()?;
        match self.attention {
            Attention::Additive { size } => within("decoder.attention.size", size, 1, MAX_SIZE),
            Attention::Dot => Ok(()),
        }
    }

    fn has_attention(&self) -> bool {
        true
    }

    fn from_checkpoint(tensors: &TensorShapes, _heads: usize) -> Result<Option<Self>, CheckpointError> {
        const ADDITIVE: &str = "attention.encoder_att.weight";
        const PROJECT: &str = "project.weight";
        if !tensors.has("decode_step.weight_hh") || !(tensors.has(ADDITIVE) || tensors.has(PROJECT)) {
            return Ok(None);
        }
        let attention = match tensors.has(ADDITIVE) {
            true => Attention::Additive { size: tensors.size(ADDITIVE, 0)? },
            false => Attention::Dot,
        };
        let sentinel = tensors.has("sentinel_x.weight");
        let features = if tensors.has(ADDITIVE) && !sentinel { ADDITIVE } else { PROJECT };
        let sizes = tensors.sizes(features, ("decode_step.weight_hh", 1))?;
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } = sizes;
        Ok(Some(Self { attention, sentinel, vocab_size, feature_dim, embedding, hidden }))
    }

    fn layer_output(&self, layer: &str, rows: usize, cells: usize) -> Vec<usize> {
        match layer {
            "full_att" => vec![cells + usize::from(self.sentinel)],
            "encoder_att" | "project" => vec![cells, rows],
            _ => common_layer_output(self.sizes(), layer, rows),
        }
    }

    fn synthetic_gain(&self, layer: &str) -> f64 {
        match layer {
            "full_att" => 16.0,
            "project" => 2.25,
            "f_beta" => 4.0,
            _ => common_gain(layer),
        }
    }

    fn with_decoder<T: WithDecoder>(&self, task: T) -> T::Output {
        let sizes = self.sizes();
        match (&self.attention, self.sentinel) {
            (Attention::Additive { size }, false) => {
                task.run(|device| AdditiveAttentionLstm::init(sizes, *size, device))
            }
            (Attention::Additive { size }, true) => {
                task.run(|device| AdaptiveAttentionLstm::additive(sizes, *size, device))
            }
            (Attention::Dot, false) => task.run(|device| DotAttentionLstm::init(sizes, device)),
            (Attention::Dot, true) => task.run(|device| AdaptiveAttentionLstm::dot(sizes, device)),
        }
    }
}
