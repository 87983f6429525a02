//! A second family of backbones, for the tests alone: two convolutions, with nothing in common with the others. It shows
//! that a family takes a file and its line in `families.rs`, and no more.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
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

/// The first key of a checkpoint.
const FIRST: &str = "first.weight";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TinyConfig {
    pub channels: usize,
}

#[derive(Module, Debug)]
pub struct Tiny {
    first: Conv2d,
    second: Conv2d,
    norm: Option<BatchNorm>,
}

impl BackboneConfig for TinyConfig {
    type Network = Tiny;

    fn known() -> Vec<(&'static str, Self)> {
        vec![("tiny", Self { channels: 5 })]
    }

    fn title(&self) -> String {
        // Whatever sizes members can differ in belongs into their names.
        format!("Tiny of {} channels", self.channels)
    }

    fn check(&self) -> Result<(), FieldError> {
        within("encoder.channels", self.channels, 1, 1024)
    }

    fn input(&self) -> InputSpec {
        InputSpec { size: 64, mean: vec![0.5; 3], std: vec![0.5; 3], ink: false }
    }

    fn stages(&self) -> usize {
        1
    }

    fn shape_after(&self, stages: usize, size: usize) -> [usize; 3] {
        let side = if stages == 0 { size.div_ceil(2) } else { size.div_ceil(2).div_ceil(2) };
        [self.channels, side, side]
    }

    fn layers(&self, size: usize) -> Vec<Layer> {
        let slots = self.slots(Norms::Folded);
        let parameters = |layer: &str| slots.iter().filter(|slot| slot.layer() == layer).map(Slot::elements).sum();
        let row = |(stages, name): (usize, &str)| {
            let output = self.shape_after(stages, size).to_vec();
            Layer { name: name.into(), output, parameters: parameters(name) }
        };
        ["first", "second"].into_iter().enumerate().map(row).collect()
    }

    fn init(&self, norms: Norms, device: &Device) -> Tiny {
        let convolution = |from, has_bias| {
            Conv2dConfig::new([from, self.channels], [3, 3])
                .with_stride([2, 2])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .with_bias(has_bias)
                .init(device)
        };
        Tiny {
            first: convolution(3, true),
            second: convolution(self.channels, norms == Norms::Folded),
            norm: (norms == Norms::Separate).then(|| BatchNormConfig::new(self.channels).init(device)),
        }
    }

    fn from_checkpoint(weights: &mut Weights) -> Result<Self, CheckpointError> {
        if !weights.keys().any(|name| name.ends_with(FIRST)) {
            return Err(CheckpointError::Unrecognised { expected: "Tiny checkpoint", key: FIRST.into() });
        }
        *weights = unwrapped(std::mem::take(weights), "encoder.");
        let channels = weights.get(FIRST).and_then(|weight| weight.shape.first().copied()).unwrap_or(0);
        let config = Self { channels };
        config.check()?;
        let norms = if weights.contains_key("norm.weight") { Norms::Separate } else { Norms::Folded };
        check(weights, &config.slots(norms))?;
        if norms == Norms::Separate {
            fold_norm(weights, "second", "norm", 1e-5)?;
        }
        Ok(config)
    }
}

impl Backbone for Tiny {
    fn stages(&self) -> usize {
        1
    }

    fn stem(&self, input: Tensor<4>) -> Tensor<4> {
        relu(self.first.forward(input))
    }

    fn stage(&self, _index: usize, x: Tensor<4>) -> Tensor<4> {
        let x = self.second.forward(x);
        relu(match &self.norm {
            Some(norm) => norm.forward(x),
            None => x,
        })
    }
}
