//! How often a model says each word, beside how often people do: rewards of single captions alone make a model say the words
//! that are right most often, and no others.

use std::collections::BTreeSet;

use sightline::vocabulary::SpecialTokens;

use super::rollout::GeneratedCaption;

/// How much of the model's shares each step's captions replace.
const NEW: f32 = 0.02;
/// What keeps a word that nobody says from being worth too much.
const FLOOR: f64 = 1e-4;
const LEAST: f64 = -2.0;
const MOST: f64 = 0.7;

/// Of each word, the share of captions that have it.
#[derive(Clone, Debug)]
pub struct WordFrequencies {
    people: Vec<f32>,
    /// Of the captions that the model sampled, those of late more than earlier ones. What a view by chance shows is counted as
    /// it was said.
    own: Vec<f32>,
    special: SpecialTokens,
}

impl WordFrequencies {
    /// From captions that people wrote; ids from `vocab_size` on are words that the model does not know. The model's own
    /// shares begin as people's.
    pub fn new<'a>(
        captions: impl ExactSizeIterator<Item = &'a [u32]>,
        vocab_size: usize,
        special: SpecialTokens,
    ) -> Self {
        let people = shares(captions, vocab_size, special);
        Self { own: people.clone(), people, special }
    }

    /// The model's own shares, which the next step depends on.
    pub fn own(&self) -> &[f32] {
        &self.own
    }

    /// Goes on from other shares of the model's, where they are of as many words.
    pub fn restore(&mut self, own: Vec<f32>) {
        if own.len() == self.people.len() {
            self.own = own;
        }
    }

    /// Moves the model's own shares towards those of its captions of a step.
    pub fn observe(&mut self, captions: &[GeneratedCaption]) {
        let said = shares(captions.iter().map(|caption| &caption.words[..]), self.people.len(), self.special);
        self.own.iter_mut().zip(said).for_each(|(own, said)| *own += NEW * (said - *own));
    }

    /// What the words of a caption earn, each once.
    pub fn worth(&self, words: &[u32]) -> f64 {
        let of = |word: usize| {
            let ratio = (f64::from(self.people[word]) + FLOOR) / (f64::from(self.own[word]) + FLOOR);
            ratio.ln().clamp(LEAST, MOST)
        };
        distinct(words, self.people.len(), self.special).into_iter().map(of).sum()
    }
}

fn shares<'a>(
    captions: impl ExactSizeIterator<Item = &'a [u32]>,
    vocab_size: usize,
    special: SpecialTokens,
) -> Vec<f32> {
    let count = captions.len().max(1);
    let mut having = vec![0usize; vocab_size];
    for caption in captions {
        distinct(caption, vocab_size, special).into_iter().for_each(|word| having[word] += 1);
    }
    having.into_iter().map(|having| (having as f64 / count as f64) as f32).collect()
}

/// The words that the model knows, each once; special tokens are none.
fn distinct(words: &[u32], vocab_size: usize, special: SpecialTokens) -> BTreeSet<usize> {
    let is_known = |word: &usize| *word < vocab_size && !special.contains(*word as u32);
    words.iter().map(|word| *word as usize).filter(is_known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECIAL: SpecialTokens = SpecialTokens { pad: 0, start: 1, end: 2, unknown: 3 };

    fn said(captions: &[&[u32]]) -> Vec<GeneratedCaption> {
        captions.iter().map(|words| GeneratedCaption { words: words.to_vec(), ..Default::default() }).collect()
    }

    #[test]
    fn words_cost_what_is_said_more_often_than_people_say_it() {
        // 7 is no word of the vocabulary; 6 nobody says.
        let people: [&[u32]; 4] = [&[4, 4, 5, 2], &[4, 3, 2], &[4, 7, 2], &[4, 2]];
        let mut frequencies = WordFrequencies::new(people.into_iter(), 7, SPECIAL);
        assert_eq!(frequencies.own(), [0.0, 0.0, 0.0, 0.0, 1.0, 0.25, 0.0]);
        assert_eq!(frequencies.worth(&[4, 5, 6, 2]), 0.0, "it begins as people");
        frequencies.observe(&said(&[&[4, 5, 5, 6], &[4, 5]]));
        let expected = [1.0, 0.25 + 0.02 * 0.75, 0.02 * 0.5];
        for (own, expected) in frequencies.own()[4..].iter().zip(expected) {
            assert!((f64::from(*own) - expected).abs() < 1e-6, "{own}, {expected}");
        }
        let of_5 = ((0.25 + 1e-4f64) / (0.265 + 1e-4)).ln();
        assert!((frequencies.worth(&[4, 5]) - of_5).abs() < 1e-6);
        assert!((frequencies.worth(&[5, 5, 3, 2, 7]) - of_5).abs() < 1e-6, "each word once, and no special token");
        assert_eq!(frequencies.worth(&[6]), -2.0, "ln(0.0001 / 0.0101) is lower");
        (0..200).for_each(|_| frequencies.observe(&said(&[&[6], &[6]])));
        assert_eq!(frequencies.worth(&[4]), 0.7);
    }

    #[test]
    fn own_shares_outlive_a_checkpoint() {
        let people: [&[u32]; 2] = [&[4, 5], &[4]];
        let new = || WordFrequencies::new(people.into_iter(), 6, SPECIAL);
        let mut first = new();
        first.observe(&said(&[&[5]]));
        let mut restored = new();
        restored.restore(first.own().to_vec());
        assert_eq!(restored.worth(&[4, 5]), first.worth(&[4, 5]));
        restored.restore(vec![0.0; 3]);
        assert_eq!(restored.own(), first.own(), "those of another vocabulary are none");
    }
}
