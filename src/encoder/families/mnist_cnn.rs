//! The small network with which lectures begin: two convolutions with batch norms that read MNIST's handwritten digits, of
//! 28 by 28 pixels, and a hidden layer of 600.

use serde::{Deserialize, Serialize};

use crate::checkpoint::CheckpointError;
use crate::encoder::description::{Builder, Conv, MaxPool, Value};
use crate::encoder::family::{BackboneConfig, NoSizes};
use crate::photo::InputSpec;
use crate::weights::Weights;

const EPSILON: f64 = 1e-5;
const CHECKPOINT: (&str, &str) = ("checkpoint of the MNIST network", "cnn1.weight");

/// There is one of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MnistCnnConfig(NoSizes);

impl BackboneConfig for MnistCnnConfig {
    fn known() -> Vec<(&'static str, Self)> {
        vec![("mnist_cnn", Self(NoSizes {}))]
    }

    fn checkpoint() -> (&'static str, &'static str) {
        CHECKPOINT
    }

    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError> {
        let (expected, first) = CHECKPOINT;
        match [first, "cnn2.weight"].into_iter().find(|key| !shapes.contains_key(*key)) {
            None => Ok(Self(NoSizes {})),
            Some(key) => Err(CheckpointError::Unrecognised { expected, key: key.into() }),
        }
    }

    fn title(&self) -> String {
        "MNIST network".into()
    }

    fn input(&self) -> InputSpec {
        InputSpec::digit(28)
    }

    fn trunk(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.conv("cnn1", x, 8, Conv::new(3).padding(1).biased());
        let x = net.norm("batch_norm1", x, EPSILON);
        let x = net.relu(x);
        let x = net.max_pool("maxpool1", x, MaxPool::new(2, 2));
        let x = net.end_stage(x);
        let x = net.conv("cnn2", x, 32, Conv::new(5).padding(2).biased());
        let x = net.norm("batch_norm2", x, EPSILON);
        let x = net.relu(x);
        let x = net.max_pool("maxpool2", x, MaxPool::new(2, 2));
        net.end_stage(x)
    }

    fn head(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.flatten(x);
        let x = net.linear("fc1", x, 600);
        let x = net.relu(x);
        let x = net.dropout(x, 0.5);
        net.linear("fc2", x, 10)
    }
}
