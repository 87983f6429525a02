//! Which phases a run has, and what there is to do in each epoch.

use super::batches::{self, Pair};
use super::config::TrainingConfig;
use super::corpus::Item;
use super::lessons::CAPTIONS_OF_A_PHOTO;
use super::log::Phase;

/// The epochs of a phase, counted over the whole run.
#[derive(Clone, Copy, Debug)]
pub struct Stretch {
    pub phase: Phase,
    pub begin: usize,
    pub end: usize,
}

pub fn stretches(training: &TrainingConfig) -> Vec<Stretch> {
    let epochs = [
        (Phase::Words, training.epochs),
        (Phase::FineTuning, training.fine_tuning.epochs),
        (Phase::SelfCritical, training.self_critical.epochs),
    ];
    let mut begin = 0;
    let mut stretches = Vec::new();
    for (phase, epochs) in epochs.into_iter().filter(|(_, epochs)| *epochs > 0) {
        stretches.push(Stretch { phase, begin, end: begin + epochs });
        begin += epochs;
    }
    stretches
}

/// What there is to do in an epoch.
pub enum Batches {
    Captions(Vec<Vec<Pair>>),
    Photos(Vec<Vec<usize>>),
}

impl Batches {
    /// Always the same for the same epoch.
    pub fn of_epoch(items: &[Item], training: &TrainingConfig, phase: Phase, epoch: usize) -> Self {
        let (seed, epoch) = (training.seed, epoch as u64);
        let photos = |of_each: usize| {
            Self::Photos(batches::of_photos(items, (training.batch_size / of_each).max(1), seed, epoch))
        };
        match phase {
            Phase::Words => Self::Captions(batches::of_captions(items, training.batch_size, seed, epoch)),
            Phase::FineTuning => photos(CAPTIONS_OF_A_PHOTO),
            Phase::SelfCritical => photos(training.self_critical.samples),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Captions(batches) => batches.len(),
            Self::Photos(batches) => batches.len(),
        }
    }
}
