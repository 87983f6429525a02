//! Moving the weights towards a lesson.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::TrainError;
use super::adam::{Adam, Rates};
use super::config::TrainingConfig;
use super::loss::{Lesson, Surprise, surprise, unevenness};
use super::maps::Seen;
use super::rollout::to_host;
use super::trainee::Trainee;
use crate::decoder::{Dropout, Pupil};
use crate::weights::Place;

/// What keeps a decoder from learning captions by heart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    pub dropout: f64,
    pub label_smoothing: f64,
    pub attention_regularisation: f64,
}

impl Rules {
    pub fn of(training: &TrainingConfig) -> Self {
        let TrainingConfig { dropout, label_smoothing, attention_regularisation, .. } = *training;
        Self { dropout, label_smoothing, attention_regularisation }
    }
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Learnt {
    /// For each word, without what the rules add.
    pub loss: f64,
    /// The length of the gradient, before it was clipped.
    pub gradient: f64,
}

/// By their tensors' names, flat.
pub(super) type GradientsByName = BTreeMap<String, Vec<f32>>;

/// What is learnt in one step, and how.
#[derive(Clone, Copy, Debug)]
pub struct Exercise<'a> {
    pub seen: &'a Seen,
    pub lesson: &'a Lesson,
    pub rules: Rules,
    pub rates: Rates,
    /// How many parts are learnt side by side.
    pub parts: usize,
}

/// Makes one step. The parts' gradients are added: on the processor, most of what is not a product of matrices runs on one
/// thread. The number of parts changes rounding, so it must not follow from the machine.
pub fn learn<D: Pupil>(
    trainee: &Trainee<D>,
    adam: &mut Adam,
    exercise: &Exercise,
    random: &mut ChaCha8Rng,
) -> Result<(Trainee<D>, Learnt), TrainError> {
    let Exercise { seen, lesson, rules, rates, parts } = *exercise;
    let photos = seen.photos();
    let rows = lesson.heard.len() / photos.max(1);
    let size = photos.div_ceil(parts.clamp(1, photos.max(1)));
    let whole = Whole { words: lesson.words().max(1), rows: lesson.heard.len().max(1) };
    let parts: Vec<(Seen, Lesson, Dropout)> = (0..photos)
        .step_by(size.max(1))
        .map(|begin| {
            let end = (begin + size).min(photos);
            let random = ChaCha8Rng::seed_from_u64(random.random());
            let dropout = Dropout::new(rules.dropout, random);
            (seen.part(begin..end), lesson.part(begin * rows..end * rows), dropout)
        })
        .collect();
    let learnt: Vec<_> = parts
        .into_par_iter()
        .map(|(seen, lesson, dropout)| learn_part(trainee, seen, &lesson, dropout, rules, whole))
        .collect::<Result<_, _>>()?;
    let loss = learnt.iter().map(|(loss, _)| loss).sum();
    let gradients = learnt.into_iter().map(|(_, gradients)| gradients).reduce(added).unwrap_or_default();
    let (trainee, gradient) = adam.step(trainee.clone(), gradients, rates)?;
    Ok((trainee, Learnt { loss, gradient }))
}

/// What the parts are parts of.
#[derive(Clone, Copy)]
struct Whole {
    words: usize,
    rows: usize,
}

fn learn_part<D: Pupil>(
    trainee: &Trainee<D>,
    seen: Seen,
    lesson: &Lesson,
    mut dropout: Dropout,
    rules: Rules,
    whole: Whole,
) -> Result<(f64, GradientsByName), TrainError> {
    let device: Device = seen.device();
    // A graph of its own, so that parts do not wait for each other.
    let trainee = trainee.clone().fork(&device);
    let grid = trainee.grid(seen);
    let heard = trainee.decoder.hear(&grid, lesson.heard_on(&device), &mut dropout);
    let uneven = (rules.attention_regularisation > 0.0).then(|| unevenness(&heard, lesson)).flatten();
    let Surprise { smoothed, plain } = surprise(heard.scores, lesson, rules.label_smoothing);
    let mut loss = smoothed / whole.words as f64;
    if let Some(uneven) = uneven {
        let share = lesson.heard.len() as f64 / whole.rows as f64;
        loss = loss + uneven * (rules.attention_regularisation * share);
    }
    let value = to_host(plain)?.first().copied().map_or(f64::NAN, f64::from) / whole.words as f64;
    let mut collector =
        Collector { gradients: loss.backward(), place: Place::default(), collected: BTreeMap::new(), error: None };
    trainee.visit(&mut collector);
    match collector.error {
        None => Ok((value, collector.collected)),
        Some(error) => Err(error),
    }
}

fn added(mut sum: GradientsByName, more: GradientsByName) -> GradientsByName {
    for (name, more) in more {
        match sum.get_mut(&name) {
            Some(sum) => sum.par_iter_mut().zip(more).for_each(|(sum, more)| *sum += more),
            None => drop(sum.insert(name, more)),
        }
    }
    sum
}

struct Collector {
    gradients: Gradients,
    place: Place,
    collected: GradientsByName,
    error: Option<TrainError>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.place.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.place.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let Some(gradient) = param.val().grad_remove(&mut self.gradients) else { return };
        match to_host(gradient) {
            Ok(gradient) => drop(self.collected.insert(self.place.name(), gradient)),
            Err(error) => self.error = Some(error),
        }
    }
}
