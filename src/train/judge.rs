//! How good a model is after an epoch, on photos that it never learnt from.

use burn::module::Module;

use super::TrainError;
use super::batches::Pair;
use super::loss::{Lesson, surprise};
use super::rollout::{self, Choose, to_host};
use super::trainer::Trainer;
use crate::decoder::{Dropout, Pupil};
use crate::score::{self, Case, Scores};

/// Photos and captions that are looked at together.
const AT_ONCE: usize = 64;

impl<D: Pupil> Trainer<'_, '_, D> {
    /// What a word of the validation captions costs, and the scores of the captions that greedy search finds.
    pub fn judge(&self) -> Result<(f64, Scores), TrainError> {
        let items = &self.task.corpus.validation;
        let vocabulary = &self.task.corpus.vocabulary;
        let teller = self.trainee.valid();
        let device = self.plain_device();
        let (mut loss, mut words) = (0.0, 0);
        for pairs in super::batches::of_captions(items, AT_ONCE, 0, 0) {
            let photos: Vec<usize> = pairs.iter().map(|pair| items[pair.photo].map).collect();
            let captions: Vec<&[u32]> =
                pairs.iter().map(|Pair { photo, caption }| &items[*photo].captions[*caption][..]).collect();
            let lesson = Lesson::new(&captions, vocabulary.marks());
            let grid = teller.grid(self.maps().get(&photos, &device));
            let heard = teller.decoder.hear(&grid, lesson.heard_on(&device), &mut Dropout::none());
            loss += to_host(surprise(heard.scores, &lesson, 0.0))?.into_iter().map(f64::from).sum::<f64>();
            words += lesson.words();
        }
        let mut cases = Vec::with_capacity(items.len());
        for items in items.chunks(AT_ONCE) {
            let photos: Vec<usize> = items.iter().map(|item| item.map).collect();
            let grid = teller.grid(self.maps().get(&photos, &device));
            let most = self.task.config.data.max_words;
            let captions =
                rollout::captions(&teller.decoder, &grid, 1, most, vocabulary.marks(), Choose::MostProbable)?;
            for (item, caption) in items.iter().zip(captions) {
                let candidate = caption.into_iter().map(|word| vocabulary.word(word).to_string()).collect();
                cases.push(Case { candidate, references: item.tokens.clone() });
            }
        }
        Ok((loss / words.max(1) as f64, score::score(&cases, || ()).corpus))
    }
}
