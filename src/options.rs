//! What a caller may ask for: the options of a caption, as JavaScript, the command line and Rust all say them.

use serde::{Deserialize, Serialize};

use crate::decoder::search::{SearchError, SearchOptions, Strategy};

/// How to caption one photo. All may be left out. `beams` cannot be combined with `temperature`, `top_p` and `seed`,
/// which draw words by chance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct CaptionOptions {
    /// Sentences that are followed at a time; 1 is greedy. Where nothing is said, as many as the model was measured with.
    pub beams: Option<usize>,
    /// Below 1 for safer words, above 1 for bolder ones.
    pub temperature: Option<f64>,
    /// Only the most probable words that together reach this share.
    pub top_p: Option<f64>,
    /// The same seed gives the same sentence.
    pub seed: Option<u64>,
    pub min_words: Option<usize>,
    /// Counts the words of the prefix too.
    pub max_words: Option<usize>,
    /// A beam's sentences are ordered by log-probability / length ^ this.
    pub length_power: Option<f64>,
    /// Let the model say a word twice in a row, or three words twice.
    pub allow_repeats: bool,
    /// Words that the caption begins with; the model goes on from there.
    pub prefix: Vec<String>,
    /// The only cells to look at, row by row from the upper left; all of them where there is nothing here.
    pub cells: Option<Vec<usize>>,
    /// Give every cell the mean of all: what the photo shows, and nothing of where.
    pub averaged: bool,
    /// Whether a beam search's sentences are reranked by what people wrote of similar photos, where the model can.
    pub consensus: Option<bool>,
    /// Tell the caption even of a picture that looks like no photo that the model knows.
    pub any_photo: bool,
}

impl CaptionOptions {
    /// What they are called in JavaScript and in JSON.
    pub const NAMES: [&'static str; 13] = [
        "beams",
        "temperature",
        "topP",
        "seed",
        "minWords",
        "maxWords",
        "lengthPower",
        "allowRepeats",
        "prefix",
        "cells",
        "averaged",
        "consensus",
        "anyPhoto",
    ];

    /// How to choose among words, with a model that is usually asked with so many beams.
    pub fn search(&self, usual_beams: usize) -> Result<SearchOptions, SearchError> {
        let plain = SearchOptions::default();
        let strategy = match (self.beams, self.temperature, self.top_p, self.seed) {
            (None, None, None, None) => Strategy::of_beams(usual_beams),
            (Some(beams), None, None, None) => Strategy::of_beams(beams),
            (None, temperature, top_p, seed) => Strategy::Sample {
                temperature: temperature.unwrap_or(1.0),
                top_p: top_p.unwrap_or(1.0),
                seed: seed.unwrap_or(0),
            },
            (Some(_), ..) => return Err(SearchError::BeamsAndSampling),
        };
        Ok(SearchOptions {
            strategy,
            min_words: self.min_words.unwrap_or(plain.min_words),
            max_words: self.max_words.unwrap_or(plain.max_words),
            length_power: self.length_power.unwrap_or(plain.length_power),
            guard_repeats: !self.allow_repeats,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn their_names_are_those_that_are_read() {
        let value = serde_json::to_value(CaptionOptions::default()).unwrap();
        let names: Vec<&str> = value.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(names, CaptionOptions::NAMES);
        let error = serde_json::from_str::<CaptionOptions>(r#"{ "beam": 3 }"#).unwrap_err().to_string();
        assert!(error.contains("unknown field `beam`"), "{error}");
    }

    #[test]
    fn beams_or_chance_and_not_both() {
        let of = |options: CaptionOptions| options.search(7).map(|search| search.strategy);
        let plain = CaptionOptions::default();
        assert_eq!(of(plain.clone()), Ok(Strategy::Beam { width: 7 }));
        assert_eq!(of(CaptionOptions { beams: Some(1), ..plain.clone() }), Ok(Strategy::Greedy));
        assert_eq!(of(CaptionOptions { beams: Some(4), ..plain.clone() }), Ok(Strategy::Beam { width: 4 }));
        let sampled = Strategy::Sample { temperature: 1.0, top_p: 0.5, seed: 0 };
        assert_eq!(of(CaptionOptions { top_p: Some(0.5), ..plain.clone() }), Ok(sampled));
        let both = CaptionOptions { beams: Some(2), seed: Some(1), ..plain };
        assert_eq!(of(both), Err(SearchError::BeamsAndSampling));
    }
}
