//! Which phases a run has, and what there is to do in each epoch.

use super::log::Phase;
use crate::config::TrainingConfig;
use crate::data::{CaptionOf, Item, caption_batches, photo_batches};
use crate::objective::CAPTIONS_PER_PHOTO;

/// The epochs of a phase, counted over the whole run.
#[derive(Clone, Copy, Debug)]
pub struct PhaseSpan {
    pub phase: Phase,
    pub begin: usize,
    pub end: usize,
}

impl PhaseSpan {
    pub fn contains(&self, epoch: usize) -> bool {
        (self.begin..self.end).contains(&epoch)
    }
}

pub fn phase_spans(training: &TrainingConfig) -> Vec<PhaseSpan> {
    let epochs = [
        (Phase::Words, training.epochs),
        (Phase::FineTuning, training.fine_tuning.epochs),
        (Phase::SelfCritical, training.self_critical.epochs),
    ];
    let mut begin = 0;
    let mut spans = Vec::new();
    for (phase, epochs) in epochs.into_iter().filter(|(_, epochs)| *epochs > 0) {
        spans.push(PhaseSpan { phase, begin, end: begin + epochs });
        begin += epochs;
    }
    spans
}

/// What there is to do in an epoch of a phase.
#[derive(Debug)]
pub enum PhaseBatches {
    Captions(Vec<Vec<CaptionOf>>),
    Photos(Phase, Vec<Vec<usize>>),
}

impl PhaseBatches {
    /// Always the same for the same epoch.
    pub fn of_epoch(items: &[Item], training: &TrainingConfig, phase: Phase, epoch: usize) -> Self {
        let (seed, epoch) = (training.seed, epoch as u64);
        let photos = |per_photo: usize| {
            Self::Photos(phase, photo_batches(items, (training.batch_size / per_photo).max(1), seed, epoch))
        };
        match phase {
            Phase::Words => Self::Captions(caption_batches(items, training.batch_size, seed, epoch)),
            Phase::FineTuning => photos(CAPTIONS_PER_PHOTO),
            Phase::SelfCritical => photos(training.self_critical.samples),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Captions(batches) => batches.len(),
            Self::Photos(_, batches) => batches.len(),
        }
    }
}
