//! Encoders: a normalised photo in, a grid of features out. One file for each family of backbones; `families.rs` lists
//! them.

#[cfg(test)]
mod contract;
mod families;
mod family;
mod family_enums;
mod fold_norm;
mod grid;
mod resnet;
#[cfg(test)]
mod tiny;

pub use families::{Encoder, EncoderConfig};
pub use family::{Backbone, BackboneConfig, Norms};
pub use grid::{FeatureGrid, Grid};
pub use resnet::{ResNet, ResNetConfig};
