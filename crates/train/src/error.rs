//! Why training cannot start or go on.

use sightline::decoder::search::SearchError;
use sightline::model::ModelError;
use sightline::vocabulary::VocabularyError;

use crate::config::ConfigError;
use crate::consensus::BuildError;
use crate::data::{CacheError, CorpusError, DatasetError, GloveError, LabelledError};
use crate::file_error::FileError;
use crate::frozen_encoder::EncoderError;
use crate::host::ReadBackError;
use crate::teacher::TeacherError;

#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("the log cannot be written: {0}")]
    Log(String),
    #[error(
        "the loss of step {step} is no number; go on from the last checkpoint with a lower training.learning_rate or \
         training.clip_gradient: --resume RUN --set KEY=VALUE"
    )]
    NotANumber { step: u64 },
    #[error("{path} does not belong to this configuration: {reason}")]
    OtherRun { path: String, reason: String },
    #[error(
        "{path}: the run has come to a later phase, so an earlier one cannot have more epochs; give them to that phase, \
         or begin a run anew"
    )]
    PhaseIsOver { path: String },
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error(transparent)]
    Consensus(#[from] BuildError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Labelled(#[from] LabelledError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    ReadBack(#[from] ReadBackError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error(transparent)]
    Teacher(#[from] TeacherError),
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    #[error(transparent)]
    WordVectors(#[from] GloveError),
}
