//! The loop: phases, epochs, and everything that has to happen between two steps.
//!
//! What learns is in `learner.rs`; this keeps the run: its folder, its log, its checkpoints and how far it has come. So a
//! run that was stopped goes on as if it had not been.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use sightline::decoder::search::SearchError;
use sightline::decoder::{TrainableDecoder, WithDecoder};
use sightline::weights::{Weights, part_of};

use super::consensus_of::{RunPhotos, consensus_of};
use super::learner::{Learner, PhaseCaches, StepContext};
use super::log::{Event, Log};
use super::phase_span::PhaseSpan;
use super::phases::{Phase, PhaseBatches, phase_spans};
use super::position::{Best, RunPosition};
use super::run_dir::RunDir;
use super::train_step::StepStats;
use super::training_state::{self, TrainingState};
use super::validate::{Validation, validate};
use crate::config::Config;
use crate::data::{Corpus, View, ViewCache};
use crate::error::TrainError;
use crate::file_error::FileError;
use crate::frozen_encoder::{CachePoint, FrozenEncoder};
use crate::teacher::Teacher;
use crate::trainable_model::TrainableModel;

/// What a run is about.
#[derive(Debug)]
pub struct TrainingRun<'a> {
    pub config: &'a Config,
    pub encoder: &'a FrozenEncoder,
    /// Which know the words of the corpus.
    pub teachers: &'a [Teacher],
    pub corpus: &'a Corpus,
    /// In the order of the feature cache.
    pub photos: &'a [PathBuf],
    /// What the word vectors start from, row by row; by chance where there is nothing.
    pub word_vectors: Option<Vec<f32>>,
    pub dir: RunDir,
    /// Go on from the last checkpoint.
    pub resume: bool,
    /// Set from outside when the run is to stop after its current step.
    pub stop: &'a AtomicBool,
}

/// Somebody who wants to know how it goes.
pub trait Progress {
    fn encoding(&mut self, done: usize, of: usize);
    /// A step was made, the `batch`th of so many in its epoch.
    fn step(&mut self, event: &Event, batch: usize, batches: usize);
    fn epoch(&mut self, event: &Event);
}

/// How a run came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outcome {
    Done { best: Option<Best> },
    Stopped { step: u64 },
}

/// Trains until the configuration is fulfilled, or somebody wants it to stop.
pub fn train(run: TrainingRun, progress: &mut dyn Progress) -> Result<Outcome, TrainError> {
    struct Train<'a, 'p>(TrainingRun<'a>, &'p mut dyn Progress);

    impl WithDecoder for Train<'_, '_> {
        type Output = Result<Outcome, TrainError>;

        fn run<D: TrainableDecoder>(self, init: impl Fn(&Device) -> D) -> Self::Output {
            Trainer::new(self.0, self.1, init)?.run()
        }
    }

    let decoder = run.config.decoder(run.corpus.vocabulary.len(), run.encoder.config.channels())?;
    decoder.with_decoder(Train(run, progress))
}

struct Trainer<'a, 'p, D: TrainableDecoder> {
    run: TrainingRun<'a>,
    progress: &'p mut dyn Progress,
    learner: Learner<'a, D>,
    position: RunPosition,
    log: Log,
    /// What distinguishes the data and the encoder from all others.
    fingerprint: String,
    saved: Instant,
    _lock: File,
}

/// No more work than this is lost when the power goes.
const SAVE_EVERY: Duration = Duration::from_secs(600);

impl<'a, 'p, D: TrainableDecoder> Trainer<'a, 'p, D> {
    fn new(
        mut run: TrainingRun<'a>,
        progress: &'p mut dyn Progress,
        init: impl Fn(&Device) -> D,
    ) -> Result<Self, TrainError> {
        let TrainingRun { config, encoder, teachers, corpus, .. } = run;
        let fingerprint = format!("{} {} {}", corpus.fingerprint(), encoder.fingerprint(), config.training.batch_size);
        let other = |reason| TrainError::OtherRun { path: run.dir.last().display().to_string(), reason };
        let lock = run.dir.hold()?;
        if !run.resume && !run.dir.was_only_begun() {
            run.dir.expect_new()?;
        }
        let word_vectors = run.word_vectors.take().filter(|_| !run.resume);
        let mut learner = Learner::new(config, (encoder, teachers), corpus, word_vectors, init).map_err(other)?;
        let mut position = RunPosition::default();
        if run.resume {
            let last = TrainingState::read(&run.dir.last())?;
            if last.fingerprint != fingerprint {
                return Err(other(
                    "the captions, the photos, the encoder or the batch size are others than before".into(),
                ));
            }
            learner.load(&last.weights).map_err(other)?;
            learner.restore_optimiser(last.optimiser_steps, last.optimiser);
            if let Some(words_said) = last.words_said {
                learner.restore_words_said(words_said);
            }
            position = last.position;
            // The best weights are written after the checkpoint that knows of them, which may have been the last thing.
            if position.batch == 0 && position.best.is_some_and(|best| best.epoch == position.epoch) {
                let average = if position.is_average { learner.averaged_model() } else { None };
                let weights = average.map_or(last.weights, |(model, _)| model.weights());
                training_state::save_weights(&run.dir.best(), &weights)?;
            }
        }
        if Config::read(&run.dir.config(), &[]).ok().as_ref() != Some(config) {
            run.dir.write_config(&config.to_yaml()?)?;
        }
        let log = Log::open(&run.dir.log(), position.step)?;
        let saved = Instant::now();
        let trainer = Self { run, progress, learner, position, log, fingerprint, saved, _lock: lock };
        if !trainer.run.resume {
            trainer.save()?;
        }
        Ok(trainer)
    }

    fn run(mut self) -> Result<Outcome, TrainError> {
        for span in phase_spans(&self.run.config.training) {
            if self.position.epoch == span.begin && self.position.batch == 0 {
                self.begin(span)?;
            }
            if !span.contains(self.position.epoch) {
                continue;
            }
            if self.position.phase.is_some_and(|phase| phase != span.phase) {
                return Err(TrainError::PhaseIsOver { path: self.run.dir.0.display().to_string() });
            }
            let caches = self.open_caches(span.phase)?;
            while span.contains(self.position.epoch) {
                if !self.epoch(span, &caches)? {
                    self.save()?;
                    return Ok(Outcome::Stopped { step: self.position.step });
                }
            }
        }
        if self.position.best.is_some() {
            let TrainingRun { config, encoder, corpus, photos, stop, .. } = self.run;
            let mut consensus = None;
            if config.model.consensus {
                let photos = RunPhotos { encoder, corpus, paths: photos, cache: &config.data.cache };
                let tuned = part_of(&mut training_state::read_weights(&self.run.dir.best())?, "encoder");
                let progress = &mut *self.progress;
                consensus = consensus_of(photos, tuned, stop, |done, of| progress.encoding(done, of))?;
                if consensus.is_none() {
                    return Ok(Outcome::Stopped { step: self.position.step });
                }
            }
            self.run.dir.write_model(config, encoder, &corpus.vocabulary, consensus.as_ref())?;
        }
        Ok(Outcome::Done { best: self.position.best })
    }

    /// A phase begins with the best that the ones before it found.
    fn begin(&mut self, span: PhaseSpan<Phase>) -> Result<(), TrainError> {
        let best = self.run.dir.best();
        let other = |reason| TrainError::OtherRun { path: best.display().to_string(), reason };
        let weights = match self.position.best {
            Some(_) => Some(training_state::read_weights(&best)?),
            None => None,
        };
        match (span.phase, weights) {
            (Phase::FineTuning, weights) => {
                let weights = weights.unwrap_or_else(|| self.learner.weights());
                self.learner.unfreeze(&weights).map_err(other)?;
            }
            (_, Some(weights)) => self.learner.load(&weights).map_err(other)?,
            (_, None) => {}
        }
        self.learner.begin_phase();
        let RunPosition { step, epoch, best, is_average, .. } = self.position;
        self.position =
            RunPosition { step, epoch, best, is_average, phase: Some(span.phase), ..RunPosition::default() };
        Ok(())
    }

    /// Photos as far through the encoder as nothing of it learns; where there are teachers, as they take them too.
    fn open_caches(&mut self, phase: Phase) -> Result<PhaseCaches, TrainError> {
        let own = self.open_cache(self.run.encoder, self.learner.cache_point())?;
        let teachers = if phase == Phase::Words { self.run.teachers } else { &[] };
        let of_teacher = |teacher: &Teacher| {
            teacher.encoder().map(|encoder| self.open_cache(encoder, CachePoint::Features)).transpose()
        };
        let teachers = teachers.iter().map(of_teacher).collect::<Result<_, _>>()?;
        Ok(PhaseCaches { own, teachers })
    }

    fn open_cache(&mut self, encoder: &FrozenEncoder, point: CachePoint) -> Result<ViewCache, TrainError> {
        let TrainingRun { config, corpus, photos, stop, .. } = self.run;
        let progress = &mut *self.progress;
        let mut on_photo = |done, of| progress.encoding(done, of);
        let rows: Vec<usize> = corpus.train.iter().map(|item| item.row).collect();
        let learnt = (&rows[..], &View::all(config.training.mirror, config.training.crops)[..]);
        let cache = ViewCache::open(&config.data.cache, encoder, point, photos, learnt, stop, &mut on_photo)?;
        let mut items = corpus.train.iter().chain(&corpus.validation);
        match items.find(|item| cache.is_broken(item.row)) {
            None => Ok(cache),
            Some(item) => {
                let path = photos[item.row].display().to_string();
                Err(TrainError::OtherRun { path, reason: "the photo can no longer be decoded".into() })
            }
        }
    }

    /// Whether the epoch came to its end; otherwise somebody wants to stop.
    fn epoch(&mut self, span: PhaseSpan<Phase>, caches: &PhaseCaches) -> Result<bool, TrainError> {
        let TrainingRun { config, corpus, stop, .. } = self.run;
        let batches = PhaseBatches::of_epoch(corpus, &config.training, span.phase, self.position.epoch);
        let count = batches.len();
        let steps = (count * span.epochs()) as u64;
        while self.position.batch < count {
            if stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            let begin = Instant::now();
            let stats = self.learner.step(&batches, StepContext { position: &self.position, steps, caches });
            let stats = stats.map_err(|error| self.not_a_number(error))?;
            if !stats.loss.is_finite() || !stats.gradient_norm.is_finite() {
                return Err(TrainError::NotANumber { step: self.position.step + 1 });
            }
            self.end_step(stats, begin.elapsed(), count)?;
        }
        match span.phase {
            Phase::Text => self.end_text_epoch().map(|()| true),
            _ => self.end_epoch(span, &caches.own),
        }
    }

    /// A model whose probabilities are no numbers has learnt too fast, which is what a person has to be told.
    fn not_a_number(&self, error: TrainError) -> TrainError {
        match error {
            TrainError::Search(SearchError::NotANumber) => TrainError::NotANumber { step: self.position.step + 1 },
            error => error,
        }
    }

    fn end_step(&mut self, stats: StepStats, time: Duration, batches: usize) -> Result<(), TrainError> {
        let seconds = time.as_secs_f64();
        let position = &mut self.position;
        position.step += 1;
        position.phase_step += 1;
        position.batch += 1;
        position.loss += stats.loss * stats.words as f64;
        position.words += stats.words as u64;
        position.seconds += seconds;
        let event = Event::Step {
            step: position.step,
            epoch: position.epoch + 1,
            loss: stats.loss,
            learning_rate: stats.learning_rate,
            gradient_norm: stats.gradient_norm,
            words_per_second: stats.words as f64 / seconds.max(1e-9),
            reward: stats.reward,
        };
        self.log.write(&event)?;
        self.progress.step(&event, self.position.batch, batches);
        if self.saved.elapsed() > SAVE_EVERY {
            self.save()?;
            self.saved = Instant::now();
        }
        Ok(())
    }

    /// What was learnt without photos is not judged by photos: the next phase goes on from the last weights, whatever they
    /// say of photos.
    fn end_text_epoch(&mut self) -> Result<(), TrainError> {
        let position = &mut self.position;
        position.epoch += 1;
        let event = Event::TextEpoch {
            step: position.step,
            epoch: position.epoch,
            phase: Phase::Text,
            train_loss: position.loss / position.words.max(1) as f64,
            seconds: position.seconds,
        };
        (position.batch, position.loss, position.words, position.seconds) = (0, 0.0, 0, 0.0);
        self.log.write(&event)?;
        self.save()?;
        self.progress.epoch(&event);
        Ok(())
    }

    /// Whether the epoch was validated; otherwise somebody wants to stop.
    fn end_epoch(&mut self, span: PhaseSpan<Phase>, cache: &ViewCache) -> Result<bool, TrainError> {
        let training = &self.run.config.training;
        let Some((weights, validation, is_average)) = self.better_weights(cache)? else { return Ok(false) };
        let Validation { loss: validation_loss, scores } = validation;
        let position = &mut self.position;
        position.epoch += 1;
        let this = Best { epoch: position.epoch, cider_d: scores.cider_d, validation_loss };
        let is_best = position.best.is_none_or(|best| best.is_beaten_by(&this));
        position.plateau.after_epoch(is_best, training);
        position.stale = if is_best { 0 } else { position.stale + 1 };
        if is_best {
            position.best = Some(this);
            position.is_average = is_average;
        }
        let event = Event::Epoch {
            step: position.step,
            epoch: position.epoch,
            phase: span.phase,
            train_loss: position.loss / position.words.max(1) as f64,
            validation_loss,
            scores,
            is_average,
            is_best,
            seconds: position.seconds,
        };
        (position.batch, position.loss, position.words, position.seconds) = (0, 0.0, 0, 0.0);
        if training.early_stop > 0 && position.stale >= training.early_stop {
            position.epoch = span.end;
            // Should there be more epochs one day, they have as much patience.
            position.stale = 0;
        }
        // Before the checkpoint, for what the log tells of later steps is dropped when a run is resumed.
        self.log.write(&event)?;
        self.save()?;
        if is_best {
            training_state::save_weights(&self.run.dir.best(), &weights)?;
        }
        self.progress.epoch(&event);
        Ok(true)
    }

    /// The weights, or their running average where it captions better, with what is said of them. Nothing where somebody
    /// wants to stop.
    fn better_weights(&self, cache: &ViewCache) -> Result<Option<(Weights, Validation, bool)>, TrainError> {
        let TrainingRun { config, corpus, stop, .. } = self.run;
        let judge = |(model, device): (TrainableModel<D>, Device)| {
            let validation = validate((&model, &device), corpus, config.data.max_words, cache.whole(), stop);
            let validation = validation.map_err(|error| self.not_a_number(error))?;
            Ok::<_, TrainError>(validation.map(|validation| (model.weights(), validation)))
        };
        let Some((weights, validation)) = judge(self.learner.inference_model())? else { return Ok(None) };
        let Some(averaged) = self.learner.averaged_model() else { return Ok(Some((weights, validation, false))) };
        let Some((average, judged)) = judge(averaged)? else { return Ok(None) };
        let of = |validation: &Validation| Best {
            epoch: 0,
            cider_d: validation.scores.cider_d,
            validation_loss: validation.loss,
        };
        Ok(Some(match of(&validation).is_beaten_by(&of(&judged)) {
            true => (average, judged, true),
            false => (weights, validation, false),
        }))
    }

    fn save(&self) -> Result<(), FileError> {
        let (optimiser_steps, optimiser) = self.learner.optimiser();
        let weights = self.learner.weights();
        let (fingerprint, position) = (self.fingerprint.clone(), self.position.clone());
        let words_said = self.learner.words_said();
        let state = TrainingState { fingerprint, position, weights, optimiser_steps, optimiser, words_said };
        state.save(&self.run.dir.last())
    }
}
