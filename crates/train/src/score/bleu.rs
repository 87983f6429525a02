//! BLEU as `pycocoevalcap` computes it, with the reference that is closest in length.

use std::iter::Sum;

use super::grams;

/// Keep zeros out of products and divisions. The figures are the reference's: short captions depend on them.
const TINY: f64 = 1e-15;
const SMALL: f64 = 1e-9;

/// What BLEU needs to know of one sentence, or of many together: it is no mean of the sentences' own scores.
#[derive(Debug, Default)]
pub struct Tally {
    words: usize,
    /// Words of the references that are closest in length.
    closest: usize,
    /// Rows of one to four words, and those among them that a reference has too.
    grams: [usize; 4],
    right: [usize; 4],
}

impl Tally {
    pub fn new(candidate: &[u32], references: &[Vec<u32>]) -> Self {
        let words = candidate.len();
        let closest = references.iter().map(Vec::len).min_by_key(|length| (length.abs_diff(words), *length));
        Self {
            words,
            // Without references nothing is right, which is verdict enough on the length too.
            closest: closest.unwrap_or(words),
            grams: [1, 2, 3, 4].map(|n| (words + 1).saturating_sub(n)),
            right: [
                right::<1>(candidate, references),
                right::<2>(candidate, references),
                right::<3>(candidate, references),
                right::<4>(candidate, references),
            ],
        }
    }

    /// BLEU-1 to BLEU-4.
    pub fn bleu(&self) -> [f64; 4] {
        let ratio = (self.words as f64 + TINY) / (self.closest as f64 + SMALL);
        let brevity = if ratio < 1.0 { (1.0 - 1.0 / ratio).exp() } else { 1.0 };
        let mut product = 1.0;
        std::array::from_fn(|at| {
            product *= (self.right[at] as f64 + TINY) / (self.grams[at] as f64 + SMALL);
            product.powf(1.0 / (at + 1) as f64) * brevity
        })
    }
}

/// BLEU-4 of one caption, with one right row added to those of two words and more (Lin and Och 2004): a caption without
/// four right words in a row is worth something yet.
pub fn sentence_bleu_4(candidate: &[u32], references: &[Vec<u32>]) -> f64 {
    let mut tally = Tally::new(candidate, references);
    for n in 1..4 {
        tally.right[n] += 1;
        tally.grams[n] += 1;
    }
    tally.bleu()[3]
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, tally| Self {
            words: sum.words + tally.words,
            closest: sum.closest + tally.closest,
            grams: std::array::from_fn(|at| sum.grams[at] + tally.grams[at]),
            right: std::array::from_fn(|at| sum.right[at] + tally.right[at]),
        })
    }
}

/// A repeated row is right as often as one of the references repeats it.
fn right<const N: usize>(candidate: &[u32], references: &[Vec<u32>]) -> usize {
    let references: Vec<_> = references.iter().map(|reference| grams::counted::<N>(reference)).collect();
    let most = |gram: &[u32; N]| {
        let counts = references.iter().filter_map(|reference| {
            let at = reference.binary_search_by_key(gram, |(gram, _)| *gram).ok()?;
            Some(reference[at].1)
        });
        counts.max().unwrap_or(0)
    };
    grams::counted(candidate).iter().map(|(gram, count)| most(gram).min(*count) as usize).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_references_equally_close_the_shorter_counts() {
        assert_eq!(Tally::new(&[1; 5], &[vec![1; 6], vec![1; 4]]).closest, 4);
        assert_eq!(Tally::new(&[1; 5], &[vec![1; 9], vec![1; 6]]).closest, 6);
    }

    #[test]
    fn repeating_a_word_earns_no_more_than_the_references_do() {
        let tally = Tally::new(&[1; 5], &[vec![1, 2], vec![1, 1, 3]]);
        assert_eq!(tally.right, [2, 1, 0, 0]);
        assert_eq!(tally.grams, [5, 4, 3, 2]);
    }

    #[test]
    fn a_caption_alone_is_worth_something_without_four_right_words_in_a_row() {
        let references = [vec![1, 2, 3, 4, 5]];
        assert!((sentence_bleu_4(&[1, 2, 3, 4, 5], &references) - 1.0).abs() < 1e-8);
        // Right are 4 of 5 words, 2 of 4 pairs, and none of the longer ones; with one added to each.
        let expected = (4.0 / 5.0 * 3.0 / 5.0 * 1.0 / 4.0 * 1.0 / 3.0f64).powf(0.25);
        assert!((sentence_bleu_4(&[1, 2, 9, 4, 5], &references) - expected).abs() < 1e-8);
    }
}
