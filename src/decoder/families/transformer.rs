//! A [Transformer](https://arxiv.org/abs/1706.03762) decoder: each word looks at the words before it and at the cells.
//! The layers are those of PyTorch's `nn.TransformerDecoder` with `norm_first`, key for key. The last layer's attention
//! to the cells, averaged over its heads, is what is shown of it.

mod layer;

use burn::module::Module;
use burn::nn::{Embedding, EmbeddingConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};

use self::layer::{KeyValues, TransformerLayer};
use crate::bounds::{FieldError, MAX_SIZE, within};
use crate::checkpoint::CheckpointError;
use crate::decoder::dropout::Dropout;
use crate::decoder::family::{
    DecoderFamily, DecoderSettings, DecoderSizes, TensorShapes, WithDecoder, common_gain, common_layer_output,
};
use crate::decoder::session::{
    Decoder, DecoderOutput, DecoderSession, State, StepOutput, TrainableDecoder, word_vectors,
};

/// What the sizes are where a training configuration gives none.
const LAYERS: usize = 2;
const HEADS: usize = 8;
const FEED_FORWARD: usize = 2048;

/// The shape of a Transformer's decoder; its sizes stand in it by themselves for the reason that `AttentionLstmConfig`
/// gives.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TransformerConfig {
    #[serde(rename = "words")]
    pub vocab_size: usize,
    /// Channels of the feature grid.
    #[serde(rename = "features")]
    pub feature_dim: usize,
    /// Length of a word vector.
    pub embedding: usize,
    /// Width of its layers.
    pub hidden: usize,
    pub layers: usize,
    /// Divides `hidden`.
    pub heads: usize,
    pub feed_forward: usize,
}

#[derive(Module, Debug)]
pub struct Transformer {
    /// From features to the width in which everything happens.
    project: Linear,
    embedding: Embedding,
    /// From word vectors to that width.
    lift: Linear,
    layers: Vec<TransformerLayer>,
    norm: LayerNorm,
    fc: Linear,
}

impl TransformerConfig {
    fn sizes(&self) -> DecoderSizes {
        let Self { vocab_size, feature_dim, embedding, hidden, .. } = *self;
        DecoderSizes { vocab_size, feature_dim, embedding, hidden }
    }
}

impl DecoderFamily for TransformerConfig {
    fn settings() -> Option<&'static [&'static str]> {
        Some(&["layers", "heads", "feed_forward"])
    }

    fn from_settings(sizes: DecoderSizes, settings: &DecoderSettings) -> Result<Self, FieldError> {
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } = sizes;
        Ok(Self {
            vocab_size,
            feature_dim,
            embedding,
            hidden,
            layers: settings.layers.unwrap_or(LAYERS),
            heads: settings.heads.unwrap_or(HEADS),
            feed_forward: settings.feed_forward.unwrap_or(FEED_FORWARD),
        })
    }

    fn title(&self) -> String {
        format!("Transformer of {} layers", self.layers)
    }

    fn vocab_size(&self) -> usize {
        self.vocab_size
    }

    fn feature_dim(&self) -> usize {
        self.feature_dim
    }

    fn check(&self) -> Result<(), FieldError> {
        self.sizes().check()?;
        within("decoder.layers", self.layers, 1, 256)?;
        within("decoder.feed_forward", self.feed_forward, 1, MAX_SIZE)?;
        within("decoder.heads", self.heads, 1, self.hidden)?;
        match self.hidden.is_multiple_of(self.heads) {
            true => Ok(()),
            false => Err(FieldError {
                field: "decoder.heads",
                value: self.heads.to_string(),
                wanted: format!("it has to divide the hidden size, {}", self.hidden),
            }),
        }
    }

    fn has_attention(&self) -> bool {
        true
    }

    fn from_checkpoint(tensors: &TensorShapes, heads: usize) -> Result<Option<Self>, CheckpointError> {
        let has_layer = |layer: &usize| tensors.has(&format!("layers.{layer}.self_attn.in_proj_weight"));
        if !has_layer(&0) {
            return Ok(None);
        }
        let DecoderSizes { vocab_size, feature_dim, embedding, hidden } =
            tensors.sizes("project.weight", ("project.weight", 0))?;
        let feed_forward = tensors.size("layers.0.linear1.weight", 0)?;
        let layers = (0..).take_while(has_layer).count();
        Ok(Some(Self { vocab_size, feature_dim, embedding, hidden, layers, heads, feed_forward }))
    }

    fn layer_output(&self, layer: &str, rows: usize, cells: usize) -> Vec<usize> {
        match layer {
            "project" => vec![cells, rows],
            "self_attn" | "multihead_attn" => vec![self.hidden],
            _ => common_layer_output(self.sizes(), layer, rows),
        }
    }

    fn synthetic_gain(&self, layer: &str) -> f64 {
        match layer {
            "project" => 2.25,
            _ => common_gain(layer),
        }
    }

    fn with_decoder<T: WithDecoder>(&self, task: T) -> T::Output {
        task.run(|device| Transformer::init(self, device))
    }
}

impl Transformer {
    pub fn init(config: &TransformerConfig, device: &Device) -> Self {
        let TransformerConfig { vocab_size, feature_dim, embedding, hidden, layers, heads, feed_forward } = *config;
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        Self {
            project: linear(feature_dim, hidden),
            embedding: EmbeddingConfig::new(vocab_size, embedding).init(device),
            lift: linear(embedding, hidden),
            layers: (0..layers).map(|_| TransformerLayer::init(hidden, heads, feed_forward, device)).collect(),
            norm: LayerNormConfig::new(hidden).init(device),
            fc: linear(hidden, vocab_size),
        }
    }

    /// New words, `[rows, places, embedding]`, after so many others, through all layers.
    fn forward_layers(
        &self,
        cross: &[KeyValues],
        vectors: Tensor<3>,
        earlier: Vec<KeyValues>,
        dropout: &mut Dropout,
    ) -> StackOutput {
        let [_, places, _] = vectors.dims();
        let first = earlier.first().map_or(0, |earlier| earlier.keys.dims()[1]);
        let x = self.lift.forward(vectors);
        let [_, _, width] = x.dims();
        let mut x = dropout.apply(x.clone() + positions(first, places, width, &x.device()));
        let mut earlier = earlier.into_iter();
        let mut attention = None;
        let mut words = Vec::with_capacity(self.layers.len());
        for (layer, cross) in self.layers.iter().zip(cross) {
            let output = layer.forward(x, cross, earlier.next(), dropout);
            x = output.x;
            attention = Some(output.attention);
            words.push(output.words);
        }
        StackOutput { hidden: self.norm.forward(x), attention, words }
    }

    /// The cells' keys and values for every layer's cross-attention.
    fn cross(&self, features: Tensor<3>) -> Vec<KeyValues> {
        let cells = self.project.forward(features);
        self.layers.iter().map(|layer| layer.multihead_attn.key_values(cells.clone())).collect()
    }
}

struct StackOutput {
    /// `[rows, places, hidden]`
    hidden: Tensor<3>,
    /// Of the last layer to the cells: `[rows, places, cells]`
    attention: Option<Tensor<3>>,
    /// What each layer keeps of all words so far.
    words: Vec<KeyValues>,
}

/// Sines and cosines of slower and slower waves, for the places from `first` on: `[1, places, width]`
fn positions(first: usize, places: usize, width: usize, device: &Device) -> Tensor<3> {
    let wave = |place: usize, i: usize| {
        let angle = place as f64 / 10_000f64.powf((i - i % 2) as f64 / width as f64);
        if i.is_multiple_of(2) { angle.sin() as f32 } else { angle.cos() as f32 }
    };
    let values: Vec<f32> = (first..first + places).flat_map(|place| (0..width).map(move |i| wave(place, i))).collect();
    Tensor::from_data(TensorData::new(values, [1, places, width]), device)
}

impl Decoder for Transformer {
    fn start(&self, features: Tensor<3>) -> Box<dyn DecoderSession> {
        Box::new(TransformerSession { cross: self.cross(features), decoder: self.clone() })
    }

    fn device(&self) -> Device {
        self.embedding.weight.lazy_device()
    }
}

#[derive(Debug)]
struct TransformerSession {
    decoder: Transformer,
    cross: Vec<KeyValues>,
}

impl DecoderSession for TransformerSession {
    fn init_state(&self, _rows: usize) -> State {
        State(vec![])
    }

    fn step(&self, words: &[u32], state: State) -> StepOutput {
        let decoder = &self.decoder;
        let rows = words.len();
        let vectors = word_vectors(&decoder.embedding, words).unsqueeze_dim::<3>(1);
        let earlier = key_values_of(state, decoder.fc.weight.dims()[0]);
        let StackOutput { hidden, attention, words } =
            decoder.forward_layers(&self.cross, vectors, earlier, &mut Dropout::none());
        StepOutput {
            log_probabilities: log_softmax(decoder.fc.forward(hidden).squeeze_dim::<2>(1), 1),
            attention: attention.map(|attention| attention.squeeze_dim::<2>(1)),
            sentinel: None,
            state: State(
                words
                    .into_iter()
                    .flat_map(|KeyValues { keys, values }| [keys, values])
                    .map(|x| flat(x, rows))
                    .collect(),
            ),
        }
    }
}

impl TrainableDecoder for Transformer {
    fn forward(&self, features: Tensor<3>, words: Tensor<2, Int>, dropout: &mut Dropout) -> DecoderOutput {
        let vectors = self.embedding.forward(words);
        let output = self.forward_layers(&self.cross(features), vectors, vec![], dropout);
        DecoderOutput { logits: self.fc.forward(output.hidden), attention: output.attention, sentinel: None }
    }
}

/// A state's tensors have a row for each sentence: `[rows, places, width]` to `[rows, places * width]`.
fn flat(x: Tensor<3>, rows: usize) -> Tensor<2> {
    let [_, places, width] = x.dims();
    x.reshape([rows, places * width])
}

/// The other way round: each layer's keys and values.
fn key_values_of(state: State, width: usize) -> Vec<KeyValues> {
    let mut tensors = state.0.into_iter().map(|x| {
        let [rows, length] = x.dims();
        x.reshape([rows, length / width, width])
    });
    let mut layers = Vec::new();
    while let (Some(keys), Some(values)) = (tensors.next(), tensors.next()) {
        layers.push(KeyValues { keys, values });
    }
    layers
}
