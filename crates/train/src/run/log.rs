//! The run's log: a JSON object for each step and each epoch, one a line.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sightline::files::{read_text, replace};

use super::phases::Phase;
use crate::error::TrainError;
use crate::file_error::FileError;
use crate::score::Scores;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Step {
        step: u64,
        epoch: usize,
        /// For each word; in self-critical training, weighed by how much better each caption is than the others.
        loss: f64,
        learning_rate: f64,
        /// Before the gradient was clipped.
        gradient_norm: f64,
        words_per_second: f64,
        /// Mean reward of the sampled captions.
        #[serde(skip_serializing_if = "Option::is_none")]
        reward: Option<f64>,
    },
    /// An epoch of sentences without photos, after which there is nothing to judge.
    TextEpoch { step: u64, epoch: usize, phase: Phase, train_loss: f64, seconds: f64 },
    Epoch {
        step: u64,
        epoch: usize,
        phase: Phase,
        train_loss: f64,
        validation_loss: f64,
        #[serde(flatten)]
        scores: Scores,
        /// Whether the running average of the weights was better than they are, and is what is told of.
        is_average: bool,
        is_best: bool,
        /// Of training, without the validation.
        seconds: f64,
    },
}

/// Of a longer one nothing is left out.
const LOG_LIMIT: u64 = 1 << 30;

#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    file: File,
}

impl Log {
    /// Opens a log to go on after a step; what it tells of later ones happened after the last checkpoint, and will
    /// happen again.
    pub fn open(path: &Path, after: u64) -> Result<Self, TrainError> {
        let io = FileError::io(path);
        if let Ok(text) = read_text(path, LOG_LIMIT, "log") {
            let is_before = |line: &&str| {
                let value: Option<serde_json::Value> = serde_json::from_str(line).ok();
                value.and_then(|value| value["step"].as_u64()).is_some_and(|step| step <= after)
            };
            let kept: String = text.lines().filter(is_before).flat_map(|line| [line, "\n"]).collect();
            replace(path, kept.as_bytes()).map_err(&io)?;
        }
        let file = OpenOptions::new().append(true).create(true).open(path).map_err(io)?;
        Ok(Self { path: path.to_path_buf(), file })
    }

    pub fn write(&mut self, event: &impl Serialize) -> Result<(), TrainError> {
        let line = serde_json::to_string(event).map_err(|error| TrainError::Log(error.to_string()))?;
        Ok(writeln!(self.file, "{line}").map_err(FileError::io(&self.path))?)
    }
}
