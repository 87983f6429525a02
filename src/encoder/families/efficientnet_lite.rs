//! EfficientNet-Lite 0, 1 and 2: [EfficientNet](https://arxiv.org/abs/1905.11946) without squeeze-and-excitation and with
//! ReLU6, for phones. Google's weights saw ImageNet; layers are named as `efficientnet-lite-pytorch` names them, whose
//! files are those weights converted.

use serde::{Deserialize, Serialize};

use crate::bounds::{FieldError, within};
use crate::checkpoint::CheckpointError;
use crate::encoder::description::{Builder, Conv, Value};
use crate::encoder::family::BackboneConfig;
use crate::photo::InputSpec;
use crate::weights::Weights;

const EPSILON: f64 = 1e-3;
const CHECKPOINT: (&str, &str) = ("EfficientNet-Lite checkpoint", "_conv_stem.weight");

/// What a member's number says about its sizes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EfficientNetLiteConfig {
    /// 0, 1 or 2
    pub variant: usize,
}

/// Blocks of the same size, of which the first has the stride.
struct Group {
    blocks: usize,
    kernel: usize,
    stride: usize,
    /// A block works in this many times the channels that it gets.
    expansion: usize,
    channels: usize,
}

/// Those of EfficientNet-B0: blocks, kernel, stride, expansion, channels.
const GROUPS: [[usize; 5]; 7] = [
    [1, 3, 1, 1, 16],
    [2, 3, 2, 6, 24],
    [2, 5, 2, 6, 40],
    [3, 3, 2, 6, 80],
    [3, 5, 1, 6, 112],
    [4, 5, 2, 6, 192],
    [1, 3, 1, 6, 320],
];
/// The width of the stem and of the last convolution are the same in all members.
const STEM: usize = 32;
const LAST: usize = 1280;

impl EfficientNetLiteConfig {
    /// The larger members have wider layers, in eights, and more blocks in all groups but the first and the last.
    fn groups(&self) -> Vec<Group> {
        let (width, depth) = [(1.0, 1.0), (1.0, 1.1), (1.1, 1.2)][self.variant.min(2)];
        let sized = |(place, [blocks, kernel, stride, expansion, channels]): (usize, &[usize; 5])| {
            let is_fixed = place == 0 || place == GROUPS.len() - 1;
            Group {
                blocks: if is_fixed { *blocks } else { (*blocks as f64 * depth).ceil() as usize },
                kernel: *kernel,
                stride: *stride,
                expansion: *expansion,
                channels: in_eights(*channels as f64 * width),
            }
        };
        GROUPS.iter().enumerate().map(sized).collect()
    }
}

/// The nearest multiple of eight that is not more than a tenth below.
fn in_eights(channels: f64) -> usize {
    let nearest = ((channels + 4.0) as usize / 8 * 8).max(8);
    if (nearest as f64) < 0.9 * channels { nearest + 8 } else { nearest }
}

impl BackboneConfig for EfficientNetLiteConfig {
    fn known() -> Vec<(&'static str, Self)> {
        let names = ["efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2"];
        names.into_iter().enumerate().map(|(variant, name)| (name, Self { variant })).collect()
    }

    fn checkpoint() -> (&'static str, &'static str) {
        CHECKPOINT
    }

    /// By its number of blocks, and its width, which Lite0 and Lite1 share.
    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError> {
        let (expected, stem) = CHECKPOINT;
        if !shapes.contains_key(stem) {
            return Err(CheckpointError::Unrecognised { expected, key: stem.into() });
        }
        if shapes.keys().any(|name| name.contains("._se_reduce.")) {
            return Err(CheckpointError::Unsupported(
                "this EfficientNet has squeeze-and-excitation; only EfficientNet-Lite is supported".into(),
            ));
        }
        let blocks = (0..).take_while(|n| shapes.contains_key(&format!("_blocks.{n}._project_conv.weight"))).count();
        let last = format!("_blocks.{}._project_conv.weight", blocks.saturating_sub(1));
        let width = shapes.get(&last).and_then(|weight| weight.shape.first().copied());
        let found = (0..3).map(|variant| Self { variant }).find(|config| {
            let groups = config.groups();
            let count: usize = groups.iter().map(|group| group.blocks).sum();
            count == blocks && groups.last().map(|group| group.channels) == width
        });
        found.ok_or_else(|| {
            let width = width.unwrap_or(0);
            CheckpointError::Unsupported(format!(
                "an EfficientNet-Lite of {blocks} blocks that end in {width} channels is none that is known; Lite0, \
                 Lite1 and Lite2 are"
            ))
        })
    }

    fn title(&self) -> String {
        format!("EfficientNet-Lite{}", self.variant)
    }

    fn check(&self) -> Result<(), FieldError> {
        within("encoder.variant", self.variant, 0, 2)
    }

    /// `(x - 127) / 128` of values from 0 to 255.
    fn input(&self) -> InputSpec {
        InputSpec { mean: vec![127.0 / 255.0; 3], std: vec![128.0 / 255.0; 3], ..InputSpec::imagenet() }
    }

    fn trunk(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.conv("_conv_stem", x, STEM, Conv::new(3).stride(2).same());
        let x = net.norm("_bn0", x, EPSILON);
        let x = net.relu6(x);
        let mut x = net.end_stage(x);
        let mut block = 0;
        for group in self.groups() {
            for place in 0..group.blocks {
                let name = format!("_blocks.{block}");
                let stride = if place == 0 { group.stride } else { 1 };
                x = net.block(&name, "MBConvBlock", |net| inverted_bottleneck(net, x, &group, stride));
                block += 1;
            }
            x = net.end_stage(x);
        }
        let x = net.conv("_conv_head", x, LAST, Conv::new(1).same());
        let x = net.norm("_bn1", x, EPSILON);
        let x = net.relu6(x);
        net.end_stage(x)
    }

    fn head(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.average_pool(x, "AdaptiveAvgPool2d");
        let x = net.flatten(x);
        let x = net.dropout(x, 0.2);
        net.linear("_fc", x, 1000)
    }

    /// As a ResNet's: what a block adds is made smaller, but large enough that ReLU6's bound is met.
    fn synthetic_gain(&self, layer: &str) -> f64 {
        if layer.ends_with("._project_conv") { 0.75 } else { 1.0 }
    }
}

/// Wider, then each channel by itself, then narrower.
fn inverted_bottleneck(net: &mut Builder, input: Value, group: &Group, stride: usize) -> Value {
    let mut x = input;
    if group.expansion > 1 {
        x = net.conv("_expand_conv", x, input.channels * group.expansion, Conv::new(1).same());
        x = net.norm("_bn0", x, EPSILON);
        x = net.relu6(x);
    }
    let depthwise = Conv::new(group.kernel).stride(stride).same().groups(x.channels);
    let x = net.conv("_depthwise_conv", x, x.channels, depthwise);
    let x = net.norm("_bn1", x, EPSILON);
    let x = net.relu6(x);
    let x = net.conv("_project_conv", x, group.channels, Conv::new(1).same());
    let x = net.norm("_bn2", x, EPSILON);
    if stride == 1 && input.channels == group.channels { net.add(x, input) } else { x }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_googles() {
        let sizes = |variant: usize| -> (Vec<usize>, Vec<usize>) {
            let groups = EfficientNetLiteConfig { variant }.groups();
            groups.iter().map(|group| (group.blocks, group.channels)).unzip()
        };
        assert_eq!(sizes(0), (vec![1, 2, 2, 3, 3, 4, 1], vec![16, 24, 40, 80, 112, 192, 320]));
        assert_eq!(sizes(1), (vec![1, 3, 3, 4, 4, 5, 1], vec![16, 24, 40, 80, 112, 192, 320]));
        assert_eq!(sizes(2), (vec![1, 3, 3, 4, 4, 5, 1], vec![16, 24, 48, 88, 120, 208, 352]));
    }
}
