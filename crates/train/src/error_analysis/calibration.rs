//! What a model's probabilities are made to mean: a temperature, and from where on it may be called sure.
//!
//! A caption counts as good where its own CIDEr-D is the median of all or better.

use serde::Serialize;
use sightline::sureness::{Calibration, Sureness};

use super::judged_caption::JudgedCaption;
use super::statistics::{median, share};

/// The share of captions that have to be good where the model is sure, and where it is unsure. Four of five are promised
/// where it is sure; the lowest threshold that leaves just so many has luck in it, and leaves fewer of other photos.
pub const WANTED: [f64; 2] = [0.82, 0.5];
/// A step of fewer captions would be chance.
pub const FEWEST: usize = 50;
const FOLDS: usize = 5;

/// A calibration, and what is to be expected of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CalibrationFit {
    pub calibration: Calibration,
    /// Captions that had no part in the thresholds which they are judged by: each fifth by those of the other four.
    pub held_out: Vec<HeldOutStep>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeldOutStep {
    pub sureness: Sureness,
    pub captions: usize,
    /// The share of captions whose CIDEr-D is the median or better.
    pub at_least_median: f64,
}

impl CalibrationFit {
    pub fn of(captions: &[JudgedCaption]) -> Self {
        let median = median(captions.iter().map(|caption| caption.cider_d));
        let outcomes: Vec<Outcome> = captions
            .iter()
            .map(|caption| Outcome { probability: caption.probability, is_good: caption.cider_d >= median })
            .collect();
        let fold = |number: usize| {
            let (held_out, others): (Vec<_>, Vec<_>) =
                (0..).zip(&outcomes).partition(|(place, _)| place % FOLDS == number);
            let others: Vec<Outcome> = others.into_iter().map(|(_, outcome)| *outcome).collect();
            let calibration = fit(&others, FEWEST * (FOLDS - 1) / FOLDS);
            let judged =
                move |(_, outcome): (usize, &Outcome)| (calibration.sureness(outcome.probability), outcome.is_good);
            held_out.into_iter().map(judged).collect::<Vec<_>>()
        };
        let judged: Vec<(Sureness, bool)> = (0..FOLDS).flat_map(fold).collect();
        let held_out = Sureness::ALL.map(|sureness| {
            let step = || judged.iter().filter(|(other, _)| *other == sureness);
            let (captions, good) = (step().count(), step().filter(|(_, is_good)| *is_good).count());
            HeldOutStep { sureness, captions, at_least_median: share(good, captions) }
        });
        Self { calibration: fit(&outcomes, FEWEST), held_out: held_out.to_vec() }
    }
}

#[derive(Clone, Copy, Debug)]
struct Outcome {
    probability: f64,
    is_good: bool,
}

/// The lowest thresholds that leave the wanted share of good captions in the two upper steps, each of at least `fewest`
/// captions. A step for which there is none stays empty.
fn fit(outcomes: &[Outcome], fewest: usize) -> Calibration {
    let temperature = temperature(outcomes);
    let mut sorted: Vec<Outcome> = outcomes.to_vec();
    sorted.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    let calibrated = |place: usize| sorted.get(place).map_or(0.0, |one| one.probability.powf(1.0 / temperature));
    let [sure, unsure] = WANTED;
    let first = step(&sorted, sure, fewest);
    let second = first + step(&sorted[first..], unsure, fewest);
    // Between two captions, so that a last digit which differs from device to device moves none of them.
    let threshold = |count: usize| match count {
        0 => 1.0,
        count => (calibrated(count - 1) + calibrated(count)) / 2.0,
    };
    Calibration { temperature, sure: threshold(first), unsure: threshold(second) }
}

/// How many of the first captions can be taken, with the wanted share of good ones among them.
fn step(sorted: &[Outcome], wanted: f64, fewest: usize) -> usize {
    let mut good = 0;
    let mut most = 0;
    for (place, outcome) in sorted.iter().enumerate() {
        good += usize::from(outcome.is_good);
        let count = place + 1;
        // Captions of one probability stay together.
        let is_apart = sorted.get(count).is_none_or(|next| next.probability < outcome.probability);
        if is_apart && count >= fewest && good as f64 >= wanted * count as f64 {
            most = count;
        }
    }
    most
}

/// The temperature for which the outcomes are the most probable. The logarithm of their probability, as a function of 1
/// over the temperature, has one summit, which is where its slope changes its sign.
fn temperature(outcomes: &[Outcome]) -> f64 {
    let slope = |power: f64| -> f64 {
        let of_one = |outcome: &Outcome| {
            // Nothing is certain.
            let logarithm = outcome.probability.clamp(1e-9, 1.0 - 1e-9).ln();
            match outcome.is_good {
                true => logarithm,
                false => logarithm / (1.0 - (-power * logarithm).exp()),
            }
        };
        outcomes.iter().map(of_one).sum()
    };
    let (coldest, hottest) = Calibration::TEMPERATURES;
    let (mut low, mut high) = (1.0 / hottest, 1.0 / coldest);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if slope(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    (1.0 / f64::midpoint(low, high)).clamp(coldest, hottest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many captions of a probability, of which so many are good; bad and good ones take turns as far as they can.
    fn outcomes(probability: f64, count: usize, good: usize) -> Vec<Outcome> {
        let is_good = |number: usize| (number + 1) * good / count > number * good / count;
        (0..count).map(|number| Outcome { probability, is_good: is_good(number) }).collect()
    }

    fn judged(outcomes: &[Outcome]) -> Vec<JudgedCaption> {
        let caption = |outcome: &Outcome| JudgedCaption {
            cider_d: if outcome.is_good { 1.0 } else { 0.0 },
            probability: outcome.probability,
            ..JudgedCaption::of("a", &["a"])
        };
        outcomes.iter().map(caption).collect()
    }

    #[test]
    fn the_temperature_makes_probabilities_the_share_of_good_captions() {
        let fitted = temperature(&outcomes(0.25, 100, 50));
        assert!((fitted - 2.0).abs() < 1e-6, "{fitted}");
        let mixed = [outcomes(0.81, 1000, 900), outcomes(0.25, 1000, 500), outcomes(0.09, 1000, 300)].concat();
        let fitted = temperature(&mixed);
        assert!((fitted - 2.0).abs() < 1e-6, "{fitted}");
    }

    #[test]
    fn a_temperature_stays_within_its_bounds() {
        let (coldest, hottest) = Calibration::TEMPERATURES;
        for (good, bound) in [(10, hottest), (0, coldest)] {
            let fitted = temperature(&outcomes(0.5, 10, good));
            assert!((coldest..=hottest).contains(&fitted) && (fitted / bound - 1.0).abs() < 1e-9, "{fitted}");
        }
        assert!(fit(&[], 1).check().is_ok());
        assert!(fit(&outcomes(1.0, 10, 5), 1).check().is_ok());
    }

    #[test]
    fn thresholds_are_the_lowest_with_enough_good_captions_above() {
        let captions = [
            outcomes(0.9, 100, 95),
            outcomes(0.7, 100, 70),
            outcomes(0.6, 100, 60),
            outcomes(0.5, 100, 45),
            outcomes(0.4, 100, 20),
        ]
        .concat();
        // 165 of 200 are good, 225 of 300 are too few; below them, 105 of 200 are good, and 125 of 300 are too few.
        let calibration = fit(&captions, FEWEST);
        let steps = [0.9, 0.7, 0.6, 0.5, 0.4].map(|probability| calibration.sureness(probability));
        use Sureness::{Hesitant, Sure, Unsure};
        assert_eq!(steps, [Sure, Sure, Unsure, Unsure, Hesitant]);
        assert_eq!(calibration.check(), Ok(()));
    }

    #[test]
    fn a_step_of_too_few_captions_stays_empty() {
        let captions = [outcomes(0.9, 49, 49), outcomes(0.5, 100, 45), outcomes(0.4, 100, 10)].concat();
        let calibration = fit(&captions, FEWEST);
        assert_eq!(calibration.sure, 1.0);
        let steps = [0.9, 0.5, 0.4].map(|probability| calibration.sureness(probability));
        assert_eq!(steps, [Sureness::Unsure, Sureness::Unsure, Sureness::Hesitant]);
        let none = fit(&outcomes(0.5, 100, 10), FEWEST);
        assert_eq!((none.sure, none.unsure, none.sureness(0.5)), (1.0, 1.0, Sureness::Hesitant));
    }

    #[test]
    fn each_caption_is_judged_by_thresholds_of_others() {
        let mut captions = judged(&[outcomes(0.9, 500, 450), outcomes(0.5, 500, 50)].concat());
        let fit = CalibrationFit::of(&captions);
        let step = |captions, sureness, at_least_median| HeldOutStep { sureness, captions, at_least_median };
        let wanted =
            [step(500, Sureness::Sure, 0.9), step(0, Sureness::Unsure, 0.0), step(500, Sureness::Hesitant, 0.1)];
        assert_eq!(fit.held_out, wanted);
        // The captions of one fold are probable and good. Thresholds of all captions call them sure; by those of the other
        // folds, whose captions are improbable, nobody would know.
        for (place, caption) in captions.iter_mut().enumerate() {
            caption.probability = if place % FOLDS == 0 { 0.95 } else { 0.5 };
            caption.cider_d = if place % FOLDS < 3 { 1.0 } else { 0.0 };
        }
        let CalibrationFit { calibration, held_out } = CalibrationFit::of(&captions);
        assert_eq!((calibration.sureness(0.95), held_out[0].captions), (Sureness::Sure, 0));
    }
}
