//! A backbone with its weights: the layers of a [`Description`], at work on a device. What leads to the grid runs; a
//! classifier behind it is a model's head and stands elsewhere.
//!
//! Burn derives modules from structs. This one is written by hand, because its layers come from a description, and their
//! names are a checkpoint's keys, with dots in them.

use std::ops::Range;
use std::sync::Arc;

use burn::module::{Content, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper, ModuleVisitor};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::activation::relu;
use burn::tensor::module::{conv2d, max_pool2d};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Device, Tensor};

use super::activation_ranges::{ActivationRanges, ActivationSamples};
use super::description::{Conv, Description, MaxPool, Op};
use super::family::Norms;
#[cfg(any(feature = "cuda", feature = "wgpu"))]
use super::gpu::GpuNetwork;
use super::grid::FeatureGrid;
use super::inference::InferenceNetwork;
use super::packed::PackedNetwork;
use crate::device::Precision;
use crate::weights::{Slot, StoredWeight};

/// A backbone's network: a stem, and stages that can be run one by one.
#[derive(Clone, Debug)]
pub struct Encoder {
    description: Arc<Description>,
    /// Those nodes that have weights, in their order.
    layers: Vec<(usize, Layer)>,
    /// What runs in place of the layers, of which there are none then.
    inference: Option<Arc<dyn InferenceNetwork>>,
}

#[derive(Module, Debug)]
enum Layer {
    Conv(Conv2d),
    Norm(BatchNorm),
}

impl Encoder {
    /// With weights by chance.
    pub(super) fn new(description: Description, norms: Norms, device: &Device) -> Self {
        let mut layers = Vec::new();
        for (place, node) in description.trunk().iter().enumerate() {
            let layer = match node.op {
                Op::Conv(Conv { kernel, stride, groups, bias, .. }) => {
                    let is_folded = norms == Norms::Folded && description.has_norm(place);
                    let config = Conv2dConfig::new([description.channels_in(node), node.channels], [kernel; 2])
                        .with_stride([stride; 2])
                        .with_groups(groups)
                        // How much is said when it runs, for "same" depends on the side.
                        .with_padding(PaddingConfig2d::Valid)
                        .with_bias(bias || is_folded);
                    Layer::Conv(config.init(device))
                }
                Op::Norm(epsilon) if norms == Norms::Separate => {
                    Layer::Norm(BatchNormConfig::new(node.channels).with_epsilon(epsilon).init(device))
                }
                _ => continue,
            };
            layers.push((place, layer));
        }
        Self { description: Arc::new(description), layers, inference: None }
    }

    /// For inference, with folded norms and weights from `take`. On the processor, and on a GPU that has kernels for all of
    /// it, it is empty as a module: its weights lie as that device wants them, and can neither be learnt nor moved.
    #[cfg_attr(not(any(feature = "cuda", feature = "wgpu")), expect(unused_variables, reason = "it is a GPU's"))]
    pub(super) fn for_inference<W: Into<StoredWeight>, E>(
        description: Description,
        device: &Device,
        precision: Precision,
        activations: &ActivationRanges,
        take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Self, E> {
        let description = Arc::new(description);
        let inference: Arc<dyn InferenceNetwork> = if *device == crate::device::cpu() {
            Arc::new(PackedNetwork::new(description.clone(), activations, take)?)
        } else {
            #[cfg(any(feature = "cuda", feature = "wgpu"))]
            if GpuNetwork::supports(&description) {
                let network = Arc::new(GpuNetwork::new(description.clone(), device, precision, take)?);
                return Ok(Self { description, layers: vec![], inference: Some(network) });
            }
            let layers = Self::new(Arc::unwrap_or_clone(description), Norms::Folded, device);
            return crate::weights::fill(layers, device, take);
        };
        Ok(Self { description, layers: vec![], inference: Some(inference) })
    }

    /// How many stages follow the stem.
    pub fn stages(&self) -> usize {
        self.description.stages()
    }

    /// `[photos, channels, height, width]`, normalised, to a grid of features.
    pub fn forward(&self, input: Tensor<4>) -> FeatureGrid {
        if let Some(inference) = &self.inference {
            return inference.forward(input);
        }
        FeatureGrid::from_map(self.run(0..self.stages(), self.stem(input)))
    }

    /// `[photos, channels, height, width]`, normalised, to what the first stage takes.
    pub fn stem(&self, input: Tensor<4>) -> Tensor<4> {
        self.stage_observed(0, input, |_| {})
    }

    /// What the stage `index`, the first being 0, makes of what the one before it put out.
    pub fn stage(&self, index: usize, x: Tensor<4>) -> Tensor<4> {
        self.stage_observed(index + 1, x, |_| {})
    }

    /// Some stages, one after the other.
    pub fn run(&self, stages: Range<usize>, x: Tensor<4>) -> Tensor<4> {
        match &self.inference {
            Some(inference) if !stages.is_empty() => inference.run(stages.start + 1..stages.end + 1, x, &mut |_| {}),
            _ => stages.fold(x, |x, index| self.stage(index, x)),
        }
    }

    pub fn device(&self) -> Device {
        match &self.inference {
            Some(inference) => inference.device(),
            None => self.devices().into_iter().next().unwrap_or_default(),
        }
    }

    /// As [`Encoder::forward`], and calls `after` with the place of each node that has run. On a GPU its work may not be
    /// done by then.
    pub fn forward_observed(&self, input: Tensor<4>, mut after: impl FnMut(usize)) -> FeatureGrid {
        FeatureGrid::from_map((0..=self.stages()).fold(input, |x, stage| self.stage_observed(stage, x, &mut after)))
    }

    /// The stem, where `stage` is 0, or so manieth stage; calls `after` with the place of each node that has run.
    pub fn stage_observed(&self, stage: usize, x: Tensor<4>, mut after: impl FnMut(usize)) -> Tensor<4> {
        match &self.inference {
            Some(inference) => inference.run(stage..stage + 1, x, &mut after),
            None => self.run_observed(self.description.stage(stage), x, &mut after),
        }
    }

    /// The kernels that the photo meets first, `[kernels, channels, rows, columns]`, and what they make of it before any
    /// activation.
    pub fn first_convolution(&self, input: Tensor<4>) -> Option<(Conv, Tensor<4>, Tensor<4>)> {
        if let Some(inference) = &self.inference {
            return inference.first_convolution(input);
        }
        let (Op::Conv(conv), Some(Layer::Conv(layer))) = (self.description.nodes.first()?.op, self.layer(0)) else {
            return None;
        };
        Some((conv, layer.weight.val(), self.run_nodes(0..1, input)))
    }

    /// Takes samples of what convolutions make of photos, where it infers on the processor.
    pub fn sample_activations(&self, photos: Tensor<4>, samples: &mut ActivationSamples) {
        if let Some(inference) = &self.inference {
            inference.sample_activations(photos, samples);
        }
    }

    fn layer(&self, place: usize) -> Option<&Layer> {
        let found = self.layers.binary_search_by_key(&place, |(place, _)| *place);
        found.ok().map(|found| &self.layers[found].1)
    }

    /// The output of the last of these nodes. `x` is what the node before them put out, or the photo.
    fn run_nodes(&self, nodes: Range<usize>, x: Tensor<4>) -> Tensor<4> {
        self.run_observed(nodes, x, &mut |_| {})
    }

    fn run_observed(&self, nodes: Range<usize>, x: Tensor<4>, after: &mut dyn FnMut(usize)) -> Tensor<4> {
        let before = nodes.start.checked_sub(1);
        let inputs = |place: usize| {
            let inputs = &self.description.nodes[place].inputs;
            // The photo is an input as well.
            if inputs.is_empty() { vec![None] } else { inputs.iter().map(|input| Some(*input)).collect() }
        };
        // How often each output is still wanted: the last who wants it gets it alone, and can change it in place.
        let slot = |input: Option<usize>| if input == before { 0 } else { input.unwrap_or(0) - nodes.start + 1 };
        let mut wanted = vec![0usize; nodes.len() + 1];
        nodes.clone().flat_map(inputs).for_each(|input| wanted[slot(input)] += 1);
        let mut outputs: Vec<Option<Tensor<4>>> = vec![None; nodes.len() + 1];
        outputs[0] = Some(x);
        for place in nodes.clone() {
            let taken: Vec<Tensor<4>> = inputs(place)
                .into_iter()
                .filter_map(|input| {
                    let slot = slot(input);
                    wanted[slot] -= 1;
                    if wanted[slot] == 0 { outputs[slot].take() } else { outputs[slot].clone() }
                })
                .collect();
            outputs[place - nodes.start + 1] = Some(self.run_node(place, taken));
            after(place);
        }
        outputs.pop().flatten().expect("every node puts something out")
    }

    fn run_node(&self, place: usize, mut inputs: Vec<Tensor<4>>) -> Tensor<4> {
        let op = self.description.nodes[place].op;
        if op == Op::Concat {
            return Tensor::cat(inputs, 1);
        }
        let x = inputs.swap_remove(0);
        match (op, self.layer(place)) {
            (Op::Conv(conv), Some(Layer::Conv(layer))) => {
                let [_, _, rows, cols] = x.dims();
                let padding = [rows, cols].map(|side| conv.padding.along(side, conv.kernel, conv.stride));
                let padding = padding.map(|[before, after]| (before, after));
                let options = ConvOptions::new_with_padding([conv.stride; 2], padding, [1; 2], conv.groups);
                conv2d(x, layer.weight.val(), layer.bias.as_ref().map(|bias| bias.val()), options)
            }
            (Op::Norm(_), Some(Layer::Norm(norm))) => norm.forward(x),
            (Op::Relu, _) => relu(x),
            (Op::Relu6, _) => x.clamp(0.0, 6.0),
            (Op::MaxPool(MaxPool { kernel, stride, padding, ceil }), _) => {
                let padding = [(padding, padding); 2];
                let options = MaxPoolOptions::new([kernel; 2]).with_stride([stride; 2]).with_padding_pairs(padding);
                max_pool2d(x, options.with_ceil_mode(ceil))
            }
            (Op::Add, _) => inputs.into_iter().fold(x, |sum, more| sum + more),
            // A norm that was folded, and the end of a block.
            _ => x,
        }
    }

    fn each(self, mut change: impl FnMut(Layer) -> Layer) -> Self {
        let layers = self.layers.into_iter().map(|(place, layer)| (place, change(layer))).collect();
        Self { layers, ..self }
    }
}

/// Layers bear the names that their nodes have.
impl Module for Encoder {
    fn collect_devices(&self, devices: Vec<Device>) -> Vec<Device> {
        self.layers.iter().fold(devices, |devices, (_, layer)| layer.collect_devices(devices))
    }

    fn fork(self, device: &Device) -> Self {
        self.each(|layer| layer.fork(device))
    }

    fn to_device(self, device: &Device) -> Self {
        self.each(|layer| layer.to_device(device))
    }

    fn train(self) -> Self {
        self.each(Module::train)
    }

    fn valid(&self) -> Self {
        self.clone().each(|layer| layer.valid())
    }

    fn materialize(self) -> Self {
        self.each(Module::materialize)
    }

    fn visit<V: ModuleVisitor>(&self, visitor: &mut V) {
        for (place, layer) in &self.layers {
            let name = &self.description.nodes[*place].name;
            visitor.enter_module(name, CONTAINER);
            layer.visit(visitor);
            visitor.exit_module(name, CONTAINER);
        }
    }

    fn map<M: ModuleMapper>(self, mapper: &mut M) -> Self {
        let description = self.description.clone();
        let layers = self.layers.into_iter().map(|(place, layer)| {
            let name = &description.nodes[place].name;
            mapper.enter_module(name, CONTAINER);
            let layer = layer.map(mapper);
            mapper.exit_module(name, CONTAINER);
            (place, layer)
        });
        Self { layers: layers.collect(), ..self }
    }
}

/// As Burn's derived modules call themselves.
const CONTAINER: &str = "Struct:Encoder";

impl ModuleDisplayDefault for Encoder {
    fn content(&self, content: Content) -> Option<Content> {
        let nodes = &self.description.nodes;
        self.layers.iter().fold(content, |content, (place, layer)| content.add(&nodes[*place].name, layer)).optional()
    }
}

impl ModuleDisplay for Encoder {}
