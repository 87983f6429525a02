//! A second family of backbones, for the tests alone: two convolutions, with nothing in common with the others. It shows
//! that a family takes a file and a line in `families.rs`, and no more.

use burn::module::Module;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::family::{Backbone, BackboneConfig, Norms};
use super::fold_norm::fold_norm;
use crate::bounds::{FieldError, within};
use crate::checkpoint::{CheckpointError, check};
use crate::layer_table::Layer;
use crate::photo::InputSpec;
use crate::weights::{Slot, Weights};

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
        "Tiny".into()
    }

    fn check(&self) -> Result<(), FieldError> {
        within("encoder.channels", self.channels, 1, 1024)
    }

    fn input(&self) -> InputSpec {
        InputSpec { size: 64, mean: [0.5; 3], std: [0.5; 3] }
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

    fn from_checkpoint(weights: &Weights) -> Result<(Self, Weights), CheckpointError> {
        let first = weights
            .get("first.weight")
            .ok_or_else(|| CheckpointError::Unrecognised { expected: "Tiny checkpoint", key: "first.weight".into() })?;
        let config = Self { channels: first.shape[0] };
        let norms = if weights.contains_key("norm.weight") { Norms::Separate } else { Norms::Folded };
        check(weights, &config.slots(norms))?;
        let mut weights = weights.clone();
        if norms == Norms::Separate {
            fold_norm(&mut weights, "second", "norm", 1e-5)?;
        }
        Ok((config, weights))
    }
}

impl Backbone for Tiny {
    const STAGES: usize = 1;

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
