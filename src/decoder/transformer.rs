//! A [Transformer](https://arxiv.org/abs/1706.03762) decoder: each word looks at the words before it and at the cells.
//! The layers are those of PyTorch's `nn.TransformerDecoder` with `norm_first`, key for key. The last layer's attention
//! to the cells, averaged over its heads, is what is shown of it.

use burn::module::{Module, Param};
use burn::nn::{Embedding, EmbeddingConfig, Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::{log_softmax, relu, softmax};
use burn::tensor::{Bool, Device, Tensor, TensorData};

use super::{Decoder, Reading, State, Step, TransformerConfig, dropout::Dropout, word_vectors};
use crate::encoder::FeatureGrid;

#[derive(Module, Debug)]
pub struct Transformer {
    /// From features to the width in which everything happens.
    project: Linear,
    embedding: Embedding,
    /// From word vectors to that width.
    lift: Linear,
    layers: Vec<Layer>,
    norm: LayerNorm,
    fc: Linear,
}

#[derive(Module, Debug)]
struct Layer {
    self_attn: MultiHeadAttention,
    multihead_attn: MultiHeadAttention,
    linear1: Linear,
    linear2: Linear,
    norm1: LayerNorm,
    norm2: LayerNorm,
    norm3: LayerNorm,
}

/// With the keys of `nn.MultiheadAttention`: queries, keys and values in one matrix.
#[derive(Module, Debug)]
struct MultiHeadAttention {
    /// `[3 * width, width]`
    in_proj_weight: Param<Tensor<2>>,
    in_proj_bias: Param<Tensor<1>>,
    out_proj: Linear,
    heads: usize,
}

impl Transformer {
    pub fn init(config: &TransformerConfig, device: &Device) -> Self {
        let TransformerConfig { words, features, embedding, hidden, layers, heads, feed_forward } = *config;
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let norm = || LayerNormConfig::new(hidden).init(device);
        let attention = || MultiHeadAttention {
            in_proj_weight: Initializer::XavierUniform { gain: 1.0 }.init([3 * hidden, hidden], device),
            in_proj_bias: Initializer::Zeros.init([3 * hidden], device),
            out_proj: linear(hidden, hidden),
            heads,
        };
        let layer = |_| Layer {
            self_attn: attention(),
            multihead_attn: attention(),
            linear1: linear(hidden, feed_forward),
            linear2: linear(feed_forward, hidden),
            norm1: norm(),
            norm2: norm(),
            norm3: norm(),
        };
        Self {
            project: linear(features, hidden),
            embedding: EmbeddingConfig::new(words, embedding).init(device),
            lift: linear(embedding, hidden),
            layers: (0..layers).map(layer).collect(),
            norm: norm(),
            fc: linear(hidden, words),
        }
    }

    /// New words, `[rows, places, embedding]`, after so many others, through all layers. Returns what comes out, how
    /// the last layer looked at the cells, and what each layer keeps of all words so far.
    fn think(&self, sight: &[Memory], vectors: Tensor<3>, earlier: Vec<Memory>, dropout: &mut Dropout) -> Thought {
        let [_, places, _] = vectors.dims();
        let first = earlier.first().map_or(0, |memory| memory.keys.dims()[1]);
        let x = self.lift.forward(vectors);
        let [_, _, width] = x.dims();
        let mut x = dropout.apply(x.clone() + positions(first, places, width, &x.device()));
        let mut earlier = earlier.into_iter();
        let mut attention = None;
        let mut words = Vec::with_capacity(self.layers.len());
        for (layer, sight) in self.layers.iter().zip(sight) {
            let layered = layer.forward(x, sight, earlier.next(), dropout);
            x = layered.x;
            attention = Some(layered.attention);
            words.push(layered.words);
        }
        Thought { hidden: self.norm.forward(x), attention, words }
    }

    /// What every layer compares its words with.
    fn see(&self, grid: &FeatureGrid) -> Vec<Memory> {
        let cells = self.project.forward(grid.cells.clone());
        self.layers.iter().map(|layer| layer.multihead_attn.remember(cells.clone())).collect()
    }
}

struct Thought {
    /// `[rows, places, hidden]`
    hidden: Tensor<3>,
    /// `[rows, places, cells]`
    attention: Option<Tensor<3>>,
    words: Vec<Memory>,
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

/// Keys and values: `[batch, places, width]` each.
#[derive(Clone, Debug)]
struct Memory {
    keys: Tensor<3>,
    values: Tensor<3>,
}

impl MultiHeadAttention {
    /// The rows of the one matrix that make queries (0), keys (1) or values (2).
    fn part(&self, part: usize, x: Tensor<3>) -> Tensor<3> {
        let [_, width] = self.in_proj_weight.dims();
        let weight = self.in_proj_weight.val().narrow(0, part * width, width).transpose();
        let bias = self.in_proj_bias.val().narrow(0, part * width, width);
        let [batch, places, _] = x.dims();
        let flat = x.reshape([batch * places, width]).matmul(weight) + bias.unsqueeze::<2>();
        flat.reshape([batch, places, width])
    }

    fn remember(&self, x: Tensor<3>) -> Memory {
        Memory { keys: self.part(1, x.clone()), values: self.part(2, x) }
    }

    /// `[batch, queries, width]` to the same, and the weights averaged over the heads: `[batch, queries, places]`.
    fn attend(&self, x: Tensor<3>, memory: &Memory, hidden: Option<Tensor<4, Bool>>) -> (Tensor<3>, Tensor<3>) {
        let [batch, queries, width] = x.dims();
        let [_, places, _] = memory.keys.dims();
        let size = width / self.heads;
        // [batch, places, width] -> [batch, heads, places, size]
        let split = |x: Tensor<3>, places| x.reshape([batch, places, self.heads, size]).swap_dims(1, 2);
        let query = split(self.part(0, x), queries) / (size as f64).sqrt();
        let scores = query.matmul(split(memory.keys.clone(), places).swap_dims(2, 3));
        let scores = match hidden {
            Some(hidden) => scores.mask_fill(hidden, f32::NEG_INFINITY),
            None => scores,
        };
        let weights = softmax(scores, 3);
        let sum = weights.clone().matmul(split(memory.values.clone(), places));
        let sum = sum.swap_dims(1, 2).reshape([batch, queries, width]);
        (self.out_proj.forward(sum), weights.mean_dim(1).squeeze_dim::<3>(1))
    }
}

impl Layer {
    /// One layer over new words, `[rows, places, width]`, given what `earlier` words left behind.
    fn forward(&self, x: Tensor<3>, sight: &Memory, earlier: Option<Memory>, dropout: &mut Dropout) -> Layered {
        let [photos, _, width] = sight.keys.dims();
        let [rows, places, _] = x.dims();
        let normed = self.norm1.forward(x.clone());
        let new = self.self_attn.remember(normed.clone());
        let words = match earlier {
            Some(earlier) => Memory {
                keys: Tensor::cat(vec![earlier.keys, new.keys], 1),
                values: Tensor::cat(vec![earlier.values, new.values], 1),
            },
            None => new,
        };
        let (heard, _) = self.self_attn.attend(normed, &words, later_places(places, &x.device()));
        let x = x + dropout.apply(heard);
        // Rows of the same photo look at its cells together: [rows, places, width] -> [photos, all places, width]
        let queries = self.norm2.forward(x.clone()).reshape([photos, rows / photos * places, width]);
        let (seen, attention) = self.multihead_attn.attend(queries, sight, None);
        let x = x + dropout.apply(seen.reshape([rows, places, width]));
        let thought = relu(self.linear1.forward(self.norm3.forward(x.clone())));
        let thought = dropout.apply(thought);
        let x = x + dropout.apply(self.linear2.forward(thought));
        let [_, _, cells] = attention.dims();
        Layered { x, words, attention: attention.reshape([rows, places, cells]) }
    }
}

struct Layered {
    x: Tensor<3>,
    words: Memory,
    attention: Tensor<3>,
}

/// Where a word would look at words after it; nothing where there is only one word.
fn later_places(places: usize, device: &Device) -> Option<Tensor<4, Bool>> {
    (places > 1).then(|| Tensor::<2, Bool>::tril_mask([places, places], 0, device).unsqueeze::<4>())
}

impl Decoder for Transformer {
    fn read(&self, grid: &FeatureGrid) -> Box<dyn Reading> {
        Box::new(TransformerReading { sight: self.see(grid), decoder: self.clone() })
    }

    fn device(&self) -> Device {
        self.embedding.weight.lazy_device()
    }
}

#[derive(Debug)]
struct TransformerReading {
    decoder: Transformer,
    sight: Vec<Memory>,
}

impl Reading for TransformerReading {
    fn start(&self, _rows: usize) -> State {
        State(vec![])
    }

    fn step(&self, words: &[u32], state: State) -> Step {
        let decoder = &self.decoder;
        let rows = words.len();
        let vectors = word_vectors(&decoder.embedding, words).unsqueeze_dim::<3>(1);
        let Thought { hidden, attention, words } =
            decoder.think(&self.sight, vectors, memories(state, decoder.fc.weight.dims()[0]), &mut Dropout::none());
        Step {
            log_probabilities: log_softmax(decoder.fc.forward(hidden).squeeze_dim::<2>(1), 1),
            attention: attention.map(|attention| attention.squeeze_dim::<2>(1)),
            state: State(
                words.into_iter().flat_map(|Memory { keys, values }| [keys, values]).map(|x| flat(x, rows)).collect(),
            ),
        }
    }
}

/// A state's tensors have a row for each sentence: `[rows, places, width]` to `[rows, places * width]`.
fn flat(x: Tensor<3>, rows: usize) -> Tensor<2> {
    let [_, places, width] = x.dims();
    x.reshape([rows, places * width])
}

fn memories(state: State, width: usize) -> Vec<Memory> {
    let mut tensors = state.0.into_iter().map(|x| {
        let [rows, length] = x.dims();
        x.reshape([rows, length / width, width])
    });
    let mut memories = Vec::new();
    while let (Some(keys), Some(values)) = (tensors.next(), tensors.next()) {
        memories.push(Memory { keys, values });
    }
    memories
}

#[cfg(feature = "train")]
impl super::Pupil for Transformer {
    fn hear(&self, grid: &FeatureGrid, words: Tensor<2, burn::tensor::Int>, dropout: &mut Dropout) -> super::Heard {
        let vectors = self.embedding.forward(words);
        let thought = self.think(&self.see(grid), vectors, vec![], dropout);
        super::Heard { scores: self.fc.forward(thought.hidden), attention: thought.attention }
    }
}
