//! What a run returns: the text, and everything that explains it.

use std::time::Duration;

use serde::Serialize;

use crate::device::Devices;
use crate::encoder::Grid;
use crate::sureness::Sureness;

/// A photo's caption.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Caption {
    /// The sentence alone, for programs.
    pub text: String,
    /// What to show people: the sentence, behind a hedge where the model was not sure, or that this is no photo that it
    /// knows.
    pub hedged: String,
    pub words: Vec<Word>,
    /// Natural logarithm of the probability of the words and, if it ended by itself, of ending there.
    pub log_probability: f32,
    /// How sure the model was of the words and, if it ended by itself, of ending there.
    pub sureness: Sureness,
    /// Whether the picture looks like a photo that the model knows; nothing where nobody measured which do.
    pub familiar: Option<bool>,
    /// How far it is from those photos, in parts of the greatest distance of one that is familiar.
    pub distance: Option<f32>,
    /// The best sentences that the search found, best first; the first of them is this caption.
    pub candidates: Vec<Candidate>,
    /// Whether they are in the order of score and consensus, not of the score alone.
    pub reranked: bool,
    /// The grid that each word's attention lies over.
    pub grid: Grid,
    pub timings: Timings,
    pub device: Devices,
}

/// What a model that knows classes says of a photo.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Classification {
    /// The most probable classes, best first.
    pub classes: Vec<Alternative>,
    pub timings: Timings,
    pub device: Devices,
}

/// One word, and what the model gave for it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Word {
    pub text: String,
    pub log_probability: f32,
    /// How much each cell of the grid weighed, row by row; with `looked_away` they sum to one. Nothing for a model
    /// without attention.
    pub attention: Option<Vec<Vec<f32>>>,
    /// The share of its attention that the model gave to no cell; nothing for a model without a sentinel.
    pub looked_away: Option<f32>,
    /// The most probable other words at this place.
    pub alternatives: Vec<Alternative>,
}

/// A word that might have stood there, or a class.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    pub text: String,
    pub log_probability: f32,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    pub text: String,
    pub words: Vec<String>,
    /// The log-probability over the length.
    pub score: f32,
    /// How well it agrees with what people wrote of similar photos, from 0 to 10; nothing where it was not compared.
    pub consensus: Option<f32>,
    pub log_probability: f32,
    /// False where the sentence was cut at the greatest length.
    pub ended: bool,
}

/// Milliseconds.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Timings {
    /// From the file's bytes to pixels.
    pub decode: f64,
    /// From pixels to the encoder's input.
    pub resize: f64,
    pub encode: f64,
    /// All words together, or what tells the classes apart.
    pub words: f64,
}

pub fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
