//! RegNetX-400MF: [Designing Network Design Spaces](https://arxiv.org/abs/2003.13678), a residual net with grouped
//! convolutions for modest machines. Layers are named as torchvision's keys.

use serde::{Deserialize, Serialize};

use crate::bounds::{FieldError, within};
use crate::checkpoint::CheckpointError;
use crate::encoder::description::{Builder, Conv, Value};
use crate::encoder::family::BackboneConfig;
use crate::photo::InputSpec;
use crate::weights::Weights;

const EPSILON: f64 = 1e-5;
const STEM: usize = 32;
const CHECKPOINT: (&str, &str) = ("RegNet checkpoint", "stem.0.weight");

/// The shape of a RegNetX.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegNetConfig {
    /// Blocks in each of the four stages.
    pub blocks: [usize; 4],
    /// Channels of each stage.
    pub widths: [usize; 4],
    /// Channels of each group of a block's 3×3 convolution.
    pub group_width: usize,
}

impl BackboneConfig for RegNetConfig {
    fn known() -> Vec<(&'static str, Self)> {
        let x_400mf = Self { blocks: [1, 2, 7, 12], widths: [32, 64, 160, 400], group_width: 16 };
        vec![("regnet_x_400mf", x_400mf)]
    }

    fn checkpoint() -> (&'static str, &'static str) {
        CHECKPOINT
    }

    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError> {
        let (expected, _) = CHECKPOINT;
        let size = |key: String, axis: usize| {
            let size = shapes.get(&key).and_then(|weight| weight.shape.get(axis).copied());
            size.ok_or(CheckpointError::Unrecognised { expected, key })
        };
        if shapes.keys().any(|name| name.contains(".f.se.")) {
            return Err(CheckpointError::Unsupported(
                "this RegNet has squeeze-and-excitation (RegNetY); only RegNetX is supported".into(),
            ));
        }
        let mut config =
            Self { blocks: [0; 4], widths: [0; 4], group_width: size(format!("{}.f.b.0.weight", block(1, 0)), 1)? };
        for stage in 0..4 {
            let is_there = |place: &usize| shapes.contains_key(&format!("{}.f.a.0.weight", block(stage + 1, *place)));
            config.blocks[stage] = (0..).take_while(is_there).count();
            config.widths[stage] = size(format!("{}.f.c.0.weight", block(stage + 1, 0)), 0)?;
        }
        Ok(config)
    }

    fn title(&self) -> String {
        let known = Self::known().into_iter().any(|(_, config)| config == *self);
        if known {
            "RegNetX-400MF".into()
        } else {
            format!("RegNetX of blocks {:?}, widths {:?}", self.blocks, self.widths)
        }
    }

    fn check(&self) -> Result<(), FieldError> {
        within("encoder.group_width", self.group_width, 1, 1024)?;
        self.blocks.iter().try_for_each(|blocks| within("encoder.blocks", *blocks, 1, 256))?;
        self.widths.iter().try_for_each(|width| {
            within("encoder.widths", *width, 1, 1 << 14)?;
            match width % self.group_width {
                0 => Ok(()),
                _ => Err(FieldError {
                    field: "encoder.widths",
                    value: width.to_string(),
                    wanted: format!("a multiple of encoder.group_width, {}, is needed", self.group_width),
                }),
            }
        })
    }

    fn input(&self) -> InputSpec {
        InputSpec::imagenet()
    }

    fn trunk(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.conv("stem.0", x, STEM, Conv::new(3).stride(2).padding(1));
        let x = net.norm("stem.1", x, EPSILON);
        let x = net.relu(x);
        let mut x = net.end_stage(x);
        for (stage, (blocks, width)) in self.blocks.iter().zip(self.widths).enumerate() {
            for place in 0..*blocks {
                let name = block(stage + 1, place);
                x = net.block(&name, "ResBottleneckBlock", |net| self.residual(net, x, width, place == 0));
            }
            x = net.end_stage(x);
        }
        x
    }

    fn head(&self, net: &mut Builder, x: Value) -> Value {
        let x = net.average_pool(x, "AdaptiveAvgPool2d");
        let x = net.flatten(x);
        net.linear("fc", x, 1000)
    }

    /// As a ResNet's.
    fn synthetic_gain(&self, layer: &str) -> f64 {
        if layer.ends_with(".c.0") { 0.25 } else { 1.0 }
    }
}

impl RegNetConfig {
    /// The first block of each stage halves the sides, and projects what goes past it.
    fn residual(&self, net: &mut Builder, input: Value, width: usize, is_first: bool) -> Value {
        let stride = if is_first { 2 } else { 1 };
        let shortcut = match is_first {
            false => input,
            true => {
                let x = net.conv("proj.0", input, width, Conv::new(1).stride(stride));
                net.norm("proj.1", x, EPSILON)
            }
        };
        let x = net.conv("f.a.0", input, width, Conv::new(1));
        let x = net.norm("f.a.1", x, EPSILON);
        let x = net.relu(x);
        let grouped = Conv::new(3).stride(stride).padding(1).groups(width / self.group_width.max(1));
        let x = net.conv("f.b.0", x, width, grouped);
        let x = net.norm("f.b.1", x, EPSILON);
        let x = net.relu(x);
        let x = net.conv("f.c.0", x, width, Conv::new(1));
        let x = net.norm("f.c.1", x, EPSILON);
        let x = net.add(x, shortcut);
        net.relu(x)
    }
}

/// What the keys of a block begin with; stages count from 1, blocks from 0.
fn block(stage: usize, block: usize) -> String {
    format!("trunk_output.block{stage}.block{stage}-{block}")
}
