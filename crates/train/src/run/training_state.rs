//! The state of a training run on disk: all that its next step depends on, in one safetensors file that is replaced as a whole. Only a
//! new phase needs the best weights besides.

use std::collections::HashMap;
use std::path::Path;

use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sightline::checkpoint::CHECKPOINT_LIMIT;
use sightline::files::{read_kind, replace};
use sightline::floats::Float;
use sightline::weights::{Weight, Weights};

use super::position::RunPosition;
use crate::file_error::FileError;

/// Everything that the next step depends on but the data and the configuration. `P` is how far the run has come.
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingState<P = RunPosition> {
    /// What distinguishes the data and the encoder from all others.
    pub fingerprint: String,
    pub position: P,
    pub weights: Weights,
    pub optimiser_steps: u64,
    pub optimiser: Weights,
    /// How often the model says each word, in a phase that pays for it.
    pub words_said: Option<Vec<f32>>,
}

const DATA: &str = "sightline.data";
const PROGRESS: &str = "sightline.progress";
const STEPS: &str = "sightline.optimiser_steps";
const OPTIMISER: &str = "optimiser:";
const WORDS_SAID: &str = "reward:words_said";

impl<P: Serialize + DeserializeOwned> TrainingState<P> {
    pub fn save(&self, path: &Path) -> Result<(), FileError> {
        let position = serde_json::to_string(&self.position).map_err(|error| FileError::io(path)(error.into()))?;
        let about = [(DATA, self.fingerprint.clone()), (PROGRESS, position), (STEPS, self.optimiser_steps.to_string())];
        let about = about.into_iter().map(|(key, value)| (key.to_string(), value)).collect();
        let optimiser = self.optimiser.iter().map(|(name, weight)| (format!("{OPTIMISER}{name}"), weight));
        let weights = self.weights.iter().map(|(name, weight)| (name.clone(), weight));
        let said = self.words_said.as_ref().map(|values| Weight { shape: vec![values.len()], values: values.clone() });
        let said = said.iter().map(|weight| (WORDS_SAID.to_string(), weight));
        write(path, weights.chain(optimiser).chain(said), about)
    }

    pub fn read(path: &Path) -> Result<Self, FileError> {
        let damaged = || FileError::damaged_state(path);
        let bytes = read_kind(path, CHECKPOINT_LIMIT, "checkpoint").map_err(FileError::io(path))?;
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|_| damaged())?;
        let about = header.metadata().as_ref().ok_or_else(damaged)?;
        let fingerprint = about.get(DATA).cloned().ok_or_else(damaged)?;
        let position = about.get(PROGRESS).and_then(|json| serde_json::from_str(json).ok()).ok_or_else(damaged)?;
        let optimiser_steps = about.get(STEPS).and_then(|steps| steps.parse().ok()).ok_or_else(damaged)?;
        let mut all = read_tensors(&bytes).ok_or_else(damaged)?;
        let words_said = all.remove(WORDS_SAID).map(|weight| weight.values);
        let (optimiser, weights): (Weights, Weights) =
            all.into_iter().partition(|(name, _)| name.starts_with(OPTIMISER));
        let optimiser =
            optimiser.into_iter().map(|(name, weight)| (name[OPTIMISER.len()..].to_string(), weight)).collect();
        Ok(Self { fingerprint, position, weights, optimiser_steps, optimiser, words_said })
    }
}

/// Weights alone.
pub fn save_weights(path: &Path, weights: &Weights) -> Result<(), FileError> {
    write(path, weights.iter().map(|(name, weight)| (name.clone(), weight)), HashMap::new())
}

pub fn read_weights(path: &Path) -> Result<Weights, FileError> {
    let bytes = read_kind(path, CHECKPOINT_LIMIT, "checkpoint").map_err(FileError::io(path))?;
    read_tensors(&bytes).ok_or_else(|| FileError::damaged(path))
}

fn read_tensors(bytes: &[u8]) -> Option<Weights> {
    let tensors = SafeTensors::deserialize(bytes).ok()?;
    let weight = |view: TensorView| {
        let values = Float::F32.decode(view.data());
        (view.dtype() == Dtype::F32).then(|| Weight { shape: view.shape().to_vec(), values })
    };
    tensors.iter().map(|(name, view)| Some((name.to_string(), weight(view)?))).collect()
}

/// Writes beside the file and renames, so that there is always a whole one.
fn write<'a>(
    path: &Path,
    weights: impl Iterator<Item = (String, &'a Weight)>,
    about: HashMap<String, String>,
) -> Result<(), FileError> {
    let bytes: Vec<(String, &[usize], Vec<u8>)> = weights
        .map(|(name, weight)| {
            let bytes = weight.values.iter().flat_map(|value| value.to_le_bytes()).collect();
            (name, &weight.shape[..], bytes)
        })
        .collect();
    let views = bytes.iter().map(|(name, shape, bytes)| {
        TensorView::new(Dtype::F32, shape.to_vec(), bytes).map(|view| (name.as_str(), view))
    });
    let fault = |error: safetensors::SafeTensorError| FileError::io(path)(std::io::Error::other(error.to_string()));
    let views: Vec<(&str, TensorView)> = views.collect::<Result<_, _>>().map_err(fault)?;
    let all = safetensors::serialize(views, Some(about)).map_err(fault)?;
    replace(path, &all).map_err(FileError::io(path))
}
