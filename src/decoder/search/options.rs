//! How to choose words, and which choices make no sense.

/// Sentences that are followed at a time if neither the model nor anybody else says otherwise. `models/RESULTS.md` shows
/// what others are worth.
pub const BEAMS: usize = 3;

/// More gain nothing and take memory.
pub const MAX_BEAMS: usize = 100;

/// How to choose among words.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Strategy {
    /// Always the most probable word.
    Greedy,
    /// The best of this many sentences at a time.
    Beam { width: usize },
    /// By chance, in proportion to the probabilities.
    Sample {
        /// Below one for safer words, above one for bolder ones.
        temperature: f64,
        /// Only the most probable words that together reach this share.
        top_p: f64,
        /// The same seed gives the same sentence.
        seed: u64,
    },
}

impl Strategy {
    /// One beam is greedy search.
    pub fn of_beams(beams: usize) -> Self {
        if beams == 1 { Self::Greedy } else { Self::Beam { width: beams } }
    }

    /// How many sentences it follows at a time.
    pub fn beams(self) -> usize {
        match self {
            Self::Greedy | Self::Sample { .. } => 1,
            Self::Beam { width } => width,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SearchOptions {
    pub strategy: Strategy,
    pub min_words: usize,
    /// Counts the words of a prefix too.
    pub max_words: usize,
    /// A beam's sentences are ordered by log-probability / length ^ this.
    pub length_power: f64,
    /// Never the same word twice in a row, never the same three words twice in a sentence.
    pub guard_repeats: bool,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            strategy: Strategy::Beam { width: BEAMS },
            min_words: 1,
            max_words: 30,
            length_power: 1.0,
            guard_repeats: true,
        }
    }
}

/// Why a search cannot start or go on.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum SearchError {
    #[error("{option} is {value}; it has to be {wanted}")]
    Option { option: &'static str, value: String, wanted: &'static str },
    #[error("beams cannot be combined with temperature, topP or seed; leave the one or the others out")]
    BeamsAndSampling,
    #[error("the model's probabilities are not numbers; its weights are damaged, or the device computes wrongly")]
    NotANumber,
    #[error("the device did not give its results back: {0}")]
    Device(String),
}

impl SearchOptions {
    /// Whether they make sense, after a prefix of so many words.
    pub fn check(&self, prefix: usize) -> Result<(), SearchError> {
        let wrong = |option, value: String, wanted| Err(SearchError::Option { option, value, wanted });
        if self.max_words == 0 || self.max_words > 1000 {
            return wrong("the greatest length", self.max_words.to_string(), "from 1 to 1000 words");
        }
        if self.min_words > self.max_words {
            return wrong("the least length", self.min_words.to_string(), "no more than the greatest length");
        }
        if prefix >= self.max_words {
            return wrong("the number of given words", prefix.to_string(), "less than the greatest length");
        }
        if !self.length_power.is_finite() {
            return wrong("the length power", self.length_power.to_string(), "a number");
        }
        match self.strategy {
            Strategy::Greedy => Ok(()),
            Strategy::Beam { width: 1..=MAX_BEAMS } => Ok(()),
            Strategy::Beam { width } => wrong("the number of beams", width.to_string(), "from 1 to 100"),
            Strategy::Sample { temperature, .. } if !(temperature > 0.0 && temperature.is_finite()) => {
                wrong("the temperature", temperature.to_string(), "above 0")
            }
            Strategy::Sample { top_p, .. } if !(top_p > 0.0 && top_p <= 1.0) => {
                wrong("top-p", top_p.to_string(), "above 0 and at most 1")
            }
            Strategy::Sample { .. } => Ok(()),
        }
    }
}
