//! What every decoder can do: write captions word by word, and learn from whole ones.

use std::fmt::Debug;

use burn::module::{Module, ModuleDisplay};
use burn::tensor::{Device, Int, Tensor, TensorData};

use super::dropout::Dropout;
use crate::weights::Matrices;

/// The log-probability of a word that cannot follow: a probability of 0, and yet a number, so that sums stay numbers.
pub(in crate::decoder) const IMPOSSIBLE: f32 = -1e4;

/// Anything that can write what is in a photo, word by word.
pub trait Decoder: Debug + Send + Sync {
    /// Begins with the features of one photo, or of several side by side: `[photos, cells, channels]`
    fn start(&self, features: Tensor<3>) -> Box<dyn DecoderSession>;

    /// Begins with one photo, `[1, cells, channels]`, several times side by side: each time with some of its cells alone,
    /// and with as many of them.
    fn start_with_cells(&self, features: Tensor<3>, selections: &[Vec<usize>]) -> Box<dyn DecoderSession> {
        self.start(select_cells(features, selections))
    }

    fn device(&self) -> Device;
}

/// A decoder at work on one photo or several, with all that it computes once for all words.
pub trait DecoderSession: Debug + Send {
    /// The state before the first word, with so many rows for each photo.
    fn init_state(&self, rows: usize) -> State;

    /// Takes one word for each row of the state, and gives the probabilities of the word after it. The rows of a photo
    /// stand together, and every photo has as many.
    fn step(&self, words: &[u32], state: State) -> StepOutput;
}

/// A decoder that can learn from whole captions.
pub trait TrainableDecoder: Decoder + Module + ModuleDisplay {
    /// Takes the words of captions, `[rows, length]`, and gives at every place the logits of the word after it. As in
    /// [`DecoderSession::step`], the rows of a photo stand together.
    fn forward(&self, features: Tensor<3>, words: Tensor<2, Int>, dropout: &mut Dropout) -> DecoderOutput;

    /// Where its matrices stand that are in bytes; nothing where it computes in floats alone.
    fn matrices(&self) -> Option<&Matrices> {
        None
    }
}

/// What a decoder gives for whole captions.
#[derive(Clone, Debug)]
pub struct DecoderOutput {
    /// `[rows, length, vocab_size]`
    pub logits: Tensor<3>,
    /// `[rows, length, cells]`; nothing where a decoder has no attention.
    pub attention: Option<Tensor<3>>,
    /// `[rows, length]`; nothing where a decoder has no sentinel.
    pub sentinel: Option<Tensor<2>>,
}

/// What a decoder carries from one word to the next: tensors with one row for each sentence that is being written.
#[derive(Clone, Debug)]
pub struct State(pub Vec<Tensor<2>>);

impl State {
    /// An LSTM's two tensors.
    pub(in crate::decoder) fn hidden_and_cell(self) -> [Tensor<2>; 2] {
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

/// What one step of a decoder gives.
#[derive(Clone, Debug)]
pub struct StepOutput {
    /// `[rows, vocab_size]`
    pub log_probabilities: Tensor<2>,
    /// `[rows, cells]`, each row summing to one, with the sentinel's share where there is one; nothing where a decoder has
    /// no attention.
    pub attention: Option<Tensor<2>>,
    /// The share of attention that goes to no cell, `[rows]`; nothing where a decoder has no sentinel.
    pub sentinel: Option<Tensor<1>>,
    pub state: State,
}

/// One photo several times, each time with some cells alone: `[1, cells, channels]` to `[selections, cells, channels]`. A
/// decoder that never meets the others cannot attend to them, and has no mean of them either.
pub(crate) fn select_cells(features: Tensor<3>, selections: &[Vec<usize>]) -> Tensor<3> {
    let [_, _, channels] = features.dims();
    let ids: Vec<i32> = selections.iter().flatten().map(|cell| *cell as i32).collect();
    let count = ids.len();
    let ids = Tensor::<1, Int>::from_data(TensorData::new(ids, [count]), &features.device());
    let rows = selections.len();
    features.select(1, ids).reshape([rows, count / rows.max(1), channels])
}

/// The rows of an embedding for some words: `[rows, embedding]`.
pub(in crate::decoder) fn word_vectors(embedding: &burn::nn::Embedding, words: &[u32]) -> Tensor<2> {
    let table = embedding.weight.val();
    let ids: Vec<i32> = words.iter().map(|word| *word as i32).collect();
    let ids = Tensor::<1, Int>::from_data(TensorData::new(ids, [words.len()]), &table.device());
    table.select(0, ids)
}
