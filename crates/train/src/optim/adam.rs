//! The optimiser: [Adam](https://arxiv.org/abs/1412.6980) with decoupled weight decay, and gradients clipped by their
//! norm, all taken together.
//!
//! Burn's own clips each tensor alone, and restores its state on Burn's default device, which in a build with GPU support
//! is a GPU that the machine may not have. This one works on the host, where one pass over the numbers does what takes
//! Burn a dozen, on all cores; a GPU pays a transfer of the weights for it. Its state lies under the tensors' names.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Tensor, TensorData};
use rayon::prelude::*;
use sightline::weights::{ModulePath, Weight, Weights};

use super::gradients::{CHUNK, Gradients};
use crate::host::{ReadBackError, to_host};

const BETA_1: f64 = 0.9;
const BETA_2: f64 = 0.999;
const EPSILON: f32 = 1e-8;

#[derive(Debug)]
pub struct Adam {
    weight_decay: f64,
    /// Zero does not clip.
    clip: f64,
    /// How much of the weights' running average a step keeps. Zero has none.
    average: f64,
    steps: u64,
    moments: BTreeMap<String, Moments>,
}

/// Running means of a tensor's gradient and of its square, flat.
#[derive(Clone, Debug)]
struct Moments {
    first: Vec<f32>,
    second: Vec<f32>,
    /// Of the tensor itself, where it is asked for.
    average: Option<Vec<f32>>,
}

/// How fast the two parts of a model learn.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    pub encoder: f64,
    pub decoder: f64,
}

impl Adam {
    pub fn new(weight_decay: f64, clip: f64) -> Self {
        Self { weight_decay, clip, average: 0.0, steps: 0, moments: BTreeMap::new() }
    }

    /// With a running average of the weights, of which each step keeps so much.
    pub fn with_average(self, average: f64) -> Self {
        Self { average, ..self }
    }

    /// The same module with the running averages of what has moved; nothing where none are kept.
    pub fn averaged<M: Module>(&self, module: M) -> Option<M> {
        let is_kept = self.moments.values().any(|moments| moments.average.is_some());
        is_kept.then(|| module.map(&mut Averaged { moments: &self.moments, path: ModulePath::default() }))
    }

    /// Moves every tensor that has a gradient. Returns the gradients' norm before it was clipped.
    pub fn step<M: Module>(
        &mut self,
        module: M,
        gradients: Gradients,
        rates: Rates,
    ) -> Result<(M, f64), ReadBackError> {
        let norm = gradients.norm();
        let scale = if self.clip > 0.0 && norm > self.clip { self.clip / norm } else { 1.0 };
        self.steps += 1;
        let path = ModulePath::default();
        let mut update = Update { adam: self, gradients, rates, scale, path, error: None };
        let module = module.map(&mut update);
        match update.error {
            None => Ok((module, norm)),
            Some(error) => Err(error),
        }
    }

    /// Its state: how many steps it made, and its moments beside the weights' own names.
    pub fn extract(&self) -> (u64, Weights) {
        let mut state = Weights::new();
        for (name, Moments { first, second, average }) in &self.moments {
            let average = average.as_ref().map(|average| ("average", average));
            for (which, values) in [("first", first), ("second", second)].into_iter().chain(average) {
                state.insert(format!("{which}.{name}"), Weight { shape: vec![values.len()], values: values.clone() });
            }
        }
        (self.steps, state)
    }

    /// Goes on from what [`Adam::extract`] gave.
    pub fn restore(&mut self, steps: u64, mut state: Weights) {
        self.steps = steps;
        let names: Vec<String> = state.keys().filter_map(|key| key.strip_prefix("first.")).map(String::from).collect();
        for name in names {
            let mut moment = |which: &str| state.remove(&format!("{which}.{name}")).map(|weight| weight.values);
            if let (Some(first), Some(second)) = (moment("first"), moment("second")) {
                let average = moment("average");
                self.moments.insert(name, Moments { first, second, average });
            }
        }
    }
}

/// A step on its way through the module.
struct Update<'a> {
    adam: &'a mut Adam,
    gradients: Gradients,
    rates: Rates,
    scale: f64,
    path: ModulePath,
    error: Option<ReadBackError>,
}

impl ModuleMapper for Update<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let name = self.path.name();
        let Some(gradient) = self.gradients.0.remove(&name) else { return param };
        let (id, tensor, mapper) = param.consume();
        let (shape, device, is_tracked) = (tensor.shape(), tensor.device(), tensor.is_require_grad());
        let mut values = match to_host(tensor.clone().inner()) {
            Ok(values) => values,
            Err(error) => {
                self.error = Some(error);
                return Param::from_mapped_value(id, tensor, mapper);
            }
        };
        let rate = if name.starts_with("encoder.") { self.rates.encoder } else { self.rates.decoder };
        // Biases and the scales of norms have nothing to decay from.
        let decay = if D > 1 { rate * self.adam.weight_decay } else { 0.0 };
        let nothing = || vec![0.0; values.len()];
        let moments = self.adam.moments.remove(&name);
        let mut moments = moments.unwrap_or_else(|| Moments { first: nothing(), second: nothing(), average: None });
        move_values(&mut values, &gradient, &mut moments, self.adam.steps, self.scale, rate, decay);
        if self.adam.average > 0.0 {
            let average = moments.average.get_or_insert_with(|| values.clone());
            move_average(average, &values, self.adam.average, self.adam.steps);
        } else {
            // Of a checkpoint whose configuration still asked for it.
            moments.average = None;
        }
        self.adam.moments.insert(name, moments);
        let moved = Tensor::<D>::from_data(TensorData::new(values, shape), &device.clone().inner());
        let moved = if device.is_autodiff() { Tensor::from_inner(moved).set_require_grad(is_tracked) } else { moved };
        Param::from_mapped_value(id, moved, mapper)
    }
}

/// Running averages on their way into a module.
struct Averaged<'a> {
    moments: &'a BTreeMap<String, Moments>,
    path: ModulePath,
}

impl ModuleMapper for Averaged<'_> {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let average = self.moments.get(&self.path.name()).and_then(|moments| moments.average.clone());
        let Some(values) = average else { return param };
        let (id, tensor, mapper) = param.consume();
        let averaged = Tensor::from_data(TensorData::new(values, tensor.shape()), &tensor.device());
        Param::from_mapped_value(id, averaged, mapper)
    }
}

fn move_values(
    values: &mut [f32],
    gradient: &[f32],
    moments: &mut Moments,
    steps: u64,
    scale: f64,
    rate: f64,
    decay: f64,
) {
    let steps = steps as f64;
    let (scale, kept) = (scale as f32, (1.0 - decay) as f32);
    let (old_1, new_1) = (BETA_1 as f32, (1.0 - BETA_1) as f32);
    let (old_2, new_2) = (BETA_2 as f32, (1.0 - BETA_2) as f32);
    // Young means are too small; these make up for it.
    let rate = (rate / (1.0 - BETA_1.powf(steps))) as f32;
    let grown = (1.0 / (1.0 - BETA_2.powf(steps))) as f32;
    let Moments { first, second, .. } = moments;
    let moments = first.par_chunks_mut(CHUNK).zip(second.par_chunks_mut(CHUNK));
    values.par_chunks_mut(CHUNK).zip(gradient.par_chunks(CHUNK)).zip(moments).for_each(
        |((values, gradient), (first, second))| {
            let moments = first.iter_mut().zip(second);
            for ((value, gradient), (first, second)) in values.iter_mut().zip(gradient).zip(moments) {
                let gradient = gradient * scale;
                *first = old_1 * *first + new_1 * gradient;
                *second = old_2 * *second + new_2 * gradient * gradient;
                *value = *value * kept - rate * *first / ((*second * grown).sqrt() + EPSILON);
            }
        },
    );
}

/// Moves a running average towards values. While it is young it keeps less, so that the first steps, from weights by
/// chance, are soon forgotten.
fn move_average(average: &mut [f32], values: &[f32], kept: f64, steps: u64) {
    let steps = steps as f64;
    let kept = kept.min((1.0 + steps) / (10.0 + steps)) as f32;
    average.par_chunks_mut(CHUNK).zip(values.par_chunks(CHUNK)).for_each(|(average, values)| {
        average.iter_mut().zip(values).for_each(|(average, value)| *average = kept * *average + (1.0 - kept) * value);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_average_keeps_what_it_is_told_and_less_while_it_is_young() {
        let moved = |steps| {
            let mut average = [1.0f32];
            move_average(&mut average, &[0.0], 0.99, steps);
            average[0]
        };
        assert!((moved(8) - 0.5).abs() < 1e-6, "9 of 18");
        assert!((moved(890) - 0.99).abs() < 1e-6, "891 of 900");
        assert!((moved(1_000_000) - 0.99).abs() < 1e-6);
    }

    #[test]
    fn averages_follow_the_weights_and_outlive_a_checkpoint() {
        use burn::nn::LinearConfig;
        let device = sightline::device::cpu();
        let mut layer = LinearConfig::new(1, 1).with_bias(false).init(&device);
        let mut adam = Adam::new(0.0, 0.0).with_average(0.5);
        let rates = Rates { encoder: 0.0, decoder: 0.25 };
        let mut expected = f32::NAN;
        for step in 1..=3u64 {
            let gradients = Gradients([("weight".to_string(), vec![1.0])].into());
            (layer, _) = adam.step(layer, gradients, rates).unwrap();
            let value = to_host(layer.weight.val()).unwrap()[0];
            let kept = 0.5f32.min((1 + step) as f32 / (10 + step) as f32);
            expected = if step == 1 { value } else { kept * expected + (1.0 - kept) * value };
        }
        let averaged = |adam: &Adam| to_host(adam.averaged(layer.clone()).unwrap().weight.val()).unwrap()[0];
        assert!((averaged(&adam) - expected).abs() < 1e-6);
        let (steps, state) = adam.extract();
        let mut restored = Adam::new(0.0, 0.0).with_average(0.5);
        restored.restore(steps, state);
        assert_eq!(averaged(&restored), averaged(&adam));
        assert!(Adam::new(0.0, 0.0).averaged(layer).is_none());
    }

    /// What `torch.optim.AdamW([1, -2], lr=0.01, weight_decay=0.1)` makes of three gradients, in float64.
    #[test]
    fn three_steps_equal_pytorchs() {
        let mut values = [1.0f32, -2.0];
        let mut moments = Moments { first: vec![0.0; 2], second: vec![0.0; 2], average: None };
        let expected = [[0.989000001, -1.988], [0.97883319, -1.98334963], [0.9794635, -1.97930649]];
        for (step, (gradient, expected)) in [[0.1, -0.4], [0.3, 0.2], [-0.5, 0.0]].iter().zip(expected).enumerate() {
            move_values(&mut values, gradient, &mut moments, step as u64 + 1, 1.0, 0.01, 0.001);
            for (value, expected) in values.iter().zip(expected) {
                assert!((f64::from(*value) - expected).abs() < 1e-6, "step {step}: {value}, {expected}");
            }
        }
    }

    #[test]
    fn gradients_are_clipped_by_their_norm_taken_together() {
        use burn::nn::LinearConfig;
        let device = sightline::device::cpu();
        let moments = |clip: f64| {
            let layer = LinearConfig::new(1, 2).init(&device);
            let mut adam = Adam::new(0.0, clip);
            let gradients = [("weight".to_string(), vec![3.0, 0.0]), ("bias".to_string(), vec![0.0, 4.0])];
            let gradients = Gradients(gradients.into());
            let rates = Rates { encoder: 0.0, decoder: 0.1 };
            let (_, norm) = adam.step(layer, gradients, rates).unwrap();
            let (steps, state) = adam.extract();
            assert_eq!((norm, steps), (5.0, 1));
            (state["first.weight"].values[0], state["first.bias"].values[1])
        };
        // A tenth of the gradient is what the running mean takes up.
        assert_eq!(moments(0.0), (0.3, 0.4));
        let (weight, bias) = moments(1.0);
        assert!((weight - 0.06).abs() < 1e-7 && (bias - 0.08).abs() < 1e-7, "{weight}, {bias}");
    }
}
