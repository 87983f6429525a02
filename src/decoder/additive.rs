//! [Show, Attend and Tell](https://arxiv.org/abs/1502.03044) with soft attention: an LSTM that weighs the cells by a
//! small network before each word. Key for key the decoder of a-PyTorch-Tutorial-to-Image-Captioning, whose state
//! dicts load unchanged.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::{log_softmax, relu, sigmoid, softmax};
use burn::tensor::{Device, Tensor};

use super::lstm_cell::LstmCell;
use super::{AttentionLstmConfig, Decoder, Reading, State, Step, weighted_sum, word_vectors};
use crate::encoder::FeatureGrid;

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
    pub fn init(config: &AttentionLstmConfig, size: usize, device: &Device) -> Self {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let AttentionLstmConfig { words, features, embedding, hidden, .. } = *config;
        Self {
            attention: AdditiveAttention {
                encoder_att: linear(features, size),
                decoder_att: linear(hidden, size),
                full_att: linear(size, 1),
            },
            embedding: EmbeddingConfig::new(words, embedding).init(device),
            decode_step: LstmCell::init(embedding + features, hidden, device),
            init_h: linear(features, hidden),
            init_c: linear(features, hidden),
            f_beta: linear(hidden, features),
            fc: linear(hidden, words),
        }
    }
}

impl Decoder for AdditiveAttentionLstm {
    fn read(&self, grid: &FeatureGrid) -> Box<dyn Reading> {
        let cells = grid.cells.clone();
        let keys = self.attention.encoder_att.forward(cells.clone());
        Box::new(AdditiveReading { decoder: self.clone(), cells, keys })
    }

    fn device(&self) -> Device {
        self.decode_step.device()
    }
}

#[derive(Debug)]
struct AdditiveReading {
    decoder: AdditiveAttentionLstm,
    /// `[1, cells, features]`
    cells: Tensor<3>,
    /// What the attention compares, the same for every word: `[1, cells, size]`
    keys: Tensor<3>,
}

impl Reading for AdditiveReading {
    fn start(&self) -> State {
        // [1, cells, features] -> [1, features]
        let mean = self.cells.clone().mean_dim(1).squeeze_dim::<2>(1);
        State(vec![self.decoder.init_h.forward(mean.clone()), self.decoder.init_c.forward(mean)])
    }

    fn step(&self, words: &[u32], state: State) -> Step {
        let decoder = &self.decoder;
        let [hidden, cell]: [Tensor<2>; 2] = state.0.try_into().expect("an LSTM's state is two tensors");
        // [rows, 1, size] + [1, cells, size] -> [rows, cells, size]
        let query = decoder.attention.decoder_att.forward(hidden.clone()).unsqueeze_dim::<3>(1);
        let scores = decoder.attention.full_att.forward(relu(self.keys.clone() + query)).squeeze_dim::<2>(2);
        let attention = softmax(scores, 1);
        let context = weighted_sum(attention.clone(), self.cells.clone());
        let gated = sigmoid(decoder.f_beta.forward(hidden.clone())) * context;
        let input = Tensor::cat(vec![word_vectors(&decoder.embedding, words), gated], 1);
        let (hidden, cell) = decoder.decode_step.forward(input, hidden, cell);
        Step {
            log_probabilities: log_softmax(decoder.fc.forward(hidden.clone()), 1),
            attention: Some(attention),
            state: State(vec![hidden, cell]),
        }
    }
}
