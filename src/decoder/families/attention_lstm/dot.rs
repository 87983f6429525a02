//! An LSTM with scaled dot-product attention: the cells are projected once to the LSTM's own size, and each word
//! compares them with the hidden state directly. Fewer weights than the additive form, and a cheaper step.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

use crate::decoder::family::DecoderSizes;
use crate::decoder::lstm_cell::{LstmCell, WordLstm};
use crate::decoder::matrices::linear;
use crate::decoder::recurrent::{Recurrent, RecurrentOutput};
use crate::decoder::reused::ReusedCells;
use crate::decoder::session::State;
use crate::weights::Matrices;

#[derive(Module, Debug)]
pub struct DotAttentionLstm {
    project: Linear,
    embedding: Embedding,
    decode_step: LstmCell,
    fc: Linear,
    #[module(skip)]
    matrices: Matrices,
}

impl DotAttentionLstm {
    pub fn init(sizes: DecoderSizes, device: &Device) -> Self {
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } = sizes;
        Self {
            project: LinearConfig::new(feature_dim, hidden).init(device),
            embedding: EmbeddingConfig::new(vocab_size, embedding).init(device),
            decode_step: LstmCell::init(embedding + hidden, hidden, device),
            fc: LinearConfig::new(hidden, vocab_size).init(device),
            matrices: Matrices::default(),
        }
    }
}

/// What is the same for every word.
#[derive(Clone, Debug)]
pub(in crate::decoder) struct Context {
    /// Projected to the size of the hidden state.
    cells: ReusedCells,
    cell: WordLstm,
}

impl Recurrent for DotAttentionLstm {
    type Context = Context;

    fn context(&self, features: Tensor<3>) -> Context {
        let embedding = self.embedding.weight.lazy_shape()[1];
        let cells = ReusedCells::new(linear(&self.matrices, &self.project, features));
        Context { cells, cell: self.decode_step.for_words(&self.matrices, embedding) }
    }

    fn init_state(&self, context: &Context) -> Vec<Tensor<2>> {
        let mean = context.cells.mean();
        vec![mean.clone(), mean]
    }

    fn of_words(&self, context: &Context, vectors: Tensor<2>) -> Tensor<2> {
        context.cell.of_words(vectors)
    }

    fn step(&self, context: &Context, word: Tensor<2>, state: State) -> RecurrentOutput {
        let [hidden, cell] = state.hidden_and_cell();
        let [_, _, size] = context.cells.dims();
        let logits = context.cells.products(hidden.clone()) / (size as f64).sqrt();
        let attention = softmax(logits, 1);
        let attended = context.cells.weighted_sum(attention.clone());
        let (hidden, cell) = context.cell.step(word, Some(attended), hidden, cell);
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
