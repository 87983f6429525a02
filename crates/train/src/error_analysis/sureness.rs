//! Whether captions that the model was surer of are better ones.

use serde::Serialize;
use sightline::sureness::{Calibration, Sureness};

use super::judged_caption::JudgedCaption;
use super::statistics::{median, share};

const BINS: usize = 10;

/// Captions by the probability that the model gave them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SurenessAnalysis {
    /// Of the captions' CIDEr-D.
    pub median_cider_d: f64,
    /// Of equal size, the least probable captions first; fewer than ten where there are fewer captions.
    pub bins: Vec<Bin>,
    /// What the steps below go by.
    pub calibration: Calibration,
    /// The surest first.
    pub steps: Vec<SurenessStep>,
}

/// The captions of which a model says that it was so sure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SurenessStep {
    pub sureness: Sureness,
    pub captions: usize,
    pub mean_cider_d: f64,
    /// The share of captions whose CIDEr-D is the median or better.
    pub at_least_median: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    pub captions: usize,
    pub least_probability: f64,
    pub greatest_probability: f64,
    pub mean_probability: f64,
    pub mean_cider_d: f64,
    /// The share of captions whose CIDEr-D is the median or better.
    pub at_least_median: f64,
}

impl SurenessAnalysis {
    pub fn of(captions: &[JudgedCaption], calibration: Calibration) -> Self {
        let median_cider_d = median(captions.iter().map(|caption| caption.cider_d));
        let mut sorted: Vec<&JudgedCaption> = captions.iter().collect();
        sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability));
        let count = sorted.len();
        let bins = (0..BINS).map(|bin| &sorted[bin * count / BINS..(bin + 1) * count / BINS]);
        let good = |captions: &[&JudgedCaption]| {
            share(captions.iter().filter(|caption| caption.cider_d >= median_cider_d).count(), captions.len())
        };
        let bins = bins.filter_map(|captions| {
            Some(Bin {
                captions: captions.len(),
                least_probability: captions.first()?.probability,
                greatest_probability: captions.last()?.probability,
                mean_probability: mean(captions, |caption| caption.probability),
                mean_cider_d: mean(captions, |caption| caption.cider_d),
                at_least_median: good(captions),
            })
        });
        let bins = bins.collect();
        let steps = Sureness::ALL.map(|sureness| {
            let captions: Vec<&JudgedCaption> =
                captions.iter().filter(|caption| calibration.sureness(caption.probability) == sureness).collect();
            SurenessStep {
                sureness,
                captions: captions.len(),
                mean_cider_d: mean(&captions, |caption| caption.cider_d),
                at_least_median: good(&captions),
            }
        });
        Self { median_cider_d, bins, calibration, steps: steps.to_vec() }
    }
}

/// 0 of none.
fn mean(captions: &[&JudgedCaption], value: fn(&JudgedCaption) -> f64) -> f64 {
    captions.iter().map(|caption| value(caption)).sum::<f64>() / captions.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captions(count: usize) -> Vec<JudgedCaption> {
        // In an order that is neither rising nor falling.
        let caption = |number: usize| {
            let value = (number * 7 % count) as f64;
            JudgedCaption { cider_d: value, probability: value / count as f64, ..JudgedCaption::of("a", &["a"]) }
        };
        (0..count).map(caption).collect()
    }

    #[test]
    fn bins_go_by_probability_and_are_of_equal_size() {
        let bins = SurenessAnalysis::of(&captions(50), Calibration::default());
        assert_eq!(bins.median_cider_d, 24.5);
        assert_eq!(bins.bins.len(), 10);
        let [first, .., last] = &bins.bins[..] else { unreachable!() };
        let wanted = Bin {
            captions: 5,
            least_probability: 0.0,
            greatest_probability: 0.08,
            mean_probability: 0.04,
            mean_cider_d: 2.0,
            at_least_median: 0.0,
        };
        assert_eq!(*first, wanted);
        assert_eq!((last.least_probability, last.mean_cider_d, last.at_least_median), (0.9, 47.0, 1.0));
    }

    #[test]
    fn few_captions_have_few_bins() {
        let bins = SurenessAnalysis::of(&captions(3), Calibration::default()).bins;
        assert_eq!(bins.iter().map(|bin| bin.captions).collect::<Vec<_>>(), [1, 1, 1]);
        assert!(SurenessAnalysis::of(&[], Calibration::default()).bins.is_empty());
    }

    #[test]
    fn steps_go_by_the_calibration() {
        let calibration = Calibration { temperature: 1.0, sure: 0.8, unsure: 0.4 };
        let steps = SurenessAnalysis::of(&captions(50), calibration).steps;
        let step = |sureness, captions, mean_cider_d, at_least_median| SurenessStep {
            sureness,
            captions,
            mean_cider_d,
            at_least_median,
        };
        let wanted = [
            step(Sureness::Sure, 10, 44.5, 1.0),
            step(Sureness::Unsure, 20, 29.5, 0.75),
            step(Sureness::Hesitant, 20, 9.5, 0.0),
        ];
        assert_eq!(steps, wanted);
    }
}
