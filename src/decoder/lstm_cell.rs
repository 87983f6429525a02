//! One step of an LSTM, with the keys and the order of gates of PyTorch's `nn.LSTMCell`.

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::{Device, Tensor};

use super::reused::{ReusedMatrix, lstm_gates};

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
    pub fn for_words(&self, embedding: usize) -> WordLstm {
        let weight_ih = self.weight_ih.val();
        let [input, _] = weight_ih.dims();
        let rest = input.checked_sub(embedding).filter(|rest| *rest > 0);
        WordLstm {
            of_word: weight_ih.clone().narrow(0, 0, embedding),
            of_rest: rest.map(|rest| ReusedMatrix::new(weight_ih.narrow(0, embedding, rest))),
            of_hidden: self.of_hidden(),
            bias: self.bias(),
        }
    }

    /// The matrix over the input.
    pub fn weight_ih(&self) -> Tensor<2> {
        self.weight_ih.val()
    }

    /// The matrix over the hidden state, for the words of captions.
    pub fn of_hidden(&self) -> ReusedMatrix {
        ReusedMatrix::new(self.weight_hh.val())
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
    of_word: Tensor<2>,
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
        vectors.matmul(self.of_word.clone()) + self.bias.clone()
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
