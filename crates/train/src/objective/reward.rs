//! [Self-critical training](https://arxiv.org/abs/1612.00563): the model's own captions, each worth its CIDEr-D and
//! compared with the other captions of its photo.

use rayon::prelude::*;
use sightline::vocabulary::SpecialTokens;

use super::batch::CaptionBatch;
use super::rollout::GeneratedCaption;
use crate::data::Corpus;
use crate::score::Cider;

/// What captions are worth: their CIDEr-D against the training captions.
#[derive(Debug)]
pub struct CiderReward {
    cider: Cider,
    end: u32,
}

impl CiderReward {
    pub fn new(corpus: &Corpus) -> Self {
        let mut unknown = std::collections::HashMap::new();
        let end = corpus.vocabulary.special_tokens().end;
        let mut id = |word: &String| {
            corpus.vocabulary.id(word).unwrap_or_else(|| {
                let next = (corpus.vocabulary.len() + unknown.len()) as u32;
                *unknown.entry(word.clone()).or_insert(next)
            })
        };
        // The end counts as a word; otherwise nothing would be lost by stopping at "a man in a".
        let mut caption = |words: &Vec<String>| words.iter().map(&mut id).chain([end]).collect();
        let references: Vec<Vec<Vec<u32>>> =
            corpus.train.iter().map(|item| item.tokens.iter().map(&mut caption).collect()).collect();
        Self { cider: Cider::new(&references), end }
    }

    fn of(&self, photo: usize, caption: &GeneratedCaption) -> f64 {
        match caption.ended {
            true => self.cider.score(photo, &[&caption.words[..], &[self.end]].concat()),
            // A caption that was cut has no end that could be praised.
            false => self.cider.score(photo, &caption.words),
        }
    }
}

/// The model's own captions of some photos, each as heavy as it is better than the others of its photo. Also their mean
/// reward.
pub fn self_critical_batch(
    captions: &[GeneratedCaption],
    photos: &[usize],
    reward: &CiderReward,
    max_words: usize,
    special: SpecialTokens,
) -> (CaptionBatch, f64) {
    let per_photo = captions.len() / photos.len().max(1);
    let rewards: Vec<f64> = captions
        .par_iter()
        .enumerate()
        .map(|(row, caption)| reward.of(photos[row / per_photo.max(1)], caption))
        .collect();
    let words: Vec<&[u32]> = captions.iter().map(|caption| &caption.words[..]).collect();
    let mut batch = CaptionBatch::new(&words, special, max_words);
    batch.banned = vec![special.pad, special.start, special.unknown];
    for (row, weight) in batch.weights.iter_mut().enumerate() {
        let photo = row / per_photo * per_photo;
        let all: f64 = rewards[photo..photo + per_photo].iter().sum();
        let others = (all - rewards[row]) / (per_photo - 1).max(1) as f64;
        *weight = (rewards[row] - others) as f32;
    }
    (batch, rewards.iter().sum::<f64>() / rewards.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use sightline::vocabulary::{SPECIAL, Vocabulary};

    use super::*;
    use crate::data::Item;

    /// Two photos: a dog runs; a cat sleeps, or rests.
    fn corpus() -> Corpus {
        let words = SPECIAL.into_iter().chain(["a", "dog", "runs", "cat", "sleeps"]).map(str::to_string).collect();
        let item = |row, tokens: &[&str], captions: &[&[u32]]| Item {
            row,
            captions: captions.iter().map(|caption| caption.to_vec()).collect(),
            tokens: tokens.iter().map(|words| words.split(' ').map(str::to_string).collect()).collect(),
        };
        let train = vec![
            item(0, &["a dog runs"], &[&[4, 5, 6]]),
            item(1, &["a cat sleeps", "a cat rests"], &[&[4, 7, 8], &[4, 7, 3]]),
        ];
        Corpus { vocabulary: Vocabulary::new(words).unwrap(), validation: train.clone(), train }
    }

    fn caption(words: &[u32], ended: bool) -> GeneratedCaption {
        GeneratedCaption { words: words.to_vec(), log_probability: 0.0, ended }
    }

    #[test]
    fn an_own_caption_weighs_as_much_as_it_is_better_than_the_others_of_its_photo() {
        let corpus = corpus();
        let reward = CiderReward::new(&corpus);
        let captions = [[4, 5, 6], [4, 7, 8], [4, 5, 8], [4, 7, 8]].map(|words| caption(&words, true));
        let (batch, mean) = self_critical_batch(&captions, &[0, 1], &reward, 20, corpus.vocabulary.special_tokens());
        assert!(batch.weights[0] > 0.0 && batch.weights[3] > 0.0, "{:?}", batch.weights);
        // With one other to compare with, one's gain is the other's loss.
        assert_eq!(batch.weights[0], -batch.weights[1]);
        assert_eq!(batch.weights[2], -batch.weights[3]);
        assert!(mean > 0.0);
        assert_eq!(batch.banned, [0, 1, 3]);
        // All places are there, whatever they weigh.
        assert_eq!(batch.words(), 16);
    }

    #[test]
    fn stopping_short_is_worth_less() {
        let reward = CiderReward::new(&corpus());
        assert!(reward.of(0, &caption(&[4, 5, 6], true)) > reward.of(0, &caption(&[4, 5], true)));
        assert!(reward.of(0, &caption(&[4, 5, 6], true)) > reward.of(0, &caption(&[4, 5, 6], false)));
    }
}
