//! The loop: phases, epochs, and everything that has to happen between two steps.
//!
//! What learns is in `learner.rs`; this keeps the run: its folder, its log, its checkpoints and how far it has come. So a
//! run that was stopped goes on as if it had not been.

use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::backbone::Backbone;
use super::batches::{batches_of_epoch, class_weights, shown};
use super::evaluate::evaluate;
use super::inputs::Inputs;
use super::learner::{Batch, Learner, StepStats};
use super::log::Event;
use super::model_folder::PackedModel;
use super::phases::{Phase, phase_spans};
use super::position::{Best, Position};
use super::prepare::ClassifyData;
use super::report;
use crate::config::ClassifyConfig;
use crate::data::{View, ViewCache};
use crate::error::TrainError;
use crate::file_error::FileError;
use crate::optim::{Rates, schedule};
use crate::run::training_state::{self, TrainingState};
use crate::run::{Log, PhaseSpan, RunDir};

/// What a run is about.
#[derive(Debug)]
pub struct ClassifyRun<'a> {
    pub config: &'a ClassifyConfig,
    pub data: &'a ClassifyData,
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
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// With the report of the best epoch.
    Done {
        best: Best,
        report: String,
    },
    Stopped {
        step: u64,
    },
}

/// Trains until the configuration is fulfilled, or somebody wants it to stop.
pub fn train(run: ClassifyRun, progress: &mut dyn Progress) -> Result<Outcome, TrainError> {
    Trainer::new(run, progress)?.run()
}

struct Trainer<'a, 'p> {
    run: ClassifyRun<'a>,
    progress: &'p mut dyn Progress,
    learner: Learner<'a>,
    position: Position,
    class_weights: Vec<f32>,
    log: Log,
    /// What distinguishes the photos and the backbone from all others.
    fingerprint: String,
    saved: Instant,
    _lock: File,
}

/// No more work than this is lost when the power goes.
const SAVE_EVERY: Duration = Duration::from_secs(600);

impl<'a, 'p> Trainer<'a, 'p> {
    fn new(run: ClassifyRun<'a>, progress: &'p mut dyn Progress) -> Result<Self, TrainError> {
        let ClassifyRun { config, data: ClassifyData { backbone, photos, .. }, .. } = run;
        let batch_size = config.training.batch_size;
        let fingerprint = format!("{} {} {batch_size}", photos.fingerprint(), backbone.fingerprint());
        let lock = run.dir.hold()?;
        if !run.resume && !run.dir.was_only_begun() {
            run.dir.expect_new()?;
        }
        let classifier = config.classifier(photos.classes.len(), backbone.config(), backbone.input().size);
        let mut learner = Learner::new(&config.training, backbone, classifier);
        let mut position = Position::default();
        if run.resume {
            let other = |reason| TrainError::OtherRun { path: run.dir.last().display().to_string(), reason };
            let last: TrainingState<Position> = TrainingState::read(&run.dir.last())?;
            if last.fingerprint != fingerprint {
                let reason = "the photos, their classes, the encoder or the batch size are others than before";
                return Err(other(reason.into()));
            }
            learner.load(&last.weights).map_err(other)?;
            learner.restore_optimiser(last.optimiser_steps, last.optimiser);
            position = last.position;
            // The best weights are written after the checkpoint that knows of them, which may have been the last thing.
            if position.batch == 0 && position.best.is_some_and(|best| best.epoch == position.epoch) {
                training_state::save_weights(&run.dir.best(), &last.weights)?;
            }
        }
        if ClassifyConfig::read(&run.dir.config(), &[]).ok().as_ref() != Some(config) {
            run.dir.write_config(&config.to_yaml()?)?;
        }
        let log = Log::open(&run.dir.log(), position.step)?;
        let class_weights = class_weights(photos, config.training.class_weights);
        let saved = Instant::now();
        let trainer = Self { run, progress, learner, position, class_weights, log, fingerprint, saved, _lock: lock };
        if !trainer.run.resume {
            trainer.save()?;
        }
        Ok(trainer)
    }

    fn run(mut self) -> Result<Outcome, TrainError> {
        let mut inputs = None;
        for span in phase_spans(self.run.config) {
            if self.position.epoch == span.begin && self.position.batch == 0 {
                self.begin(span)?;
            }
            if !span.contains(self.position.epoch) {
                continue;
            }
            if self.position.phase.is_some_and(|phase| phase != span.phase) {
                return Err(TrainError::PhaseIsOver { path: self.run.dir.0.display().to_string() });
            }
            let inputs = inputs.insert(self.open_inputs()?);
            while span.contains(self.position.epoch) {
                if !self.epoch(span, inputs)? {
                    self.save()?;
                    return Ok(Outcome::Stopped { step: self.position.step });
                }
            }
        }
        self.end()
    }

    /// A phase begins with the best that the one before it found.
    fn begin(&mut self, span: PhaseSpan<Phase>) -> Result<(), TrainError> {
        let weights = match self.position.best {
            Some(_) => training_state::read_weights(&self.run.dir.best())?,
            None => self.learner.weights(),
        };
        let loaded = match span.phase {
            Phase::FineTuning => self.learner.unfreeze(&weights),
            Phase::Network | Phase::Head => self.learner.load(&weights),
        };
        loaded.map_err(|reason| self.other_run(reason))?;
        self.learner.reset_optimiser();
        let Position { step, epoch, best, .. } = self.position;
        self.position = Position { step, epoch, best, phase: Some(span.phase), ..Position::default() };
        Ok(())
    }

    fn other_run(&self, reason: String) -> TrainError {
        TrainError::OtherRun { path: self.run.dir.best().display().to_string(), reason }
    }

    /// Photos as far through the network as nothing of it learns.
    fn open_inputs(&mut self) -> Result<Inputs<'a>, TrainError> {
        let ClassifyRun { config, data: ClassifyData { backbone, photos, .. }, stop, .. } = self.run;
        match (backbone, self.learner.cache_point()) {
            (Backbone::Given(encoder), Some(point)) => {
                let progress = &mut *self.progress;
                let mut on_photo = |done, of| progress.encoding(done, of);
                let learnt = (&photos.train[..], &View::all(config.training.mirror, false)[..]);
                let (folder, all) = (&config.data.cache, &photos.photos);
                Ok(Inputs::Cached(ViewCache::open(folder, encoder, point, all, learnt, stop, &mut on_photo)?))
            }
            _ => Ok(Inputs::Decoded { photos: &photos.photos, spec: backbone.input() }),
        }
    }

    /// Whether the epoch came to its end; otherwise somebody wants to stop.
    fn epoch(&mut self, span: PhaseSpan<Phase>, inputs: &Inputs) -> Result<bool, TrainError> {
        let ClassifyRun { config, data: ClassifyData { photos, .. }, stop, .. } = self.run;
        let training = &config.training;
        let batches = batches_of_epoch(photos, training, self.position.epoch);
        let steps = (batches.len() * span.epochs()) as u64;
        while self.position.batch < batches.len() {
            if stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            let begin = Instant::now();
            let rates = self.rates(span.phase, steps);
            let shown = shown(&batches[self.position.batch], training, self.position.step);
            let input = inputs.get(&shown, self.learner.device())?;
            let (labels, class_weights) = (&photos.labels, &self.class_weights);
            let batch = Batch { inputs: &input, photos: &shown, labels, class_weights };
            let stats = self.learner.step(batch, rates, self.position.step)?;
            if !stats.evaluation.loss().is_finite() || !stats.gradient_norm.is_finite() {
                return Err(TrainError::NotANumber { step: self.position.step + 1 });
            }
            self.end_step(&stats, rates, begin.elapsed(), batches.len())?;
        }
        self.end_epoch(span, inputs)
    }

    fn rates(&self, phase: Phase, steps: u64) -> Rates {
        let training = &self.run.config.training;
        let Position { phase_step, plateau, .. } = self.position;
        let rate = schedule::rate(training, phase_step, steps, plateau);
        match phase {
            Phase::Network | Phase::Head => Rates { encoder: rate, decoder: rate },
            Phase::FineTuning => {
                let share = schedule::share(training, phase_step, steps, plateau);
                let tuning = &training.fine_tuning;
                Rates { encoder: tuning.learning_rate * share, decoder: tuning.head_learning_rate * share }
            }
        }
    }

    fn end_step(&mut self, stats: &StepStats, rates: Rates, time: Duration, batches: usize) -> Result<(), TrainError> {
        let (seconds, photos) = (time.as_secs_f64(), stats.evaluation.predictions.len());
        let position = &mut self.position;
        position.step += 1;
        position.phase_step += 1;
        position.batch += 1;
        position.loss += stats.evaluation.total_loss();
        position.right += stats.evaluation.right() as u64;
        position.photos += photos as u64;
        position.seconds += seconds;
        let event = Event::Step {
            step: position.step,
            epoch: position.epoch + 1,
            loss: stats.evaluation.loss(),
            accuracy: stats.evaluation.accuracy(),
            learning_rate: rates.decoder,
            gradient_norm: stats.gradient_norm,
            photos_per_second: photos as f64 / seconds.max(1e-9),
        };
        self.log.write(&event)?;
        self.progress.step(&event, self.position.batch, batches);
        if self.saved.elapsed() > SAVE_EVERY {
            self.save()?;
            self.saved = Instant::now();
        }
        Ok(())
    }

    /// Whether the epoch was judged; otherwise somebody wants to stop.
    fn end_epoch(&mut self, span: PhaseSpan<Phase>, inputs: &Inputs) -> Result<bool, TrainError> {
        let ClassifyRun { config, data: ClassifyData { photos, .. }, stop, .. } = self.run;
        let (model, device) = self.learner.inference_model();
        let evaluation = evaluate((&model, &device), inputs, &photos.judge, &photos.labels, stop, &mut |_| {})?;
        let Some(evaluation) = evaluation else { return Ok(false) };
        let training = &config.training;
        let position = &mut self.position;
        position.epoch += 1;
        // A checkpoint is JSON, which has no word for what is no number; and no loss is worse.
        let loss = Some(evaluation.loss()).filter(|loss| loss.is_finite()).unwrap_or(f64::MAX);
        let this = Best { epoch: position.epoch, accuracy: evaluation.accuracy(), loss };
        let is_best = position.best.is_none_or(|best| best.is_beaten_by(&this));
        position.plateau.after_epoch(is_best, training);
        position.stale = if is_best { 0 } else { position.stale + 1 };
        if is_best {
            position.best = Some(this);
        }
        let seen = position.photos.max(1) as f64;
        let event = Event::Epoch {
            step: position.step,
            epoch: position.epoch,
            epochs: training.epochs + training.fine_tuning.epochs,
            phase: span.phase,
            train_loss: position.loss / seen,
            train_accuracy: position.right as f64 / seen,
            validation_loss: this.loss,
            validation_accuracy: this.accuracy,
            judged_by: photos.judged_by,
            is_best,
            seconds: position.seconds,
        };
        (position.batch, position.loss, position.right, position.photos, position.seconds) = (0, 0.0, 0, 0, 0.0);
        if training.early_stop > 0 && position.stale >= training.early_stop {
            position.epoch = span.end;
            // Should there be more epochs one day, they have as much patience.
            position.stale = 0;
        }
        // Before the checkpoint, for what the log tells of later steps is dropped when a run is resumed.
        self.log.write(&event)?;
        self.save()?;
        if is_best {
            training_state::save_weights(&self.run.dir.best(), &self.learner.weights())?;
        }
        self.progress.epoch(&event);
        Ok(true)
    }

    /// The best epoch's model, and what it confuses.
    fn end(self) -> Result<Outcome, TrainError> {
        let ClassifyRun { config, data, stop, .. } = self.run;
        let stopped = Outcome::Stopped { step: self.position.step };
        let Some(best) = self.position.best else { return Ok(stopped) };
        let learnt = training_state::read_weights(&self.run.dir.best())?;
        let packed = PackedModel::new(config, data, learnt).map_err(|reason| self.other_run(reason))?;
        // The model as it is packed is what is judged.
        let (progress, of) = (self.progress, data.photos.judge.len());
        let evaluation = packed.evaluation(data, stop, &mut |done| progress.encoding(done, of))?;
        let Some(evaluation) = evaluation else { return Ok(stopped) };
        packed.write(&self.run.dir, data, evaluation.accuracy())?;
        let report = report::write(&self.run.dir, &evaluation, &data.photos, best)?;
        Ok(Outcome::Done { best, report })
    }

    fn save(&self) -> Result<(), FileError> {
        let (optimiser_steps, optimiser) = self.learner.optimiser();
        let weights = self.learner.weights();
        let (fingerprint, position) = (self.fingerprint.clone(), self.position.clone());
        let state = TrainingState { fingerprint, position, weights, optimiser_steps, optimiser, words_said: None };
        state.save(&self.run.dir.last())
    }
}
