//! [Show, Attend and Tell](https://arxiv.org/abs/1502.03044) with soft attention: an LSTM that weighs the cells by a
//! small network before each word. Key for key the decoder of a-PyTorch-Tutorial-to-Image-Captioning, whose state
//! dicts load unchanged.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::{sigmoid, softmax};
use burn::tensor::{Device, Tensor};

use crate::decoder::family::DecoderSizes;
use crate::decoder::lstm_cell::{LstmCell, WordLstm};
use crate::decoder::matrices::linear;
use crate::decoder::recurrent::{Recurrent, RecurrentOutput};
use crate::decoder::reused::{ReusedCells, ReusedKeys, ReusedLinear};
use crate::decoder::session::State;
use crate::weights::Matrices;

#[derive(Module, Debug)]
pub struct AdditiveAttentionLstm {
    attention: AdditiveAttention,
    embedding: Embedding,
    decode_step: LstmCell,
    init_h: Linear,
    init_c: Linear,
    f_beta: Linear,
    fc: Linear,
    #[module(skip)]
    matrices: Matrices,
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
            matrices: Matrices::default(),
        }
    }
}

/// What is the same for every word.
#[derive(Clone, Debug)]
pub(in crate::decoder) struct Context {
    /// The features of the cells.
    cells: ReusedCells,
    /// What the attention compares.
    keys: ReusedKeys,
    query: ReusedLinear,
    gate: ReusedLinear,
    cell: WordLstm,
}

impl Recurrent for AdditiveAttentionLstm {
    type Context = Context;

    fn context(&self, features: Tensor<3>) -> Context {
        let embedding = self.embedding.weight.lazy_shape()[1];
        let AdditiveAttention { encoder_att, decoder_att, full_att } = &self.attention;
        Context {
            keys: ReusedKeys::new(linear(&self.matrices, encoder_att, features.clone()), full_att),
            cells: ReusedCells::new(features),
            query: ReusedLinear::new(&self.matrices, decoder_att),
            gate: ReusedLinear::new(&self.matrices, &self.f_beta),
            cell: self.decode_step.for_words(&self.matrices, embedding),
        }
    }

    fn init_state(&self, context: &Context) -> Vec<Tensor<2>> {
        let mean = context.cells.mean();
        vec![linear(&self.matrices, &self.init_h, mean.clone()), linear(&self.matrices, &self.init_c, mean)]
    }

    fn of_words(&self, context: &Context, vectors: Tensor<2>) -> Tensor<2> {
        context.cell.of_words(vectors)
    }

    fn step(&self, context: &Context, word: Tensor<2>, state: State) -> RecurrentOutput {
        let [hidden, cell] = state.hidden_and_cell();
        let attention = softmax(context.keys.compare(context.query.forward(hidden.clone())), 1);
        let gate = sigmoid(context.gate.forward(hidden.clone()));
        let gated = gate * context.cells.weighted_sum(attention.clone());
        let (hidden, cell) = context.cell.step(word, Some(gated), hidden, cell);
        RecurrentOutput { hidden: hidden.clone(), attention: Some(attention), state: State(vec![hidden, cell]) }
    }

    fn embedding(&self) -> &Embedding {
        &self.embedding
    }

    fn fc(&self) -> &Linear {
        &self.fc
    }

    fn matrices(&self) -> &Matrices {
        &self.matrices
    }
}
