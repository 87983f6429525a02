//! ResNet-50 and ResNet-101 trunks: [Deep Residual Learning](https://arxiv.org/abs/1512.03385), in the form of
//! torchvision, which puts a block's stride on its 3×3 convolution. Field names are torchvision's keys.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::{CheckpointError, FieldError, Layer, check, within};
use crate::weights::{self, Slot, Weight, Weights};

/// A bottleneck block puts out this many times the channels that it works in.
const EXPANSION: usize = 4;
const BATCH_NORM_EPSILON: f64 = 1e-5;

/// The shape of a residual net of bottleneck blocks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResNetConfig {
    /// Blocks in each of the four stages.
    pub blocks: [usize; 4],
    /// Channels of the stem; stage `n` puts out `width * 4 * 2^n`.
    pub width: usize,
}

/// Whether a net still has its BatchNorms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Normalisation {
    /// As it is trained: convolution without bias, then BatchNorm.
    Batch,
    /// As it runs: the BatchNorm folded into the convolution's weight and bias.
    Folded,
}

impl ResNetConfig {
    pub fn resnet50() -> Self {
        Self { blocks: [3, 4, 6, 3], width: 64 }
    }

    pub fn resnet101() -> Self {
        Self { blocks: [3, 4, 23, 3], width: 64 }
    }

    pub(super) fn check(&self) -> Result<(), FieldError> {
        within("encoder.width", self.width, 1, 1024)?;
        self.blocks.iter().try_for_each(|blocks| within("encoder.blocks", *blocks, 1, 256))
    }

    pub fn name(&self) -> String {
        let layers = 2 + 3 * self.blocks.iter().sum::<usize>();
        match self.width {
            64 => format!("ResNet-{layers}"),
            width => format!("ResNet-{layers} of width {width}"),
        }
    }

    pub fn channels(&self) -> usize {
        self.stage_channels(3)
    }

    /// Channels and side of what the first `end` stages make of a photo of `size` by `size` pixels.
    #[cfg(feature = "train")]
    pub fn stage_shape(&self, end: usize, size: usize) -> [usize; 2] {
        let stem = size.div_ceil(4);
        match end {
            0 => [self.width, stem],
            end => [self.stage_channels(end - 1), (1..end).fold(stem, |side, _| side.div_ceil(2))],
        }
    }

    fn stage_channels(&self, stage: usize) -> usize {
        (self.width * EXPANSION) << stage
    }

    pub fn init(&self, normalisation: Normalisation, device: &Device) -> ResNet {
        let stage = |stage: usize| {
            let channels_in = if stage == 0 { self.width } else { self.stage_channels(stage - 1) };
            (0..self.blocks[stage])
                .map(|block| {
                    let first = block == 0;
                    let channels_in = if first { channels_in } else { self.stage_channels(stage) };
                    let stride = if first && stage > 0 { 2 } else { 1 };
                    Bottleneck::init(channels_in, self.width << stage, stride, first, normalisation, device)
                })
                .collect()
        };
        ResNet {
            conv1: convolution([3, self.width], 7, 2, normalisation, device),
            bn1: batch_norm(self.width, normalisation, device),
            maxpool: MaxPool2dConfig::new([3, 3])
                .with_strides([2, 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .init(),
            layer1: stage(0),
            layer2: stage(1),
            layer3: stage(2),
            layer4: stage(3),
        }
    }

    /// The checkpoint's keys and shapes, without allocating a tensor.
    pub fn slots(&self, normalisation: Normalisation) -> Vec<Slot> {
        weights::slots(&self.init(normalisation, &crate::device::cpu()))
    }

    /// A row for the stem and for each block.
    pub(super) fn layers(&self, size: usize) -> Vec<Layer> {
        let slots = self.slots(Normalisation::Folded);
        let row = |name: String, output: Vec<usize>| {
            let prefix = format!("{name}.");
            let parameters = slots.iter().filter(|slot| slot.name.starts_with(&prefix)).map(Slot::elements).sum();
            Layer { name, output, parameters }
        };
        let stem = size.div_ceil(2);
        let mut side = stem.div_ceil(2);
        let mut layers = vec![
            row("conv1".into(), vec![self.width, stem, stem]),
            row("maxpool".into(), vec![self.width, side, side]),
        ];
        for (stage, blocks) in self.blocks.iter().enumerate() {
            if stage > 0 {
                side = side.div_ceil(2);
            }
            let output = vec![self.stage_channels(stage), side, side];
            layers.extend((0..*blocks).map(|block| row(format!("layer{}.{block}", stage + 1), output.clone())));
        }
        layers
    }
}

/// A trunk: everything of a ResNet before its pooling and classifier.
#[derive(Module, Debug)]
pub struct ResNet {
    conv1: Conv2d,
    bn1: Option<BatchNorm>,
    maxpool: MaxPool2d,
    layer1: Vec<Bottleneck>,
    layer2: Vec<Bottleneck>,
    layer3: Vec<Bottleneck>,
    layer4: Vec<Bottleneck>,
}

impl ResNet {
    /// `[photos, 3, height, width]` to `[photos, channels, height / 32, width / 32]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.first_stages(4, input)
    }

    /// What the stages from `first` on (0 to 3) make of what everything before them put out.
    pub fn last_stages(&self, first: usize, map: Tensor<4>) -> Tensor<4> {
        let stages = [&self.layer1, &self.layer2, &self.layer3, &self.layer4];
        stages.into_iter().skip(first).fold(map, |x, blocks| run(blocks, x))
    }

    /// Everything before the stage `end`.
    pub fn first_stages(&self, end: usize, input: Tensor<4>) -> Tensor<4> {
        let stages = [&self.layer1, &self.layer2, &self.layer3, &self.layer4];
        stages.into_iter().take(end).fold(self.stem(input), |x, blocks| run(blocks, x))
    }

    fn stem(&self, input: Tensor<4>) -> Tensor<4> {
        self.maxpool.forward(relu(normalised(&self.bn1, self.conv1.forward(input))))
    }

    /// The output of each of the four stages; for 224 pixels and ResNet-50: 56×56×256, 28×28×512, 14×14×1024 and
    /// 7×7×2048.
    pub fn stages(&self, input: Tensor<4>) -> [Tensor<4>; 4] {
        let layer1 = run(&self.layer1, self.stem(input));
        let layer2 = run(&self.layer2, layer1.clone());
        let layer3 = run(&self.layer3, layer2.clone());
        let layer4 = run(&self.layer4, layer3.clone());
        [layer1, layer2, layer3, layer4]
    }
}

fn run(blocks: &[Bottleneck], x: Tensor<4>) -> Tensor<4> {
    blocks.iter().fold(x, |x, block| block.forward(x))
}

#[derive(Module, Debug)]
struct Bottleneck {
    conv1: Conv2d,
    bn1: Option<BatchNorm>,
    conv2: Conv2d,
    bn2: Option<BatchNorm>,
    conv3: Conv2d,
    bn3: Option<BatchNorm>,
    downsample: Option<(Conv2d, Option<BatchNorm>)>,
}

impl Bottleneck {
    fn init(
        channels_in: usize,
        width: usize,
        stride: usize,
        downsample: bool,
        normalisation: Normalisation,
        device: &Device,
    ) -> Self {
        let channels_out = width * EXPANSION;
        Self {
            conv1: convolution([channels_in, width], 1, 1, normalisation, device),
            bn1: batch_norm(width, normalisation, device),
            conv2: convolution([width, width], 3, stride, normalisation, device),
            bn2: batch_norm(width, normalisation, device),
            conv3: convolution([width, channels_out], 1, 1, normalisation, device),
            bn3: batch_norm(channels_out, normalisation, device),
            downsample: downsample.then(|| {
                (
                    convolution([channels_in, channels_out], 1, stride, normalisation, device),
                    batch_norm(channels_out, normalisation, device),
                )
            }),
        }
    }

    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let x = relu(normalised(&self.bn1, self.conv1.forward(input.clone())));
        let x = relu(normalised(&self.bn2, self.conv2.forward(x)));
        let x = normalised(&self.bn3, self.conv3.forward(x));
        let shortcut = match &self.downsample {
            Some((conv, bn)) => normalised(bn, conv.forward(input)),
            None => input,
        };
        relu(x + shortcut)
    }
}

fn normalised(bn: &Option<BatchNorm>, x: Tensor<4>) -> Tensor<4> {
    match bn {
        Some(bn) => bn.forward(x),
        None => x,
    }
}

fn convolution(
    channels: [usize; 2],
    kernel: usize,
    stride: usize,
    normalisation: Normalisation,
    device: &Device,
) -> Conv2d {
    let padding = kernel / 2;
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
        .with_bias(normalisation == Normalisation::Folded)
        .init(device)
}

fn batch_norm(channels: usize, normalisation: Normalisation, device: &Device) -> Option<BatchNorm> {
    (normalisation == Normalisation::Batch)
        .then(|| BatchNormConfig::new(channels).with_epsilon(BATCH_NORM_EPSILON).init(device))
}

/// Reads a torchvision state dict, or the `nn.Sequential` of a trunk's children that captioning code often saves.
/// Returns the inference form; a classifier is left out.
pub(super) fn from_checkpoint(weights: Weights) -> Result<(ResNetConfig, Weights), CheckpointError> {
    let weights: Weights = weights::unwrapped(weights::unwrapped(weights, "encoder."), "resnet.")
        .into_iter()
        .map(|(name, weight)| (torchvision_name(&name), weight))
        .filter(|(name, _)| !name.starts_with("fc.") && !name.ends_with("num_batches_tracked"))
        .collect();
    let config = recognised(&weights)?;
    let is_folded = weights.contains_key("conv1.bias");
    let normalisation = if is_folded { Normalisation::Folded } else { Normalisation::Batch };
    check(&weights, &config.slots(normalisation))?;
    Ok((config, if is_folded { weights } else { fold(weights)? }))
}

fn recognised(weights: &Weights) -> Result<ResNetConfig, CheckpointError> {
    let expected = "ResNet checkpoint";
    let stem = weights
        .get("conv1.weight")
        .ok_or_else(|| CheckpointError::Unrecognised { expected, key: "conv1.weight".into() })?;
    if weights.contains_key("layer1.0.conv1.weight") && !weights.contains_key("layer1.0.conv3.weight") {
        return Err(CheckpointError::Unsupported(
            "this ResNet has basic blocks (ResNet-18 or ResNet-34); only those with bottlenecks are supported".into(),
        ));
    }
    let blocks = [1, 2, 3, 4].map(|stage| {
        (0..).take_while(|block| weights.contains_key(&format!("layer{stage}.{block}.conv1.weight"))).count()
    });
    if let Some(stage) = blocks.iter().position(|count| *count == 0) {
        return Err(CheckpointError::Unrecognised { expected, key: format!("layer{}.0.conv1.weight", stage + 1) });
    }
    let config = ResNetConfig { blocks, width: stem.shape.first().copied().unwrap_or(0) };
    config.check()?;
    Ok(config)
}

/// `nn.Sequential(*list(resnet.children())[:-2])` numbers the children that torchvision names.
fn torchvision_name(name: &str) -> String {
    let child = |number: &str| match number {
        "0" => Some("conv1"),
        "1" => Some("bn1"),
        "4" => Some("layer1"),
        "5" => Some("layer2"),
        "6" => Some("layer3"),
        "7" => Some("layer4"),
        _ => None,
    };
    match name.split_once('.') {
        Some((number, rest)) if child(number).is_some() => format!("{}.{rest}", child(number).unwrap_or_default()),
        _ => name.to_string(),
    }
}

/// Folds each BatchNorm into the convolution before it: `w' = w * g / sqrt(v + eps)`, `b' = b - m * g / sqrt(v + eps)`.
/// Computed in 64 bits, so that the two forms differ by one rounding only.
pub fn fold(mut weights: Weights) -> Result<Weights, CheckpointError> {
    let convolutions: Vec<String> = weights
        .iter()
        .filter(|(_, weight)| weight.shape.len() == 4)
        .filter_map(|(name, _)| name.strip_suffix(".weight").map(str::to_string))
        .collect();
    for convolution in convolutions {
        let norm = match convolution.strip_suffix("downsample.0") {
            Some(block) => format!("{block}downsample.1"),
            None => convolution.replace("conv", "bn"),
        };
        let mut take = |field: &str| {
            let name = format!("{norm}.{field}");
            weights.remove(&name).ok_or(CheckpointError::Missing { name })
        };
        let (gamma, beta) = (take("weight")?.values, take("bias")?.values);
        let (mean, variance) = (take("running_mean")?.values, take("running_var")?.values);
        let factors: Vec<f64> = gamma
            .iter()
            .zip(&variance)
            .map(|(g, v)| f64::from(*g) / (f64::from(*v) + BATCH_NORM_EPSILON).sqrt())
            .collect();
        let name = format!("{convolution}.weight");
        let Some(weight) = weights.get_mut(&name) else { return Err(CheckpointError::Missing { name }) };
        let per_channel = weight.values.len() / factors.len().max(1);
        for (channel, factor) in weight.values.chunks_mut(per_channel.max(1)).zip(&factors) {
            channel.iter_mut().for_each(|value| *value = (f64::from(*value) * factor) as f32);
        }
        let bias: Vec<f32> = (beta.iter().zip(&mean).zip(&factors))
            .map(|((beta, mean), factor)| (f64::from(*beta) - f64::from(*mean) * factor) as f32)
            .collect();
        weights.insert(format!("{convolution}.bias"), Weight { shape: vec![bias.len()], values: bias });
    }
    Ok(weights)
}
