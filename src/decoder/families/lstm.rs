//! [Show and Tell](https://arxiv.org/abs/1411.4555) in its plainest form: an LSTM that gets the photo once, in its
//! first hidden state.

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::bounds::FieldError;
use crate::checkpoint::CheckpointError;
use crate::decoder::family::{
    DecoderFamily, DecoderSettings, DecoderSizes, TensorShapes, WithDecoder, common_layer_output,
};
use crate::decoder::lstm_cell::{LstmCell, WordLstm};
use crate::decoder::matrices::linear;
use crate::decoder::recurrent::{self, Recurrent, RecurrentOutput, mean_pooled};
use crate::decoder::session::State;
use crate::weights::Matrices;

/// The shape of an LSTM without attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LstmConfig(pub DecoderSizes);

#[derive(Module, Debug)]
pub struct Lstm {
    embedding: Embedding,
    decode_step: LstmCell,
    init_h: Linear,
    fc: Linear,
    #[module(skip)]
    matrices: Matrices,
}

impl Lstm {
    pub fn init(sizes: DecoderSizes, device: &Device) -> Self {
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } = sizes;
        Self {
            embedding: EmbeddingConfig::new(vocab_size, embedding).init(device),
            decode_step: LstmCell::init(embedding, hidden, device),
            init_h: LinearConfig::new(feature_dim, hidden).init(device),
            fc: LinearConfig::new(hidden, vocab_size).init(device),
            matrices: Matrices::default(),
        }
    }
}

impl DecoderFamily for LstmConfig {
    fn from_settings(sizes: DecoderSizes, _settings: &DecoderSettings) -> Result<Self, FieldError> {
        Ok(Self(sizes))
    }

    fn title(&self) -> String {
        "LSTM".into()
    }

    fn vocab_size(&self) -> usize {
        self.0.vocab_size
    }

    fn feature_dim(&self) -> usize {
        self.0.feature_dim
    }

    fn check(&self) -> Result<(), FieldError> {
        self.0.check()
    }

    fn layer_output(&self, layer: &str, rows: usize, _cells: usize) -> Vec<usize> {
        common_layer_output(self.0, layer, rows)
    }

    fn from_checkpoint(tensors: &TensorShapes, _heads: usize) -> Result<Option<Self>, CheckpointError> {
        let found = recurrent::without_attention(tensors)?;
        Ok(found.and_then(|(sizes, gates)| (gates == 4).then_some(Self(sizes))))
    }

    fn with_decoder<T: WithDecoder>(&self, task: T) -> T::Output {
        task.run(|device| Lstm::init(self.0, device))
    }
}

impl Recurrent for Lstm {
    type Context = Context;

    fn context(&self, features: Tensor<3>) -> Context {
        let embedding = self.embedding.weight.lazy_shape()[1];
        Context { pooled: mean_pooled(features), cell: self.decode_step.for_words(&self.matrices, embedding) }
    }

    fn init_state(&self, context: &Context) -> Vec<Tensor<2>> {
        let hidden = linear(&self.matrices, &self.init_h, context.pooled.clone());
        vec![hidden.clone(), hidden.zeros_like()]
    }

    fn of_words(&self, context: &Context, vectors: Tensor<2>) -> Tensor<2> {
        context.cell.of_words(vectors)
    }

    fn step(&self, context: &Context, word: Tensor<2>, state: State) -> RecurrentOutput {
        let [hidden, cell] = state.hidden_and_cell();
        let (hidden, cell) = context.cell.step(word, None, hidden, cell);
        RecurrentOutput { hidden: hidden.clone(), attention: None, state: State(vec![hidden, cell]) }
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

/// What is the same for every word.
#[derive(Clone, Debug)]
pub(in crate::decoder) struct Context {
    /// The mean feature: `[photos, channels]`
    pooled: Tensor<2>,
    cell: WordLstm,
}
