//! CIDEr-D as `pycocoevalcap` computes it, which calls it CIDEr: what people say of this photo and of few others.

use std::collections::BTreeSet;

use super::grams;
use super::numbers::Numbers;

/// How many words a candidate may be longer or shorter before that costs much.
const SIGMA: f64 = 6.0;

/// The references of a corpus, made ready to score any number of candidates; what training calls all the time.
///
/// A word is any number that means the same word everywhere. Words of the references that a model cannot say should
/// keep numbers of their own: one number for all of them would make rare words common.
#[derive(Debug)]
pub struct Cider {
    /// Words of each reference: `[photos][references]`.
    lengths: Vec<Vec<usize>>,
    one: Grams<1>,
    two: Grams<2>,
    three: Grams<3>,
    four: Grams<4>,
}

/// What the references say in rows of `N` words.
#[derive(Debug)]
struct Grams<const N: usize> {
    numbers: Numbers<[u32; N]>,
    /// The natural logarithm of all photos over those whose references have the gram: `[numbers]`.
    rarity: Vec<f64>,
    /// That of a gram that no reference has, which counts as if one photo had it.
    rarity_of_unseen: f64,
    photos: Vec<Vec<Reference>>,
}

#[derive(Debug)]
struct Reference {
    /// The numbers of its grams and how often they occur, sorted.
    counts: Vec<(u32, u32)>,
    norm: f64,
}

impl Cider {
    /// From sentences: `[photos][references][words]`.
    pub fn new(corpus: &[Vec<Vec<u32>>]) -> Self {
        Self {
            lengths: corpus.iter().map(|references| references.iter().map(Vec::len).collect()).collect(),
            one: Grams::new(corpus),
            two: Grams::new(corpus),
            three: Grams::new(corpus),
            four: Grams::new(corpus),
        }
    }

    /// From 0 to 10. The photo is the one at this place of the corpus; a place outside of it is a mistake and panics.
    pub fn score(&self, photo: usize, candidate: &[u32]) -> f64 {
        let lengths = &self.lengths[photo];
        if lengths.is_empty() {
            return 0.0;
        }
        let kept = |length: &usize| (-(length.abs_diff(candidate.len()) as f64).powi(2) / (2.0 * SIGMA * SIGMA)).exp();
        let kept: Vec<f64> = lengths.iter().map(kept).collect();
        let similarity = self.one.similarity(photo, candidate, &kept)
            + self.two.similarity(photo, candidate, &kept)
            + self.three.similarity(photo, candidate, &kept)
            + self.four.similarity(photo, candidate, &kept);
        10.0 * similarity / 4.0 / lengths.len() as f64
    }
}

impl<const N: usize> Grams<N> {
    fn new(corpus: &[Vec<Vec<u32>>]) -> Self {
        let mut numbers = Numbers::default();
        let mut counts = |sentence: &Vec<u32>| {
            let grams = grams::counted(sentence).into_iter();
            let mut counts: Vec<(u32, u32)> = grams.map(|(gram, count)| (numbers.give(gram), count)).collect();
            counts.sort_unstable();
            counts
        };
        let corpus: Vec<Vec<_>> =
            corpus.iter().map(|references| references.iter().map(&mut counts).collect()).collect();

        let mut photos_with = vec![0u32; numbers.len()];
        for references in &corpus {
            let distinct: BTreeSet<u32> = references.iter().flatten().map(|(number, _)| *number).collect();
            for number in distinct {
                photos_with[number as usize] += 1;
            }
        }
        let all = corpus.len() as f64;
        let rarity: Vec<f64> = photos_with.into_iter().map(|with| (all / f64::from(with)).ln()).collect();
        let weighed = |counts: Vec<(u32, u32)>| {
            let square = |(number, count): &(u32, u32)| (f64::from(*count) * rarity[*number as usize]).powi(2);
            Reference { norm: counts.iter().map(square).sum::<f64>().sqrt(), counts }
        };
        let photos = corpus.into_iter().map(|references| references.into_iter().map(weighed).collect()).collect();
        Self { numbers, rarity, rarity_of_unseen: all.ln(), photos }
    }

    /// The cosines with the photo's references, of each as much as is kept of it, added up.
    fn similarity(&self, photo: usize, candidate: &[u32], kept: &[f64]) -> f64 {
        let mut square = 0.0;
        let mut seen = Vec::with_capacity(candidate.len());
        for (gram, count) in grams::counted(candidate) {
            let number = self.numbers.get(&gram);
            let rarity = number.map_or(self.rarity_of_unseen, |number| self.rarity[number as usize]);
            let count = f64::from(count);
            square += (count * rarity).powi(2);
            seen.extend(number.map(|number| (number, count, rarity * rarity)));
        }
        let norm = square.sqrt();

        let mut similarity = 0.0;
        for (reference, kept) in self.photos[photo].iter().zip(kept) {
            let mut product = 0.0;
            for (number, count, weight) in &seen {
                if let Ok(at) = reference.counts.binary_search_by_key(number, |(number, _)| *number) {
                    let written = f64::from(reference.counts[at].1);
                    // Repeating a word more often than the reference earns nothing.
                    product += count.min(written) * written * weight;
                }
            }
            if product > 0.0 {
                similarity += kept * product / (norm * reference.norm);
            }
        }
        similarity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_like_no_other_scores_ten() {
        let cider = Cider::new(&[vec![vec![1, 2, 3, 4]], vec![vec![5, 6, 7, 8]]]);
        assert!((cider.score(0, &[1, 2, 3, 4]) - 10.0).abs() < 1e-12);
        assert_eq!(cider.score(1, &[1, 2, 3, 4]), 0.0);
    }

    #[test]
    fn words_that_every_photo_has_earn_nothing() {
        let cider = Cider::new(&[vec![vec![1, 2]], vec![vec![1, 3]]]);
        assert_eq!(cider.score(0, &[1]), 0.0);
        assert!(cider.score(0, &[1, 2]) > 0.0);
    }

    #[test]
    fn words_that_no_reference_has_cost_something() {
        let cider = Cider::new(&[vec![vec![1, 2, 3]], vec![vec![4, 5, 6]]]);
        let plain = cider.score(0, &[1, 2, 3]);
        assert!(cider.score(0, &[1, 2, 3, 99]) < plain);
        assert!(cider.score(0, &[1, 2, 3, 99, 99]) < cider.score(0, &[1, 2, 3, 99, 98]), "repeated, twice as much");
    }

    #[test]
    fn a_photo_counts_once_however_many_of_its_references_say_the_same() {
        let once = Cider::new(&[vec![vec![1, 2], vec![3]], vec![vec![4]]]);
        let twice = Cider::new(&[vec![vec![1, 2], vec![1, 2]], vec![vec![4]]]);
        assert_eq!(once.one.rarity[0], twice.one.rarity[0]);
    }
}
