//! Decoders: a feature grid in, words out one by one. One file per decoder; `search.rs` chooses the words.

mod additive;
mod dot;
mod dropout;
mod lstm;
mod lstm_cell;
mod recurrent;
mod rnn;
pub mod search;
mod transformer;

use std::fmt::Debug;

use burn::tensor::{Device, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::encoder::{CheckpointError, FeatureGrid, FieldError, Layer, check, within};
use crate::weights::{self, Slot, Weight, Weights};

pub use additive::AdditiveAttentionLstm;
pub use dot::DotAttentionLstm;
pub use dropout::Dropout;
pub use lstm::Lstm;
pub use rnn::Rnn;
pub use transformer::Transformer;

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

/// Anything that can tell what is on a grid, word by word.
pub trait Decoder: Debug + Send + Sync {
    /// Starts to tell one photo, or several side by side.
    fn read(&self, grid: &FeatureGrid) -> Box<dyn Reading>;

    fn device(&self) -> Device;
}

/// A decoder in front of one photo or several.
pub trait Reading: Debug + Send {
    /// What it has in mind before the first word, with so many rows for each photo.
    fn start(&self, rows: usize) -> State;

    /// Hears one word for each row of the state, and says how likely each word is to come next. The rows of a photo
    /// stand together, and every photo has as many.
    fn step(&self, words: &[u32], state: State) -> Step;
}

/// A decoder that can learn from whole captions.
#[cfg(feature = "train")]
pub trait Pupil: Decoder + burn::module::Module + burn::module::ModuleDisplay {
    /// Hears captions word by word, `[rows, length]`, and says at every place how much it expects each word to come
    /// next. As in [`Reading::step`], the rows of a photo stand together.
    fn hear(&self, grid: &FeatureGrid, words: Tensor<2, Int>, dropout: &mut Dropout) -> Heard;
}

/// What a decoder thinks of captions that it heard.
#[cfg(feature = "train")]
pub struct Heard {
    /// Not normalised: `[rows, length, words]`
    pub scores: Tensor<3>,
    /// `[rows, length, cells]`
    pub attention: Option<Tensor<3>>,
}

/// What a decoder keeps in mind between two words: tensors with one row for each sentence that is being written.
#[derive(Clone, Debug)]
pub struct State(pub Vec<Tensor<2>>);

impl State {
    /// The state in which row `i` goes on from row `rows[i]` of this one.
    pub fn select(self, rows: &[usize]) -> Self {
        let Some(first) = self.0.first() else { return self };
        let [count, _] = first.dims();
        if rows.len() == count && rows.iter().enumerate().all(|(i, row)| i == *row) {
            return self;
        }
        let rows: Vec<i32> = rows.iter().map(|row| *row as i32).collect();
        let rows = Tensor::<1, Int>::from_data(TensorData::new(rows.clone(), [rows.len()]), &first.device());
        Self(self.0.into_iter().map(|tensor| tensor.select(0, rows.clone())).collect())
    }
}

impl State {
    /// An LSTM's two tensors.
    fn hidden_and_cell(self) -> [Tensor<2>; 2] {
        self.0.try_into().expect("an LSTM's state is two tensors")
    }
}

/// What a decoder says after it heard a word.
#[derive(Clone, Debug)]
pub struct Step {
    /// `[rows, words]`
    pub log_probabilities: Tensor<2>,
    /// `[rows, cells]`, each row summing to one; nothing where a decoder has no attention.
    pub attention: Option<Tensor<2>>,
    pub state: State,
}

/// Word ids as a tensor.
fn ids(words: &[u32], device: &Device) -> Tensor<1, Int> {
    let words: Vec<i32> = words.iter().map(|word| *word as i32).collect();
    let count = words.len();
    Tensor::from_data(TensorData::new(words, [count]), device)
}

/// The rows of an embedding for some words: `[rows, embedding]`.
fn word_vectors(embedding: &burn::nn::Embedding, words: &[u32]) -> Tensor<2> {
    let table = embedding.weight.val();
    let ids = ids(words, &table.device());
    table.select(0, ids)
}

/// The vectors of whole captions: `[rows, length]` to `[rows, length, embedding]`.
#[cfg(feature = "train")]
fn vectors_of(embedding: &burn::nn::Embedding, words: Tensor<2, Int>) -> Tensor<3> {
    embedding.forward(words)
}

/// The mean of what the attention weighs: `[rows, cells]` × `[photos, cells, size]` → `[rows, size]`.
fn weighted_sum(attention: Tensor<2>, cells: Tensor<3>) -> Tensor<2> {
    let [photos, _, size] = cells.dims();
    let [rows, _] = attention.dims();
    recurrent::by_photo(attention, photos).matmul(cells).reshape([rows, size])
}

/// Recognises the decoder of a checkpoint. How many heads a Transformer's matrices stand for cannot be seen from their
/// shapes, so it has to be said.
pub fn from_checkpoint(weights: Weights, heads: usize) -> Result<(DecoderConfig, Weights), CheckpointError> {
    let weights = weights::unwrapped(weights, "decoder.");
    let size = |key: &str, axis: usize| {
        weights
            .get(key)
            .and_then(|weight| weight.shape.get(axis).copied())
            .ok_or_else(|| CheckpointError::Unrecognised { expected: "decoder's checkpoint", key: key.into() })
    };
    let has = |key: &str| weights.contains_key(key);
    let (words, embedding) = (size("embedding.weight", 0)?, size("embedding.weight", 1)?);
    let config = if has("layers.0.self_attn.in_proj_weight") {
        DecoderConfig::Transformer(TransformerConfig {
            words,
            features: size("project.weight", 1)?,
            embedding,
            hidden: size("project.weight", 0)?,
            layers: (0..).take_while(|layer| has(&format!("layers.{layer}.self_attn.in_proj_weight"))).count(),
            heads,
            feed_forward: size("layers.0.linear1.weight", 0)?,
        })
    } else {
        let hidden = size("decode_step.weight_hh", 1)?;
        let attention = match (has("attention.encoder_att.weight"), has("project.weight")) {
            (true, _) => {
                let size_of_attention = size("attention.encoder_att.weight", 0)?;
                Some((Attention::Additive { size: size_of_attention }, "attention.encoder_att.weight"))
            }
            (false, true) => Some((Attention::Dot, "project.weight")),
            (false, false) => None,
        };
        match attention {
            Some((attention, key)) => {
                let features = size(key, 1)?;
                DecoderConfig::AttentionLstm(AttentionLstmConfig { attention, words, features, embedding, hidden })
            }
            None => {
                let config = RecurrentConfig { words, features: size("init_h.weight", 1)?, embedding, hidden };
                match size("decode_step.weight_hh", 0)? == hidden {
                    true => DecoderConfig::Rnn(config),
                    false => DecoderConfig::Lstm(config),
                }
            }
        }
    };
    config.check()?;
    check(&weights, &config.slots())?;
    Ok((config, weights))
}
