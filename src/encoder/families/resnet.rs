//! ResNet-50 and ResNet-101 trunks: [Deep Residual Learning](https://arxiv.org/abs/1512.03385), in the form of
//! torchvision, which puts a block's stride on its 3×3 convolution. Field names are torchvision's keys.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::bounds::{FieldError, within};
use crate::checkpoint::{CheckpointError, check, unwrapped};
use crate::encoder::family::{Backbone, BackboneConfig, Norms};
use crate::encoder::fold_norm::fold_norm;
use crate::layer_table::Layer;
use crate::photo::InputSpec;
use crate::weights::{Slot, Weights};

/// A bottleneck block puts out this many times the channels that it works in.
const EXPANSION: usize = 4;
const BATCH_NORM_EPSILON: f64 = 1e-5;
/// The first key of a checkpoint.
const STEM: &str = "conv1.weight";

/// The shape of a residual net of bottleneck blocks.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResNetConfig {
    /// Blocks in each of the four stages.
    pub blocks: [usize; 4],
    /// Channels of the stem; stage `n` puts out `width * 4 * 2^n`.
    pub width: usize,
}

impl ResNetConfig {
    pub fn resnet50() -> Self {
        Self { blocks: [3, 4, 6, 3], width: 64 }
    }

    pub fn resnet101() -> Self {
        Self { blocks: [3, 4, 23, 3], width: 64 }
    }

    fn stage_channels(&self, stage: usize) -> usize {
        (self.width * EXPANSION) << stage
    }
}

impl BackboneConfig for ResNetConfig {
    type Network = ResNet;

    fn known() -> Vec<(&'static str, Self)> {
        vec![("resnet50", Self::resnet50()), ("resnet101", Self::resnet101())]
    }

    fn title(&self) -> String {
        let layers = 2 + 3 * self.blocks.iter().sum::<usize>();
        match self.width {
            64 => format!("ResNet-{layers}"),
            width => format!("ResNet-{layers} of width {width}"),
        }
    }

    fn check(&self) -> Result<(), FieldError> {
        within("encoder.width", self.width, 1, 1024)?;
        self.blocks.iter().try_for_each(|blocks| within("encoder.blocks", *blocks, 1, 256))
    }

    fn input(&self) -> InputSpec {
        InputSpec::imagenet()
    }

    fn stages(&self) -> usize {
        self.blocks.len()
    }

    fn shape_after(&self, stages: usize, size: usize) -> [usize; 3] {
        // The stem halves the side twice, every stage but the first once more, and each rounds up.
        let stem = size.div_ceil(2).div_ceil(2);
        let side = (1..stages).fold(stem, |side, _| side.div_ceil(2));
        match stages.checked_sub(1) {
            None => [self.width, stem, stem],
            Some(last) => [self.stage_channels(last), side, side],
        }
    }

    /// A row for the stem and for each block.
    fn layers(&self, size: usize) -> Vec<Layer> {
        let slots = self.slots(Norms::Folded);
        let row = |name: String, output: [usize; 3]| {
            let prefix = format!("{name}.");
            let parameters = slots.iter().filter(|slot| slot.name.starts_with(&prefix)).map(Slot::elements).sum();
            Layer { name, output: output.to_vec(), parameters }
        };
        let half = size.div_ceil(2);
        let mut layers =
            vec![row("conv1".into(), [self.width, half, half]), row("maxpool".into(), self.shape_after(0, size))];
        for (stage, blocks) in self.blocks.iter().enumerate() {
            let output = self.shape_after(stage + 1, size);
            layers.extend((0..*blocks).map(|block| row(format!("layer{}.{block}", stage + 1), output)));
        }
        layers
    }

    fn init(&self, norms: Norms, device: &Device) -> ResNet {
        let stage = |stage: usize| {
            let channels_in = if stage == 0 { self.width } else { self.stage_channels(stage - 1) };
            (0..self.blocks[stage])
                .map(|block| {
                    let first = block == 0;
                    let channels_in = if first { channels_in } else { self.stage_channels(stage) };
                    let stride = if first && stage > 0 { 2 } else { 1 };
                    Bottleneck::init(channels_in, self.width << stage, stride, first, norms, device)
                })
                .collect()
        };
        ResNet {
            conv1: convolution([3, self.width], 7, 2, norms, device),
            bn1: batch_norm(self.width, norms, device),
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

    /// Reads a torchvision state dict, or the `nn.Sequential` of a trunk's children that captioning code often saves.
    fn from_checkpoint(weights: &mut Weights) -> Result<Self, CheckpointError> {
        if !weights.keys().any(|name| torchvision_name(bare_name(name)) == STEM) {
            return Err(CheckpointError::Unrecognised { expected: "ResNet checkpoint", key: STEM.into() });
        }
        let unwrapped = unwrapped(unwrapped(std::mem::take(weights), "encoder."), "resnet.");
        *weights = unwrapped
            .into_iter()
            .map(|(name, weight)| (torchvision_name(&name), weight))
            .filter(|(name, _)| !name.starts_with("fc.") && !name.ends_with("num_batches_tracked"))
            .collect();
        let config = recognised(weights)?;
        let norms = if weights.contains_key("conv1.bias") { Norms::Folded } else { Norms::Separate };
        check(weights, &config.slots(norms))?;
        if norms == Norms::Separate {
            fold_norms(weights)?;
        }
        Ok(config)
    }

    /// A residual net that doubles at every block amplifies rounding too, so a block's last convolution is scaled down.
    fn synthetic_gain(&self, layer: &str) -> f64 {
        if layer == "conv3" { 0.25 } else { 1.0 }
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

impl Backbone for ResNet {
    fn stages(&self) -> usize {
        4
    }

    fn stem(&self, input: Tensor<4>) -> Tensor<4> {
        self.maxpool.forward(relu(normalised(&self.bn1, self.conv1.forward(input))))
    }

    fn stage(&self, index: usize, x: Tensor<4>) -> Tensor<4> {
        let stages = [&self.layer1, &self.layer2, &self.layer3, &self.layer4];
        stages[index].iter().fold(x, |x, block| block.forward(x))
    }
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
    fn init(channels_in: usize, width: usize, stride: usize, downsample: bool, norms: Norms, device: &Device) -> Self {
        let channels_out = width * EXPANSION;
        Self {
            conv1: convolution([channels_in, width], 1, 1, norms, device),
            bn1: batch_norm(width, norms, device),
            conv2: convolution([width, width], 3, stride, norms, device),
            bn2: batch_norm(width, norms, device),
            conv3: convolution([width, channels_out], 1, 1, norms, device),
            bn3: batch_norm(channels_out, norms, device),
            downsample: downsample.then(|| {
                (
                    convolution([channels_in, channels_out], 1, stride, norms, device),
                    batch_norm(channels_out, norms, device),
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

fn convolution(channels: [usize; 2], kernel: usize, stride: usize, norms: Norms, device: &Device) -> Conv2d {
    let padding = kernel / 2;
    Conv2dConfig::new(channels, [kernel, kernel])
        .with_stride([stride, stride])
        .with_padding(PaddingConfig2d::Explicit(padding, padding, padding, padding))
        .with_bias(norms == Norms::Folded)
        .init(device)
}

fn batch_norm(channels: usize, norms: Norms, device: &Device) -> Option<BatchNorm> {
    (norms == Norms::Separate).then(|| BatchNormConfig::new(channels).with_epsilon(BATCH_NORM_EPSILON).init(device))
}

fn recognised(weights: &Weights) -> Result<ResNetConfig, CheckpointError> {
    let expected = "ResNet checkpoint";
    let stem = weights.get(STEM).ok_or_else(|| CheckpointError::Unrecognised { expected, key: STEM.into() })?;
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

/// The last parts of a key, as many as the stem's have, whatever people wrapped around them.
fn bare_name(name: &str) -> &str {
    let mut dots = name.rmatch_indices('.').map(|(at, _)| at + 1);
    &name[dots.nth(1).unwrap_or(0)..]
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

/// Folds each BatchNorm into the convolution before it.
fn fold_norms(weights: &mut Weights) -> Result<(), CheckpointError> {
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
        fold_norm(weights, &convolution, &norm, BATCH_NORM_EPSILON)?;
    }
    Ok(())
}
