//! What one step teaches: the captions that people wrote, or the model's own with what they are worth.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::TrainError;
use super::batches::Pair;
use super::corpus::{Corpus, Item};
use super::loss::Lesson;
use super::rollout::{by_chance, to_host};
use crate::decoder::{Dropout, Pupil};
use crate::encoder::FeatureGrid;
use crate::score::Cider;
use crate::vocabulary::Marks;

/// How many captions of a photo are learnt together where the encoder has to look at it anew in each step.
pub const CAPTIONS_OF_A_PHOTO: usize = 5;

/// The captions of a batch, each with a photo of its own.
pub fn of_pairs(corpus: &Corpus, pairs: &[Pair]) -> (Vec<usize>, Lesson) {
    let photos = pairs.iter().map(|pair| corpus.train[pair.photo].map).collect();
    let captions: Vec<&[u32]> = pairs.iter().map(|pair| &corpus.train[pair.photo].captions[pair.caption][..]).collect();
    (photos, Lesson::new(&captions, corpus.vocabulary.marks()))
}

/// So many captions of each photo, in an order by chance; of a photo that has fewer, some twice.
pub fn of_photos(items: &[Item], photos: &[usize], of_each: usize, marks: Marks, random: &mut ChaCha8Rng) -> Lesson {
    let mut captions: Vec<&[u32]> = Vec::new();
    for photo in photos {
        let mut own: Vec<&[u32]> = items[*photo].captions.iter().map(Vec::as_slice).collect();
        own.shuffle(random);
        captions.extend(own.iter().cycle().take(of_each));
    }
    Lesson::new(&captions, marks)
}

/// Lets the decoder hear some of its own words in place of those that people wrote, so that it learns to go on after its
/// mistakes. It is asked once for all places, so that one way serves every kind of decoder.
pub fn with_own_words<D: Pupil>(
    mut lesson: Lesson,
    decoder: &D,
    grid: &FeatureGrid,
    share: f64,
    marks: Marks,
    random: &mut ChaCha8Rng,
) -> Result<Lesson, TrainError> {
    let scores = decoder.hear(grid, lesson.heard_on(&decoder.device()), &mut Dropout::none()).scores;
    let [_, length, words] = scores.dims();
    let log_probabilities = to_host(burn::tensor::activation::log_softmax(scores, 2))?;
    let rows = lesson.heard.iter_mut().zip(log_probabilities.chunks(length * words));
    for (heard, expected) in rows {
        // What is expected after a place takes the place of the word that stands there.
        for (word, expected) in heard[1..].iter_mut().zip(expected.chunks(words)) {
            let (is_own, luck): (f64, f64) = (random.random(), random.random());
            if is_own < share && *word != marks.pad {
                let own = by_chance(expected, luck, marks);
                // It cannot hear that it has ended where the caption goes on.
                if own != marks.end {
                    *word = own;
                }
            }
        }
    }
    Ok(lesson)
}

/// What captions are worth: their CIDEr-D against the training captions.
#[derive(Debug)]
pub struct Worth {
    cider: Cider,
    end: u32,
}

impl Worth {
    pub fn new(corpus: &Corpus) -> Self {
        let mut unknown = std::collections::HashMap::new();
        let end = corpus.vocabulary.marks().end;
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

    fn of(&self, photo: usize, words: &[u32], most: usize) -> f64 {
        match words.len() < most {
            true => self.cider.score(photo, &[words, &[self.end]].concat()),
            false => self.cider.score(photo, words),
        }
    }
}

/// The model's own captions of some photos, each as heavy as it is better than the others of its photo. Also their mean
/// worth.
pub fn of_own(sampled: &[Vec<u32>], photos: &[usize], worth: &Worth, most: usize, marks: Marks) -> (Lesson, f64) {
    use rayon::prelude::*;
    let of_each = sampled.len() / photos.len().max(1);
    let worths: Vec<f64> = sampled
        .par_iter()
        .enumerate()
        .map(|(row, words)| worth.of(photos[row / of_each.max(1)], words, most))
        .collect();
    let captions: Vec<&[u32]> = sampled.iter().map(Vec::as_slice).collect();
    let mut lesson = Lesson::new(&captions, marks);
    for (row, weights) in lesson.weights.iter_mut().enumerate() {
        let photo = row / of_each * of_each;
        let all: f64 = worths[photo..photo + of_each].iter().sum();
        let others = (all - worths[row]) / (of_each - 1).max(1) as f64;
        for (place, weight) in weights.iter_mut().enumerate() {
            // A caption that was cut at the greatest length did not choose its end.
            let is_said = place < sampled[row].len() || sampled[row].len() < most;
            *weight *= if is_said { (worths[row] - others) as f32 } else { 0.0 };
        }
    }
    (lesson, worths.iter().sum::<f64>() / worths.len().max(1) as f64)
}
