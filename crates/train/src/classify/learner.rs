//! What learns in a run: the network and its optimiser, and how a step moves them.
//!
//! A step depends on nothing but the weights, the optimiser's state, the configuration, the photos and the step's number:
//! whatever is left to chance follows from the seed and that number.

use std::ops::Range;

use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sightline::decoder::{Classifier, ClassifierConfig, Dropout};
use sightline::weights::Weights;

use super::backbone::Backbone;
use super::evaluate::{Evaluation, predictions};
use crate::config::classify::TrainingConfig;
use crate::data::{CachedFeatures, Shown};
use crate::error::TrainError;
use crate::frozen_encoder::CachePoint;
use crate::host::to_host;
use crate::objective::weighted_cross_entropy;
use crate::optim::{Adam, Gradients, Rates};
use crate::rng::rng_for;
use crate::trainable_model::TrainableModel;

pub struct Learner<'a> {
    training: &'a TrainingConfig,
    backbone: &'a Backbone,
    classifier: ClassifierConfig,
    /// Keeps what is done to tensors, so that they can learn from it.
    device: Device,
    model: TrainableModel<Classifier>,
    adam: Adam,
}

/// What a step learns.
#[derive(Clone, Copy)]
pub struct Batch<'b> {
    pub inputs: &'b CachedFeatures,
    pub photos: &'b [Shown],
    /// Of every row.
    pub labels: &'b [usize],
    /// How much each class counts.
    pub class_weights: &'b [f32],
}

/// What came of a step.
pub struct StepStats {
    pub evaluation: Evaluation,
    /// Before the gradient was clipped.
    pub gradient_norm: f64,
}

impl<'a> Learner<'a> {
    /// With weights by chance, but for those of an encoder that was given.
    pub fn new(training: &'a TrainingConfig, backbone: &'a Backbone, classifier: ClassifierConfig) -> Self {
        let device = backbone.device().handle.clone().autodiff();
        let (encoder, head) = (backbone.network(&device), classifier.init(&device));
        let model = TrainableModel::new(encoder, head, training.seed, &device);
        Self { training, backbone, classifier, device, model, adam: new_optimiser(training) }
    }

    /// Goes on with other weights; with the encoder's last stages where they were learnt.
    pub fn load(&mut self, weights: &Weights) -> Result<(), String> {
        let is_tuned = weights.keys().any(|name| name.starts_with("encoder."));
        self.load_with(weights, is_tuned)
    }

    /// Sets the last stages of the encoder free, to learn as well.
    pub fn unfreeze(&mut self, weights: &Weights) -> Result<(), String> {
        self.load_with(weights, true)
    }

    fn load_with(&mut self, weights: &Weights, with_encoder: bool) -> Result<(), String> {
        // A network made anew, because norms share their running means with their clones.
        let decoder = self.classifier.init(&self.device);
        self.model = match self.backbone.given() {
            None => {
                let model = TrainableModel { encoder: self.backbone.network(&self.device), decoder };
                model.filled(weights, None, &self.device)?
            }
            Some(encoder) => {
                let model = TrainableModel { encoder: None, decoder };
                model.load(weights, with_encoder.then_some(encoder), &self.device)?
            }
        };
        Ok(())
    }

    pub fn reset_optimiser(&mut self) {
        self.adam = new_optimiser(self.training);
    }

    /// How many steps the optimiser made, and its moments.
    pub fn optimiser(&self) -> (u64, Weights) {
        self.adam.extract()
    }

    pub fn restore_optimiser(&mut self, steps: u64, state: Weights) {
        self.adam.restore(steps, state);
    }

    pub fn weights(&self) -> Weights {
        self.model.weights()
    }

    /// The model as it classifies, with the running means of its norms, and the device that it does so on.
    pub fn inference_model(&self) -> (TrainableModel<Classifier>, Device) {
        (self.model.valid(), self.device.clone().inner())
    }

    pub fn device(&self) -> &Device {
        &self.device
    }

    /// How far photos go through an encoder that was given before anything of it learns; nothing where all of it does.
    pub fn cache_point(&self) -> Option<CachePoint> {
        self.backbone.given()?;
        Some(match &self.model.encoder {
            None => CachePoint::Features,
            Some(encoder) => CachePoint::Stages(encoder.stages() - self.training.fine_tuning.stages),
        })
    }

    /// Makes one step. The parts' gradients are added; their number changes rounding, so it does not follow from the
    /// machine.
    pub fn step(&mut self, batch: Batch, rates: Rates, step: u64) -> Result<StepStats, TrainError> {
        let count = batch.photos.len();
        let mut random = rng_for(self.training.seed, "dropout", step);
        let size = count.div_ceil(self.backbone.parts().clamp(1, count.max(1))).max(1);
        let parts: Vec<(Range<usize>, Dropout)> = (0..count)
            .step_by(size)
            .map(|begin| {
                let random = ChaCha8Rng::seed_from_u64(random.random());
                (begin..(begin + size).min(count), Dropout::new(self.training.dropout, random))
            })
            .collect();
        let weight = |photo: &Shown| batch.class_weights[batch.labels[photo.row]];
        let whole: f32 = batch.photos.iter().map(weight).sum();
        let learnt: Vec<(Evaluation, Gradients)> = parts
            .into_par_iter()
            .map(|(part, dropout)| self.part_gradients(batch, part, dropout, f64::from(whole)))
            .collect::<Result<_, _>>()?;
        // A norm learns its running means on the side, beside a thread's name; this puts them into place.
        drop(self.model.valid());
        let (evaluations, gradients): (Vec<_>, Vec<_>) = learnt.into_iter().unzip();
        let gradients = gradients.into_iter().reduce(Gradients::added).unwrap_or_default();
        let (model, gradient_norm) = self.adam.step(self.model.clone(), gradients, rates)?;
        self.model = model;
        let predictions = evaluations.into_iter().flat_map(|part| part.predictions).collect();
        Ok(StepStats { evaluation: Evaluation { predictions }, gradient_norm })
    }

    /// What the network took a part's photos for, and the gradients of its share of the loss.
    fn part_gradients(
        &self,
        batch: Batch,
        part: Range<usize>,
        mut dropout: Dropout,
        whole: f64,
    ) -> Result<(Evaluation, Gradients), TrainError> {
        // A graph of its own, so that parts do not wait for each other.
        let model = self.model.clone().fork(&self.device);
        let rows: Vec<usize> = batch.photos[part.clone()].iter().map(|photo| photo.row).collect();
        let of_class: Vec<usize> = rows.iter().map(|row| batch.labels[*row]).collect();
        let logits = model.decoder.logits(model.features(batch.inputs.part(part)), &mut dropout);
        let evaluation = predictions(&to_host(logits.clone().inner())?, &rows, batch.labels);
        let shape = [rows.len(), 1];
        let targets: Vec<i32> = of_class.iter().map(|class| *class as i32).collect();
        let targets = Tensor::<2, Int>::from_data(TensorData::new(targets, shape), &self.device);
        let weights: Vec<f32> = of_class.iter().map(|class| batch.class_weights[*class]).collect();
        let weights = Tensor::<2>::from_data(TensorData::new(weights, shape), &self.device);
        let smoothing = self.training.label_smoothing;
        let loss = weighted_cross_entropy(logits.unsqueeze_dim::<3>(1), targets, weights, smoothing);
        Ok((evaluation, Gradients::of(loss.smoothed / whole, &model)?))
    }
}

fn new_optimiser(training: &TrainingConfig) -> Adam {
    Adam::new(training.weight_decay, training.clip_gradient)
}
