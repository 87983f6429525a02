//! AlexNet: [One weird trick](https://arxiv.org/abs/1404.5997), the form of
//! [the network of 2012](https://doi.org/10.1145/3065386) that torchvision has, with which deep learning for pictures
//! began. Its grid is 6 by 6 cells, behind the last pooling. Layers are named as torchvision's keys.

use serde::{Deserialize, Serialize};

use crate::checkpoint::CheckpointError;
use crate::encoder::description::{Builder, Conv, MaxPool, Value};
use crate::encoder::family::{BackboneConfig, NoSizes};
use crate::photo::InputSpec;
use crate::weights::Weights;

const CHECKPOINT: (&str, &str) = ("AlexNet checkpoint", "features.0.weight");

/// There is one of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AlexNetConfig(NoSizes);

impl BackboneConfig for AlexNetConfig {
    fn known() -> Vec<(&'static str, Self)> {
        vec![("alexnet", Self(NoSizes {}))]
    }

    fn checkpoint() -> (&'static str, &'static str) {
        CHECKPOINT
    }

    /// A VGG has the same first key, for smaller kernels.
    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError> {
        let (expected, key) = CHECKPOINT;
        let first = shapes.get(key).map(|weight| &weight.shape[..]);
        match first {
            Some([_, _, 11, 11]) => Ok(Self(NoSizes {})),
            _ => Err(CheckpointError::Unrecognised { expected, key: format!("{key} of 11×11 kernels") }),
        }
    }

    fn title(&self) -> String {
        "AlexNet".into()
    }

    fn input(&self) -> InputSpec {
        InputSpec::imagenet()
    }

    fn trunk(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.conv("features.0", x, 64, Conv::new(11).stride(4).padding(2).biased());
        let x = net.relu(x);
        let x = net.max_pool("features.2", x, MaxPool::new(3, 2));
        let x = net.end_stage(x);
        let x = net.conv("features.3", x, 192, Conv::new(5).padding(2).biased());
        let x = net.relu(x);
        let x = net.max_pool("features.5", x, MaxPool::new(3, 2));
        let x = net.end_stage(x);
        let x = net.conv("features.6", x, 384, Conv::new(3).padding(1).biased());
        let x = net.relu(x);
        let x = net.end_stage(x);
        let x = net.conv("features.8", x, 256, Conv::new(3).padding(1).biased());
        let x = net.relu(x);
        let x = net.end_stage(x);
        let x = net.conv("features.10", x, 256, Conv::new(3).padding(1).biased());
        let x = net.relu(x);
        let x = net.max_pool("features.12", x, MaxPool::new(3, 2));
        net.end_stage(x)
    }

    fn head(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.flatten(x);
        let x = net.dropout(x, 0.5);
        let x = net.linear("classifier.1", x, 4096);
        let x = net.relu(x);
        let x = net.dropout(x, 0.5);
        let x = net.linear("classifier.4", x, 4096);
        let x = net.relu(x);
        net.linear("classifier.6", x, 1000)
    }
}
