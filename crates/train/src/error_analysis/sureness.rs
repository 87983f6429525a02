//! Whether captions that the model was surer of are better ones.

use serde::Serialize;

use super::judged_caption::JudgedCaption;
use super::statistics::{median, share};

const BINS: usize = 10;

/// Captions in bins of equal size, by the probability that the model gave them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SurenessBins {
    /// Of the captions' CIDEr-D.
    pub median_cider_d: f64,
    /// The least probable captions first; fewer than ten where there are fewer captions.
    pub bins: Vec<Bin>,
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

impl SurenessBins {
    pub fn of(captions: &[JudgedCaption]) -> Self {
        let median_cider_d = median(captions.iter().map(|caption| caption.cider_d));
        let mut sorted: Vec<&JudgedCaption> = captions.iter().collect();
        sorted.sort_by(|a, b| a.probability.total_cmp(&b.probability));
        let count = sorted.len();
        let bins = (0..BINS).map(|bin| &sorted[bin * count / BINS..(bin + 1) * count / BINS]);
        let bins = bins.filter_map(|captions| {
            let mean = |value: fn(&JudgedCaption) -> f64| {
                captions.iter().map(|caption| value(caption)).sum::<f64>() / captions.len() as f64
            };
            let good = captions.iter().filter(|caption| caption.cider_d >= median_cider_d).count();
            Some(Bin {
                captions: captions.len(),
                least_probability: captions.first()?.probability,
                greatest_probability: captions.last()?.probability,
                mean_probability: mean(|caption| caption.probability),
                mean_cider_d: mean(|caption| caption.cider_d),
                at_least_median: share(good, captions.len()),
            })
        });
        Self { median_cider_d, bins: bins.collect() }
    }
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
        let bins = SurenessBins::of(&captions(50));
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
        let bins = SurenessBins::of(&captions(3)).bins;
        assert_eq!(bins.iter().map(|bin| bin.captions).collect::<Vec<_>>(), [1, 1, 1]);
        assert!(SurenessBins::of(&[]).bins.is_empty());
    }
}
