//! Encoders: a normalised photo in, a grid of features out. `families.rs` lists the families of backbones, a file for each
//! in its folder.

#[cfg(test)]
mod contract;
mod families;
mod family;
mod family_enums;
mod fold_norm;
mod grid;
mod head;

pub use families::{Encoder, EncoderConfig, ResNetConfig};
pub use family::{Backbone, BackboneConfig, Norms};
pub use grid::{FeatureGrid, Grid};
pub use head::{Head, HeadWeights, Pooling};
