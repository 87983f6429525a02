//! The plainest decoder: an Elman network that hears of the photo once, in its first hidden state.

use burn::module::{Module, Param};
use burn::nn::{Embedding, EmbeddingConfig, Initializer, Linear, LinearConfig};
use burn::tensor::activation::tanh;
use burn::tensor::{Device, Tensor};

use super::recurrent::{Advance, Recurrent, pooled};
use super::{RecurrentConfig, State};

#[derive(Module, Debug)]
pub struct Rnn {
    embedding: Embedding,
    decode_step: RnnCell,
    init_h: Linear,
    fc: Linear,
}

/// One step, with the keys of PyTorch's `nn.RNNCell`.
#[derive(Module, Debug)]
struct RnnCell {
    /// `[input, hidden]`
    weight_ih: Param<Tensor<2>>,
    /// `[hidden, hidden]`
    weight_hh: Param<Tensor<2>>,
    bias_ih: Param<Tensor<1>>,
    bias_hh: Param<Tensor<1>>,
}

impl Rnn {
    pub fn init(config: &RecurrentConfig, device: &Device) -> Self {
        let RecurrentConfig { words, features, embedding, hidden } = *config;
        let bound = 1.0 / (hidden.max(1) as f64).sqrt();
        let initializer = Initializer::Uniform { min: -bound, max: bound };
        Self {
            embedding: EmbeddingConfig::new(words, embedding).init(device),
            decode_step: RnnCell {
                weight_ih: initializer.init([embedding, hidden], device),
                weight_hh: initializer.init([hidden, hidden], device),
                bias_ih: initializer.init([hidden], device),
                bias_hh: initializer.init([hidden], device),
            },
            init_h: LinearConfig::new(features, hidden).init(device),
            fc: LinearConfig::new(hidden, words).init(device),
        }
    }
}

impl Recurrent for Rnn {
    /// The pooled feature: `[photos, features]`
    type Sight = Tensor<2>;

    fn see(&self, cells: Tensor<3>) -> Tensor<2> {
        pooled(cells)
    }

    fn begin(&self, pooled: &Tensor<2>) -> Vec<Tensor<2>> {
        vec![self.init_h.forward(pooled.clone())]
    }

    fn advance(&self, _: &Tensor<2>, word: Tensor<2>, state: State) -> Advance {
        let RnnCell { weight_ih, weight_hh, bias_ih, bias_hh } = &self.decode_step;
        let [hidden]: [Tensor<2>; 1] = state.0.try_into().expect("an RNN's state is one tensor");
        let bias = (bias_ih.val() + bias_hh.val()).unsqueeze::<2>();
        let hidden = tanh(word.matmul(weight_ih.val()) + hidden.matmul(weight_hh.val()) + bias);
        Advance { hidden: hidden.clone(), attention: None, state: State(vec![hidden]) }
    }

    fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    fn fc(&self) -> &Linear {
        &self.fc
    }
}
