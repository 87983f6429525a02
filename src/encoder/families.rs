//! The families of backbones, a line for each. Everything that has to know all of them follows from this list.

mod resnet;
#[cfg(test)]
mod tiny;

use std::ops::Range;

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::family::{Backbone, BackboneConfig, Norms};
use super::family_enums::backbones;
use super::grid::{FeatureGrid, Grid};
use super::head::{Head, Pooling};
use crate::bounds::FieldError;
use crate::checkpoint::CheckpointError;
use crate::layer_table::Layer;
use crate::photo::InputSpec;
use crate::synthetic_weights;
use crate::weights::{self, Slot, Weight, Weights};

use resnet::ResNet;
pub use resnet::ResNetConfig;

backbones! {
    // Variant: the manifest's "architecture", the sizes, the network. A training configuration names single members, such
    // as resnet50. A checkpoint is shown to the families in this order; the first that recognises it answers for it.
    ResNet: "resnet", ResNetConfig, ResNet;
    #[cfg(test)]
    Tiny: "tiny", tiny::TinyConfig, tiny::Tiny;
}

impl EncoderConfig {
    /// The name that training configurations have for it, where it has one.
    pub fn known_name(&self) -> Option<&'static str> {
        Self::known().into_iter().find(|(_, config)| config == self).map(|(name, _)| name)
    }

    /// The name that people know it by, such as `ResNet-50`.
    pub fn title(&self) -> String {
        self.config().title()
    }

    pub fn check(&self) -> Result<(), FieldError> {
        self.config().check()
    }

    /// How photos are prepared for it, where a model says nothing else.
    pub fn input(&self) -> InputSpec {
        self.config().input()
    }

    /// The classifier that it was published with.
    pub fn head(&self) -> Head {
        Head { pooling: Pooling::Average, layers: vec![("fc".into(), 1000)] }
    }

    /// How many stages follow the stem.
    pub fn stages(&self) -> usize {
        self.config().stages()
    }

    /// Channels, rows and columns of what comes out of the stem and so many stages, for a photo of `size` by `size`
    /// pixels.
    pub fn shape_after(&self, stages: usize, size: usize) -> [usize; 3] {
        self.config().shape_after(stages, size)
    }

    /// Channels of the feature grid.
    pub fn channels(&self) -> usize {
        // They do not depend on the photo's size.
        self.shape_after(self.stages(), self.input().size)[0]
    }

    /// The grid that lies over a photo of `size` by `size` pixels.
    pub fn grid(&self, size: usize) -> Grid {
        let [_, rows, cols] = self.shape_after(self.stages(), size);
        Grid { rows, cols }
    }

    /// The table of layers for a photo of `size` by `size` pixels.
    pub fn layers(&self, size: usize) -> Vec<Layer> {
        self.config().layers(size)
    }

    /// A checkpoint's keys and shapes, without allocating a tensor.
    pub fn slots(&self, norms: Norms) -> Vec<Slot> {
        weights::slots(&self.init(norms, &crate::device::cpu()))
    }

    /// What a model folder holds of it.
    pub fn folded_slots(&self) -> Vec<Slot> {
        self.slots(Norms::Folded)
    }

    /// An encoder for inference, with weights from `take`.
    pub fn load<E>(&self, device: &Device, take: impl FnMut(&Slot) -> Result<Weight, E>) -> Result<Encoder, E> {
        weights::fill(self.init(Norms::Folded, device), device, take)
    }

    /// The weight that [`synthetic_weights`] gives for a tensor of this network.
    pub fn synthetic_weight(&self, slot: &Slot) -> Weight {
        synthetic_weights::weight(slot, self.config().synthetic_gain(slot.layer()))
    }
}

impl Encoder {
    /// `[photos, 3, height, width]`, normalised, to a grid of features.
    pub fn forward(&self, input: Tensor<4>) -> FeatureGrid {
        FeatureGrid::from_map(self.run(0..self.stages(), self.stem(input)))
    }

    /// How many stages follow the stem.
    pub fn stages(&self) -> usize {
        self.network().stages()
    }

    /// `[photos, 3, height, width]`, normalised, to what the first stage takes.
    pub fn stem(&self, input: Tensor<4>) -> Tensor<4> {
        self.network().stem(input)
    }

    /// What the stage `index`, the first being 0, makes of what the one before it put out.
    pub fn stage(&self, index: usize, x: Tensor<4>) -> Tensor<4> {
        self.network().stage(index, x)
    }

    /// Some stages, one after the other.
    pub fn run(&self, stages: Range<usize>, x: Tensor<4>) -> Tensor<4> {
        stages.fold(x, |x, index| self.stage(index, x))
    }

    pub fn device(&self) -> Device {
        self.devices().into_iter().next().unwrap_or_default()
    }
}
