//! [Show, Attend and Tell](https://arxiv.org/abs/1502.03044) with soft attention: an LSTM that weighs the cells by a
//! small network before each word. Key for key the decoder of a-PyTorch-Tutorial-to-Image-Captioning, whose state
//! dicts load unchanged.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::{relu, sigmoid, softmax};
use burn::tensor::{Device, Tensor};

use crate::decoder::family::DecoderSizes;
use crate::decoder::lstm_cell::LstmCell;
use crate::decoder::recurrent::{Recurrent, RecurrentOutput, by_photo, mean_pooled, weighted_sum};
use crate::decoder::session::State;

#[derive(Module, Debug)]
pub struct AdditiveAttentionLstm {
    attention: AdditiveAttention,
    embedding: Embedding,
    decode_step: LstmCell,
    init_h: Linear,
    init_c: Linear,
    f_beta: Linear,
    fc: Linear,
}

#[derive(Module, Debug)]
struct AdditiveAttention {
    encoder_att: Linear,
    decoder_att: Linear,
    full_att: Linear,
}

impl AdditiveAttentionLstm {
    pub fn init(sizes: DecoderSizes, attention_size: usize, device: &Device) -> Self {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } = sizes;
        Self {
            attention: AdditiveAttention {
                encoder_att: linear(feature_dim, attention_size),
                decoder_att: linear(hidden, attention_size),
                full_att: linear(attention_size, 1),
            },
            embedding: EmbeddingConfig::new(vocab_size, embedding).init(device),
            decode_step: LstmCell::init(embedding + feature_dim, hidden, device),
            init_h: linear(feature_dim, hidden),
            init_c: linear(feature_dim, hidden),
            f_beta: linear(hidden, feature_dim),
            fc: linear(hidden, vocab_size),
        }
    }
}

/// The cells that the LSTM attends to, for all words.
#[derive(Clone, Debug)]
pub(in crate::decoder) struct Cells {
    /// `[photos, cells, channels]`
    values: Tensor<3>,
    /// What the attention compares: `[photos, cells, size]`
    keys: Tensor<3>,
}

impl Recurrent for AdditiveAttentionLstm {
    type Context = Cells;

    fn context(&self, features: Tensor<3>) -> Cells {
        Cells { keys: self.attention.encoder_att.forward(features.clone()), values: features }
    }

    fn init_state(&self, cells: &Cells) -> Vec<Tensor<2>> {
        let mean = mean_pooled(cells.values.clone());
        vec![self.init_h.forward(mean.clone()), self.init_c.forward(mean)]
    }

    fn step(&self, cells: &Cells, word: Tensor<2>, state: State) -> RecurrentOutput {
        let [hidden, cell] = state.hidden_and_cell();
        let attention = self.attention.weigh(&cells.keys, hidden.clone());
        let attended = weighted_sum(attention.clone(), cells.values.clone());
        let gated = sigmoid(self.f_beta.forward(hidden.clone())) * attended;
        let (hidden, cell) = self.decode_step.forward(Tensor::cat(vec![word, gated], 1), hidden, cell);
        RecurrentOutput { hidden: hidden.clone(), attention: Some(attention), state: State(vec![hidden, cell]) }
    }

    fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    fn fc(&self) -> &Linear {
        &self.fc
    }
}

impl AdditiveAttention {
    /// How much each row's hidden state wants of each cell of its photo: `[rows, cells]`
    fn weigh(&self, keys: &Tensor<3>, hidden: Tensor<2>) -> Tensor<2> {
        let [photos, cells, size] = keys.dims();
        let [rows, _] = hidden.dims();
        // [photos, rows, 1, size] + [photos, 1, cells, size] -> [photos, rows, cells, size]
        let query = by_photo(self.decoder_att.forward(hidden), photos).unsqueeze_dim::<4>(2);
        let both = relu(keys.clone().unsqueeze_dim::<4>(1) + query);
        let logits = self.full_att.forward(both.reshape([rows * cells, size])).reshape([rows, cells]);
        softmax(logits, 1)
    }
}
