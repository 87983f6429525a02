//! The optimiser: [Adam](https://arxiv.org/abs/1412.6980) with decoupled weight decay, and gradients clipped by their
//! length, all taken together.
//!
//! Burn's own clips each tensor alone, and restores its state on Burn's default device, which in a build with GPU support
//! is a GPU that the machine may not have. This one keeps its state under the tensors' names, beside the weights.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};

use super::TrainError;
use crate::weights::{Place, Weight, Weights};

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f64 = 1e-8;

#[derive(Debug)]
pub struct Adam {
    weight_decay: f64,
    /// Zero does not clip.
    clip: f64,
    steps: u64,
    moments: BTreeMap<String, Moments>,
}

/// Running means of a tensor's gradient and of its square, flat.
#[derive(Clone, Debug)]
struct Moments {
    first: Tensor<1>,
    second: Tensor<1>,
}

/// How fast the two parts of a model learn.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub encoder: f64,
    pub decoder: f64,
}

impl Adam {
    pub fn new(weight_decay: f64, clip: f64) -> Self {
        Self { weight_decay, clip, steps: 0, moments: BTreeMap::new() }
    }

    /// Moves every tensor that has a gradient. Returns the gradients' length before it was clipped.
    pub fn step<M: Module>(&mut self, module: M, gradients: Gradients, rates: Rates) -> Result<(M, f64), TrainError> {
        let mut collector = Collector { gradients, place: Place::default(), collected: BTreeMap::new() };
        module.visit(&mut collector);
        let gradients = collector.collected;
        let squares = gradients.values().map(|gradient| gradient.clone().square().sum()).collect::<Vec<_>>();
        let squares: Vec<f32> = match squares.is_empty() {
            true => vec![],
            false => Tensor::cat(squares, 0)
                .into_data()
                .try_into_vec()
                .map_err(|error| TrainError::Device(format!("{error:?}")))?,
        };
        let length = squares.into_iter().map(f64::from).sum::<f64>().sqrt();
        let scale = if self.clip > 0.0 && length > self.clip { self.clip / length } else { 1.0 };
        self.steps += 1;
        let module = module.map(&mut Step { adam: self, gradients, rates, scale, place: Place::default() });
        Ok((module, length))
    }

    /// Its state, beside the weights' own names.
    pub fn extract(&self) -> (u64, Weights) {
        let mut state = Weights::new();
        for (name, Moments { first, second }) in &self.moments {
            for (which, tensor) in [("first", first), ("second", second)] {
                let values: Vec<f32> = tensor.clone().into_data().iter::<f32>().collect();
                state.insert(format!("{which}.{name}"), Weight { shape: vec![values.len()], values });
            }
        }
        (self.steps, state)
    }

    /// Goes on from what [`Adam::extract`] gave.
    pub fn restore(&mut self, steps: u64, mut state: Weights, device: &Device) {
        let tensor = |weight: Weight| Tensor::from_data(TensorData::new(weight.values, weight.shape), device);
        self.steps = steps;
        let names: Vec<String> = state.keys().filter_map(|key| key.strip_prefix("first.")).map(String::from).collect();
        for name in names {
            let mut moment = |which: &str| state.remove(&format!("{which}.{name}")).map(tensor);
            if let (Some(first), Some(second)) = (moment("first"), moment("second")) {
                self.moments.insert(name, Moments { first, second });
            }
        }
    }
}

struct Collector {
    gradients: Gradients,
    place: Place,
    collected: BTreeMap<String, Tensor<1>>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.place.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.place.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad_remove(&mut self.gradients) {
            let size = gradient.shape().num_elements();
            self.collected.insert(self.place.name(), gradient.reshape([size]));
        }
    }
}

struct Step<'a> {
    adam: &'a mut Adam,
    gradients: BTreeMap<String, Tensor<1>>,
    rates: Rates,
    scale: f64,
    place: Place,
}

impl ModuleMapper for Step<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.place.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.place.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.place.name();
        let Some(gradient) = self.gradients.remove(&name) else { return param };
        let gradient = gradient * self.scale;
        let moments = self.adam.moments.remove(&name);
        let moments = match moments {
            Some(Moments { first, second }) => Moments {
                first: first * BETA_1 + gradient.clone() * (1.0 - BETA_1),
                second: second * BETA_2 + gradient.square() * (1.0 - BETA_2),
            },
            None => Moments { first: gradient.clone() * (1.0 - BETA_1), second: gradient.square() * (1.0 - BETA_2) },
        };
        let steps = self.adam.steps as f64;
        let (grown_1, grown_2) = (1.0 - BETA_1.powf(steps), 1.0 - BETA_2.powf(steps));
        let rate = if name.starts_with("encoder.") { self.rates.encoder } else { self.rates.decoder };
        let root = (moments.second.clone() / grown_2).sqrt() + EPSILON;
        let change = moments.first.clone() * (rate / grown_1) / root;
        self.adam.moments.insert(name, moments);
        // Biases and the scales of norms have nothing to decay from.
        let kept = if D > 1 { 1.0 - rate * self.adam.weight_decay } else { 1.0 };
        let (id, tensor, mapper) = param.consume();
        let (shape, is_tracked) = (tensor.shape(), tensor.is_require_grad());
        let moved = tensor.inner() * kept - change.reshape(shape);
        Param::from_mapped_value(id, Tensor::from_inner(moved).set_require_grad(is_tracked), mapper)
    }
}
