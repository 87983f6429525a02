//! What all decoders that go from word to word share: how they start, take a step, and hear whole sentences.
//!
//! A decoder of this kind says what it keeps of a photo and how one word changes its state; reading a photo and
//! learning from captions follow from that.

use std::fmt::Debug;

use burn::module::{Module, ModuleDisplay};
use burn::nn::{Embedding, Linear};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Tensor};

use super::{Decoder, Reading, State, Step, word_vectors};
use crate::encoder::FeatureGrid;

pub(super) trait Recurrent: Module + ModuleDisplay + Debug + Sync + 'static {
    /// What it keeps of the photos for all words.
    type Sight: Clone + Debug + Send + 'static;

    /// `[photos, cells, features]`
    fn see(&self, cells: Tensor<3>) -> Self::Sight;

    /// What it has in mind before the first word: one row for each photo.
    fn begin(&self, sight: &Self::Sight) -> Vec<Tensor<2>>;

    /// Goes on by one word's vector, `[rows, embedding]`.
    fn advance(&self, sight: &Self::Sight, word: Tensor<2>, state: State) -> Advance;

    fn embedding(&self) -> &Embedding;

    /// From the hidden state to a score for each word.
    fn fc(&self) -> &Linear;
}

/// What a word does to a recurrent decoder.
pub(super) struct Advance {
    /// `[rows, hidden]`
    pub hidden: Tensor<2>,
    /// `[rows, cells]`
    pub attention: Option<Tensor<2>>,
    pub state: State,
}

impl<R: Recurrent> Decoder for R {
    fn read(&self, grid: &FeatureGrid) -> Box<dyn Reading> {
        Box::new(RecurrentReading { sight: self.see(grid.cells.clone()), decoder: self.clone() })
    }

    fn device(&self) -> Device {
        self.embedding().weight.lazy_device()
    }
}

#[derive(Debug)]
struct RecurrentReading<R: Recurrent> {
    decoder: R,
    sight: R::Sight,
}

impl<R: Recurrent> Reading for RecurrentReading<R> {
    fn start(&self, rows: usize) -> State {
        begin(&self.decoder, &self.sight, rows)
    }

    fn step(&self, words: &[u32], state: State) -> Step {
        let vectors = word_vectors(self.decoder.embedding(), words);
        let Advance { hidden, attention, state } = self.decoder.advance(&self.sight, vectors, state);
        Step { log_probabilities: log_softmax(self.decoder.fc().forward(hidden), 1), attention, state }
    }
}

/// The first state, with so many rows for each photo.
fn begin<R: Recurrent>(decoder: &R, sight: &R::Sight, rows: usize) -> State {
    State(decoder.begin(sight).into_iter().map(|one| for_each_row(one, rows)).collect())
}

/// `[photos, size]` to `[photos * rows, size]`, the rows of a photo side by side.
fn for_each_row(tensor: Tensor<2>, rows: usize) -> Tensor<2> {
    if rows == 1 {
        return tensor;
    }
    let [photos, size] = tensor.dims();
    tensor.unsqueeze_dim::<3>(1).expand([photos, rows, size]).reshape([photos * rows, size])
}

/// The mean of the cells: `[photos, cells, size]` to `[photos, size]`.
pub(super) fn pooled(cells: Tensor<3>) -> Tensor<2> {
    cells.mean_dim(1).squeeze_dim::<2>(1)
}

/// Rows of the same photo brought together: `[photos * rows, size]` to `[photos, rows, size]`.
pub(super) fn by_photo(tensor: Tensor<2>, photos: usize) -> Tensor<3> {
    let [rows, size] = tensor.dims();
    tensor.reshape([photos, rows / photos, size])
}

#[cfg(feature = "train")]
mod hearing {
    use burn::tensor::{Int, Tensor};

    use super::{Advance, Recurrent, begin};
    use crate::decoder::{Dropout, Heard, Pupil};
    use crate::encoder::FeatureGrid;

    impl<R: Recurrent> Pupil for R {
        fn hear(&self, grid: &FeatureGrid, words: Tensor<2, Int>, dropout: &mut Dropout) -> Heard {
            let sight = self.see(grid.cells.clone());
            let [photos, _, _] = grid.cells.dims();
            let [rows, length] = words.dims();
            // [rows, length] -> [rows, length, embedding]
            let vectors = dropout.apply(self.embedding().forward(words));
            let mut state = begin(self, &sight, rows / photos);
            let mut hidden = Vec::with_capacity(length);
            let mut attention = Vec::with_capacity(length);
            for place in 0..length {
                let word = vectors.clone().narrow(1, place, 1).squeeze_dim::<2>(1);
                let step: Advance = self.advance(&sight, word, state);
                hidden.push(step.hidden);
                attention.extend(step.attention);
                state = step.state;
            }
            let hidden = dropout.apply(Tensor::stack::<3>(hidden, 1));
            Heard {
                scores: self.fc().forward(hidden),
                attention: (!attention.is_empty()).then(|| Tensor::stack::<3>(attention, 1)),
            }
        }
    }
}
