//! The families of backbones, a line for each. Everything that has to know all of them follows from this list.

mod alexnet;
mod efficientnet_lite;
mod googlenet;
mod lenet5;
mod mnist_cnn;
mod regnet;
mod resnet;
#[cfg(test)]
mod tiny;
mod vgg16;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::activation_ranges::ActivationRanges;
use super::checkpoint;
use super::description::{Description, Op, Shape};
use super::family::{BackboneConfig, Norms};
use super::family_enum::backbones;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
use super::gpu::GpuNetwork;
use super::grid::Grid;
use super::head::{Head, Pooling};
use super::network::Encoder;
use super::table::{self, LayerTable};
use crate::bounds::FieldError;
use crate::checkpoint::CheckpointError;
use crate::device::{OpenDevice, Precision};
use crate::layer_table::Layer;
use crate::photo::InputSpec;
use crate::synthetic_weights;
use crate::weights::{self, Slot, StoredWeight, Weight, Weights};

use alexnet::AlexNetConfig;
use efficientnet_lite::EfficientNetLiteConfig;
use googlenet::GoogLeNetConfig;
use lenet5::LeNet5Config;
use mnist_cnn::MnistCnnConfig;
use regnet::RegNetConfig;
pub use resnet::ResNetConfig;
use vgg16::Vgg16Config;

/// What a layer puts out at most, so that a small file cannot claim a machine's memory: VGG-16's first on the largest
/// photo.
const MAX_NUMBERS: usize = 1 << 28;

backbones! {
    // Variant: the manifest's "architecture", the sizes. A training configuration names single members, such as resnet50.
    // A checkpoint is shown to the families in this order; the first that recognises it answers for it.
    ResNet: "resnet", ResNetConfig;
    EfficientNetLite: "efficientnet_lite", EfficientNetLiteConfig;
    RegNet: "regnet", RegNetConfig;
    GoogLeNet: "googlenet", GoogLeNetConfig;
    Vgg16: "vgg16", Vgg16Config;
    AlexNet: "alexnet", AlexNetConfig;
    LeNet5: "lenet5", LeNet5Config;
    MnistCnn: "mnist_cnn", MnistCnnConfig;
    #[cfg(test)]
    Tiny: "tiny", tiny::TinyConfig;
}

impl EncoderConfig {
    /// The backbone that has this name.
    pub fn named(name: &str) -> Result<Self, FieldError> {
        let known = Self::known();
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        let wanted = format!("{} are known", names.join(", "));
        let found = known.into_iter().find(|(known, _)| *known == name).map(|(_, config)| config);
        found.ok_or(FieldError { field: "backbone", value: name.into(), wanted })
    }

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

    /// What it consists of, with the classifier that it was published with.
    pub fn description(&self) -> Description {
        let config = self.config();
        Description::new(config.input().channels(), |net, x| config.trunk(net, x), |net, x| config.head(net, x))
    }

    /// The classifier that it was published with.
    pub fn head(&self) -> Head {
        let description = self.description();
        let mut head = Head { pooling: Pooling::Flatten, layers: vec![] };
        for node in description.head() {
            match node.op {
                Op::AveragePool => head.pooling = Pooling::Average,
                Op::MaxPool(_) => head.pooling = Pooling::Max,
                Op::Linear => head.layers.push((node.name.clone(), node.channels)),
                _ => {}
            }
        }
        head
    }

    /// How many stages follow the stem.
    pub fn stages(&self) -> usize {
        self.description().stages()
    }

    /// Channels, rows and columns of what comes out of the stem and so many stages, for a photo of `size` by `size`
    /// pixels; all of them 0 where the photo is too small.
    pub fn shape_after(&self, stages: usize, size: usize) -> Shape {
        let description = self.description();
        let last = description.stage(stages).end - 1;
        description.shapes(size).map_or([0; 3], |shapes| shapes[last])
    }

    /// The least side that a photo has to have.
    pub fn least_size(&self) -> usize {
        let description = self.description();
        (1..).find(|size| description.shapes(*size).is_some()).unwrap_or(1)
    }

    /// Whether a photo of this side is neither too small nor too large.
    pub fn check_size(&self, size: usize) -> Result<(), FieldError> {
        let wrong = |wanted| Err(FieldError { field: "input.size", value: size.to_string(), wanted });
        let Some(shapes) = self.description().shapes(size) else {
            return wrong(format!("{} needs at least {}", self.title(), self.least_size()));
        };
        let numbers = |shape: &Shape| shape.iter().fold(1, |product: usize, side| product.saturating_mul(*side));
        match shapes.iter().map(numbers).max() {
            Some(most) if most > MAX_NUMBERS => {
                wrong(format!("a layer would put out {most} numbers, and {MAX_NUMBERS} are possible"))
            }
            _ => Ok(()),
        }
    }

    /// Channels of the feature grid.
    pub fn channels(&self) -> usize {
        self.description().trunk().last().map_or(0, |node| node.channels)
    }

    /// The grid that lies over a photo of `size` by `size` pixels.
    pub fn grid(&self, size: usize) -> Grid {
        let [_, rows, cols] = self.shape_after(self.stages(), size);
        Grid { rows, cols }
    }

    /// A line for each layer or block of layers that leads to the grid, as they are in a model folder.
    pub fn layers(&self, size: usize) -> Vec<Layer> {
        table::blocks(&self.description(), size)
    }

    /// The table of all layers, with the classifier, as `torchsummary` prints it; nothing where the photo is too small.
    pub fn layer_table(&self, size: usize) -> Option<LayerTable> {
        LayerTable::new(&self.description(), size)
    }

    /// A network with weights by chance.
    pub fn init(&self, norms: Norms, device: &Device) -> Encoder {
        Encoder::new(self.description(), norms, device)
    }

    /// A checkpoint's keys and shapes, without allocating a tensor.
    pub fn slots(&self, norms: Norms) -> Vec<Slot> {
        weights::slots(&self.init(norms, &crate::device::cpu()))
    }

    /// What a model folder holds of it.
    pub fn folded_slots(&self) -> Vec<Slot> {
        self.slots(Norms::Folded)
    }

    /// Lets a GPU compile what [`EncoderConfig::load`] will need for photos of `size` by `size` pixels, while its weights
    /// are still to come; `are_bytes` says how they are stored.
    #[cfg_attr(not(any(feature = "cuda", feature = "wgpu")), expect(unused_variables, reason = "there is no GPU"))]
    pub fn prepare(&self, size: usize, are_bytes: bool, device: &OpenDevice) {
        #[cfg(any(feature = "cuda", feature = "wgpu"))]
        if device.kind != crate::device::DeviceKind::Cpu && GpuNetwork::supports(&self.description()) {
            GpuNetwork::prepare(self.description(), size, are_bytes, device.precision, &device.handle);
        }
    }

    /// An encoder for inference in 32-bit floats, with weights from `take`.
    pub fn load<W: Into<StoredWeight>, E>(
        &self,
        device: &Device,
        take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Encoder, E> {
        // What learns needs its layers.
        if device.is_autodiff() {
            return weights::fill(self.init(Norms::Folded, device), device, take);
        }
        Encoder::for_inference(self.description(), device, Precision::F32, &ActivationRanges::default(), take)
    }

    /// As [`EncoderConfig::load`], in the device's precision: on the processor convolutions of bytes compute in integers as
    /// far as ranges are known, and a GPU keeps images in 16 bits where it has them.
    pub fn load_in_precision<W: Into<StoredWeight>, E>(
        &self,
        device: &OpenDevice,
        activations: &ActivationRanges,
        take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Encoder, E> {
        let exact = ActivationRanges::default();
        let activations = if device.precision == Precision::F32 { &exact } else { activations };
        Encoder::for_inference(self.description(), &device.handle, device.precision, activations, take)
    }

    /// The weight that [`synthetic_weights`] gives for a tensor of this network.
    pub fn synthetic_weight(&self, slot: &Slot) -> Weight {
        let layer = slot.name.rsplit_once('.').map_or("", |(layer, _)| layer);
        synthetic_weights::weight(slot, self.config().synthetic_gain(layer))
    }
}
