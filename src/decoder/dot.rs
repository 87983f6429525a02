//! An LSTM with scaled dot-product attention: the cells are projected once to the LSTM's own size, and each word
//! compares them with the hidden state directly. Fewer weights than the additive form, and a cheaper step.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::{log_softmax, softmax};
use burn::tensor::{Device, Tensor};

use super::lstm_cell::LstmCell;
use super::{AttentionLstmConfig, Decoder, Reading, State, Step, weighted_sum, word_vectors};
use crate::encoder::FeatureGrid;

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

impl Decoder for DotAttentionLstm {
    fn read(&self, grid: &FeatureGrid) -> Box<dyn Reading> {
        Box::new(DotReading { decoder: self.clone(), cells: self.project.forward(grid.cells.clone()) })
    }

    fn device(&self) -> Device {
        self.decode_step.device()
    }
}

#[derive(Debug)]
struct DotReading {
    decoder: DotAttentionLstm,
    /// `[1, cells, hidden]`
    cells: Tensor<3>,
}

impl Reading for DotReading {
    fn start(&self) -> State {
        // [1, cells, hidden] -> [1, hidden]
        let mean = self.cells.clone().mean_dim(1).squeeze_dim::<2>(1);
        State(vec![mean.clone(), mean])
    }

    fn step(&self, words: &[u32], state: State) -> Step {
        let decoder = &self.decoder;
        let [hidden, cell]: [Tensor<2>; 2] = state.0.try_into().expect("an LSTM's state is two tensors");
        let [_, size] = hidden.dims();
        // [rows, hidden] x [hidden, cells] -> [rows, cells]
        let scores = hidden.clone().matmul(self.cells.clone().squeeze_dim::<2>(0).transpose());
        let attention = softmax(scores / (size as f64).sqrt(), 1);
        let context = weighted_sum(attention.clone(), self.cells.clone());
        let input = Tensor::cat(vec![word_vectors(&decoder.embedding, words), context], 1);
        let (hidden, cell) = decoder.decode_step.forward(input, hidden, cell);
        Step {
            log_probabilities: log_softmax(decoder.fc.forward(hidden.clone()), 1),
            attention: Some(attention),
            state: State(vec![hidden, cell]),
        }
    }
}
