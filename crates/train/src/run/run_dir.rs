//! Where a run keeps its files, and the model folder that it ends with.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use sightline::consensus::Consensus;
use sightline::files::replace;
use sightline::model::{self, Dtype, Manifest, Overwrite};
use sightline::vocabulary::Vocabulary;
use sightline::weights::{Weights, prefixed};

use super::training_state;
use crate::config::Config;
use crate::error::TrainError;
use crate::file_error::FileError;
use crate::frozen_encoder::FrozenEncoder;

#[derive(Clone, Debug)]
pub struct RunDir(pub PathBuf);

impl RunDir {
    /// The configuration, with what was set on the command line.
    pub fn config(&self) -> PathBuf {
        self.0.join("config.yaml")
    }

    /// For a file that does not say the same already: somebody may have written into that one.
    pub fn write_config(&self, yaml: &str) -> Result<(), FileError> {
        let path = self.config();
        replace(&path, yaml.as_bytes()).map_err(FileError::io(&path))
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

    /// What a classifier confuses, for a person.
    pub fn report(&self) -> PathBuf {
        self.0.join("report.txt")
    }

    /// The same as a table.
    pub fn confusion(&self) -> PathBuf {
        self.0.join("confusion.csv")
    }

    /// An error where a new run would overwrite what another left, whether that can be gone on with or not.
    pub fn expect_new(&self) -> Result<(), FileError> {
        let folder = self.0.display().to_string();
        let is_there = |path: &PathBuf| path.symlink_metadata().is_ok();
        if is_there(&self.last()) {
            return Err(FileError::HasRun { folder });
        }
        let files = [self.best(), self.model(), self.log(), self.config(), self.report(), self.confusion()];
        match files.iter().find(|path| is_there(path)).and_then(|path| path.file_name()) {
            Some(name) => Err(FileError::HasRemains { folder, name: name.to_string_lossy().into_owned() }),
            None => Ok(()),
        }
    }

    /// Whether a run was begun here and ended by force before its first checkpoint: it begins anew, with nothing lost.
    pub fn was_only_begun(&self) -> bool {
        let is_empty = |path: PathBuf| path.metadata().map_or(true, |file| file.len() == 0);
        let made_later = [self.last(), self.best(), self.model(), self.report(), self.confusion()];
        self.config().is_file()
            && is_empty(self.log())
            && !made_later.iter().any(|path| path.symlink_metadata().is_ok())
    }

    /// Makes the folder, and keeps other processes from training in it for as long as the file is held.
    pub fn hold(&self) -> Result<File, FileError> {
        let path = self.0.join("lock");
        let io = FileError::io(&path);
        std::fs::create_dir_all(&self.0).map_err(&io)?;
        let file = File::create(&path).map_err(io)?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => Err(FileError::busy(&self.0)),
            // Some file systems have no locks, and can be trained on all the same.
            Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
        }
    }

    /// Writes the best weights, the encoder, and what captions are reranked by as a model folder.
    pub fn write_model(
        &self,
        config: &Config,
        encoder: &FrozenEncoder,
        vocabulary: &Vocabulary,
        consensus: Option<&Consensus>,
    ) -> Result<(), TrainError> {
        let best = training_state::read_weights(&self.best())?;
        let mut weights: Weights = prefixed("encoder", encoder.weights.clone()).collect();
        // Those of a tuned encoder take the place of those that it began with.
        weights.extend(best);
        let decoder = config.decoder(vocabulary.len(), encoder.config.channels())?;
        let manifest = Manifest {
            name: self.0.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            ..Manifest::new(encoder.input.clone(), encoder.config.clone(), decoder, vocabulary)
        };
        model::write(&self.model(), &manifest, &weights, consensus, Dtype::F32, Overwrite::Replace)?;
        Ok(())
    }
}
