//! [Show and Tell](https://arxiv.org/abs/1411.4555) in its plainest form: an LSTM that hears of the photo once, in its
//! first hidden state.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use super::lstm_cell::LstmCell;
use super::recurrent::{Advance, Recurrent, pooled};
use super::{RecurrentConfig, State};

#[derive(Module, Debug)]
pub struct Lstm {
    embedding: Embedding,
    decode_step: LstmCell,
    init_h: Linear,
    fc: Linear,
}

impl Lstm {
    pub fn init(config: &RecurrentConfig, device: &Device) -> Self {
        let RecurrentConfig { words, features, embedding, hidden } = *config;
        Self {
            embedding: EmbeddingConfig::new(words, embedding).init(device),
            decode_step: LstmCell::init(embedding, hidden, device),
            init_h: LinearConfig::new(features, hidden).init(device),
            fc: LinearConfig::new(hidden, words).init(device),
        }
    }
}

impl Recurrent for Lstm {
    /// The pooled feature: `[photos, features]`
    type Sight = Tensor<2>;

    fn see(&self, cells: Tensor<3>) -> Tensor<2> {
        pooled(cells)
    }

    fn begin(&self, pooled: &Tensor<2>) -> Vec<Tensor<2>> {
        let hidden = self.init_h.forward(pooled.clone());
        vec![hidden.clone(), hidden.zeros_like()]
    }

    fn advance(&self, _: &Tensor<2>, word: Tensor<2>, state: State) -> Advance {
        let [hidden, cell] = state.hidden_and_cell();
        let (hidden, cell) = self.decode_step.forward(word, hidden, cell);
        Advance { hidden: hidden.clone(), attention: None, state: State(vec![hidden, cell]) }
    }

    fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    fn fc(&self) -> &Linear {
        &self.fc
    }
}
