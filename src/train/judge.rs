//! How good a model is after an epoch, on photos that it never learnt from.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use burn::module::Module;

use super::TrainError;
use super::corpus::Item;
use super::loss::{Lesson, surprise};
use super::rollout::{self, Choose, to_host};
use super::trainer::Trainer;
use crate::decoder::{Dropout, Pupil};
use crate::score::{self, Case, Scores};

/// Photos that are looked at together.
const AT_ONCE: usize = 32;

impl<D: Pupil> Trainer<'_, '_, D> {
    /// What a word of the validation captions costs, and the scores of the captions that greedy search finds; nothing
    /// where somebody wants to stop.
    pub fn judge(&self) -> Result<Option<(f64, Scores)>, TrainError> {
        let vocabulary = &self.task.corpus.vocabulary;
        let (marks, most) = (vocabulary.marks(), self.task.config.data.max_words);
        let teller = self.trainee.valid();
        let device = self.plain_device();
        // Photos with as many captions are heard together.
        let mut by_count: BTreeMap<usize, Vec<&Item>> = BTreeMap::new();
        for item in &self.task.corpus.validation {
            by_count.entry(item.captions.len()).or_default().push(item);
        }
        let (mut loss, mut words) = (0.0, 0);
        let mut cases = Vec::with_capacity(self.task.corpus.validation.len());
        for items in by_count.values().flat_map(|items| items.chunks(AT_ONCE)) {
            if self.task.stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            let photos: Vec<usize> = items.iter().map(|item| item.map).collect();
            let grid = teller.grid(self.maps().get(&photos, &device));
            let captions: Vec<&[u32]> = items.iter().flat_map(|item| &item.captions).map(Vec::as_slice).collect();
            let lesson = Lesson::new(&captions, marks, most);
            let heard = teller.decoder.hear(&grid, lesson.heard_on(&device), &mut Dropout::none());
            loss += to_host(surprise(heard.scores, &lesson, 0.0).plain)?.into_iter().map(f64::from).sum::<f64>();
            words += lesson.words();
            let told = rollout::captions(&teller.decoder, &grid, 1, most, marks, Choose::MostProbable)?;
            for (item, caption) in items.iter().zip(told) {
                let candidate = caption.into_iter().map(|word| vocabulary.word(word).to_string()).collect();
                cases.push(Case { candidate, references: item.tokens.clone() });
            }
        }
        Ok(Some((loss / words.max(1) as f64, score::score(&cases, || ()).corpus)))
    }
}
