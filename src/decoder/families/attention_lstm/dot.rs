//! An LSTM with scaled dot-product attention: the cells are projected once to the LSTM's own size, and each word
//! compares them with the hidden state directly. Fewer weights than the additive form, and a cheaper step.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

use crate::decoder::family::DecoderSizes;
use crate::decoder::lstm_cell::LstmCell;
use crate::decoder::recurrent::{Recurrent, RecurrentOutput, by_photo, mean_pooled, weighted_sum};
use crate::decoder::session::State;

#[derive(Module, Debug)]
pub struct DotAttentionLstm {
    project: Linear,
    embedding: Embedding,
    decode_step: LstmCell,
    fc: Linear,
}

impl DotAttentionLstm {
    pub fn init(sizes: DecoderSizes, device: &Device) -> Self {
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } = sizes;
        Self {
            project: LinearConfig::new(feature_dim, hidden).init(device),
            embedding: EmbeddingConfig::new(vocab_size, embedding).init(device),
            decode_step: LstmCell::init(embedding + hidden, hidden, device),
            fc: LinearConfig::new(hidden, vocab_size).init(device),
        }
    }
}

impl Recurrent for DotAttentionLstm {
    /// The projected cells: `[photos, cells, hidden]`
    type Context = Tensor<3>;

    fn context(&self, features: Tensor<3>) -> Tensor<3> {
        self.project.forward(features)
    }

    fn init_state(&self, cells: &Tensor<3>) -> Vec<Tensor<2>> {
        let mean = mean_pooled(cells.clone());
        vec![mean.clone(), mean]
    }

    fn step(&self, cells: &Tensor<3>, word: Tensor<2>, state: State) -> RecurrentOutput {
        let [hidden, cell] = state.hidden_and_cell();
        let [photos, count, size] = cells.dims();
        let [rows, _] = hidden.dims();
        // [photos, rows, hidden] x [photos, hidden, cells] -> [photos, rows, cells]
        let logits = by_photo(hidden.clone(), photos).matmul(cells.clone().swap_dims(1, 2)) / (size as f64).sqrt();
        let attention = softmax(logits.reshape([rows, count]), 1);
        let attended = weighted_sum(attention.clone(), cells.clone());
        let (hidden, cell) = self.decode_step.forward(Tensor::cat(vec![word, attended], 1), hidden, cell);
        RecurrentOutput { hidden: hidden.clone(), attention: Some(attention), state: State(vec![hidden, cell]) }
    }

    fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    fn fc(&self) -> &Linear {
        &self.fc
    }
}
