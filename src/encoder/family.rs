//! The contract of a family of backbones: all that the rest of Sightline asks of one. `contract.rs` holds every known
//! backbone to it.

use std::fmt::Debug;

use burn::module::{Module, ModuleDisplay};
use burn::tensor::{Device, Tensor};

use crate::bounds::FieldError;
use crate::checkpoint::CheckpointError;
use crate::layer_table::Layer;
use crate::photo::InputSpec;
use crate::weights::{self, Slot, Weights};

/// Whether a network still has its norms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Norms {
    /// As it is trained: a convolution without bias, then the norm.
    Separate,
    /// As it runs: each norm folded into the weight and the bias of the convolution before it.
    Folded,
}

/// The sizes of a backbone, and everything that follows from them without its weights.
pub trait BackboneConfig: Debug {
    type Network: Backbone + Module + ModuleDisplay
    where
        Self: Sized;

    /// The members that have a name, as training configurations write it.
    fn known() -> Vec<(&'static str, Self)>
    where
        Self: Sized;

    /// Recognises a checkpoint, with norms or folded, by its keys and shapes, and brings its tensors into the folded
    /// form, without a classifier. Leaves them as they are where it does not recognise them.
    fn from_checkpoint(weights: &mut Weights) -> Result<Self, CheckpointError>
    where
        Self: Sized;

    /// A network with weights by chance.
    fn init(&self, norms: Norms, device: &Device) -> Self::Network
    where
        Self: Sized;

    /// The checkpoint's keys and shapes, without allocating a tensor.
    fn slots(&self, norms: Norms) -> Vec<Slot>
    where
        Self: Sized,
    {
        weights::slots(&self.init(norms, &crate::device::cpu()))
    }

    /// As people write it, such as `ResNet-50`.
    fn title(&self) -> String;

    fn check(&self) -> Result<(), FieldError>;

    /// How photos are prepared for it, where a model says nothing else.
    fn input(&self) -> InputSpec;

    /// How many stages follow the stem.
    fn stages(&self) -> usize;

    /// Channels, rows and columns of what comes out of the stem and so many stages, for a photo of `size` by `size`
    /// pixels.
    fn shape_after(&self, stages: usize, size: usize) -> [usize; 3];

    /// The table of layers for a photo of `size` by `size` pixels.
    fn layers(&self, size: usize) -> Vec<Layer>;

    /// How much more, or less, than others a layer amplifies in networks of `synthetic_weights`; `layer` is the last
    /// part of its name.
    fn synthetic_gain(&self, _layer: &str) -> f64 {
        1.0
    }
}

/// A backbone's network: a stem, and stages that can be run one by one.
pub trait Backbone: Debug {
    /// How many stages follow the stem.
    fn stages(&self) -> usize;

    /// `[photos, 3, height, width]`, normalised, to what the first stage takes.
    fn stem(&self, input: Tensor<4>) -> Tensor<4>;

    /// What the stage `index`, the first being 0, makes of what the one before it put out. The last one's output is the
    /// feature grid.
    fn stage(&self, index: usize, x: Tensor<4>) -> Tensor<4>;
}
