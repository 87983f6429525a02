//! What all decoders that go from word to word share: how they start, take a step, and learn whole sentences.
//!
//! A decoder of this kind says what it computes of a photo once and how one word changes its state; writing captions and
//! learning from them follow from that.

use std::fmt::Debug;

use burn::module::{Module, ModuleDisplay};
use burn::nn::{Embedding, Linear};
use burn::tensor::{Device, Int, Tensor};

use super::activations::log_softmax;
use super::dropout::Dropout;
use super::family::{DecoderSizes, TensorShapes};
use super::matrices::linear;
use super::reused::PerWord;
use super::session::{Decoder, DecoderOutput, DecoderSession, State, StepOutput, TrainableDecoder, word_vectors};
use crate::checkpoint::CheckpointError;
use crate::weights::Matrices;

pub(in crate::decoder) trait Recurrent: Module + ModuleDisplay + Debug + Sync + 'static {
    /// What it computes of the photos once, for all words.
    type Context: Clone + Debug + Send + 'static;

    /// Of `[photos, cells, channels]`.
    fn context(&self, features: Tensor<3>) -> Self::Context;

    /// The state before the first word: one row for each photo.
    fn init_state(&self, context: &Self::Context) -> Vec<Tensor<2>>;

    /// What follows from words' vectors alone, and so can be computed of all words at once: `[words, embedding]`
    fn of_words(&self, context: &Self::Context, vectors: Tensor<2>) -> Tensor<2>;

    /// Goes on by one word, of which it gets what [`Recurrent::of_words`] made of it, with a row for each caption.
    fn step(&self, context: &Self::Context, word: Tensor<2>, state: State) -> RecurrentOutput;

    fn embedding(&self) -> &Embedding;

    /// From the hidden state to a logit for each word.
    fn fc(&self) -> &Linear;

    /// Those of its matrices that are in bytes.
    fn matrices(&self) -> &Matrices;
}

/// What a word does to a recurrent decoder.
pub(in crate::decoder) struct RecurrentOutput {
    /// `[rows, hidden]`
    pub hidden: Tensor<2>,
    /// `[rows, cells]`
    pub attention: Option<Tensor<2>>,
    pub state: State,
}

impl<R: Recurrent> Decoder for R {
    fn start(&self, features: Tensor<3>) -> Box<dyn DecoderSession> {
        Box::new(RecurrentSession { context: self.context(features), decoder: self.clone() })
    }

    fn device(&self) -> Device {
        self.embedding().weight.lazy_device()
    }
}

#[derive(Debug)]
struct RecurrentSession<R: Recurrent> {
    decoder: R,
    context: R::Context,
}

impl<R: Recurrent> DecoderSession for RecurrentSession<R> {
    fn init_state(&self, rows: usize) -> State {
        init_state(&self.decoder, &self.context, rows)
    }

    fn step(&self, words: &[u32], state: State) -> StepOutput {
        let word = self.decoder.of_words(&self.context, word_vectors(self.decoder.embedding(), words));
        let RecurrentOutput { hidden, attention, state } = self.decoder.step(&self.context, word, state);
        let log_probabilities = log_softmax(linear(self.decoder.matrices(), self.decoder.fc(), hidden));
        StepOutput { log_probabilities, attention, sentinel: None, state }
    }
}

impl<R: Recurrent> TrainableDecoder for R {
    fn forward(&self, features: Tensor<3>, words: Tensor<2, Int>, dropout: &mut Dropout) -> DecoderOutput {
        let [photos, _, _] = features.dims();
        let context = self.context(features);
        let [rows, length] = words.dims();
        // [rows, length] -> [length, rows, embedding], so that the rows of a word lie together.
        let vectors = dropout.apply(self.embedding().forward(words.swap_dims(0, 1)));
        let [_, _, embedding] = vectors.dims();
        let of_words = self.of_words(&context, vectors.reshape([length * rows, embedding]));
        let [_, size] = of_words.dims();
        let of_words = PerWord::new(of_words.reshape([length, rows, size]));
        let mut state = init_state(self, &context, rows / photos);
        let mut hidden = Vec::with_capacity(length);
        let mut attention = Vec::with_capacity(length);
        for place in 0..length {
            let output: RecurrentOutput = self.step(&context, of_words.word(place), state);
            hidden.push(output.hidden);
            attention.extend(output.attention);
            state = output.state;
        }
        let hidden = dropout.apply(Tensor::stack::<3>(hidden, 1));
        DecoderOutput {
            logits: self.fc().forward(hidden),
            attention: (!attention.is_empty()).then(|| Tensor::stack::<3>(attention, 1)),
            sentinel: None,
        }
    }

    fn matrices(&self) -> Option<&Matrices> {
        Some(Recurrent::matrices(self))
    }
}

/// The first state, with so many rows for each photo.
fn init_state<R: Recurrent>(decoder: &R, context: &R::Context, rows: usize) -> State {
    State(decoder.init_state(context).into_iter().map(|one| for_each_row(one, rows)).collect())
}

/// `[photos, size]` to `[photos * rows, size]`, the rows of a photo side by side.
pub(in crate::decoder) fn for_each_row(tensor: Tensor<2>, rows: usize) -> Tensor<2> {
    if rows == 1 {
        return tensor;
    }
    let [photos, size] = tensor.dims();
    tensor.unsqueeze_dim::<3>(1).expand([photos, rows, size]).reshape([photos * rows, size])
}

/// The mean of the cells: `[photos, cells, size]` to `[photos, size]`.
pub(in crate::decoder) fn mean_pooled(features: Tensor<3>) -> Tensor<2> {
    features.mean_dim(1).squeeze_dim::<2>(1)
}

/// The sizes in a checkpoint of a decoder of this kind without attention, and how many gates its cell has; nothing where
/// it is another's.
pub(in crate::decoder) fn without_attention(
    tensors: &TensorShapes,
) -> Result<Option<(DecoderSizes, usize)>, CheckpointError> {
    const CELL: &str = "decode_step.weight_hh";
    let has_attention = tensors.has("attention.encoder_att.weight") || tensors.has("project.weight");
    if has_attention || !tensors.has(CELL) {
        return Ok(None);
    }
    let sizes = tensors.sizes("init_h.weight", (CELL, 1))?;
    let gates = tensors.size(CELL, 0)? / sizes.hidden.max(1);
    match gates {
        1 | 4 => Ok(Some((sizes, gates))),
        other => {
            let reason = format!("a recurrent cell of {other} gates is not supported; one (RNN) and four (LSTM) are");
            Err(CheckpointError::Unsupported(reason))
        }
    }
}
