//! Encoders: a normalised photo in, a grid of features out. `families.rs` lists the families of backbones, a file for each
//! in its folder.

mod activation_ranges;
mod checkpoint;
#[cfg(test)]
mod contract;
mod description;
mod families;
mod family;
mod family_enum;
mod fold_norm;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
mod gpu;
mod grid;
mod head;
mod inference;
mod muted;
mod network;
mod packed;
mod steps;
mod table;

pub use activation_ranges::{ActivationRanges, ActivationSamples};
pub use description::{Builder, Conv, Description, MaxPool, Node, Op, Padding, Shape, Value};
pub use families::{EncoderConfig, ResNetConfig};
pub use family::{BackboneConfig, Norms};
pub use grid::{FeatureGrid, Grid};
pub use head::{Head, HeadWeights, Pooling};
pub use muted::{MutedChannel, mute, stage_name, stage_named};
pub use network::Encoder;
pub use table::{LayerTable, Row, Totals, Window};
