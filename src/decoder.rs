//! Decoders: a feature grid in, words out one by one. One file per decoder; `search.rs` chooses the words.

mod additive;
mod dot;
mod lstm_cell;
pub mod search;

use std::fmt::Debug;

use burn::tensor::{Device, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use crate::encoder::{CheckpointError, FeatureGrid, FieldError, Layer, check, within};
use crate::weights::{self, Slot, Weight, Weights};

pub use additive::AdditiveAttentionLstm;
pub use dot::DotAttentionLstm;

/// Which decoder a model has, as its manifest says it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "architecture", rename_all = "snake_case")]
pub enum DecoderConfig {
    AttentionLstm(AttentionLstmConfig),
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

/// How the LSTM weighs the cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Attention {
    /// Bahdanau's, with the gate of Show, Attend and Tell, through a layer of this size.
    Additive { size: usize },
    /// Scaled dot product over projected cells.
    Dot,
}

impl DecoderConfig {
    pub fn name(&self) -> String {
        match self {
            Self::AttentionLstm(config) => match config.attention {
                Attention::Additive { .. } => "LSTM with additive attention".into(),
                Attention::Dot => "LSTM with dot-product attention".into(),
            },
        }
    }

    pub fn check(&self) -> Result<(), FieldError> {
        // No real model comes near it.
        const LARGEST: usize = 1 << 20;
        let Self::AttentionLstm(config) = self;
        within("decoder.words", config.words, 1, LARGEST)?;
        within("decoder.features", config.features, 1, LARGEST)?;
        within("decoder.embedding", config.embedding, 1, LARGEST)?;
        within("decoder.hidden", config.hidden, 1, LARGEST)?;
        match config.attention {
            Attention::Additive { size } => within("decoder.attention.size", size, 1, LARGEST),
            Attention::Dot => Ok(()),
        }
    }

    pub fn words(&self) -> usize {
        match self {
            Self::AttentionLstm(config) => config.words,
        }
    }

    /// Channels that it expects of the grid.
    pub fn features(&self) -> usize {
        match self {
            Self::AttentionLstm(config) => config.features,
        }
    }

    pub fn slots(&self) -> Vec<Slot> {
        let device = crate::device::cpu();
        match self {
            Self::AttentionLstm(config) => match config.attention {
                Attention::Additive { size } => weights::slots(&AdditiveAttentionLstm::init(config, size, &device)),
                Attention::Dot => weights::slots(&DotAttentionLstm::init(config, &device)),
            },
        }
    }

    /// The table of layers, for a grid of `cells` cells.
    pub fn layers(&self, cells: usize) -> Vec<Layer> {
        let Self::AttentionLstm(config) = self;
        let slots = self.slots();
        let output = |name: &str| match name {
            "attention.full_att" => vec![cells],
            "attention.encoder_att" | "project" => vec![cells, self.size_of(&slots, name)],
            "embedding" => vec![config.embedding],
            "decode_step" => vec![config.hidden],
            _ => vec![self.size_of(&slots, name)],
        };
        let mut layers: Vec<Layer> = Vec::new();
        for slot in &slots {
            let name = slot.name.rsplit_once('.').map_or(slot.name.as_str(), |(layer, _)| layer);
            match layers.last_mut().filter(|layer| layer.name == name) {
                Some(layer) => layer.parameters += slot.elements(),
                None => {
                    layers.push(Layer { name: name.to_string(), output: output(name), parameters: slot.elements() })
                }
            }
        }
        layers
    }

    /// How many numbers a linear layer puts out.
    fn size_of(&self, slots: &[Slot], layer: &str) -> usize {
        let weight = format!("{layer}.weight");
        slots.iter().find(|slot| slot.name == weight).map_or(0, |slot| slot.shape[0])
    }

    /// A decoder with weights from `take`.
    pub fn load<E>(
        &self,
        device: &Device,
        take: impl FnMut(&Slot) -> Result<Weight, E>,
    ) -> Result<Box<dyn Decoder>, E> {
        match self {
            Self::AttentionLstm(config) => Ok(match config.attention {
                Attention::Additive { size } => {
                    Box::new(weights::fill(AdditiveAttentionLstm::init(config, size, device), device, take)?)
                }
                Attention::Dot => Box::new(weights::fill(DotAttentionLstm::init(config, device), device, take)?),
            }),
        }
    }
}

/// Anything that can tell what is on a grid, word by word.
pub trait Decoder: Debug + Send {
    /// Starts to tell one photo.
    fn read(&self, grid: &FeatureGrid) -> Box<dyn Reading>;

    fn device(&self) -> Device;
}

/// A decoder in front of one photo.
pub trait Reading: Debug + Send {
    /// What it has in mind before the first word; one row.
    fn start(&self) -> State;

    /// Hears one word for each row of the state, and says how likely each word is to come next.
    fn step(&self, words: &[u32], state: State) -> Step;
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

/// The mean of what the attention weighs: `[rows, cells]` × `[1, cells, size]` → `[rows, size]`.
fn weighted_sum(attention: Tensor<2>, cells: Tensor<3>) -> Tensor<2> {
    attention.matmul(cells.squeeze_dim::<2>(0))
}

/// Recognises the decoder of a checkpoint.
pub fn from_checkpoint(weights: Weights) -> Result<(DecoderConfig, Weights), CheckpointError> {
    let weights = weights::unwrapped(weights, "decoder.");
    let size = |key: &str, axis: usize| {
        weights
            .get(key)
            .and_then(|weight| weight.shape.get(axis).copied())
            .ok_or_else(|| CheckpointError::Unrecognised { expected: "attention LSTM checkpoint", key: key.into() })
    };
    let (attention, features_key) = match weights.contains_key("attention.encoder_att.weight") {
        true => {
            (Attention::Additive { size: size("attention.encoder_att.weight", 0)? }, "attention.encoder_att.weight")
        }
        false => (Attention::Dot, "project.weight"),
    };
    let config = DecoderConfig::AttentionLstm(AttentionLstmConfig {
        attention,
        features: size(features_key, 1)?,
        words: size("embedding.weight", 0)?,
        embedding: size("embedding.weight", 1)?,
        hidden: size("decode_step.weight_hh", 1)?,
    });
    config.check()?;
    check(&weights, &config.slots())?;
    Ok((config, weights))
}
