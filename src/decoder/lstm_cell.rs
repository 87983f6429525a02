//! One step of an LSTM, with the keys and the order of gates of PyTorch's `nn.LSTMCell`.

use std::ops::Range;

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor};

use super::matrices::MatrixPart;
use super::reused::{ReusedMatrix, lstm_gates};
use crate::weights::Matrices;

/// Burn's own LSTM keeps a linear layer for each gate; this one keeps all four in one matrix, as the checkpoints do,
/// and pays one product where the other pays four.
#[derive(Module, Debug)]
pub struct LstmCell {
    /// `[input, 4 * hidden]`: input, forget, cell and output gate
    weight_ih: Param<Tensor<2>>,
    /// `[hidden, 4 * hidden]`
    weight_hh: Param<Tensor<2>>,
    bias_ih: Param<Tensor<1>>,
    bias_hh: Param<Tensor<1>>,
}

impl LstmCell {
    pub fn init(input: usize, hidden: usize, device: &Device) -> Self {
        let bound = 1.0 / (hidden.max(1) as f64).sqrt();
        let initializer = Initializer::Uniform { min: -bound, max: bound };
        Self {
            weight_ih: initializer.init([input, 4 * hidden], device),
            weight_hh: initializer.init([hidden, 4 * hidden], device),
            bias_ih: initializer.init([4 * hidden], device),
            bias_hh: initializer.init([4 * hidden], device),
        }
    }

    /// Its matrices, for the words of captions: the first part of its input is a word's vector of this length, and what
    /// else there is of it comes with every word.
    pub fn for_words(&self, matrices: &Matrices, embedding: usize) -> WordLstm {
        let input = self.weight_ih.lazy_shape()[0];
        let has_rest = input > embedding;
        WordLstm {
            of_word: self.of_input(matrices, 0..embedding),
            of_rest: has_rest.then(|| ReusedMatrix::new(self.of_input(matrices, embedding..input))),
            of_hidden: self.of_hidden(matrices),
            bias: self.bias(),
        }
    }

    /// What of the matrix over the input goes with a part of it.
    pub fn of_input(&self, matrices: &Matrices, part: Range<usize>) -> MatrixPart {
        MatrixPart::of(matrices, &self.weight_ih, part)
    }

    /// The matrix over the hidden state, for the words of captions.
    pub fn of_hidden(&self, matrices: &Matrices) -> ReusedMatrix {
        ReusedMatrix::new(MatrixPart::whole(matrices, &self.weight_hh))
    }

    /// Both biases of the gates: `[1, 4 * hidden]`
    pub fn bias(&self) -> Tensor<2> {
        (self.bias_ih.val() + self.bias_hh.val()).unsqueeze::<2>()
    }
}

/// An LSTM at work on captions.
#[derive(Clone, Debug)]
pub struct WordLstm {
    /// `[embedding, 4 * hidden]`
    of_word: MatrixPart,
    /// `[rest, 4 * hidden]`
    of_rest: Option<ReusedMatrix>,
    /// `[hidden, 4 * hidden]`
    of_hidden: ReusedMatrix,
    /// `[1, 4 * hidden]`
    bias: Tensor<2>,
}

impl WordLstm {
    /// What words' vectors, `[words, embedding]`, add to the gates.
    pub fn of_words(&self, vectors: Tensor<2>) -> Tensor<2> {
        self.of_word.after(vectors) + self.bias.clone()
    }

    /// `word` is what [`WordLstm::of_words`] made of it, `rest` the rest of the input; hidden and cell state are `[rows,
    /// hidden]`.
    pub fn step(
        &self,
        word: Tensor<2>,
        rest: Option<Tensor<2>>,
        hidden: Tensor<2>,
        cell: Tensor<2>,
    ) -> (Tensor<2>, Tensor<2>) {
        let mut gates = word + self.of_hidden.after(hidden);
        if let (Some(matrix), Some(rest)) = (&self.of_rest, rest) {
            gates = gates + matrix.after(rest);
        }
        lstm_gates(gates, cell)
    }
}
