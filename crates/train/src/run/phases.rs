//! Which phases a run has, and what there is to do in each epoch.

use serde::{Deserialize, Serialize};

use super::phase_span::{PhaseSpan, spans};
use crate::config::TrainingConfig;
use crate::data::{CaptionOf, Corpus, caption_batches, photo_batches, sentence_batches};
use crate::objective::CAPTIONS_PER_PHOTO;

/// What a part of a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The decoder learns to speak, from sentences without photos.
    Text,
    /// The decoder learns the captions' words.
    Words,
    /// So do the encoder's last stages.
    FineTuning,
    /// The decoder learns from the CIDEr-D of its own captions.
    SelfCritical,
}

pub fn phase_spans(training: &TrainingConfig) -> Vec<PhaseSpan<Phase>> {
    let text = &training.text;
    spans([
        (Phase::Text, if text.captions.is_some() { text.epochs } else { 0 }),
        (Phase::Words, training.epochs),
        (Phase::FineTuning, training.fine_tuning.epochs),
        (Phase::SelfCritical, training.self_critical.epochs),
    ])
}

/// What there is to do in an epoch of each phase.
#[derive(Debug)]
pub enum PhaseBatches {
    /// Of sentences.
    Text(Vec<Vec<usize>>),
    Words(Vec<Vec<CaptionOf>>),
    /// The same by photos.
    WordsOfPhotos(Vec<Vec<usize>>),
    /// Of photos.
    FineTuning(Vec<Vec<usize>>),
    SelfCritical(Vec<Vec<usize>>),
}

impl PhaseBatches {
    /// Always the same for the same epoch.
    pub fn of_epoch(corpus: &Corpus, training: &TrainingConfig, phase: Phase, epoch: usize) -> Self {
        let (seed, size, epoch) = (training.seed, training.batch_size, epoch as u64);
        let items = &corpus.train;
        let photos = |per_photo: usize| photo_batches(items.len(), (size / per_photo).max(1), seed, epoch);
        match phase {
            Phase::Text => Self::Text(sentence_batches(&corpus.text, size, seed, epoch)),
            Phase::Words if training.captions_per_photo > 1 => Self::WordsOfPhotos(photos(training.captions_per_photo)),
            Phase::Words => Self::Words(caption_batches(items, size, seed, epoch)),
            Phase::FineTuning => Self::FineTuning(photos(CAPTIONS_PER_PHOTO)),
            Phase::SelfCritical => Self::SelfCritical(photos(training.self_critical.samples)),
        }
    }

    pub fn len(&self) -> usize {
        match self {
            Self::Words(batches) => batches.len(),
            Self::Text(batches)
            | Self::WordsOfPhotos(batches)
            | Self::FineTuning(batches)
            | Self::SelfCritical(batches) => batches.len(),
        }
    }
}
