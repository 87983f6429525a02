//! VGG-16: [Very Deep Convolutional Networks](https://arxiv.org/abs/1409.1556), nothing but 3×3 convolutions and pooling.
//! Its grid is what comes before the last pooling, four times as fine as most. Layers are named as torchvision's keys.

use serde::{Deserialize, Serialize};

use crate::checkpoint::CheckpointError;
use crate::encoder::description::{Builder, Conv, MaxPool, Value};
use crate::encoder::family::{BackboneConfig, NoSizes};
use crate::photo::InputSpec;
use crate::weights::Weights;

const CHECKPOINT: (&str, &str) = ("VGG-16 checkpoint", "features.0.weight");
/// Convolutions of each block, and their channels.
const BLOCKS: [(usize, usize); 5] = [(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)];

/// There is one of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Vgg16Config(NoSizes);

impl BackboneConfig for Vgg16Config {
    fn known() -> Vec<(&'static str, Self)> {
        vec![("vgg16", Self(NoSizes {}))]
    }

    fn checkpoint() -> (&'static str, &'static str) {
        CHECKPOINT
    }

    /// AlexNet has the same first key, for larger kernels.
    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError> {
        let (expected, key) = CHECKPOINT;
        let shape = |key: &str| shapes.get(key).map(|weight| &weight.shape[..]);
        if !matches!(shape(key), Some([64, 3, 3, 3])) {
            return Err(CheckpointError::Unrecognised { expected, key: format!("{key} of 3×3 kernels") });
        }
        // The second convolution of any VGG, without norms and with them; other networks begin with the same first one.
        if !["features.2.weight", "features.3.weight"].into_iter().any(|key| matches!(shape(key), Some([_, 64, 3, 3])))
        {
            return Err(CheckpointError::Unrecognised { expected, key: "features.2.weight of 3×3 kernels".into() });
        }
        // The 28th place is the last convolution of VGG-16 alone; where norms stand between, or another number of layers.
        match shapes.contains_key("features.28.weight") && !shapes.contains_key("features.1.running_mean") {
            true => Ok(Self(NoSizes {})),
            false => Err(CheckpointError::Unsupported(
                "this VGG has another depth, or norms; only VGG-16 without norms is supported".into(),
            )),
        }
    }

    fn title(&self) -> String {
        "VGG-16".into()
    }

    fn input(&self) -> InputSpec {
        InputSpec::imagenet()
    }

    fn trunk(&self, net: &mut Builder, mut x: Value) -> Value {
        // torchvision counts convolutions, ReLUs and poolings in one row.
        let mut place = 0;
        for (block, (convolutions, channels)) in BLOCKS.into_iter().enumerate() {
            for _ in 0..convolutions {
                x = net.conv(&format!("features.{place}"), x, channels, Conv::new(3).padding(1).biased());
                x = net.relu(x);
                place += 2;
            }
            if block < BLOCKS.len() - 1 {
                x = net.max_pool(&format!("features.{place}"), x, MaxPool::new(2, 2));
                place += 1;
            }
            x = net.end_stage(x);
        }
        x
    }

    fn head(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.max_pool("features.30", x, MaxPool::new(2, 2));
        let x = net.flatten(x);
        let x = net.linear("classifier.0", x, 4096);
        let x = net.relu(x);
        let x = net.dropout(x, 0.5);
        let x = net.linear("classifier.3", x, 4096);
        let x = net.relu(x);
        let x = net.dropout(x, 0.5);
        net.linear("classifier.6", x, 1000)
    }
}
