//! ResNet-50 and ResNet-101: [Deep Residual Learning](https://arxiv.org/abs/1512.03385), in the form of torchvision, which
//! puts a block's stride on its 3×3 convolution. Layers are named as torchvision's keys.

use serde::{Deserialize, Serialize};

use crate::bounds::{FieldError, within};
use crate::checkpoint::{CheckpointError, unwrapped_name};
use crate::encoder::description::{Builder, Conv, MaxPool, Value};
use crate::encoder::family::BackboneConfig;
use crate::photo::InputSpec;
use crate::weights::Weights;

/// A bottleneck block puts out this many times the channels that it works in.
const EXPANSION: usize = 4;
const EPSILON: f64 = 1e-5;
const CHECKPOINT: (&str, &str) = ("ResNet checkpoint", "conv1.weight");

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
}

impl BackboneConfig for ResNetConfig {
    fn known() -> Vec<(&'static str, Self)> {
        vec![("resnet50", Self::resnet50()), ("resnet101", Self::resnet101())]
    }

    fn checkpoint() -> (&'static str, &'static str) {
        CHECKPOINT
    }

    /// `nn.Sequential(*list(resnet.children())[:-2])`, which captioning code often saves, numbers the children that
    /// torchvision names.
    fn published_name(name: String) -> String {
        let child = |number: &str| match number {
            "0" => Some("conv1"),
            "1" => Some("bn1"),
            "4" => Some("layer1"),
            "5" => Some("layer2"),
            "6" => Some("layer3"),
            "7" => Some("layer4"),
            _ => None,
        };
        let name = unwrapped_name(&name, "resnet.");
        match name.split_once('.') {
            Some((number, rest)) if child(number).is_some() => format!("{}.{rest}", child(number).unwrap_or_default()),
            _ => name.to_string(),
        }
    }

    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError> {
        let (expected, stem) = CHECKPOINT;
        let stem = shapes.get(stem).ok_or_else(|| CheckpointError::Unrecognised { expected, key: stem.into() })?;
        if shapes.contains_key("layer1.0.conv1.weight") && !shapes.contains_key("layer1.0.conv3.weight") {
            return Err(CheckpointError::Unsupported(
                "this ResNet has basic blocks (ResNet-18 or ResNet-34); only those with bottlenecks are supported"
                    .into(),
            ));
        }
        let blocks = [1, 2, 3, 4].map(|stage| {
            (0..).take_while(|block| shapes.contains_key(&format!("layer{stage}.{block}.conv1.weight"))).count()
        });
        if let Some(stage) = blocks.iter().position(|count| *count == 0) {
            return Err(CheckpointError::Unrecognised { expected, key: format!("layer{}.0.conv1.weight", stage + 1) });
        }
        Ok(Self { blocks, width: stem.shape.first().copied().unwrap_or(0) })
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

    fn trunk(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.conv("conv1", x, self.width, Conv::new(7).stride(2).padding(3));
        let x = net.norm("bn1", x, EPSILON);
        let x = net.relu(x);
        let x = net.max_pool("maxpool", x, MaxPool::new(3, 2).padding(1));
        let mut x = net.end_stage(x);
        for (stage, blocks) in self.blocks.iter().enumerate() {
            for block in 0..*blocks {
                let stride = if block == 0 && stage > 0 { 2 } else { 1 };
                let name = format!("layer{}.{block}", stage + 1);
                x = net.block(&name, "Bottleneck", |net| bottleneck(net, x, self.width << stage, stride, block == 0));
            }
            x = net.end_stage(x);
        }
        x
    }

    fn head(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.average_pool(x, "AvgPool2d");
        let x = net.flatten(x);
        net.linear("fc", x, 1000)
    }

    /// A residual net that doubles at every block amplifies rounding too, so a block's last convolution is scaled down.
    fn synthetic_gain(&self, layer: &str) -> f64 {
        if layer.ends_with(".conv3") { 0.25 } else { 1.0 }
    }
}

fn bottleneck(net: &mut Builder, input: Value, width: usize, stride: usize, downsample: bool) -> Value {
    let x = net.conv("conv1", input, width, Conv::new(1));
    let x = net.norm("bn1", x, EPSILON);
    let x = net.relu(x);
    let x = net.conv("conv2", x, width, Conv::new(3).stride(stride).padding(1));
    let x = net.norm("bn2", x, EPSILON);
    let x = net.relu(x);
    let x = net.conv("conv3", x, width * EXPANSION, Conv::new(1));
    let x = net.norm("bn3", x, EPSILON);
    let shortcut = match downsample {
        false => input,
        true => {
            let x = net.conv("downsample.0", input, width * EXPANSION, Conv::new(1).stride(stride));
            net.norm("downsample.1", x, EPSILON)
        }
    };
    let x = net.add(x, shortcut);
    net.relu(x)
}
