//! Why training cannot start or go on.

use std::path::Path;

use sightline::decoder::search::SearchError;
use sightline::model::ModelError;

use crate::config::ConfigError;
use crate::data::{CacheError, CorpusError, DatasetError, GloveError};
use crate::frozen_encoder::EncoderError;
use crate::host::ReadBackError;

#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("{path} is damaged; delete it, and it will be made anew")]
    Damaged { path: String },
    #[error("{path} is being written by another process; wait for it, or give this one another folder")]
    Busy { path: String },
    #[error("the log cannot be written: {0}")]
    Log(String),
    #[error(
        "the loss of step {step} is no number; go on from the last checkpoint with a lower training.learning_rate or \
         training.clip_gradient: --resume RUN --set KEY=VALUE"
    )]
    NotANumber { step: u64 },
    #[error("{path} does not belong to this configuration: {reason}")]
    OtherRun { path: String, reason: String },
    #[error(transparent)]
    Cache(#[from] CacheError),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    ReadBack(#[from] ReadBackError),
    #[error(transparent)]
    Search(#[from] SearchError),
    #[error(transparent)]
    WordVectors(#[from] GloveError),
}

impl TrainError {
    pub fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), source }
    }

    /// What was done when somebody wanted it to stop while photos were encoded.
    pub fn stopped(&self) -> Option<&str> {
        match self {
            Self::Cache(CacheError::Stopped { done }) => Some(done),
            _ => None,
        }
    }
}
