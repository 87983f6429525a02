//! What every run has, whatever it learns: a folder, and somebody who may stop it.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use sightline_train::TrainError;
use sightline_train::run::RunDir;

use crate::status::CommandStatus;

/// What a run is told, whatever it learns.
pub struct Command {
    pub dir: RunDir,
    pub is_new: bool,
    pub stop: Arc<AtomicBool>,
}

impl Command {
    /// Says which run failed, where the error names no file of it.
    pub fn failed(&self, error: TrainError) -> anyhow::Error {
        match &error {
            TrainError::File(_) | TrainError::OtherRun { .. } | TrainError::PhaseIsOver { .. } => error.into(),
            _ => anyhow::Error::new(error).context(self.dir.0.display().to_string()),
        }
    }

    /// Says how to go on.
    pub fn stopped(&self, when: &str) -> CommandStatus {
        say!("stopped{when}; go on with: sightline train --resume {}", self.dir.0.display());
        CommandStatus::Stopped
    }
}
