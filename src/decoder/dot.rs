//! An LSTM with scaled dot-product attention: the cells are projected once to the LSTM's own size, and each word
//! compares them with the hidden state directly. Fewer weights than the additive form, and a cheaper step.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

use super::lstm_cell::LstmCell;
use super::recurrent::{Advance, Recurrent, by_photo, pooled};
use super::{AttentionLstmConfig, State, weighted_sum};

#[derive(Module, Debug)]
pub struct DotAttentionLstm {
    project: Linear,
    embedding: Embedding,
    decode_step: LstmCell,
    fc: Linear,
}

impl DotAttentionLstm {
    pub fn init(config: &AttentionLstmConfig, device: &Device) -> Self {
        let AttentionLstmConfig { words, features, embedding, hidden, .. } = *config;
        Self {
            project: LinearConfig::new(features, hidden).init(device),
            embedding: EmbeddingConfig::new(words, embedding).init(device),
            decode_step: LstmCell::init(embedding + hidden, hidden, device),
            fc: LinearConfig::new(hidden, words).init(device),
        }
    }
}

impl Recurrent for DotAttentionLstm {
    /// The projected cells: `[photos, cells, hidden]`
    type Sight = Tensor<3>;

    fn see(&self, cells: Tensor<3>) -> Tensor<3> {
        self.project.forward(cells)
    }

    fn begin(&self, cells: &Tensor<3>) -> Vec<Tensor<2>> {
        let mean = pooled(cells.clone());
        vec![mean.clone(), mean]
    }

    fn advance(&self, cells: &Tensor<3>, word: Tensor<2>, state: State) -> Advance {
        let [hidden, cell] = state.hidden_and_cell();
        let [photos, count, size] = cells.dims();
        let [rows, _] = hidden.dims();
        // [photos, rows, hidden] x [photos, hidden, cells] -> [photos, rows, cells]
        let scores = by_photo(hidden.clone(), photos).matmul(cells.clone().swap_dims(1, 2)) / (size as f64).sqrt();
        let attention = softmax(scores.reshape([rows, count]), 1);
        let context = weighted_sum(attention.clone(), cells.clone());
        let (hidden, cell) = self.decode_step.forward(Tensor::cat(vec![word, context], 1), hidden, cell);
        Advance { hidden: hidden.clone(), attention: Some(attention), state: State(vec![hidden, cell]) }
    }

    fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    fn fc(&self) -> &Linear {
        &self.fc
    }
}
