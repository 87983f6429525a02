//! How sure a model was of a caption, in three steps, by the probability that it gave to a word in the geometric mean.

use serde::{Deserialize, Serialize};

use crate::bounds::FieldError;

/// The least sure first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sureness {
    Hesitant,
    Unsure,
    Sure,
}

impl Sureness {
    pub const ALL: [Self; 3] = [Self::Sure, Self::Unsure, Self::Hesitant];

    /// As it is written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sure => "sure",
            Self::Unsure => "unsure",
            Self::Hesitant => "hesitant",
        }
    }

    /// What stands before a caption, in English, so that nobody who hears it takes it for certain; empty for one that
    /// the model is sure of.
    pub fn hedge(self) -> &'static str {
        match self {
            Self::Sure => "",
            Self::Unsure => "Perhaps:",
            Self::Hesitant => "Hard to say. Perhaps:",
        }
    }
}

/// What a model's probabilities mean, as `sightline eval --calibrate` measures it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// A caption's probability to the power of 1 / this is the share of such captions that are good.
    pub temperature: f64,
    /// From this probability on, with the temperature applied, the model is sure of a caption.
    pub sure: f64,
    /// From this one on it is unsure; below it, it hesitates.
    pub unsure: f64,
}

impl Default for Calibration {
    /// For models that were not calibrated: thresholds that parted the captions of a small captioner of Flickr8k into some
    /// that were mostly good, many that were not, and some that mostly were not.
    fn default() -> Self {
        Self { temperature: 1.0, sure: 0.47, unsure: 0.37 }
    }
}

impl Calibration {
    /// The least and the greatest temperature. What is beyond makes all captions alike.
    pub const TEMPERATURES: (f64, f64) = (0.05, 20.0);

    /// An error that names what no calibration has.
    pub fn check(&self) -> Result<(), FieldError> {
        let (coldest, hottest) = Self::TEMPERATURES;
        for (field, value, least, most) in [
            ("calibration.temperature", self.temperature, coldest, hottest),
            ("calibration.sure", self.sure, 0.0, 1.0),
            ("calibration.unsure", self.unsure, 0.0, self.sure),
        ] {
            if !(least..=most).contains(&value) {
                let wanted = format!("{least} to {most} is allowed");
                return Err(FieldError { field, value: value.to_string(), wanted });
            }
        }
        Ok(())
    }

    /// The share of captions of this probability that are good.
    pub fn calibrated(&self, probability: f64) -> f64 {
        probability.powf(1.0 / self.temperature)
    }

    /// How sure the model was of a caption of this probability.
    pub fn sureness(&self, probability: f64) -> Sureness {
        match self.calibrated(probability) {
            calibrated if calibrated >= self.sure => Sureness::Sure,
            calibrated if calibrated >= self.unsure => Sureness::Unsure,
            _ => Sureness::Hesitant,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_go_by_the_calibrated_probability() {
        let calibration = Calibration { temperature: 2.0, sure: 0.8, unsure: 0.5 };
        assert_eq!(calibration.calibrated(0.64), 0.8);
        let steps = [0.64, 0.63, 0.25, 0.24, 0.0].map(|probability| calibration.sureness(probability));
        use Sureness::{Hesitant, Sure, Unsure};
        assert_eq!(steps, [Sure, Unsure, Unsure, Hesitant, Hesitant]);
    }

    #[test]
    fn a_step_is_called_in_json_what_it_is_called_here() {
        for sureness in Sureness::ALL {
            assert_eq!(serde_json::to_value(sureness).unwrap(), sureness.as_str());
        }
    }

    #[test]
    fn numbers_that_no_calibration_has_are_refused_by_name() {
        let message = |calibration: Calibration| calibration.check().unwrap_err().to_string();
        let good = Calibration::default();
        assert_eq!(good.check(), Ok(()));
        let hot = Calibration { temperature: 0.0, ..good };
        assert_eq!(message(hot), "calibration.temperature is 0; 0.05 to 20 is allowed");
        let certain = Calibration { sure: 1.5, ..good };
        assert_eq!(message(certain), "calibration.sure is 1.5; 0 to 1 is allowed");
        let crossed = Calibration { unsure: 0.5, ..good };
        assert_eq!(message(crossed), "calibration.unsure is 0.5; 0 to 0.47 is allowed");
        let none = Calibration { unsure: f64::NAN, ..good };
        assert_eq!(message(none), "calibration.unsure is NaN; 0 to 0.47 is allowed");
    }
}
