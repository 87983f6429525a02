//! One step of learning, of each kind.

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::TrainError;
use super::adam::{Adam, Rates};
use super::batches::{Pair, chance, seed_of_step};
use super::config::TrainingConfig;
use super::lessons::{self, CAPTIONS_OF_A_PHOTO, Worth};
use super::log::Phase;
use super::loss::{Lesson, surprise, unevenness};
use super::rollout::{self, Choose, to_host};
use super::schedule;
use super::trainee::Trainee;
use super::trainer::Trainer;
use crate::decoder::Pupil;
use crate::encoder::FeatureGrid;

/// What a step came to.
pub struct Stepped {
    /// For each word.
    pub loss: f64,
    pub words: usize,
    pub rate: f64,
    pub gradient: f64,
    pub reward: Option<f64>,
}

/// What keeps a decoder from learning captions by heart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    pub dropout: f64,
    pub label_smoothing: f64,
    pub attention_regularisation: f64,
}

impl Rules {
    pub fn of(training: &TrainingConfig) -> Self {
        let TrainingConfig { dropout, label_smoothing, attention_regularisation, .. } = *training;
        Self { dropout, label_smoothing, attention_regularisation }
    }
}

/// What came of moving the weights.
#[derive(Clone, Copy, Debug)]
pub struct Learnt {
    /// For each word.
    pub loss: f64,
    /// The length of the gradient, before it was clipped.
    pub gradient: f64,
}

/// Moves the weights towards a lesson.
pub fn learn<D: Pupil>(
    trainee: Trainee<D>,
    adam: &mut Adam,
    grid: &FeatureGrid,
    lesson: &Lesson,
    rules: Rules,
    rates: Rates,
) -> Result<(Trainee<D>, Learnt), TrainError> {
    let heard = trainee.decoder.hear(grid, lesson.heard_on(&grid.cells.device()), rules.dropout);
    let uneven = unevenness(&heard, lesson).filter(|_| rules.attention_regularisation > 0.0);
    let mut loss = surprise(heard.scores, lesson, rules.label_smoothing) / lesson.words().max(1) as f64;
    if let Some(uneven) = uneven {
        loss = loss + uneven * rules.attention_regularisation;
    }
    let value = to_host(loss.clone().inner())?.first().copied().map_or(f64::NAN, f64::from);
    let (trainee, gradient) = adam.step(trainee, loss.backward(), rates)?;
    Ok((trainee, Learnt { loss: value, gradient }))
}

impl<D: Pupil> Trainer<'_, '_, D> {
    /// The decoder learns captions, each with a photo of its own.
    pub fn step_on_captions(&mut self, pairs: &[Pair], steps: u64) -> Result<Stepped, TrainError> {
        let training = &self.task.config.training;
        let rate = schedule::rate(training, self.progress.phase_step, steps, self.progress.plateau);
        let (photos, lesson) = lessons::of_pairs(self.task.corpus, pairs);
        let grid = self.trainee.grid(self.maps().get(&photos, &self.device));
        let lesson = self.with_own_words(lesson, &photos, steps)?;
        self.learn(&grid, &lesson, Rates { encoder: 0.0, decoder: rate }, false)
    }

    /// Decoder and encoder learn captions, or the decoder learns from its own.
    pub fn step_on_photos(&mut self, phase: Phase, photos: &[usize]) -> Result<Stepped, TrainError> {
        let training = &self.task.config.training;
        let corpus = self.task.corpus;
        let marks = corpus.vocabulary.marks();
        let maps: Vec<usize> = photos.iter().map(|photo| corpus.train[*photo].map).collect();
        let mut random = chance(training.seed, "photos' captions", self.progress.step);
        let warmth = ((self.progress.phase_step + 1) as f64 / (training.warmup_steps.max(1) as f64)).min(1.0);
        if phase == Phase::FineTuning {
            let tuning = &training.fine_tuning;
            let rates =
                Rates { encoder: tuning.learning_rate * warmth, decoder: tuning.decoder_learning_rate * warmth };
            let lesson = lessons::of_photos(&corpus.train, photos, CAPTIONS_OF_A_PHOTO, marks, &mut random);
            let grid = self.trainee.grid(self.maps().get(&maps, &self.device));
            return self.learn(&grid, &lesson, rates, false);
        }
        let most = self.task.config.data.max_words;
        let samples = training.self_critical.samples;
        let rate = training.self_critical.learning_rate * warmth;
        let teller = self.trainee.valid();
        let grid = teller.grid(self.maps().get(&maps, &self.plain_device()));
        let sampled = rollout::captions(&teller.decoder, &grid, samples, most, marks, Choose::ByChance(&mut random))?;
        let worth = self.worth.get_or_insert_with(|| Worth::new(corpus));
        let (lesson, reward) = lessons::of_own(&sampled, photos, worth, most, marks);
        let grid = FeatureGrid { cells: Tensor::from_inner(grid.cells), ..grid };
        let stepped = self.learn(&grid, &lesson, Rates { encoder: 0.0, decoder: rate }, true)?;
        Ok(Stepped { reward: Some(reward), ..stepped })
    }

    /// Of its own captions the decoder learns as it told them: whole, and without the rules that keep it from learning
    /// captions by heart.
    fn learn(
        &mut self,
        grid: &FeatureGrid,
        lesson: &Lesson,
        rates: Rates,
        is_own: bool,
    ) -> Result<Stepped, TrainError> {
        let training = &self.task.config.training;
        let rules = if is_own { Rules::default() } else { Rules::of(training) };
        self.plain_device().seed(seed_of_step(training.seed, self.progress.step));
        let (trainee, learnt) = learn(self.trainee.clone(), &mut self.adam, grid, lesson, rules, rates)?;
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
