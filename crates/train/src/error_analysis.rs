//! How captions err: what a model says of many photos, counted beside what people wrote of the same photos.
//!
//! Every number here is a count or a mean over captions in words, so that a model card can be made of them.

mod calibration;
mod classes;
mod confusion;
mod judged_caption;
mod statistics;
mod sureness;
mod variety;
mod words;

use std::collections::HashSet;

use serde::Serialize;
use sightline::sureness::Calibration;

pub use calibration::{CalibrationFit, FEWEST, HeldOutStep, WANTED};
pub use confusion::{Confusion, Confusions};
pub use judged_caption::JudgedCaption;
pub use statistics::median;
pub use sureness::{Bin, SurenessAnalysis, SurenessStep};
pub use variety::{Repeated, Variety, WordRate};
pub use words::{OFTEN, WordCounts};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ErrorAnalysis {
    pub model: Variety,
    pub people: Variety,
    /// Shares of captions in which a word stands.
    pub rates: Vec<WordRate>,
    /// Nothing where the training captions are not at hand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeated: Option<Repeated>,
    pub confusions: Confusions,
    /// Words that the model says of at least [`OFTEN`] photos, or at least two people each of so many.
    pub words: Vec<WordCounts>,
    pub sureness: SurenessAnalysis,
}

impl ErrorAnalysis {
    /// `training` are the captions that the model learnt from, where they are at hand; `calibration` says of which captions
    /// the model is sure.
    pub fn of(captions: &[JudgedCaption], training: Option<&HashSet<Vec<String>>>, calibration: Calibration) -> Self {
        Self {
            model: Variety::of_model(captions),
            people: Variety::of_people(captions),
            rates: variety::rates(captions),
            repeated: training.map(|training| Repeated::of(captions, training)),
            confusions: Confusions::of(captions),
            words: words::count(captions),
            sureness: SurenessAnalysis::of(captions, calibration),
        }
    }
}
