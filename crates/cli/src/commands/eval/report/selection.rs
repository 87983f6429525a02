//! Which captions a report shows: the worst, the best, and some of the others by chance.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// So many of the worst and of the best.
const MOST: usize = 24;
const BY_CHANCE: usize = 12;

/// Places of captions in their list.
#[derive(Debug, PartialEq)]
pub struct Selection {
    pub worst: Vec<usize>,
    pub best: Vec<usize>,
    pub by_chance: Vec<usize>,
}

impl Selection {
    /// Of captions with these scores and probabilities. Of equally bad ones those that the model was surest of come
    /// first, for they mislead most. No caption is chosen twice.
    pub fn of(captions: &[(f64, f64)]) -> Self {
        let mut places: Vec<usize> = (0..captions.len()).collect();
        places.sort_by(|a, b| {
            let ((score_a, probability_a), (score_b, probability_b)) = (captions[*a], captions[*b]);
            score_a.total_cmp(&score_b).then(probability_b.total_cmp(&probability_a))
        });
        let worst = places.drain(..MOST.min(places.len() / 2)).collect();
        let best = places.drain(places.len() - MOST.min(places.len())..).rev().collect();
        // The same for the same photos, so that the reports of two models can be laid side by side.
        places.sort_unstable();
        places.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
        places.truncate(BY_CHANCE);
        Self { worst, best, by_chance: places }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_the_best_and_some_by_chance() {
        let captions: Vec<(f64, f64)> = (0..100).map(|number| (f64::from(number * 7 % 100), 0.5)).collect();
        let scores = |places: &[usize]| places.iter().map(|place| captions[*place].0 as usize).collect::<Vec<_>>();
        let chosen = Selection::of(&captions);
        assert_eq!(scores(&chosen.worst), (0..24).collect::<Vec<_>>());
        assert_eq!(scores(&chosen.best), (76..100).rev().collect::<Vec<_>>());
        let others = scores(&chosen.by_chance);
        assert_eq!(others.len(), 12);
        assert!(others.iter().all(|score| (24..76).contains(score)), "{others:?}");
        assert!(!others.is_sorted(), "{others:?}");
        assert_eq!(Selection::of(&captions), chosen);
    }

    #[test]
    fn of_equally_bad_captions_the_surest_are_first() {
        let chosen = Selection::of(&[(0.0, 0.2), (0.0, 0.4), (0.0, 0.3), (1.0, 0.1)]);
        assert_eq!((chosen.worst, chosen.best, chosen.by_chance), (vec![1, 2], vec![3, 0], vec![]));
    }

    #[test]
    fn few_captions_are_shown_once_each() {
        let chosen = Selection::of(&[(0.5, 0.5)]);
        assert_eq!((chosen.worst, chosen.best, chosen.by_chance), (vec![], vec![0], vec![]));
    }
}
