//! The plainest decoder: an Elman network that gets the photo once, in its first hidden state.

use burn::module::{Module, Param};
use burn::nn::{Embedding, EmbeddingConfig, Initializer, Linear, LinearConfig};
use burn::tensor::activation::tanh;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::bounds::FieldError;
use crate::checkpoint::CheckpointError;
use crate::decoder::family::{
    DecoderFamily, DecoderSettings, DecoderSizes, TensorShapes, WithDecoder, common_layer_output,
};
use crate::decoder::matrices::{MatrixPart, linear};
use crate::decoder::recurrent::{self, Recurrent, RecurrentOutput, mean_pooled};
use crate::decoder::reused::ReusedMatrix;
use crate::decoder::session::State;
use crate::weights::Matrices;

/// The shape of an Elman network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RnnConfig(pub DecoderSizes);

#[derive(Module, Debug)]
pub struct Rnn {
    embedding: Embedding,
    decode_step: RnnCell,
    init_h: Linear,
    fc: Linear,
    #[module(skip)]
    matrices: Matrices,
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
    pub fn init(sizes: DecoderSizes, device: &Device) -> Self {
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } = sizes;
        let bound = 1.0 / (hidden.max(1) as f64).sqrt();
        let initializer = Initializer::Uniform { min: -bound, max: bound };
        Self {
            embedding: EmbeddingConfig::new(vocab_size, embedding).init(device),
            decode_step: RnnCell {
                weight_ih: initializer.init([embedding, hidden], device),
                weight_hh: initializer.init([hidden, hidden], device),
                bias_ih: initializer.init([hidden], device),
                bias_hh: initializer.init([hidden], device),
            },
            init_h: LinearConfig::new(feature_dim, hidden).init(device),
            fc: LinearConfig::new(hidden, vocab_size).init(device),
            matrices: Matrices::default(),
        }
    }
}

impl DecoderFamily for RnnConfig {
    fn from_settings(sizes: DecoderSizes, _settings: &DecoderSettings) -> Result<Self, FieldError> {
        Ok(Self(sizes))
    }

    fn title(&self) -> String {
        "RNN".into()
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
        Ok(found.and_then(|(sizes, gates)| (gates == 1).then_some(Self(sizes))))
    }

    fn with_decoder<T: WithDecoder>(&self, task: T) -> T::Output {
        task.run(|device| Rnn::init(self.0, device))
    }
}

impl Recurrent for Rnn {
    type Context = Context;

    fn context(&self, features: Tensor<3>) -> Context {
        Context {
            pooled: mean_pooled(features),
            of_hidden: ReusedMatrix::new(MatrixPart::whole(&self.matrices, &self.decode_step.weight_hh)),
        }
    }

    fn init_state(&self, context: &Context) -> Vec<Tensor<2>> {
        vec![linear(&self.matrices, &self.init_h, context.pooled.clone())]
    }

    fn of_words(&self, _: &Context, vectors: Tensor<2>) -> Tensor<2> {
        let RnnCell { weight_ih, bias_ih, bias_hh, .. } = &self.decode_step;
        MatrixPart::whole(&self.matrices, weight_ih).after(vectors) + (bias_ih.val() + bias_hh.val()).unsqueeze::<2>()
    }

    fn step(&self, context: &Context, word: Tensor<2>, state: State) -> RecurrentOutput {
        let [hidden]: [Tensor<2>; 1] = state.0.try_into().expect("an RNN's state is one tensor");
        let hidden = tanh(word + context.of_hidden.after(hidden));
        RecurrentOutput { hidden: hidden.clone(), attention: None, state: State(vec![hidden]) }
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
    of_hidden: ReusedMatrix,
}
