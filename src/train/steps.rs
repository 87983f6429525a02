//! One step of learning, of each kind.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::TrainError;
use super::adam::Rates;
use super::batches::{Pair, chance};
use super::learn::{Exercise, Learnt, Rules, learn};
use super::lessons::{self, CAPTIONS_OF_A_PHOTO, Worth};
use super::log::Phase;
use super::loss::Lesson;
use super::maps::Seen;
use super::rollout::{self, Choose};
use super::schedule;
use super::trainer::Trainer;
use crate::decoder::Pupil;
use crate::device::Kind;
use crate::encoder::FeatureGrid;

/// Parts of a batch that the processor learns side by side.
pub const PARTS: usize = 2;

/// What a step came to.
pub struct Stepped {
    /// For each word.
    pub loss: f64,
    pub words: usize,
    pub rate: f64,
    pub gradient: f64,
    pub reward: Option<f64>,
}

impl<D: Pupil> Trainer<'_, '_, D> {
    /// The decoder learns captions, each with a photo of its own.
    pub fn step_on_captions(&mut self, pairs: &[Pair], steps: u64) -> Result<Stepped, TrainError> {
        let training = &self.task.config.training;
        let rate = schedule::rate(training, self.progress.phase_step, steps, self.progress.plateau);
        let (photos, lesson) = lessons::of_pairs(self.task.corpus, pairs, self.task.config.data.max_words);
        let lesson = self.with_own_words(lesson, &photos, steps)?;
        let seen = self.maps().get(&photos, &self.device);
        self.learn(&seen, &lesson, Rates { encoder: 0.0, decoder: rate }, false)
    }

    /// Decoder and encoder learn captions, or the decoder learns from its own.
    pub fn step_on_photos(&mut self, phase: Phase, photos: &[usize], steps: u64) -> Result<Stepped, TrainError> {
        let training = &self.task.config.training;
        let corpus = self.task.corpus;
        let marks = corpus.vocabulary.marks();
        let maps: Vec<usize> = photos.iter().map(|photo| corpus.train[*photo].map).collect();
        let mut random = chance(training.seed, "photos' captions", self.progress.step);
        let share = schedule::share(training, self.progress.phase_step, steps, self.progress.plateau);
        let most = self.task.config.data.max_words;
        if phase == Phase::FineTuning {
            let tuning = &training.fine_tuning;
            let rates = Rates { encoder: tuning.learning_rate * share, decoder: tuning.decoder_learning_rate * share };
            let lesson = lessons::of_photos(&corpus.train, photos, CAPTIONS_OF_A_PHOTO, most, marks, &mut random);
            let seen = self.maps().get(&maps, &self.device);
            return self.learn(&seen, &lesson, rates, false);
        }
        let samples = training.self_critical.samples;
        let rate = training.self_critical.learning_rate * share;
        let teller = self.trainee.valid();
        let grid = teller.grid(self.maps().get(&maps, &self.plain_device()));
        let sampled = rollout::captions(&teller.decoder, &grid, samples, most, marks, Choose::ByChance(&mut random))?;
        let worth = self.worth.get_or_insert_with(|| Worth::new(corpus));
        let (lesson, reward) = lessons::of_own(&sampled, photos, worth, most, marks);
        let seen = Seen::Grid(FeatureGrid { cells: Tensor::from_inner(grid.cells), ..grid });
        let stepped = self.learn(&seen, &lesson, Rates { encoder: 0.0, decoder: rate }, true)?;
        Ok(Stepped { reward: Some(reward), ..stepped })
    }

    /// Of its own captions the decoder learns as it told them: whole, and without the rules that keep it from learning
    /// captions by heart.
    fn learn(&mut self, seen: &Seen, lesson: &Lesson, rates: Rates, is_own: bool) -> Result<Stepped, TrainError> {
        let training = &self.task.config.training;
        let rules = if is_own { Rules::default() } else { Rules::of(training) };
        let parts = if self.task.eye.place().kind == Kind::Cpu { PARTS } else { 1 };
        let mut random = chance(training.seed, "dropout", self.progress.step);
        let exercise = Exercise { seen, lesson, rules, rates, parts };
        let (trainee, learnt) = learn(&self.trainee, &mut self.adam, &exercise, &mut random)?;
        self.trainee = trainee;
        let Learnt { loss, gradient } = learnt;
        Ok(Stepped { loss, words: lesson.words(), rate: rates.decoder, gradient, reward: None })
    }

    fn with_own_words(&self, lesson: Lesson, photos: &[usize], steps: u64) -> Result<Lesson, TrainError> {
        let training = &self.task.config.training;
        let way = self.progress.phase_step as f64 / steps.max(1) as f64;
        let share = training.scheduled_sampling * way;
        if share == 0.0 {
            return Ok(lesson);
        }
        let teller = self.trainee.valid();
        let grid = teller.grid(self.maps().get(photos, &self.plain_device()));
        let mut random = chance(training.seed, "own words", self.progress.step);
        lessons::with_own_words(lesson, &teller.decoder, &grid, share, self.task.corpus.vocabulary.marks(), &mut random)
    }

    pub fn plain_device(&self) -> Device {
        self.device.clone().inner()
    }
}
