//! Photos and captions as numbers: what the loop learns from.

use std::collections::HashMap;

use sha2::{Digest, Sha256};
use sightline::hash;
use sightline::vocabulary::{SPECIAL, Vocabulary, VocabularyError};

use super::dataset::{Sample, Split};
use crate::score;

/// Why captions give nothing to learn from.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    #[error(
        "no word stands {min_count} times in the training captions, the most frequent {most} times; lower data.min_count"
    )]
    NoWords { min_count: usize, most: usize },
    #[error("the training captions give no vocabulary: {0}")]
    Vocabulary(#[from] VocabularyError),
}

/// Everything that is learnt from, and everything that validates it.
#[derive(Clone, Debug)]
pub struct Corpus {
    pub vocabulary: Vocabulary,
    pub train: Vec<Item>,
    pub validation: Vec<Item>,
    /// Sentences without photos, cut as captions are.
    pub text: Vec<Vec<u32>>,
}

/// One photo.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its place in the feature cache.
    pub row: usize,
    /// As word ids, cut to the greatest length.
    pub captions: Vec<Vec<u32>>,
    /// As words, whole.
    pub tokens: Vec<Vec<String>>,
}

/// Words that change in a mirror.
const MIRRORED: [(&str, &str); 2] = [("left", "right"), ("leftmost", "rightmost")];

impl Corpus {
    /// What a caption says of the photo in a mirror. Words that are not known are left as they are.
    pub fn mirrored(&self, caption: &[u32]) -> Vec<u32> {
        let id = |word| self.vocabulary.id(word);
        let pairs: Vec<(u32, u32)> =
            MIRRORED.iter().filter_map(|(left, right)| Some((id(left)?, id(right)?))).collect();
        let mirrored = |word: &u32| {
            let other = pairs.iter().find_map(|(left, right)| match word {
                word if word == left => Some(*right),
                word if word == right => Some(*left),
                _ => None,
            });
            other.unwrap_or(*word)
        };
        caption.iter().map(mirrored).collect()
    }

    /// From samples with their places in the feature cache, and the words of sentences without photos. A word is learnt that
    /// stands at least `min_count` times in the training captions and those sentences.
    pub fn new(
        samples: &[(usize, &Sample)],
        text: &[Vec<String>],
        min_count: usize,
        max_words: usize,
    ) -> Result<Self, CorpusError> {
        let tokens = |sample: &Sample| -> Vec<Vec<String>> {
            sample.captions.iter().map(|caption| score::tokens(caption)).collect()
        };
        let of = |split: Split| samples.iter().filter(move |(_, sample)| sample.split == split);
        let train: Vec<(usize, Vec<Vec<String>>)> =
            of(Split::Train).map(|(row, sample)| (*row, tokens(sample))).collect();
        let vocabulary = vocabulary(train.iter().flat_map(|(_, captions)| captions).chain(text), min_count)?;
        let item = |(row, tokens): (usize, Vec<Vec<String>>)| {
            let captions = tokens.iter().map(|words| ids(words, &vocabulary, max_words)).collect();
            Item { row, captions, tokens }
        };
        let train = train.into_iter().map(item).collect();
        let validation = of(Split::Validation).map(|(row, sample)| item((*row, tokens(sample)))).collect();
        let text = text.iter().map(|words| ids(words, &vocabulary, max_words)).collect();
        Ok(Self { train, validation, text, vocabulary })
    }

    /// What distinguishes these captions, and the order in which they are learnt, from all others.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        self.vocabulary.words().iter().for_each(|word| hash.update(format!("{word}\0")));
        for item in self.train.iter().chain(&self.validation) {
            hash.update(item.row.to_le_bytes());
            for caption in &item.captions {
                caption.iter().for_each(|word| hash.update(word.to_le_bytes()));
                hash.update(u32::MAX.to_le_bytes());
            }
        }
        for sentence in &self.text {
            sentence.iter().for_each(|word| hash.update(word.to_le_bytes()));
            hash.update(u32::MAX.to_le_bytes());
        }
        hash::hex(&hash.finalize())
    }
}

fn ids(words: &[String], vocabulary: &Vocabulary, most: usize) -> Vec<u32> {
    let unknown = vocabulary.special_tokens().unknown;
    words.iter().take(most).map(|word| vocabulary.id(word).unwrap_or(unknown)).collect()
}

/// The special tokens, then the words: the most frequent first, words of equal number by alphabet.
fn vocabulary<'a>(
    captions: impl Iterator<Item = &'a Vec<String>>,
    min_count: usize,
) -> Result<Vocabulary, CorpusError> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for word in captions.flatten() {
        *counts.entry(word).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    let mut counts: Vec<(&str, usize)> = counts.into_iter().filter(|(_, count)| *count >= min_count).collect();
    if counts.is_empty() {
        return Err(CorpusError::NoWords { min_count, most });
    }
    counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    Ok(Vocabulary::new(
        SPECIAL.into_iter().chain(counts.into_iter().map(|(word, _)| word)).map(str::to_string).collect(),
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_without_photos_widen_the_vocabulary() {
        let captions = vec!["A dog runs .".to_string(), "A cat runs .".to_string()];
        let sample = Sample { name: "a".into(), path: "a".into(), captions, split: Split::Train };
        let samples = [(0, &sample)];
        let text = [["a", "dog"], ["two", "cats"]].map(|words| words.map(str::to_string).to_vec());
        let alone = Corpus::new(&samples, &[], 2, 20).unwrap();
        assert_eq!(alone.vocabulary.words()[4..], ["a", "runs"]);
        let corpus = Corpus::new(&samples, &text, 2, 20).unwrap();
        assert_eq!(corpus.vocabulary.words()[4..], ["a", "dog", "runs"]);
        assert_eq!(corpus.text, [[4, 5], [3, 3]]);
        let other = Corpus { text: vec![], ..corpus.clone() };
        assert_ne!(corpus.fingerprint(), other.fingerprint());
    }

    #[test]
    fn left_and_right_change_places_in_a_mirror() {
        let words = SPECIAL.into_iter().chain(["a", "left", "hand", "right"]).map(str::to_string).collect();
        let corpus =
            Corpus { vocabulary: Vocabulary::new(words).unwrap(), train: vec![], validation: vec![], text: vec![] };
        assert_eq!(corpus.mirrored(&[4, 5, 6, 3, 7]), [4, 7, 6, 3, 5]);
        assert_eq!(corpus.mirrored(&corpus.mirrored(&[4, 5, 6])), [4, 5, 6]);
        // Where one of the two is not known, neither can be said in place of the other.
        let words = SPECIAL.into_iter().chain(["a", "left"]).map(str::to_string).collect();
        let corpus =
            Corpus { vocabulary: Vocabulary::new(words).unwrap(), train: vec![], validation: vec![], text: vec![] };
        assert_eq!(corpus.mirrored(&[4, 5]), [4, 5]);
    }
}
