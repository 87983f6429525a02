//! The part of a model that learns: the decoder, the encoder's last stages where they are set free, and all of an encoder
//! that is learnt from nothing.

use std::convert::Infallible;

use burn::module::{Module, ModuleDisplay, ParamGroup};
use burn::tensor::{Device, Tensor};
use rand::RngExt;
use sightline::encoder::{Encoder, FeatureGrid, Norms};
use sightline::weights::{self, Slot, Weight, Weights};

use crate::data::CachedFeatures;
use crate::frozen_encoder::FrozenEncoder;
use crate::rng::rng_for;

#[derive(Module, Debug)]
pub struct TrainableModel<D: Module> {
    /// Where it was learnt elsewhere, norms are folded into it: batches are too small to learn their statistics anew, and
    /// frozen ones are nothing but part of the convolution.
    pub encoder: Option<Encoder>,
    pub decoder: D,
}

impl<D: Module + ModuleDisplay> TrainableModel<D> {
    /// With weights by chance, from nothing but the seed and the tensors' names.
    pub fn new(encoder: Option<Encoder>, decoder: D, seed: u64, device: &Device) -> Self {
        let by_chance = |slot: &Slot| Ok::<_, Infallible>(initial(slot, seed));
        let Ok(model) = weights::fill(Self { encoder, decoder }, device, by_chance);
        model
    }

    /// With these weights, and with the encoder where they were learnt with it. `encoder` gives what they leave out of
    /// it.
    pub fn load(self, weights: &Weights, encoder: Option<&FrozenEncoder>, device: &Device) -> Result<Self, String> {
        let free = encoder.map(|encoder| encoder.config.init(Norms::Folded, device));
        Self { encoder: free, decoder: self.decoder }.filled(weights, encoder, device)
    }

    /// The same network with these weights. Of a frozen encoder, they may leave out what stays as it is there.
    pub fn filled(self, weights: &Weights, frozen: Option<&FrozenEncoder>, device: &Device) -> Result<Self, String> {
        let take = |slot: &Slot| {
            let frozen = || frozen?.weights.get(slot.name.strip_prefix("encoder.")?);
            let weight = weights.get(&slot.name).or_else(frozen).ok_or_else(|| format!("{} is missing", slot.name))?;
            match weight.shape == slot.shape {
                true => Ok(weight.clone()),
                false => Err(format!("{} has the shape {:?}, not {:?}", slot.name, weight.shape, slot.shape)),
            }
        };
        weights::fill(self, device, take)
    }

    /// With word vectors that were learnt elsewhere.
    pub fn with_word_vectors(self, vectors: Vec<f32>, device: &Device) -> Result<Self, String> {
        let mut weights = self.weights();
        if let Some(weight) = weights.get_mut("decoder.embedding.weight") {
            weight.values = vectors;
        }
        self.load(&weights, None, device)
    }

    /// Leaves the word vectors as they are.
    pub fn with_frozen_word_vectors(self) -> Self {
        self.set_require_grad_group(ParamGroup::from_path("decoder.embedding.weight"), false)
    }

    /// What the decoder gets of some photos: `[photos, cells, channels]`
    pub fn features(&self, cached: CachedFeatures) -> Tensor<3> {
        match (cached, &self.encoder) {
            (CachedFeatures::Features(features), _) => features,
            (CachedFeatures::Map(stages, map), Some(encoder)) => {
                FeatureGrid::from_map(encoder.run(stages..encoder.stages(), map)).features
            }
            (CachedFeatures::Photos(photos), Some(encoder)) => encoder.forward(photos).features,
            (CachedFeatures::Map(_, map) | CachedFeatures::Photos(map), None) => FeatureGrid::from_map(map).features,
        }
    }

    pub fn weights(&self) -> Weights {
        weights::extract(self)
    }
}

/// Small numbers around zero; norms begin as nothing to do. A Transformer's word vectors are raised on their way to its
/// layers, for beside the positions they would be too small to count. Convolutions are
/// [He's](https://arxiv.org/abs/1502.01852), for a ReLU follows them.
fn initial(slot: &Slot, seed: u64) -> Weight {
    let name = slot.name.as_str();
    let fan_in = slot.shape.iter().skip(1).product::<usize>().max(1) as f64;
    let bound = match slot.shape.len() {
        1 if name.ends_with(".weight") || name.ends_with(".running_var") => {
            return Weight { shape: slot.shape.clone(), values: vec![1.0; slot.elements()] };
        }
        1 => 0.0,
        4 => (6.0 / fan_in).sqrt(),
        _ if name.ends_with("embedding.weight") => 0.1,
        _ if name.ends_with("lift.weight") => 10.0 / fan_in.sqrt(),
        _ => 1.0 / fan_in.sqrt(),
    };
    let mut random = rng_for(seed, name, 0);
    let values = (0..slot.elements()).map(|_| (random.random_range(-1.0..1.0f64) * bound) as f32).collect();
    Weight { shape: slot.shape.clone(), values }
}
