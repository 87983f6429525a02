//! GoogLeNet: [Going Deeper with Convolutions](https://arxiv.org/abs/1409.4842), whose Inception blocks look at several
//! scales side by side; with batch norms, and without the auxiliary classifiers. Layers are named as torchvision's keys.

use serde::{Deserialize, Serialize};

use crate::checkpoint::CheckpointError;
use crate::encoder::description::{Builder, Conv, MaxPool, Value};
use crate::encoder::family::{BackboneConfig, NoSizes};
use crate::photo::InputSpec;
use crate::weights::Weights;

const EPSILON: f64 = 1e-3;
const CHECKPOINT: (&str, &str) = ("GoogLeNet checkpoint", "conv1.conv.weight");

/// There is one of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GoogLeNetConfig(NoSizes);

/// An Inception block: its name, and the channels of 1×1; of 1×1 before 3×3, and 3×3; again; of 1×1 behind the pooling.
type Inception = (&'static str, usize, [usize; 2], [usize; 2], usize);

const STAGES: [&[Inception]; 3] = [
    &[("inception3a", 64, [96, 128], [16, 32], 32), ("inception3b", 128, [128, 192], [32, 96], 64)],
    &[
        ("inception4a", 192, [96, 208], [16, 48], 64),
        ("inception4b", 160, [112, 224], [24, 64], 64),
        ("inception4c", 128, [128, 256], [24, 64], 64),
        ("inception4d", 112, [144, 288], [32, 64], 64),
        ("inception4e", 256, [160, 320], [32, 128], 128),
    ],
    &[("inception5a", 256, [160, 320], [32, 128], 128), ("inception5b", 384, [192, 384], [48, 128], 128)],
];

impl BackboneConfig for GoogLeNetConfig {
    fn known() -> Vec<(&'static str, Self)> {
        vec![("googlenet", Self(NoSizes {}))]
    }

    fn checkpoint() -> (&'static str, &'static str) {
        CHECKPOINT
    }

    /// The auxiliary classifiers taught the lower layers and do nothing after that.
    fn is_left_out(name: &str) -> bool {
        name.starts_with("aux1.") || name.starts_with("aux2.")
    }

    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError> {
        let (expected, first) = CHECKPOINT;
        match [first, "inception3a.branch1.conv.weight"].into_iter().find(|key| !shapes.contains_key(*key)) {
            None => Ok(Self(NoSizes {})),
            Some(key) => Err(CheckpointError::Unrecognised { expected, key: key.into() }),
        }
    }

    fn title(&self) -> String {
        "GoogLeNet".into()
    }

    /// torchvision's weights come from TensorFlow; its network brings ImageNet's mean and deviation back to these by
    /// itself, which a state dict does not tell.
    fn input(&self) -> InputSpec {
        InputSpec { mean: vec![0.5; 3], std: vec![0.5; 3], ..InputSpec::imagenet() }
    }

    fn trunk(&self, net: &mut Builder, x: Value) -> Value {
        let x = convolution(net, "conv1", x, 64, Conv::new(7).stride(2).padding(3));
        let x = net.max_pool("maxpool1", x, MaxPool::new(3, 2).ceil());
        let x = convolution(net, "conv2", x, 64, Conv::new(1));
        let x = convolution(net, "conv3", x, 192, Conv::new(3).padding(1));
        let x = net.max_pool("maxpool2", x, MaxPool::new(3, 2).ceil());
        let mut x = net.end_stage(x);
        for (stage, blocks) in STAGES.into_iter().enumerate() {
            for block in blocks {
                x = net.block(block.0, "Inception", |net| inception(net, x, block));
            }
            match stage {
                0 => x = net.max_pool("maxpool3", x, MaxPool::new(3, 2).ceil()),
                1 => x = net.max_pool("maxpool4", x, MaxPool::new(2, 2).ceil()),
                _ => {}
            }
            x = net.end_stage(x);
        }
        x
    }

    fn head(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.average_pool(x, "AdaptiveAvgPool2d");
        let x = net.flatten(x);
        let x = net.dropout(x, 0.2);
        net.linear("fc", x, 1000)
    }
}

fn convolution(net: &mut Builder, name: &str, x: Value, channels: usize, conv: Conv) -> Value {
    net.block(name, "BasicConv2d", |net| {
        let x = net.conv("conv", x, channels, conv);
        let x = net.norm("bn", x, EPSILON);
        net.plain_relu(x)
    })
}

/// torchvision's third branch has 3×3 kernels where the paper has 5×5, and its weights were trained so.
fn inception(net: &mut Builder, x: Value, (_, one, three, five, pooled): &Inception) -> Value {
    let first = convolution(net, "branch1", x, *one, Conv::new(1));
    let second = convolution(net, "branch2.0", x, three[0], Conv::new(1));
    let second = convolution(net, "branch2.1", second, three[1], Conv::new(3).padding(1));
    let third = convolution(net, "branch3.0", x, five[0], Conv::new(1));
    let third = convolution(net, "branch3.1", third, five[1], Conv::new(3).padding(1));
    let fourth = net.max_pool("branch4.0", x, MaxPool::new(3, 1).padding(1).ceil());
    let fourth = convolution(net, "branch4.1", fourth, *pooled, Conv::new(1));
    net.concat(&[first, second, third, fourth])
}
