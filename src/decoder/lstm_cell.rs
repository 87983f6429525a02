//! One step of an LSTM, with the keys and the order of gates of PyTorch's `nn.LSTMCell`.

use burn::module::{Module, Param};
use burn::nn::Initializer;
use burn::tensor::activation::{sigmoid, tanh};
use burn::tensor::{Device, Tensor};

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

    /// `x` is `[rows, input]`; hidden and cell state are `[rows, hidden]`.
    pub fn forward(&self, x: Tensor<2>, hidden: Tensor<2>, cell: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let gates = x.matmul(self.weight_ih.val()) + hidden.matmul(self.weight_hh.val()) + self.bias();
        Self::through(gates, cell)
    }

    /// The same where what the input adds to the gates is known, biases included: `[rows, 4 * hidden]`
    pub fn step(&self, input: Tensor<2>, hidden: Tensor<2>, cell: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        Self::through(input + hidden.matmul(self.weight_hh.val()), cell)
    }

    /// The matrix over the input.
    pub fn weight_ih(&self) -> Tensor<2> {
        self.weight_ih.val()
    }

    /// Both biases of the gates: `[1, 4 * hidden]`
    pub fn bias(&self) -> Tensor<2> {
        (self.bias_ih.val() + self.bias_hh.val()).unsqueeze::<2>()
    }

    fn through(gates: Tensor<2>, cell: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
        let [input, forget, candidate, output]: [Tensor<2>; 4] =
            gates.chunk(4, 1).try_into().expect("four gates were asked for");
        let cell = sigmoid(forget) * cell + sigmoid(input) * tanh(candidate);
        (sigmoid(output) * tanh(cell.clone()), cell)
    }
}
