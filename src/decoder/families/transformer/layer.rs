//! One layer of a Transformer's decoder, with the keys of PyTorch's `nn.TransformerDecoderLayer`.

use burn::module::{Module, Param};
use burn::nn::{Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::{relu, softmax};
use burn::tensor::{Bool, Device, Tensor};

use crate::decoder::dropout::Dropout;

#[derive(Module, Debug)]
pub(super) struct TransformerLayer {
    self_attn: MultiHeadAttention,
    pub(super) multihead_attn: MultiHeadAttention,
    linear1: Linear,
    linear2: Linear,
    norm1: LayerNorm,
    norm2: LayerNorm,
    norm3: LayerNorm,
}

/// With the keys of `nn.MultiheadAttention`: queries, keys and values in one matrix.
#[derive(Module, Debug)]
pub(super) struct MultiHeadAttention {
    /// `[3 * width, width]`
    in_proj_weight: Param<Tensor<2>>,
    in_proj_bias: Param<Tensor<1>>,
    out_proj: Linear,
    heads: usize,
}

/// What attention compares with and what it gathers: `[batch, places, width]` each.
#[derive(Clone, Debug)]
pub(super) struct KeyValues {
    pub keys: Tensor<3>,
    pub values: Tensor<3>,
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

    pub fn key_values(&self, x: Tensor<3>) -> KeyValues {
        KeyValues { keys: self.part(1, x.clone()), values: self.part(2, x) }
    }

    /// `[batch, queries, width]` to the same, and the weights averaged over the heads: `[batch, queries, places]`.
    fn attend(&self, x: Tensor<3>, to: &KeyValues, masked: Option<Tensor<4, Bool>>) -> (Tensor<3>, Tensor<3>) {
        let [batch, queries, width] = x.dims();
        let [_, places, _] = to.keys.dims();
        let size = width / self.heads;
        // [batch, places, width] -> [batch, heads, places, size]
        let split = |x: Tensor<3>, places| x.reshape([batch, places, self.heads, size]).swap_dims(1, 2);
        let query = split(self.part(0, x), queries) / (size as f64).sqrt();
        let logits = query.matmul(split(to.keys.clone(), places).swap_dims(2, 3));
        let logits = match masked {
            Some(masked) => logits.mask_fill(masked, f32::NEG_INFINITY),
            None => logits,
        };
        let weights = softmax(logits, 3);
        let sum = weights.clone().matmul(split(to.values.clone(), places));
        let sum = sum.swap_dims(1, 2).reshape([batch, queries, width]);
        (self.out_proj.forward(sum), weights.mean_dim(1).squeeze_dim::<3>(1))
    }
}

impl TransformerLayer {
    pub fn init(hidden: usize, heads: usize, feed_forward: usize, device: &Device) -> Self {
        let linear = |from, to| LinearConfig::new(from, to).init(device);
        let norm = || LayerNormConfig::new(hidden).init(device);
        let attention = || MultiHeadAttention {
            in_proj_weight: Initializer::XavierUniform { gain: 1.0 }.init([3 * hidden, hidden], device),
            in_proj_bias: Initializer::Zeros.init([3 * hidden], device),
            out_proj: linear(hidden, hidden),
            heads,
        };
        Self {
            self_attn: attention(),
            multihead_attn: attention(),
            linear1: linear(hidden, feed_forward),
            linear2: linear(feed_forward, hidden),
            norm1: norm(),
            norm2: norm(),
            norm3: norm(),
        }
    }

    /// New words, `[rows, places, width]`, given the keys and values of the cells and of `earlier` words.
    pub fn forward(
        &self,
        x: Tensor<3>,
        cross: &KeyValues,
        earlier: Option<KeyValues>,
        dropout: &mut Dropout,
    ) -> LayerOutput {
        let [photos, _, width] = cross.keys.dims();
        let [rows, places, _] = x.dims();
        let normed = self.norm1.forward(x.clone());
        let new = self.self_attn.key_values(normed.clone());
        let words = match earlier {
            Some(earlier) => KeyValues {
                keys: Tensor::cat(vec![earlier.keys, new.keys], 1),
                values: Tensor::cat(vec![earlier.values, new.values], 1),
            },
            None => new,
        };
        let (attended, _) = self.self_attn.attend(normed, &words, later_places(places, &x.device()));
        let x = x + dropout.apply(attended);
        // Rows of the same photo look at its cells together: [rows, places, width] -> [photos, all places, width]
        let queries = self.norm2.forward(x.clone()).reshape([photos, rows / photos * places, width]);
        let (attended, attention) = self.multihead_attn.attend(queries, cross, None);
        let x = x + dropout.apply(attended.reshape([rows, places, width]));
        let inner = relu(self.linear1.forward(self.norm3.forward(x.clone())));
        let inner = dropout.apply(inner);
        let x = x + dropout.apply(self.linear2.forward(inner));
        let [_, _, cells] = attention.dims();
        LayerOutput { x, words, attention: attention.reshape([rows, places, cells]) }
    }
}

pub(super) struct LayerOutput {
    /// `[rows, places, width]`
    pub x: Tensor<3>,
    /// Of all words so far.
    pub words: KeyValues,
    /// To the cells: `[rows, places, cells]`
    pub attention: Tensor<3>,
}

/// Where a word would look at words after it; nothing where there is only one word.
fn later_places(places: usize, device: &Device) -> Option<Tensor<4, Bool>> {
    (places > 1).then(|| Tensor::<2, Bool>::tril_mask([places, places], 0, device).unsqueeze::<4>())
}
