//! A family of backbones for the tests alone: two convolutions, with nothing in common with the others. It shows that a
//! family takes a file and its line in `families.rs`, and no more.

use serde::{Deserialize, Serialize};

use crate::bounds::{FieldError, within};
use crate::checkpoint::CheckpointError;
use crate::encoder::description::{Builder, Conv, Value};
use crate::encoder::family::BackboneConfig;
use crate::photo::InputSpec;
use crate::weights::Weights;

const CHECKPOINT: (&str, &str) = ("Tiny checkpoint", "first.weight");

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TinyConfig {
    pub channels: usize,
}

impl BackboneConfig for TinyConfig {
    fn known() -> Vec<(&'static str, Self)> {
        vec![("tiny", Self { channels: 5 })]
    }

    fn checkpoint() -> (&'static str, &'static str) {
        CHECKPOINT
    }

    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError> {
        let (expected, key) = CHECKPOINT;
        let first = shapes.get(key).ok_or_else(|| CheckpointError::Unrecognised { expected, key: key.into() })?;
        Ok(Self { channels: first.shape.first().copied().unwrap_or(0) })
    }

    fn title(&self) -> String {
        // Whatever sizes members can differ in belongs into their names.
        format!("Tiny of {} channels", self.channels)
    }

    fn check(&self) -> Result<(), FieldError> {
        within("encoder.channels", self.channels, 1, 1024)
    }

    fn input(&self) -> InputSpec {
        InputSpec { size: 64, mean: vec![0.5; 3], std: vec![0.5; 3], ..InputSpec::imagenet() }
    }

    fn trunk(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.conv("first", x, self.channels, Conv::new(3).stride(2).padding(1).biased());
        let x = net.relu(x);
        let x = net.end_stage(x);
        let x = net.conv("second", x, self.channels, Conv::new(3).stride(2).padding(1));
        let x = net.norm("norm", x, 1e-5);
        let x = net.relu(x);
        net.end_stage(x)
    }

    fn head(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.average_pool(x, "AdaptiveAvgPool2d");
        let x = net.flatten(x);
        net.linear("fc", x, 3)
    }
}
