//! Which words may follow a sentence: one rule for every way of choosing among them, in captioning and in training.

use super::options::SearchOptions;
use crate::decoder::session::IMPOSSIBLE;
use crate::vocabulary::SpecialTokens;

/// A word's log-probability is always the model's own: what may not follow is left out, and the rest is not raised for
/// it.
#[derive(Clone, Copy, Debug)]
pub struct WordRules {
    pub special: SpecialTokens,
    /// No sentence ends before it has so many words.
    pub min_words: usize,
    /// Never the same word twice in a row, never the same three words twice in a sentence.
    pub guard_repeats: bool,
}

impl WordRules {
    pub fn of(options: &SearchOptions, special: SpecialTokens) -> Self {
        Self { special, min_words: options.min_words, guard_repeats: options.guard_repeats }
    }

    /// Whatever the model knows but the special tokens, and the end anywhere.
    pub fn free(special: SpecialTokens) -> Self {
        Self { special, min_words: 0, guard_repeats: false }
    }

    /// The words, and perhaps the end, that may follow these, with their log-probabilities.
    pub fn allowed<'a>(
        &self,
        said: &[u32],
        log_probabilities: &'a [f32],
    ) -> impl Iterator<Item = (u32, f32)> + Clone + use<'a> {
        let special = self.special;
        let may_end = said.len() >= self.min_words;
        let repeats = if self.guard_repeats { repeats(said) } else { Vec::new() };
        let words = log_probabilities.iter().enumerate().map(|(word, value)| (word as u32, *value));
        words.filter(|(_, log_probability)| is_possible(*log_probability)).filter(move |(word, _)| {
            match *word == special.end {
                true => may_end,
                false => !special.contains(*word) && !repeats.contains(word),
            }
        })
    }
}

/// Whether a word can follow at all, as far as the model is concerned.
pub fn is_possible(log_probability: f32) -> bool {
    // Half of it leaves room for what a softmax takes away or adds.
    log_probability > IMPOSSIBLE / 2.0
}

/// The words that would stand twice in a row, or end three words that stand in the sentence already.
fn repeats(said: &[u32]) -> Vec<u32> {
    let mut repeats = Vec::from_iter(said.last().copied());
    if let [.., a, b] = said[..] {
        repeats.extend(said.windows(3).filter(|three| three[..2] == [a, b]).map(|three| three[2]));
    }
    repeats
}
