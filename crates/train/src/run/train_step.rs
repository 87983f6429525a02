//! One step: the gradient of a batch, and the weights moved along it.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sightline::decoder::{Dropout, TrainableDecoder};

use crate::config::TrainingConfig;
use crate::data::CachedFeatures;
use crate::host::{ReadBackError, to_host};
use crate::objective::{CaptionBatch, Loss, attention_penalty, imitating_cross_entropy};
use crate::optim::{Adam, Gradients, Rates};
use crate::teacher::Imitation;
use crate::trainable_model::TrainableModel;

/// Parts of a batch that the processor learns side by side.
pub const PARTS: usize = 2;

/// What keeps a decoder from learning captions by heart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Regularisation {
    pub dropout: f64,
    pub label_smoothing: f64,
    pub attention: f64,
}

impl Regularisation {
    pub fn of(training: &TrainingConfig) -> Self {
        let TrainingConfig { dropout, label_smoothing, attention_regularisation: attention, .. } = *training;
        Self { dropout, label_smoothing, attention }
    }
}

/// What is learnt in one step, and how.
#[derive(Clone, Copy, Debug)]
pub struct TrainStep<'a> {
    pub features: &'a CachedFeatures,
    pub batch: &'a CaptionBatch,
    /// Teachers, where there are some.
    pub imitation: Option<&'a Imitation<'a>>,
    pub regularisation: Regularisation,
    pub rates: Rates,
    /// How many parts are learnt side by side.
    pub parts: usize,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct StepStats {
    /// For each word, without what the regularisation adds.
    pub loss: f64,
    pub words: usize,
    /// Of the decoder.
    pub learning_rate: f64,
    /// Before the gradient was clipped.
    pub gradient_norm: f64,
    /// Mean reward of the captions, where they were the model's own.
    pub reward: Option<f64>,
}

/// Makes one step. The parts' gradients are added: on the processor, most of what is not a product of matrices runs on one
/// thread. The number of parts changes rounding, so it must not follow from the machine.
pub fn train_step<D: TrainableDecoder>(
    model: &TrainableModel<D>,
    adam: &mut Adam,
    step: &TrainStep,
    random: &mut ChaCha8Rng,
) -> Result<(TrainableModel<D>, StepStats), ReadBackError> {
    let TrainStep { features, batch, imitation, regularisation, rates, parts } = *step;
    let photos = features.photos();
    let rows = batch.rows() / photos.max(1);
    let size = photos.div_ceil(parts.clamp(1, photos.max(1)));
    let whole = Whole { words: batch.words().max(1), rows: batch.rows().max(1) };
    let parts: Vec<Part> = (0..photos)
        .step_by(size.max(1))
        .map(|begin| {
            let end = (begin + size).min(photos);
            let random = ChaCha8Rng::seed_from_u64(random.random());
            let dropout = Dropout::new(regularisation.dropout, random);
            Part {
                features: features.part(begin..end),
                batch: batch.part(begin * rows..end * rows),
                imitation: imitation.map(|imitation| imitation.part(begin..end)),
                dropout,
            }
        })
        .collect();
    let learnt: Vec<_> = parts
        .into_par_iter()
        .map(|part| part_gradients(model, part, regularisation, whole))
        .collect::<Result<_, _>>()?;
    let loss = learnt.iter().map(|(loss, _)| loss).sum();
    let gradients = learnt.into_iter().map(|(_, gradients)| gradients).reduce(Gradients::added).unwrap_or_default();
    let (model, gradient_norm) = adam.step(model.clone(), gradients, rates)?;
    let stats = StepStats { loss, words: batch.words(), learning_rate: rates.decoder, gradient_norm, reward: None };
    Ok((model, stats))
}

/// A part of a step.
struct Part<'a> {
    features: CachedFeatures,
    batch: CaptionBatch,
    imitation: Option<Imitation<'a>>,
    dropout: Dropout,
}

/// What the parts are parts of.
#[derive(Clone, Copy)]
struct Whole {
    words: usize,
    rows: usize,
}

/// A part's share of the loss, and its gradients.
fn part_gradients<D: TrainableDecoder>(
    model: &TrainableModel<D>,
    part: Part,
    regularisation: Regularisation,
    whole: Whole,
) -> Result<(f64, Gradients), ReadBackError> {
    let Part { features, batch, imitation, mut dropout } = part;
    let device: Device = features.device();
    // A graph of its own, so that parts do not wait for each other.
    let model = model.clone().fork(&device);
    let output = model.decoder.forward(model.features(features), batch.inputs_on(&device), &mut dropout);
    let penalty = (regularisation.attention > 0.0).then(|| attention_penalty(&output, &batch)).flatten();
    let soft = imitation.and_then(|imitation| Some((imitation.probabilities(&batch)?, imitation.share)));
    let soft = soft.map(|(probabilities, share)| (Tensor::from_inner(probabilities), share));
    let smoothing = regularisation.label_smoothing;
    let Loss { smoothed, nll } = imitating_cross_entropy(output.logits, &batch, smoothing, soft);
    let mut loss = smoothed / whole.words as f64;
    if let Some(penalty) = penalty {
        let share = batch.rows() as f64 / whole.rows as f64;
        loss = loss + penalty * (regularisation.attention * share);
    }
    let value = to_host(nll)?.first().copied().map_or(f64::NAN, f64::from) / whole.words as f64;
    Ok((value, Gradients::of(loss, &model)?))
}
