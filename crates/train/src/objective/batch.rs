//! Captions as a decoder takes them and as it should go on, all rows filled up to the longest.

use std::ops::Range;

use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use sightline::vocabulary::SpecialTokens;

use crate::data::{CaptionOf, Corpus, Shown};

/// How many captions of a photo are learnt together where the encoder has to encode it anew in each step.
pub const CAPTIONS_PER_PHOTO: usize = 5;

/// The captions of one step.
#[derive(Clone, Debug)]
pub struct CaptionBatch {
    /// `<start>` and the words: `[rows, length]`
    pub inputs: Vec<Vec<u32>>,
    /// The words and `<end>`, place for place.
    pub targets: Vec<Vec<u32>>,
    /// Which places are there to be learnt; a row may be over before others.
    pub mask: Vec<Vec<bool>>,
    /// How much each row counts.
    pub weights: Vec<f32>,
    /// Words that could not have been chosen, so that nothing is to be learnt about them.
    pub banned: Vec<u32>,
}

impl CaptionBatch {
    /// Captions of at most `max_words`. One that long was cut, so it does not teach where to end.
    pub fn new(captions: &[&[u32]], special: SpecialTokens, max_words: usize) -> Self {
        let length = captions.iter().map(|caption| caption.len() + 1).max().unwrap_or(1);
        let padded = |row: Vec<u32>| row.into_iter().chain(std::iter::repeat(special.pad)).take(length).collect();
        let inputs = |caption: &&[u32]| padded([&[special.start], *caption].concat());
        let targets = |caption: &&[u32]| padded([*caption, &[special.end]].concat());
        let mask = |caption: &&[u32]| {
            (0..length).map(|place| place < caption.len() || (place == caption.len() && place < max_words)).collect()
        };
        Self {
            inputs: captions.iter().map(inputs).collect(),
            targets: captions.iter().map(targets).collect(),
            mask: captions.iter().map(mask).collect(),
            weights: vec![1.0; captions.len()],
            banned: vec![],
        }
    }

    /// Training captions, each with a photo of its own, as it is shown.
    pub fn of_captions(corpus: &Corpus, captions: &[CaptionOf], photos: &[Shown], max_words: usize) -> Self {
        let of = |(one, photo): (&CaptionOf, &Shown)| {
            caption_of(corpus, &corpus.train[one.photo].captions[one.caption], *photo)
        };
        Self::of(corpus, captions.iter().zip(photos).map(of).collect(), max_words)
    }

    /// Sentences without photos. Which word a word was that is not known teaches nothing, so it is given and never a target.
    pub fn of_sentences(corpus: &Corpus, sentences: &[usize], max_words: usize) -> Self {
        let special = corpus.vocabulary.special_tokens();
        let sentences: Vec<&[u32]> = sentences.iter().map(|sentence| &corpus.text[*sentence][..]).collect();
        let mut batch = Self::new(&sentences, special, max_words);
        for (mask, targets) in batch.mask.iter_mut().zip(&batch.targets) {
            mask.iter_mut().zip(targets).for_each(|(is_there, target)| *is_there &= *target != special.unknown);
        }
        batch
    }

    /// So many captions of each photo, in an order by chance; of a photo that has fewer, some twice. `photos` are the places
    /// of training photos.
    pub fn of_photos(
        corpus: &Corpus,
        (photos, shown): (&[usize], &[Shown]),
        per_photo: usize,
        max_words: usize,
        random: &mut ChaCha8Rng,
    ) -> Self {
        let mut captions = Vec::new();
        for (photo, shown) in photos.iter().zip(shown) {
            let mut own: Vec<&[u32]> = corpus.train[*photo].captions.iter().map(Vec::as_slice).collect();
            own.shuffle(random);
            captions.extend(own.iter().cycle().take(per_photo).map(|caption| caption_of(corpus, caption, *shown)));
        }
        Self::of(corpus, captions, max_words)
    }

    fn of(corpus: &Corpus, captions: Vec<Vec<u32>>, max_words: usize) -> Self {
        let captions: Vec<&[u32]> = captions.iter().map(Vec::as_slice).collect();
        Self::new(&captions, corpus.vocabulary.special_tokens(), max_words)
    }

    /// Some of the rows.
    pub fn part(&self, rows: Range<usize>) -> Self {
        Self {
            inputs: self.inputs[rows.clone()].to_vec(),
            targets: self.targets[rows.clone()].to_vec(),
            mask: self.mask[rows.clone()].to_vec(),
            weights: self.weights[rows].to_vec(),
            banned: self.banned.clone(),
        }
    }

    pub fn rows(&self) -> usize {
        self.inputs.len()
    }

    /// Words to be learnt, ends included.
    pub fn words(&self) -> usize {
        self.mask.iter().flatten().filter(|is_there| **is_there).count()
    }

    /// `[rows, length]`
    pub fn inputs_on(&self, device: &Device) -> Tensor<2, Int> {
        ids(&self.inputs, device)
    }

    /// `[rows, length]`
    pub fn targets_on(&self, device: &Device) -> Tensor<2, Int> {
        ids(&self.targets, device)
    }

    /// How much each place counts: `[rows, length]`
    pub fn weights_on(&self, device: &Device) -> Tensor<2> {
        let shape = [self.inputs.len(), self.inputs.first().map_or(0, Vec::len)];
        let of_row = |(mask, weight): (&Vec<bool>, &f32)| -> Vec<f32> {
            mask.iter().map(|is_there| if *is_there { *weight } else { 0.0 }).collect()
        };
        let values: Vec<f32> = self.mask.iter().zip(&self.weights).flat_map(of_row).collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }
}

/// A caption of a photo, as the photo is shown.
fn caption_of(corpus: &Corpus, caption: &[u32], photo: Shown) -> Vec<u32> {
    if photo.view.is_mirrored { corpus.mirrored(caption) } else { caption.to_vec() }
}

/// `[rows, length]`
fn ids(rows: &[Vec<u32>], device: &Device) -> Tensor<2, Int> {
    let shape = [rows.len(), rows.first().map_or(0, Vec::len)];
    let values: Vec<i32> = rows.iter().flatten().map(|id| *id as i32).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use sightline::vocabulary::Vocabulary;

    use super::*;
    use crate::data::{Item, View};

    const SPECIAL: SpecialTokens = SpecialTokens { pad: 0, start: 1, end: 2, unknown: 3 };

    #[test]
    fn a_cut_caption_does_not_teach_where_to_end() {
        let batch = CaptionBatch::new(&[&[4, 5, 6], &[4, 5]], SPECIAL, 3);
        assert_eq!(batch.mask, [[true, true, true, false], [true, true, true, false]]);
        assert_eq!(batch.words(), 6);
        assert_eq!(batch.targets[1], [4, 5, 2, 0]);
    }

    #[test]
    fn unknown_words_of_sentences_are_given_and_not_learnt() {
        let words = sightline::vocabulary::SPECIAL.into_iter().chain(["a", "b"]).map(str::to_string).collect();
        let text = vec![vec![4, 3, 5], vec![5], vec![4, 4]];
        let corpus = Corpus { vocabulary: Vocabulary::new(words).unwrap(), train: vec![], validation: vec![], text };
        let batch = CaptionBatch::of_sentences(&corpus, &[0, 1], 20);
        assert_eq!(batch.inputs, [[1, 4, 3, 5], [1, 5, 0, 0]]);
        assert_eq!(batch.targets, [[4, 3, 5, 2], [5, 2, 0, 0]]);
        assert_eq!(batch.mask, [[true, false, true, true], [true, true, false, false]]);
    }

    #[test]
    fn captions_of_a_photo_are_all_used_before_one_is_used_twice() {
        let item = |captions: &[&[u32]]| Item {
            row: 0,
            captions: captions.iter().map(|caption| caption.to_vec()).collect(),
            tokens: vec![],
        };
        let words = sightline::vocabulary::SPECIAL.into_iter().chain(["a", "b", "left", "right", "c"]);
        let corpus = Corpus {
            vocabulary: Vocabulary::new(words.map(str::to_string).collect()).unwrap(),
            train: vec![item(&[&[4, 5, 6]]), item(&[&[4, 7, 8], &[4, 7, 3]])],
            validation: vec![],
            text: vec![],
        };
        let mirrored = Shown { row: 0, view: View { is_mirrored: true, ..View::default() } };
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let photos = (&[1, 0][..], &[Shown::as_it_is(0), mirrored][..]);
        let batch = CaptionBatch::of_photos(&corpus, photos, 3, 20, &mut random);
        assert_eq!(batch.rows(), 6);
        let of_first: std::collections::HashSet<_> = batch.inputs[..3].iter().collect();
        assert_eq!(of_first.len(), 2);
        assert!(batch.inputs[3..].iter().all(|inputs| *inputs == [1, 4, 5, 7]), "{:?}", batch.inputs);
    }
}
