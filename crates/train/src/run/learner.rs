//! What learns in a run: the model and its optimiser, and how each phase makes a step of them.
//!
//! A step depends on nothing but the weights, the optimiser's state, the configuration, the data and the step's number:
//! whatever is left to chance follows from the seed and that number.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use sightline::decoder::TrainableDecoder;
use sightline::decoder::search::WordRules;
use sightline::device::DeviceKind;
use sightline::weights::Weights;

use super::phases::PhaseBatches;
use super::position::RunPosition;
use super::train_step::{PARTS, Regularisation, StepStats, TrainStep, train_step};
use crate::config::Config;
use crate::data::{CachedFeatures, CaptionOf, Corpus, Shown, View, ViewCache, by_chance};
use crate::error::TrainError;
use crate::frozen_encoder::{CachePoint, FrozenEncoder};
use crate::objective::{
    CAPTIONS_PER_PHOTO, CaptionBatch, Reward, TokenChoice, apply_scheduled_sampling, roll_out, self_critical_batch,
};
use crate::optim::{Adam, Rates, schedule};
use crate::rng::rng_for;
use crate::teacher::{Imitation, Teacher};
use crate::trainable_model::TrainableModel;

/// Where in the run a step stands, and where it takes its features from.
#[derive(Clone, Copy)]
pub struct StepContext<'s> {
    pub position: &'s RunPosition,
    /// Of the whole phase.
    pub steps: u64,
    pub caches: &'s PhaseCaches,
}

/// Features of the photos of a phase.
#[derive(Debug)]
pub struct PhaseCaches {
    pub own: ViewCache,
    /// Those of each teacher; nothing for one that takes the run's own. Empty where none is asked.
    pub teachers: Vec<Option<ViewCache>>,
}

pub struct Learner<'a, D: TrainableDecoder> {
    config: &'a Config,
    encoder: &'a FrozenEncoder,
    teachers: &'a [Teacher],
    corpus: &'a Corpus,
    /// Keeps what is done to tensors, so that they can learn from it.
    device: Device,
    model: TrainableModel<D>,
    adam: Adam,
    reward: Option<Reward>,
}

impl<'a, D: TrainableDecoder> Learner<'a, D> {
    /// With weights by chance, but for the word vectors, where there are some.
    pub fn new(
        config: &'a Config,
        (encoder, teachers): (&'a FrozenEncoder, &'a [Teacher]),
        corpus: &'a Corpus,
        word_vectors: Option<Vec<f32>>,
        init: impl Fn(&Device) -> D,
    ) -> Result<Self, String> {
        let device = encoder.device().handle.clone().autodiff();
        let mut model = TrainableModel::new(None, init(&device), config.training.seed, &device);
        if let Some(vectors) = word_vectors {
            model = model.with_word_vectors(vectors, &device)?;
        }
        let adam = new_optimiser(config);
        let mut learner = Self { config, encoder, teachers, corpus, device, model: model.clone(), adam, reward: None };
        learner.set_model(model);
        Ok(learner)
    }

    /// Goes on with other weights; with the encoder where they were learnt with it.
    pub fn load(&mut self, weights: &Weights) -> Result<(), String> {
        let is_tuned = weights.keys().any(|name| name.starts_with("encoder."));
        self.load_with(weights, is_tuned)
    }

    /// Sets the last stages of the encoder free, to learn as well.
    pub fn unfreeze(&mut self, weights: &Weights) -> Result<(), String> {
        self.load_with(weights, true)
    }

    fn load_with(&mut self, weights: &Weights, with_encoder: bool) -> Result<(), String> {
        let encoder = with_encoder.then_some(self.encoder);
        self.set_model(self.model.clone().load(weights, encoder, &self.device)?);
        Ok(())
    }

    fn set_model(&mut self, model: TrainableModel<D>) {
        let is_frozen = self.config.embeddings.freeze;
        self.model = if is_frozen { model.with_frozen_word_vectors() } else { model };
    }

    /// Forgets what only the steps of one phase depend on.
    pub fn begin_phase(&mut self) {
        self.adam = new_optimiser(self.config);
        self.reward = None;
    }

    /// How many steps the optimiser made, and its moments.
    pub fn optimiser(&self) -> (u64, Weights) {
        self.adam.extract()
    }

    pub fn restore_optimiser(&mut self, steps: u64, state: Weights) {
        self.adam.restore(steps, state);
    }

    /// How often the model says each word, where that is paid for.
    pub fn words_said(&self) -> Option<Vec<f32>> {
        self.reward.as_ref()?.words_said().map(<[f32]>::to_vec)
    }

    pub fn restore_words_said(&mut self, words_said: Vec<f32>) {
        self.reward_mut().restore(words_said);
    }

    fn reward_mut(&mut self) -> &mut Reward {
        let (corpus, config) = (self.corpus, &self.config.training.self_critical);
        self.reward.get_or_insert_with(|| Reward::new(corpus, config))
    }

    pub fn weights(&self) -> Weights {
        self.model.weights()
    }

    /// The model as it captions, and the device that it does so on.
    pub fn inference_model(&self) -> (TrainableModel<D>, Device) {
        (self.model.valid(), self.device.clone().inner())
    }

    /// How far photos go through the encoder before anything of it learns.
    pub fn cache_point(&self) -> CachePoint {
        match &self.model.encoder {
            None => CachePoint::Features,
            Some(encoder) => CachePoint::Stages(encoder.stages() - self.config.training.fine_tuning.stages),
        }
    }

    /// The same with the running average of the weights, where there is one.
    pub fn averaged_model(&self) -> Option<(TrainableModel<D>, Device)> {
        let (model, device) = self.inference_model();
        Some((self.adam.averaged(model)?, device))
    }

    /// One step.
    pub fn step(&mut self, batches: &PhaseBatches, context: StepContext) -> Result<StepStats, TrainError> {
        let batch = context.position.batch;
        match batches {
            PhaseBatches::Text(batches) => self.text_step(&batches[batch], context),
            PhaseBatches::Words(batches) => self.caption_step(&batches[batch], context),
            PhaseBatches::WordsOfPhotos(batches) => self.photo_step(&batches[batch], context),
            PhaseBatches::FineTuning(batches) => self.fine_tuning_step(&batches[batch], context),
            PhaseBatches::SelfCritical(batches) => self.self_critical_step(&batches[batch], context),
        }
    }

    /// The decoder learns sentences, each with a grid of one cell in which there is nothing to see.
    fn text_step(&mut self, sentences: &[usize], context: StepContext) -> Result<StepStats, TrainError> {
        let training = &self.config.training;
        let rate = schedule::rate(training, context.position.phase_step, context.steps, context.position.plateau);
        let rates = Rates { encoder: 0.0, decoder: rate };
        let batch = CaptionBatch::of_sentences(self.corpus, sentences, self.config.data.max_words);
        let nothing = Tensor::zeros([sentences.len(), 1, self.encoder.config.channels()], &self.device);
        // The one cell can only get all of the attention, which is nothing to be held back from.
        let regularisation = Regularisation { attention: 0.0, ..Regularisation::of(training) };
        self.learn((&CachedFeatures::Features(nothing), &batch, None), rates, regularisation, context)
    }

    /// The decoder learns captions, each with a photo of its own.
    fn caption_step(&mut self, captions: &[CaptionOf], context: StepContext) -> Result<StepStats, TrainError> {
        let training = &self.config.training;
        let rate = schedule::rate(training, context.position.phase_step, context.steps, context.position.plateau);
        let photos = self.shown(captions.iter().map(|caption| caption.photo), context);
        let batch = CaptionBatch::of_captions(self.corpus, captions, &photos, self.config.data.max_words);
        let batch = self.scheduled_sampling(batch, &photos, context)?;
        let features = context.caches.own.get(&photos, &self.device);
        let rates = Rates { encoder: 0.0, decoder: rate };
        let imitation = self.imitation(&photos, context);
        self.learn((&features, &batch, imitation), rates, Regularisation::of(training), context)
    }

    /// The decoder learns captions, several of each photo.
    fn photo_step(&mut self, photos: &[usize], context: StepContext) -> Result<StepStats, TrainError> {
        let training = &self.config.training;
        let rate = schedule::rate(training, context.position.phase_step, context.steps, context.position.plateau);
        let rates = Rates { encoder: 0.0, decoder: rate };
        self.learn_photos(photos, training.captions_per_photo, rates, context)
    }

    /// Decoder and encoder learn captions, several of each photo.
    fn fine_tuning_step(&mut self, photos: &[usize], context: StepContext) -> Result<StepStats, TrainError> {
        let training = &self.config.training;
        let tuning = &training.fine_tuning;
        let share = schedule::share(training, context.position.phase_step, context.steps, context.position.plateau);
        let rates = Rates { encoder: tuning.learning_rate * share, decoder: tuning.decoder_learning_rate * share };
        self.learn_photos(photos, CAPTIONS_PER_PHOTO, rates, context)
    }

    /// So many captions of each photo.
    fn learn_photos(
        &mut self,
        photos: &[usize],
        captions: usize,
        rates: Rates,
        context: StepContext,
    ) -> Result<StepStats, TrainError> {
        let training = &self.config.training;
        let shown = self.shown(photos.iter().copied(), context);
        let mut random = rng_for(training.seed, "photos' captions", context.position.step);
        let most = self.config.data.max_words;
        let batch = CaptionBatch::of_photos(self.corpus, (photos, &shown), captions, most, &mut random);
        let features = context.caches.own.get(&shown, &self.device);
        let imitation = self.imitation(&shown, context);
        self.learn((&features, &batch, imitation), rates, Regularisation::of(training), context)
    }

    /// The decoder learns from the rewards of its own captions, whole, and without the regularisation that keeps it from
    /// learning captions by heart.
    fn self_critical_step(&mut self, photos: &[usize], context: StepContext) -> Result<StepStats, TrainError> {
        let training = &self.config.training;
        let share = schedule::share(training, context.position.phase_step, context.steps, context.position.plateau);
        let rates = Rates { encoder: 0.0, decoder: training.self_critical.learning_rate * share };
        let special = self.corpus.vocabulary.special_tokens();
        let (samples, most) = (training.self_critical.samples, self.config.data.max_words);
        let mut random = rng_for(training.seed, "photos' captions", context.position.step);
        let (model, device) = self.inference_model();
        let shown = self.shown(photos.iter().copied(), context);
        let features = model.features(context.caches.own.get(&shown, &device));
        let choice = TokenChoice::Sampled(&mut random);
        let rules = WordRules::free(special);
        let captions = roll_out(&model.decoder, features.clone(), samples, most, rules, choice)?;
        let corpus = self.corpus;
        let (batch, reward) = self_critical_batch(&captions, (photos, &shown), self.reward_mut(), corpus, most);
        let features = CachedFeatures::Features(Tensor::from_inner(features));
        let stats = self.learn((&features, &batch, None), rates, Regularisation::default(), context)?;
        Ok(StepStats { reward: Some(reward), ..stats })
    }

    fn learn(
        &mut self,
        (features, batch, imitation): (&CachedFeatures, &CaptionBatch, Option<Imitation>),
        rates: Rates,
        regularisation: Regularisation,
        context: StepContext,
    ) -> Result<StepStats, TrainError> {
        let parts = if self.encoder.device().kind == DeviceKind::Cpu { PARTS } else { 1 };
        let mut random = rng_for(self.config.training.seed, "dropout", context.position.step);
        let step = TrainStep { features, batch, imitation: imitation.as_ref(), regularisation, rates, parts };
        let (model, stats) = train_step(&self.model, &mut self.adam, &step, &mut random)?;
        self.model = model;
        Ok(stats)
    }

    /// By the last epoch, a share of the words that the decoder takes are its own.
    fn scheduled_sampling(
        &self,
        batch: CaptionBatch,
        photos: &[Shown],
        context: StepContext,
    ) -> Result<CaptionBatch, TrainError> {
        let training = &self.config.training;
        let share = training.scheduled_sampling * (context.position.phase_step as f64 / context.steps.max(1) as f64);
        if share == 0.0 {
            return Ok(batch);
        }
        let (model, device) = self.inference_model();
        let features = model.features(context.caches.own.get(photos, &device));
        let mut random = rng_for(training.seed, "own words", context.position.step);
        let special = self.corpus.vocabulary.special_tokens();
        Ok(apply_scheduled_sampling(batch, &model.decoder, features, share, special, &mut random)?)
    }

    /// The teachers of this phase, each with the same views of the photos.
    fn imitation(&self, photos: &[Shown], context: StepContext) -> Option<Imitation<'a>> {
        let PhaseCaches { own, teachers } = context.caches;
        let share = self.config.training.imitation.share;
        let device = self.device.clone().inner();
        let features = |cache: &Option<ViewCache>| match cache.as_ref().unwrap_or(own).get(photos, &device) {
            CachedFeatures::Features(features) => Some(features),
            CachedFeatures::Map(..) | CachedFeatures::Photos(_) => None,
        };
        let with_features = |(teacher, cache)| Some((teacher, features(cache)?));
        (share > 0.0 && !teachers.is_empty()).then(|| Imitation {
            teachers: self.teachers.iter().zip(teachers).filter_map(with_features).collect(),
            share,
        })
    }

    /// Training photos, each in a view by chance.
    fn shown(&self, photos: impl Iterator<Item = usize>, context: StepContext) -> Vec<Shown> {
        let training = &self.config.training;
        let rows: Vec<usize> = photos.map(|photo| self.corpus.train[photo].row).collect();
        by_chance(
            &rows,
            &View::all(training.mirror, training.crops),
            &mut rng_for(training.seed, "views", context.position.step),
        )
    }
}

fn new_optimiser(config: &Config) -> Adam {
    Adam::new(config.training.weight_decay, config.training.clip_gradient).with_average(config.training.average)
}
