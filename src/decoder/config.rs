//! Which decoder a model has, and of what sizes.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

#[cfg(feature = "train")]
use super::Pupil;
use super::{AdditiveAttentionLstm, Decoder, DotAttentionLstm, Lstm, Rnn, Transformer};
use crate::encoder::{FieldError, Layer, within};
use crate::weights::{self, Slot, Weight};

/// Which decoder a model has, as its manifest says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "architecture", rename_all = "snake_case")]
pub enum DecoderConfig {
    Rnn(RecurrentConfig),
    Lstm(RecurrentConfig),
    AttentionLstm(AttentionLstmConfig),
    Transformer(TransformerConfig),
}

/// The shape of a net that hears of the photo in its first hidden state alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecurrentConfig {
    /// Words in the vocabulary.
    pub words: usize,
    /// Channels of the feature grid.
    pub features: usize,
    /// Length of a word vector.
    pub embedding: usize,
    pub hidden: usize,
}

/// The shape of an LSTM that attends to the grid before each word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttentionLstmConfig {
    pub attention: Attention,
    /// Words in the vocabulary.
    pub words: usize,
    /// Channels of the feature grid.
    pub features: usize,
    /// Length of a word vector.
    pub embedding: usize,
    pub hidden: usize,
}

/// The shape of a Transformer's decoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransformerConfig {
    /// Words in the vocabulary.
    pub words: usize,
    /// Channels of the feature grid.
    pub features: usize,
    /// Length of a word vector.
    pub embedding: usize,
    /// Width of its layers.
    pub hidden: usize,
    pub layers: usize,
    /// Divides `hidden`.
    pub heads: usize,
    pub feed_forward: usize,
}

/// How the LSTM weighs the cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Attention {
    /// Bahdanau's, with the gate of Show, Attend and Tell, through a layer of this size.
    Additive { size: usize },
    /// Scaled dot product over projected cells.
    Dot,
}

/// Calls `$then` with the function that makes this decoder with random weights, given its device.
macro_rules! with_init {
    ($config:expr, |$init:ident| $then:expr) => {
        match $config {
            Self::Rnn(config) => {
                let $init = |device: &Device| Rnn::init(config, device);
                $then
            }
            Self::Lstm(config) => {
                let $init = |device: &Device| Lstm::init(config, device);
                $then
            }
            Self::AttentionLstm(config) => match config.attention {
                Attention::Additive { size } => {
                    let $init = |device: &Device| AdditiveAttentionLstm::init(config, size, device);
                    $then
                }
                Attention::Dot => {
                    let $init = |device: &Device| DotAttentionLstm::init(config, device);
                    $then
                }
            },
            Self::Transformer(config) => {
                let $init = |device: &Device| Transformer::init(config, device);
                $then
            }
        }
    };
}

impl DecoderConfig {
    pub fn name(&self) -> String {
        match self {
            Self::Rnn(_) => "RNN".into(),
            Self::Lstm(_) => "LSTM".into(),
            Self::AttentionLstm(config) => match config.attention {
                Attention::Additive { .. } => "LSTM with additive attention".into(),
                Attention::Dot => "LSTM with dot-product attention".into(),
            },
            Self::Transformer(config) => format!("Transformer of {} layers", config.layers),
        }
    }

    pub fn check(&self) -> Result<(), FieldError> {
        // No real model comes near it.
        const LARGEST: usize = 1 << 20;
        let Sizes { words, features, embedding, hidden } = self.sizes();
        within("decoder.words", words, 1, LARGEST)?;
        within("decoder.features", features, 1, LARGEST)?;
        within("decoder.embedding", embedding, 1, LARGEST)?;
        within("decoder.hidden", hidden, 1, LARGEST)?;
        match self {
            Self::Rnn(_) | Self::Lstm(_) => Ok(()),
            Self::AttentionLstm(config) => match config.attention {
                Attention::Additive { size } => within("decoder.attention.size", size, 1, LARGEST),
                Attention::Dot => Ok(()),
            },
            Self::Transformer(TransformerConfig { layers, heads, feed_forward, .. }) => {
                within("decoder.layers", *layers, 1, 256)?;
                within("decoder.feed_forward", *feed_forward, 1, LARGEST)?;
                within("decoder.heads", *heads, 1, hidden)?;
                match hidden.is_multiple_of(*heads) {
                    true => Ok(()),
                    false => Err(FieldError {
                        field: "decoder.heads",
                        value: heads.to_string(),
                        wanted: format!("it has to divide the hidden size, {hidden}"),
                    }),
                }
            }
        }
    }

    pub fn words(&self) -> usize {
        self.sizes().words
    }

    /// Channels that it expects of the grid.
    pub fn features(&self) -> usize {
        self.sizes().features
    }

    /// Whether it can show where it looks.
    pub fn has_attention(&self) -> bool {
        matches!(self, Self::AttentionLstm(_) | Self::Transformer(_))
    }

    /// What all decoders have.
    fn sizes(&self) -> Sizes {
        match *self {
            Self::Rnn(RecurrentConfig { words, features, embedding, hidden })
            | Self::Lstm(RecurrentConfig { words, features, embedding, hidden })
            | Self::AttentionLstm(AttentionLstmConfig { words, features, embedding, hidden, .. })
            | Self::Transformer(TransformerConfig { words, features, embedding, hidden, .. }) => {
                Sizes { words, features, embedding, hidden }
            }
        }
    }

    pub fn slots(&self) -> Vec<Slot> {
        let device = crate::device::cpu();
        with_init!(self, |init| weights::slots(&init(&device)))
    }

    /// The table of layers, for a grid of `cells` cells.
    pub fn layers(&self, cells: usize) -> Vec<Layer> {
        let Sizes { embedding, hidden, .. } = self.sizes();
        let output = |name: &str, first: &Slot| match name.rsplit('.').next().unwrap_or_default() {
            "full_att" => vec![cells],
            "encoder_att" | "project" => vec![cells, first.shape[0]],
            "embedding" => vec![embedding],
            "decode_step" | "self_attn" | "multihead_attn" => vec![hidden],
            _ => vec![first.shape[0]],
        };
        let mut layers: Vec<Layer> = Vec::new();
        for slot in &self.slots() {
            let name = slot.name.rsplit_once('.').map_or(slot.name.as_str(), |(layer, _)| layer);
            match layers.last_mut().filter(|layer| layer.name == name) {
                Some(layer) => layer.parameters += slot.elements(),
                None => {
                    let output = output(name, slot);
                    layers.push(Layer { name: name.to_string(), output, parameters: slot.elements() });
                }
            }
        }
        layers
    }

    #[cfg(feature = "train")]
    pub fn teach<T: PupilTask>(&self, task: T) -> T::Output {
        with_init!(self, |init| task.run(init))
    }

    /// A decoder with weights from `take`.
    pub fn load<E>(
        &self,
        device: &Device,
        take: impl FnMut(&Slot) -> Result<Weight, E>,
    ) -> Result<Box<dyn Decoder>, E> {
        Ok(with_init!(self, |init| Box::new(weights::fill(init(device), device, take)?)))
    }
}

/// Something to do with a decoder whose kind is only known once the program runs.
#[cfg(feature = "train")]
pub trait PupilTask {
    type Output;

    /// `init` makes the decoder, with random weights.
    fn run<D: Pupil>(self, init: impl Fn(&Device) -> D) -> Self::Output;
}

struct Sizes {
    words: usize,
    features: usize,
    embedding: usize,
    hidden: usize,
}
