//! The loop: phases, epochs, and everything that has to happen between two steps.
//!
//! A step depends on nothing but the checkpoint before it, the configuration and the data: whatever is left to chance
//! follows from the seed and the step's number. So a run that was stopped goes on as if it had not been.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::Device;

use super::TrainError;
use super::adam::Adam;
use super::checkpoint::{self, Best, Checkpoint, Progress};
use super::config::Config;
use super::corpus::Corpus;
use super::eye::{Depth, Eye};
use super::folder::Folder;
use super::lessons::Worth;
use super::log::{Event, Log, Phase};
use super::maps::Maps;
use super::plan::{Batches, Stretch, stretches};
use super::trainee::Trainee;
use crate::decoder::{Pupil, PupilTask};
use crate::files::replace;

/// One run.
pub struct Task<'a> {
    pub config: &'a Config,
    pub eye: &'a Eye,
    pub corpus: &'a Corpus,
    /// In the order of their maps.
    pub photos: &'a [PathBuf],
    /// What the word vectors start from, row by row; by chance where there is nothing.
    pub vectors: Option<Vec<f32>>,
    pub folder: Folder,
    /// Go on from the last checkpoint.
    pub resume: bool,
    /// Set from outside when the run is to stop after its current step.
    pub stop: &'a AtomicBool,
}

/// Somebody who wants to know how it goes.
pub trait Watch {
    fn encoding(&mut self, done: usize, of: usize);
    /// A step was made, the `batch`th of so many in its epoch.
    fn step(&mut self, event: &Event, batch: usize, batches: usize);
    fn epoch(&mut self, event: &Event);
}

/// How a run came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Ending {
    Done { best: Option<Best> },
    Stopped { step: u64 },
}

/// Trains until the configuration is fulfilled, or somebody wants it to stop.
pub fn run(task: Task, watch: &mut dyn Watch) -> Result<Ending, TrainError> {
    let decoder = task.config.decoder(task.corpus.vocabulary.len());
    decoder.teach(Teach { task, watch })
}

struct Teach<'a, 'w> {
    task: Task<'a>,
    watch: &'w mut dyn Watch,
}

impl PupilTask for Teach<'_, '_> {
    type Output = Result<Ending, TrainError>;

    fn run<D: Pupil>(self, init: impl Fn(&Device) -> D) -> Self::Output {
        Trainer::new(self.task, self.watch, init)?.run()
    }
}

pub(super) struct Trainer<'a, 'w, D: Pupil> {
    pub task: Task<'a>,
    pub watch: &'w mut dyn Watch,
    /// Remembers what is done to tensors, so that they can learn from it.
    pub device: Device,
    pub trainee: Trainee<D>,
    pub adam: Adam,
    pub progress: Progress,
    maps: Option<(Depth, Maps)>,
    pub worth: Option<Worth>,
    log: Log,
    /// What tells the data and the encoder from all others.
    data: String,
    saved: Instant,
    _lock: File,
}

/// No more work than this is lost when the power goes.
const SAVE_EVERY: Duration = Duration::from_secs(600);

impl<'a, 'w, D: Pupil> Trainer<'a, 'w, D> {
    fn new(task: Task<'a>, watch: &'w mut dyn Watch, init: impl Fn(&Device) -> D) -> Result<Self, TrainError> {
        let device = task.eye.place().device.clone().autodiff();
        let training = &task.config.training;
        let folder = &task.folder;
        let data = format!("{} {} {}", task.corpus.fingerprint(), task.eye.fingerprint(), training.batch_size);
        let other = |reason| TrainError::OtherRun { path: folder.last().display().to_string(), reason };
        let mut trainee = Trainee::new(init(&device), training.seed, &device);
        let mut adam = Adam::new(training.weight_decay, training.clip_gradient);
        let mut progress = Progress::default();
        let lock = folder.hold()?;
        if task.resume {
            let last = Checkpoint::read(&folder.last())?;
            if last.data != data {
                return Err(other(
                    "the captions, the photos, the encoder or the batch size are others than before".into(),
                ));
            }
            let has_encoder = last.weights.keys().any(|name| name.starts_with("encoder."));
            trainee = trainee.load(&last.weights, has_encoder.then_some(task.eye), &device).map_err(other)?;
            adam.restore(last.optimiser_steps, last.optimiser);
            progress = last.progress;
            // The best weights are written after the checkpoint that knows of them, which may have been the last thing.
            if progress.batch == 0 && progress.best.is_some_and(|best| best.epoch == progress.epoch) {
                checkpoint::save_weights(&folder.best(), &last.weights)?;
            }
        } else {
            if let Some(vectors) = &task.vectors {
                trainee = trainee.with_vectors(vectors.clone(), &device).map_err(other)?;
            }
        }
        if task.config.embeddings.freeze {
            trainee = trainee.with_frozen_vectors();
        }
        // A file that says the same stays as it is: somebody may have written into it.
        if Config::read(&folder.config(), &[]).ok().as_ref() != Some(task.config) {
            let path = folder.config();
            replace(&path, task.config.to_yaml()?.as_bytes()).map_err(|source| TrainError::io(&path, source))?;
        }
        let log = Log::open(&folder.log(), progress.step)?;
        let (maps, worth, saved) = (None, None, Instant::now());
        let trainer = Self { task, watch, device, trainee, adam, progress, maps, worth, log, data, saved, _lock: lock };
        if !trainer.task.resume {
            trainer.save()?;
        }
        Ok(trainer)
    }

    fn run(mut self) -> Result<Ending, TrainError> {
        for stretch in stretches(&self.task.config.training) {
            if self.progress.epoch == stretch.begin && self.progress.batch == 0 {
                self.begin(stretch)?;
            }
            if (stretch.begin..stretch.end).contains(&self.progress.epoch) {
                self.open_maps()?;
            }
            while (stretch.begin..stretch.end).contains(&self.progress.epoch) {
                if !self.epoch(stretch)? {
                    self.save()?;
                    return Ok(Ending::Stopped { step: self.progress.step });
                }
            }
        }
        if self.progress.best.is_some() {
            self.task.folder.write_model(self.task.config, self.task.eye, &self.task.corpus.vocabulary)?;
        }
        Ok(Ending::Done { best: self.progress.best })
    }

    /// A phase begins with the best that the ones before it found.
    fn begin(&mut self, stretch: Stretch) -> Result<(), TrainError> {
        let training = &self.task.config.training;
        if self.progress.best.is_some() || stretch.phase == Phase::FineTuning {
            let best = self.task.folder.best();
            let weights = match self.progress.best {
                Some(_) => checkpoint::read_weights(&best)?,
                None => self.trainee.weights(),
            };
            let is_tuned = weights.keys().any(|name| name.starts_with("encoder."));
            let eye = (is_tuned || stretch.phase == Phase::FineTuning).then_some(self.task.eye);
            let other = |reason| TrainError::OtherRun { path: best.display().to_string(), reason };
            self.trainee = self.trainee.clone().load(&weights, eye, &self.device).map_err(other)?;
            if self.task.config.embeddings.freeze {
                self.trainee = self.trainee.clone().with_frozen_vectors();
            }
        }
        self.adam = Adam::new(training.weight_decay, training.clip_gradient);
        self.progress = Progress {
            step: self.progress.step,
            epoch: self.progress.epoch,
            best: self.progress.best,
            ..Progress::default()
        };
        Ok(())
    }

    /// Photos as far through the encoder as nothing of it learns.
    fn open_maps(&mut self) -> Result<(), TrainError> {
        let Task { config, eye, photos, stop, .. } = &self.task;
        let depth = match self.trainee.encoder {
            None => Depth::Grid,
            Some(_) => Depth::Stages(4 - config.training.fine_tuning.stages),
        };
        if self.maps.as_ref().is_none_or(|(there, _)| *there != depth) {
            let watch = &mut *self.watch;
            let maps =
                Maps::open(&config.data.cache, eye, depth, photos, stop, |done| watch.encoding(done, photos.len()))?;
            let corpus = self.task.corpus;
            let mut items = corpus.train.iter().chain(&corpus.validation);
            if let Some(item) = items.find(|item| maps.is_broken(item.map)) {
                let path = photos[item.map].display().to_string();
                return Err(TrainError::OtherRun { path, reason: "the photo can no longer be decoded".into() });
            }
            self.maps = Some((depth, maps));
        }
        Ok(())
    }

    pub fn maps(&self) -> &Maps {
        match &self.maps {
            Some((_, maps)) => maps,
            None => unreachable!("a stretch opens them before its first epoch"),
        }
    }

    /// Whether the epoch came to its end; otherwise somebody wants to stop.
    fn epoch(&mut self, stretch: Stretch) -> Result<bool, TrainError> {
        let batches =
            Batches::of_epoch(&self.task.corpus.train, &self.task.config.training, stretch.phase, self.progress.epoch);
        let count = batches.len();
        let steps = (count * (stretch.end - stretch.begin)) as u64;
        while self.progress.batch < count {
            if self.task.stop.load(Ordering::Relaxed) {
                return Ok(false);
            }
            let begin = Instant::now();
            let stepped = match &batches {
                Batches::Captions(batches) => self.step_on_captions(&batches[self.progress.batch], steps)?,
                Batches::Photos(batches) => self.step_on_photos(stretch.phase, &batches[self.progress.batch], steps)?,
            };
            if !stepped.loss.is_finite() || !stepped.gradient.is_finite() {
                return Err(TrainError::NotANumber { step: self.progress.step + 1 });
            }
            let seconds = begin.elapsed().as_secs_f64();
            let progress = &mut self.progress;
            progress.step += 1;
            progress.phase_step += 1;
            progress.batch += 1;
            progress.loss += stepped.loss * stepped.words as f64;
            progress.words += stepped.words as u64;
            progress.seconds += seconds;
            let event = Event::Step {
                step: progress.step,
                epoch: progress.epoch + 1,
                loss: stepped.loss,
                learning_rate: stepped.rate,
                gradient: stepped.gradient,
                words_per_second: stepped.words as f64 / seconds.max(1e-9),
                reward: stepped.reward,
            };
            self.log.write(&event)?;
            self.watch.step(&event, self.progress.batch, count);
            if self.saved.elapsed() > SAVE_EVERY {
                self.save()?;
                self.saved = Instant::now();
            }
        }
        self.end_epoch(stretch)
    }

    /// Whether the epoch was judged; otherwise somebody wants to stop.
    fn end_epoch(&mut self, stretch: Stretch) -> Result<bool, TrainError> {
        let Some((validation_loss, scores)) = self.judge()? else { return Ok(false) };
        let training = &self.task.config.training;
        let progress = &mut self.progress;
        progress.epoch += 1;
        let this = Best { epoch: progress.epoch, cider_d: scores.cider_d, validation_loss };
        let is_best = progress.best.is_none_or(|best| best.is_beaten_by(&this));
        progress.plateau.after_epoch(is_best, training);
        progress.stale = if is_best { 0 } else { progress.stale + 1 };
        if is_best {
            progress.best = Some(this);
        }
        let event = Event::Epoch {
            step: progress.step,
            epoch: progress.epoch,
            phase: stretch.phase,
            train_loss: progress.loss / progress.words.max(1) as f64,
            validation_loss,
            scores,
            is_best,
            seconds: progress.seconds,
        };
        (progress.batch, progress.loss, progress.words, progress.seconds) = (0, 0.0, 0, 0.0);
        if training.early_stop > 0 && progress.stale >= training.early_stop {
            progress.epoch = stretch.end;
        }
        // Before the checkpoint, for what the log tells of later steps is dropped when a run is resumed.
        self.log.write(&event)?;
        self.save()?;
        if is_best {
            checkpoint::save_weights(&self.task.folder.best(), &self.trainee.weights())?;
        }
        self.watch.epoch(&event);
        Ok(true)
    }

    fn save(&self) -> Result<(), TrainError> {
        let (optimiser_steps, optimiser) = self.adam.extract();
        let weights = self.trainee.weights();
        let (data, progress) = (self.data.clone(), self.progress.clone());
        Checkpoint { data, progress, weights, optimiser_steps, optimiser }.save(&self.task.folder.last())
    }
}
