//! What `sightline eval --out` writes, and `--against` reads.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sightline::familiarity::Familiarity;
use sightline::files::read_kind;
use sightline::sureness::Calibration;
use sightline_train::error_analysis::{ErrorAnalysis, HeldOutStep};

/// Some hundred bytes for each photo.
const EVALUATION_LIMIT: u64 = 1 << 30;

/// What of such a file is asked for.
pub fn read<Part: DeserializeOwned>(path: &Path) -> anyhow::Result<Part> {
    let json = read_kind(path, EVALUATION_LIMIT, "file of scores").with_context(|| path.display().to_string())?;
    serde_json::from_slice(&json).with_context(|| format!("{} was not written by eval --out", path.display()))
}

#[derive(Serialize, Deserialize)]
pub struct Evaluation {
    pub model: String,
    pub beams: usize,
    pub length_power: f64,
    /// By what people wrote of similar photos.
    #[serde(default)]
    pub reranked: bool,
    pub photos: usize,
    pub scores: BTreeMap<String, f64>,
    pub captions: Vec<ScoredCaption>,
    /// As `sightline pack --scores` puts it into a model folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// The same, of photos enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub familiarity: Option<Familiarity>,
    /// What is to be expected of the calibration.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<Vec<HeldOutStep>>,
    /// How the captions err; nothing where it was read, for nobody compares it.
    #[serde(skip_deserializing)]
    pub errors: Option<ErrorAnalysis>,
}

impl Evaluation {
    /// How the captions were found.
    pub fn search(&self) -> String {
        match (self.beams, self.reranked) {
            (1, _) => "greedy".to_string(),
            (beams, false) => format!("{beams} beams"),
            (beams, true) => format!("{beams} beams, reranked"),
        }
    }
}

#[derive(Serialize, Deserialize)]
pub struct ScoredCaption {
    pub photo: String,
    pub caption: String,
    /// What the model gave to each word and to the end, in the geometric mean.
    pub probability: f64,
    pub scores: BTreeMap<String, f64>,
}

impl ScoredCaption {
    pub fn cider_d(&self) -> f64 {
        self.scores.get("cider_d").copied().unwrap_or(0.0)
    }
}
