//! [Self-critical training](https://arxiv.org/abs/1612.00563): the model's own captions, each worth its CIDEr-D and
//! compared with the other captions of its photo.

use rayon::prelude::*;

use super::batch::CaptionBatch;
use super::frequency::WordFrequencies;
use super::rollout::GeneratedCaption;
use crate::config::SelfCriticalConfig;
use crate::data::{Corpus, Shown};
use crate::score::{Cider, sentence_bleu_4};

/// What captions are worth: their CIDEr-D against the training captions, and what else is asked for.
#[derive(Debug)]
pub struct Reward {
    cider: Cider,
    end: u32,
    /// `[photos][captions][words]`, ends included.
    references: Vec<Vec<Vec<u32>>>,
    /// How much BLEU-4 adds.
    bleu: f64,
    /// What a caption earns by being as long as people's.
    length: f64,
    /// Where words are paid for how often they are said, and how much.
    frequencies: Option<(WordFrequencies, f64)>,
}

impl Reward {
    pub fn new(corpus: &Corpus, config: &SelfCriticalConfig) -> Self {
        let mut unknown = std::collections::HashMap::new();
        let special = corpus.vocabulary.special_tokens();
        let end = special.end;
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
        let cider = Cider::new(&references);
        let frequencies = (config.frequency > 0.0).then(|| {
            let captions: Vec<&[u32]> = references.iter().flatten().map(Vec::as_slice).collect();
            (WordFrequencies::new(captions.into_iter(), corpus.vocabulary.len(), special), config.frequency)
        });
        Self { cider, end, references, bleu: config.bleu, length: config.length, frequencies }
    }

    /// How often the model says each word, where that is paid for: the only thing here that steps change.
    pub fn words_said(&self) -> Option<&[f32]> {
        self.frequencies.as_ref().map(|(frequencies, _)| frequencies.own())
    }

    /// Goes on from what [`Reward::words_said`] gave.
    pub fn restore(&mut self, words_said: Vec<f32>) {
        if let Some((frequencies, _)) = &mut self.frequencies {
            frequencies.restore(words_said);
        }
    }

    /// Takes account of how often words are said in a step's captions, before they are paid.
    fn observe(&mut self, captions: &[GeneratedCaption]) {
        if let Some((frequencies, _)) = &mut self.frequencies {
            frequencies.observe(captions);
        }
    }

    /// What the words of a caption earn as it was said, whatever the photo is.
    fn of_frequency(&self, caption: &GeneratedCaption) -> f64 {
        self.frequencies.as_ref().map_or(0.0, |(frequencies, share)| share * frequencies.worth(&caption.words))
    }

    fn of(&self, photo: usize, caption: &GeneratedCaption) -> f64 {
        // A caption that was cut has no end that could be praised.
        let end: &[u32] = if caption.ended { &[self.end] } else { &[] };
        let words = [&caption.words[..], end].concat();
        let mut reward = self.cider.score(photo, &words);
        let references = &self.references[photo];
        if self.bleu > 0.0 {
            reward += self.bleu * sentence_bleu_4(&words, references);
        }
        if self.length > 0.0 {
            let mean = references.iter().map(Vec::len).sum::<usize>() as f64 / references.len().max(1) as f64;
            reward += self.length * (words.len() as f64 / mean.max(1.0)).min(1.0);
        }
        reward
    }
}

/// The model's own captions of some photos, each as heavy as it is better than the others of its photo. Also their mean
/// reward.
pub fn self_critical_batch(
    captions: &[GeneratedCaption],
    (photos, shown): (&[usize], &[Shown]),
    reward: &mut Reward,
    corpus: &Corpus,
    max_words: usize,
) -> (CaptionBatch, f64) {
    let special = corpus.vocabulary.special_tokens();
    let per_photo = captions.len() / photos.len().max(1);
    reward.observe(captions);
    let reward: &Reward = reward;
    let reward_of = |(row, caption): (usize, &GeneratedCaption)| {
        let place = row / per_photo.max(1);
        if !shown[place].view.is_mirrored {
            return reward.of(photos[place], caption) + reward.of_frequency(caption);
        }
        let words = corpus.mirrored(&caption.words);
        reward.of(photos[place], &GeneratedCaption { words, ..caption.clone() }) + reward.of_frequency(caption)
    };
    let rewards: Vec<f64> = captions.par_iter().enumerate().map(reward_of).collect();
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
    use crate::data::{Item, View};

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
        Corpus { vocabulary: Vocabulary::new(words).unwrap(), validation: train.clone(), text: vec![], train }
    }

    fn caption(words: &[u32], ended: bool) -> GeneratedCaption {
        GeneratedCaption { words: words.to_vec(), log_probability: 0.0, ended }
    }

    #[test]
    fn an_own_caption_weighs_as_much_as_it_is_better_than_the_others_of_its_photo() {
        let corpus = corpus();
        let mut reward = Reward::new(&corpus, &SelfCriticalConfig::default());
        let captions = [[4, 5, 6], [4, 7, 8], [4, 5, 8], [4, 7, 8]].map(|words| caption(&words, true));
        let photos = (&[0, 1][..], &[0, 1].map(Shown::as_it_is)[..]);
        let (batch, mean) = self_critical_batch(&captions, photos, &mut reward, &corpus, 20);
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
        let reward = Reward::new(&corpus(), &SelfCriticalConfig::default());
        assert!(reward.of(0, &caption(&[4, 5, 6], true)) > reward.of(0, &caption(&[4, 5], true)));
        assert!(reward.of(0, &caption(&[4, 5, 6], true)) > reward.of(0, &caption(&[4, 5, 6], false)));
    }

    #[test]
    fn bleu_and_length_are_paid_as_the_configuration_says() {
        let with = |bleu, length| Reward::new(&corpus(), &SelfCriticalConfig { bleu, length, ..Default::default() });
        let [right, short] = [caption(&[4, 5, 6], true), caption(&[4, 5], true)];
        let plain = with(0.0, 0.0);
        // Word for word what a person wrote.
        assert!((with(0.5, 0.0).of(0, &right) - plain.of(0, &right) - 0.5).abs() < 1e-6);
        assert!(with(0.5, 0.0).of(0, &short) - plain.of(0, &short) < 0.5);
        // Three words of four, ends included.
        assert!((with(0.0, 0.4).of(0, &short) - plain.of(0, &short) - 0.3).abs() < 1e-9);
        assert!((with(0.0, 0.4).of(0, &right) - plain.of(0, &right) - 0.4).abs() < 1e-9);
    }

    #[test]
    fn words_are_paid_for_how_often_they_are_said() {
        let corpus = corpus();
        let config = |frequency| SelfCriticalConfig { frequency, ..Default::default() };
        let captions = [[4, 5, 6], [4, 5, 6], [4, 5, 6], [4, 7, 8]].map(|words| caption(&words, true));
        let photos = (&[0, 1][..], &[0, 1].map(Shown::as_it_is)[..]);
        let mean = |reward: &mut Reward| self_critical_batch(&captions, photos, reward, &corpus, 20).1;
        let mut plain = Reward::new(&corpus, &config(0.0));
        assert_eq!(plain.words_said(), None);
        let mut paid = Reward::new(&corpus, &config(0.5));
        // "dog" and "runs" stand in a third of people's captions and three quarters of these.
        let worth = |people: f64, here: f64| ((people + 1e-4) / (people + 0.02 * (here - people) + 1e-4)).ln();
        let (dog, cat, sleeps) = (worth(1.0 / 3.0, 0.75), worth(2.0 / 3.0, 0.25), worth(1.0 / 3.0, 0.25));
        let expected = 0.5 * (3.0 * 2.0 * dog + cat + sleeps) / 4.0;
        assert!((mean(&mut paid) - mean(&mut plain) - expected).abs() < 1e-6);
        let said = paid.words_said().unwrap().to_vec();
        assert!(said[5] > said[8], "{said:?}");
        let mut restored = Reward::new(&corpus, &config(0.5));
        restored.restore(said);
        assert_eq!(mean(&mut restored), mean(&mut paid));
    }

    #[test]
    fn a_caption_of_a_mirrored_photo_is_paid_for_what_it_says_of_the_photo() {
        let words = SPECIAL.into_iter().chain(["a", "dog", "left", "right", "cat"]).map(str::to_string).collect();
        let item = |tokens: &str, ids: &[u32]| Item {
            row: 0,
            captions: vec![ids.to_vec()],
            tokens: vec![tokens.split(' ').map(str::to_string).collect()],
        };
        let train = vec![item("a dog left", &[4, 5, 6]), item("a cat", &[4, 8])];
        let corpus = Corpus { vocabulary: Vocabulary::new(words).unwrap(), validation: vec![], text: vec![], train };
        let mut reward = Reward::new(&corpus, &SelfCriticalConfig::default());
        let captions = [caption(&[4, 5, 7], true), caption(&[4, 5, 6], true)];
        let mut weights = |is_mirrored| {
            let shown = [Shown { row: 0, view: View { is_mirrored, ..View::default() } }];
            self_critical_batch(&captions, (&[0], &shown), &mut reward, &corpus, 20).0.weights
        };
        assert!(weights(true)[0] > 0.0 && weights(false)[0] < 0.0);
    }
}
