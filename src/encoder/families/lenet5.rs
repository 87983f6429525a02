//! LeNet-5: [Gradient-Based Learning Applied to Document Recognition](https://doi.org/10.1109/5.726791), which reads
//! handwritten digits of 32 by 32 pixels; with ReLU and max-pooling, as it is taught today. Layers are named as in the
//! paper.

use serde::{Deserialize, Serialize};

use crate::checkpoint::CheckpointError;
use crate::encoder::description::{Builder, Conv, MaxPool, Value};
use crate::encoder::family::{BackboneConfig, NoSizes};
use crate::photo::InputSpec;
use crate::weights::Weights;

const CHECKPOINT: (&str, &str) = ("LeNet-5 checkpoint", "c1.weight");

/// There is one of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeNet5Config(NoSizes);

impl BackboneConfig for LeNet5Config {
    fn known() -> Vec<(&'static str, Self)> {
        vec![("lenet5", Self(NoSizes {}))]
    }

    fn checkpoint() -> (&'static str, &'static str) {
        CHECKPOINT
    }

    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError> {
        let (expected, first) = CHECKPOINT;
        match [first, "c3.weight", "c5.weight"].into_iter().find(|key| !shapes.contains_key(*key)) {
            None => Ok(Self(NoSizes {})),
            Some(key) => Err(CheckpointError::Unrecognised { expected, key: key.into() }),
        }
    }

    fn title(&self) -> String {
        "LeNet-5".into()
    }

    fn input(&self) -> InputSpec {
        InputSpec::digit(32)
    }

    fn trunk(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.conv("c1", x, 6, Conv::new(5).biased());
        let x = net.relu(x);
        let x = net.max_pool("s2", x, MaxPool::new(2, 2));
        let x = net.end_stage(x);
        let x = net.conv("c3", x, 16, Conv::new(5).biased());
        let x = net.relu(x);
        let x = net.max_pool("s4", x, MaxPool::new(2, 2));
        let x = net.end_stage(x);
        let x = net.conv("c5", x, 120, Conv::new(5).biased());
        let x = net.relu(x);
        net.end_stage(x)
    }

    fn head(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.flatten(x);
        let x = net.linear("f6", x, 84);
        let x = net.relu(x);
        let x = net.linear("output", x, 10);
        net.log_softmax(x)
    }
}
