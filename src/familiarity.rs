//! Whether a picture looks like the photos that a model knows: of a blank page or a screenshot it would write a
//! sentence like any other.

use serde::{Deserialize, Serialize};

use crate::bounds::FieldError;

/// What a person reads in place of a caption.
pub const UNFAMILIAR: &str = "This does not look like a photo that I know.";

/// The photos that a model knows, as `sightline eval --calibrate` measures them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Familiarity {
    /// The profile of photos, on average: a number for each channel of the encoder.
    pub mean: Vec<f32>,
    /// How far photos are from it, in the root mean square.
    pub spread: Vec<f32>,
    /// A picture with a greater distance is none of them.
    pub limit: f32,
}

impl Familiarity {
    /// An error that names what is wrong, for an encoder of so many channels.
    pub fn check(&self, channels: usize) -> Result<(), FieldError> {
        let wrong = |field, value: String, wanted: &str| Err(FieldError { field, value, wanted: wanted.into() });
        for (field, numbers) in [("familiarity.mean", &self.mean), ("familiarity.spread", &self.spread)] {
            if numbers.len() != channels {
                let wanted = format!("the encoder's channels are {channels}");
                return wrong(field, format!("{} numbers long", numbers.len()), &wanted);
            }
        }
        // A profile has no number above 1.
        if let Some(mean) = self.mean.iter().find(|mean| !(0.0..=1.0).contains(*mean)) {
            return wrong("familiarity.mean", mean.to_string(), "0 to 1 is allowed");
        }
        if let Some(spread) = self.spread.iter().find(|spread| !(1e-6..=1.0).contains(*spread)) {
            return wrong("familiarity.spread", spread.to_string(), "0.000001 to 1 is allowed");
        }
        if !(self.limit.is_finite() && self.limit > 0.0) {
            return wrong("familiarity.limit", self.limit.to_string(), "a number above 0 is allowed");
        }
        Ok(())
    }

    /// How far a picture of this profile is from the photos: the mean of the squares of what it differs by in each
    /// channel, in spreads.
    pub fn distance(&self, profile: &[f32]) -> f32 {
        let squares = profile.iter().zip(&self.mean).zip(&self.spread);
        let sum: f64 = squares.map(|((value, mean), spread)| f64::from((value - mean) / spread).powi(2)).sum();
        (sum / profile.len().max(1) as f64) as f32
    }
}

/// The square root of each channel's share in all that the cells hold. Shares leave out how much that is, by which a
/// blank page and a photo of little contrast are alike; roots let the many small shares count.
pub fn profile(features: &[f32], channels: usize) -> Vec<f32> {
    let mut sums = vec![0f64; channels];
    for cell in features.chunks_exact(channels.max(1)) {
        sums.iter_mut().zip(cell).for_each(|(sum, value)| *sum += f64::from(value.max(0.0)));
    }
    let all: f64 = sums.iter().sum();
    sums.iter().map(|sum| if all > 0.0 { (sum / all).sqrt() as f32 } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_of_shares_whatever_their_sum() {
        let features = [1.0, 0.0, 3.0, 2.0, 0.0, 10.0];
        assert_eq!(profile(&features, 3), [(3.0f32 / 16.0).sqrt(), 0.0, (13.0f32 / 16.0).sqrt()]);
        assert_eq!(profile(&features.map(|value| 8.0 * value), 3), profile(&features, 3));
        assert_eq!(profile(&[0.0; 6], 3), [0.0; 3]);
    }

    #[test]
    fn the_distance_is_in_spreads() {
        let familiarity = Familiarity { mean: vec![0.5, 0.25], spread: vec![0.25, 0.125], limit: 1.0 };
        assert_eq!(familiarity.distance(&[0.5, 0.25]), 0.0);
        assert_eq!(familiarity.distance(&[1.0, 0.375]), 2.5);
    }

    #[test]
    fn numbers_that_no_photos_have_are_refused_by_name() {
        let good = Familiarity { mean: vec![0.5, 0.25], spread: vec![0.25, 0.125], limit: 1.5 };
        let message = |familiarity: Familiarity| familiarity.check(2).unwrap_err().to_string();
        assert_eq!(good.check(2), Ok(()));
        assert_eq!(
            good.check(3).unwrap_err().to_string(),
            "familiarity.mean is 2 numbers long; the encoder's channels are 3"
        );
        let short = Familiarity { spread: vec![0.25], ..good.clone() };
        assert_eq!(message(short), "familiarity.spread is 1 numbers long; the encoder's channels are 2");
        let large = Familiarity { mean: vec![0.5, 1.5], ..good.clone() };
        assert_eq!(message(large), "familiarity.mean is 1.5; 0 to 1 is allowed");
        let flat = Familiarity { spread: vec![0.25, 0.0], ..good.clone() };
        assert_eq!(message(flat), "familiarity.spread is 0; 0.000001 to 1 is allowed");
        let none = Familiarity { limit: f32::NAN, ..good };
        assert_eq!(message(none), "familiarity.limit is NaN; a number above 0 is allowed");
    }
}
