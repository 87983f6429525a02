//! Decoders: a feature grid in, words out one by one. One file per decoder; `search.rs` chooses the words.

mod additive;
mod checkpoint;
mod config;
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

use crate::encoder::FeatureGrid;

pub use additive::AdditiveAttentionLstm;
pub use checkpoint::from_checkpoint;
#[cfg(feature = "train")]
pub use config::PupilTask;
pub use config::{Attention, AttentionLstmConfig, DecoderConfig, RecurrentConfig, TransformerConfig};
pub use dot::DotAttentionLstm;
pub use dropout::Dropout;
pub use lstm::Lstm;
pub use rnn::Rnn;
pub use transformer::Transformer;

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
    /// An LSTM's two tensors.
    fn hidden_and_cell(self) -> [Tensor<2>; 2] {
        self.0.try_into().expect("an LSTM's state is two tensors")
    }

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

/// The mean of what the attention weighs: `[rows, cells]` × `[photos, cells, size]` → `[rows, size]`.
fn weighted_sum(attention: Tensor<2>, cells: Tensor<3>) -> Tensor<2> {
    let [photos, _, size] = cells.dims();
    let [rows, _] = attention.dims();
    recurrent::by_photo(attention, photos).matmul(cells).reshape([rows, size])
}
