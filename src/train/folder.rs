//! Where a run keeps its files, and the model folder that it ends with.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use super::TrainError;
use super::checkpoint;
use super::config::Config;
use super::eye::Eye;
use crate::bundle::{self, Dtype, Manifest, Overwrite};
use crate::vocabulary::Vocabulary;
use crate::weights::Weights;

#[derive(Clone, Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// The configuration, with what was set on the command line.
    pub fn config(&self) -> PathBuf {
        self.0.join("config.yaml")
    }

    pub fn log(&self) -> PathBuf {
        self.0.join("log.jsonl")
    }

    /// All that the next step depends on.
    pub fn last(&self) -> PathBuf {
        self.0.join("last.safetensors")
    }

    /// The weights of the best epoch.
    pub fn best(&self) -> PathBuf {
        self.0.join("best.safetensors")
    }

    pub fn model(&self) -> PathBuf {
        self.0.join("model")
    }

    /// Makes the folder, and keeps other processes from training in it for as long as the file is held.
    pub fn hold(&self) -> Result<File, TrainError> {
        let path = self.0.join("lock");
        let io = |source| TrainError::io(&path, source);
        std::fs::create_dir_all(&self.0).map_err(io)?;
        let file = File::create(&path).map_err(io)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(TrainError::Busy { path: self.0.display().to_string() }),
            // Some file systems have no locks, and can be trained on all the same.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
        }
    }

    /// Writes the best weights, and the encoder, as a model folder.
    pub fn write_model(&self, config: &Config, eye: &Eye, vocabulary: &Vocabulary) -> Result<(), TrainError> {
        let best = checkpoint::read_weights(&self.best())?;
        let mut weights: Weights =
            eye.weights.iter().map(|(name, weight)| (format!("encoder.{name}"), weight.clone())).collect();
        // Those of a tuned encoder take the place of those that it began with.
        weights.extend(best);
        let decoder = config.decoder(vocabulary.len());
        let manifest = Manifest {
            name: self.0.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            ..Manifest::new(eye.input.clone(), eye.config.clone(), decoder, vocabulary)
        };
        bundle::write(&self.model(), &manifest, &weights, Dtype::F32, Overwrite::Replace)?;
        Ok(())
    }
}
