//! The contract of a family of backbones: all that the rest of Sightline asks of one.
//!
//! A family is one file in this folder and one line in `families.rs`. A test there holds every known member to this.

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
pub trait BackboneConfig: Clone + Debug + PartialEq + Sized {
    type Network: Backbone;

    /// The members that have a name, as training configurations write it.
    fn known() -> Vec<(&'static str, Self)>;

    /// As people write it, such as `ResNet-50`.
    fn title(&self) -> String;

    fn check(&self) -> Result<(), FieldError>;

    /// How photos are prepared for it, where a model says nothing else.
    fn input(&self) -> InputSpec;

    /// Channels, rows and columns of what comes out of the stem and so many stages, for a photo of `size` by `size`
    /// pixels.
    fn shape_after(&self, stages: usize, size: usize) -> [usize; 3];

    /// The table of layers for a photo of `size` by `size` pixels.
    fn layers(&self, size: usize) -> Vec<Layer>;

    /// A network with weights by chance.
    fn init(&self, norms: Norms, device: &Device) -> Self::Network;

    /// Recognises a checkpoint, with norms or folded, by its keys and shapes, and brings it into the folded form. A
    /// classifier is left out.
    fn from_checkpoint(weights: &Weights) -> Result<(Self, Weights), CheckpointError>;

    /// How much more, or less, than others a layer amplifies in networks of `synthetic_weights`; `layer` is the last
    /// part of its name.
    fn synthetic_gain(_layer: &str) -> f64 {
        1.0
    }

    /// The checkpoint's keys and shapes, without allocating a tensor.
    fn slots(&self, norms: Norms) -> Vec<Slot> {
        weights::slots(&self.init(norms, &crate::device::cpu()))
    }
}

/// A backbone's network: a stem, and stages that can be run one by one.
pub trait Backbone: Module + ModuleDisplay + Debug {
    /// How many stages follow the stem.
    const STAGES: usize;

    /// `[photos, 3, height, width]`, normalised, to what the first stage takes.
    fn stem(&self, input: Tensor<4>) -> Tensor<4>;

    /// What the stage `index`, the first being 0, makes of what the one before it put out. The last one's output is the
    /// feature grid.
    fn stage(&self, index: usize, x: Tensor<4>) -> Tensor<4>;
}
