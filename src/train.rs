//! From photos with captions to a model: data sets, configuration, word vectors, the loop and its checkpoints.

mod adam;
mod batches;
mod checkpoint;
pub mod config;
mod corpus;
pub mod dataset;
mod eye;
mod folder;
pub mod glove;
mod judge;
mod learn;
mod lessons;
mod log;
mod loss;
mod maps;
mod plan;
pub mod plot;
mod prepared;
mod rollout;
mod schedule;
mod steps;
mod trainee;
mod trainer;

use std::path::Path;

pub use adam::{Adam, Rates};
pub use checkpoint::{Best, Checkpoint, Progress};
pub use config::Config;
pub use corpus::{Corpus, Item};
pub use eye::{Depth, Eye};
pub use folder::Folder;
pub use learn::{Exercise, Learnt, Rules, learn};
pub use log::{Event, Phase};
pub use loss::{Lesson, Surprise, surprise, unevenness};
pub use maps::{Maps, Seen, decode};
pub use prepared::Prepared;
pub use rollout::{Choose, captions};
pub use steps::PARTS;
pub use trainee::Trainee;
pub use trainer::{Ending, Task, Watch, run};

/// Why training cannot start or go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("{path}: {reason}")]
    Encoder { path: String, reason: String },
    #[error("{path} is damaged; delete it, and it will be made anew")]
    Damaged { path: String },
    #[error("{path} is being written by another process; wait for it, or give this one another folder")]
    Busy { path: String },
    #[error("stopped: {done}; the same command goes on from there")]
    Stopped { done: String },
    #[error("the device did not give its results back: {0}")]
    Device(String),
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
        "no word stands {min_count} times in the training captions, the most frequent {most} times; lower data.min_count"
    )]
    NoWords { min_count: usize, most: usize },
    #[error("the training captions give no vocabulary: {0}")]
    Vocabulary(#[from] crate::vocabulary::VocabularyError),
    #[error(transparent)]
    Config(#[from] config::ConfigError),
    #[error(transparent)]
    Dataset(#[from] dataset::DatasetError),
    #[error(transparent)]
    WordVectors(#[from] glove::GloveError),
    #[error(transparent)]
    Bundle(#[from] crate::bundle::BundleError),
}

impl TrainError {
    fn io(path: &Path, source: std::io::Error) -> Self {
        Self::Io { path: path.display().to_string(), source }
    }
}
