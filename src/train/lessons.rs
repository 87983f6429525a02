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
pub fn of_pairs(corpus: &Corpus, pairs: &[Pair], most: usize) -> (Vec<usize>, Lesson) {
    let photos = pairs.iter().map(|pair| corpus.train[pair.photo].map).collect();
    let captions: Vec<&[u32]> = pairs.iter().map(|pair| &corpus.train[pair.photo].captions[pair.caption][..]).collect();
    (photos, Lesson::new(&captions, corpus.vocabulary.marks(), most))
}

/// So many captions of each photo, in an order by chance; of a photo that has fewer, some twice.
pub fn of_photos(
    items: &[Item],
    photos: &[usize],
    of_each: usize,
    most: usize,
    marks: Marks,
    random: &mut ChaCha8Rng,
) -> Lesson {
    let mut captions: Vec<&[u32]> = Vec::new();
    for photo in photos {
        let mut own: Vec<&[u32]> = items[*photo].captions.iter().map(Vec::as_slice).collect();
        own.shuffle(random);
        captions.extend(own.iter().cycle().take(of_each));
    }
    Lesson::new(&captions, marks, most)
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
    let mut lesson = Lesson::new(&captions, marks, most);
    lesson.unsaid = vec![marks.pad, marks.start, marks.unknown];
    for (row, weight) in lesson.weights.iter_mut().enumerate() {
        let photo = row / of_each * of_each;
        let all: f64 = worths[photo..photo + of_each].iter().sum();
        let others = (all - worths[row]) / (of_each - 1).max(1) as f64;
        *weight = (worths[row] - others) as f32;
    }
    (lesson, worths.iter().sum::<f64>() / worths.len().max(1) as f64)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::vocabulary::{END, PAD, START, UNKNOWN, Vocabulary};

    const MARKS: Marks = Marks { pad: 0, start: 1, end: 2, unknown: 3 };

    /// Two photos: a dog runs; a cat sleeps, or rests.
    fn corpus() -> Corpus {
        let words = [PAD, START, END, UNKNOWN, "a", "dog", "runs", "cat", "sleeps"].map(str::to_string).to_vec();
        let item = |map, tokens: &[&str], captions: &[&[u32]]| Item {
            map,
            captions: captions.iter().map(|caption| caption.to_vec()).collect(),
            tokens: tokens.iter().map(|words| words.split(' ').map(str::to_string).collect()).collect(),
        };
        let train = vec![
            item(0, &["a dog runs"], &[&[4, 5, 6]]),
            item(1, &["a cat sleeps", "a cat rests"], &[&[4, 7, 8], &[4, 7, 3]]),
        ];
        Corpus { vocabulary: Vocabulary::new(words).unwrap(), validation: train.clone(), train }
    }

    #[test]
    fn an_own_caption_weighs_as_much_as_it_is_better_than_the_others_of_its_photo() {
        let worth = Worth::new(&corpus());
        let sampled = [vec![4, 5, 6], vec![4, 7, 8], vec![4, 5, 8], vec![4, 7, 8]];
        let (lesson, mean) = of_own(&sampled, &[0, 1], &worth, 20, MARKS);
        assert!(lesson.weights[0] > 0.0 && lesson.weights[3] > 0.0, "{:?}", lesson.weights);
        // With one other to compare with, one's gain is the other's loss.
        assert_eq!(lesson.weights[0], -lesson.weights[1]);
        assert_eq!(lesson.weights[2], -lesson.weights[3]);
        assert!(mean > 0.0);
        assert_eq!(lesson.unsaid, [0, 1, 3]);
        // All places are there, whatever they weigh.
        assert_eq!(lesson.words(), 16);
    }

    #[test]
    fn stopping_short_is_worth_less() {
        let worth = Worth::new(&corpus());
        assert!(worth.of(0, &[4, 5, 6], 20) > worth.of(0, &[4, 5], 20));
        // A caption that was cut has no end that could be praised.
        assert!(worth.of(0, &[4, 5, 6], 20) > worth.of(0, &[4, 5, 6], 3));
    }

    #[test]
    fn a_cut_caption_does_not_teach_where_to_end() {
        let lesson = Lesson::new(&[&[4, 5, 6], &[4, 5]], MARKS, 3);
        assert_eq!(lesson.is_there, [[true, true, true, false], [true, true, true, false]]);
        assert_eq!(lesson.words(), 6);
        assert_eq!(lesson.wanted[1], [4, 5, 2, 0]);
    }

    #[test]
    fn captions_of_a_photo_are_all_used_before_one_is_used_twice() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let lesson = of_photos(&corpus().train, &[1, 0], 3, 20, MARKS, &mut random);
        assert_eq!(lesson.heard.len(), 6);
        let of_first: std::collections::HashSet<_> = lesson.heard[..3].iter().collect();
        assert_eq!(of_first.len(), 2);
        assert!(lesson.heard[3..].iter().all(|heard| *heard == [1, 4, 5, 6]));
    }

    #[test]
    fn some_of_the_words_that_are_heard_are_the_decoders_own() {
        use crate::decoder::{Decoder, RecurrentConfig, Rnn};
        let device = crate::device::cpu();
        let config = RecurrentConfig { words: 9, features: 4, embedding: 4, hidden: 4 };
        let rnn = Rnn::init(&config, &device);
        assert_eq!(rnn.device(), device);
        let cells = burn::tensor::Tensor::zeros([2, 1, 4], &device);
        let grid = FeatureGrid { rows: 1, cols: 1, cells };
        let lesson = Lesson::new(&[&[4, 5, 6], &[4, 7]], MARKS, 20);
        let heard = |share: f64, seed: u64| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            with_own_words(lesson.clone(), &rnn, &grid, share, MARKS, &mut random).unwrap()
        };
        assert_eq!(heard(0.0, 1).heard, lesson.heard);
        let own = heard(0.9, 1);
        assert_ne!(own.heard, lesson.heard);
        assert_eq!(own.wanted, lesson.wanted, "what is wanted stays");
        assert!(own.heard.iter().all(|heard| heard[0] == 1), "the start stays");
        assert_eq!(own.heard[1][3], 0, "what is not there stays so");
        assert_eq!(own.heard, heard(0.9, 1).heard);
    }
}
