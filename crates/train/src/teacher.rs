//! Models whose probabilities a decoder learns beside the words that people wrote: several that agree say more of what may
//! follow than the one word that somebody chose.

use std::fmt::Debug;
use std::ops::Range;
use std::path::{Path, PathBuf};

use burn::tensor::activation::softmax;
use burn::tensor::{Device, Int, Tensor};
use sightline::checkpoint::CheckpointError;
use sightline::decoder::{DecoderConfig, Dropout, ModelKind, TrainableDecoder, WithDecoder};
use sightline::model::{ModelError, ModelLoader};
use sightline::vocabulary::Vocabulary;
use sightline::weights::{self, Slot, Weights, part_of};

use crate::frozen_encoder::FrozenEncoder;
use crate::objective::CaptionBatch;

/// Why a model folder is no teacher of a run.
#[derive(Debug, thiserror::Error)]
#[error("training.imitation.teachers: {folder}: {reason}")]
pub struct TeacherError {
    pub folder: String,
    pub reason: TeacherFault,
}

#[derive(Debug, thiserror::Error)]
pub enum TeacherFault {
    #[error(transparent)]
    Model(#[from] ModelError),
    #[error(transparent)]
    Encoder(#[from] CheckpointError),
    #[error("it tells classes apart; name a model that writes captions")]
    Classifier,
    #[error("it has {found} words and the run {expected}; {TRAIN_ALIKE}")]
    WordCount { found: usize, expected: usize },
    #[error("its word {id} is {found:?} and the run's is {expected:?}; {TRAIN_ALIKE}")]
    Word { id: usize, found: String, expected: String },
}

const TRAIN_ALIKE: &str = "train it with the same captions, photos and data.min_count";

/// A model folder's model, as it is asked for whole captions.
#[derive(Debug)]
pub struct Teacher {
    folder: PathBuf,
    vocabulary: Vocabulary,
    title: String,
    /// Nothing where it is the run's own, whose features are there already.
    encoder: Option<FrozenEncoder>,
    decoder: Box<dyn ReadsCaptions>,
}

impl Teacher {
    /// From a model folder. `own` is the encoder that the run starts from.
    pub fn read(folder: &Path, own: &FrozenEncoder) -> Result<Self, TeacherError> {
        Self::try_read(folder, own).map_err(|reason| TeacherError { folder: folder.display().to_string(), reason })
    }

    fn try_read(folder: &Path, own: &FrozenEncoder) -> Result<Self, TeacherFault> {
        let (manifest, vocabulary, mut weights) = ModelLoader::read(folder)?.into_weights()?;
        if manifest.decoder.kind() != ModelKind::Captions {
            return Err(TeacherFault::Classifier);
        }
        let encoder = part_of(&mut weights, "encoder");
        let encoder = FrozenEncoder::new(manifest.encoder, encoder, manifest.input, own.device())?;
        let decoder = part_of(&mut weights, "decoder");
        let decoder = reads_captions(&manifest.decoder, decoder, &own.device().handle)?;
        let encoder = (encoder.fingerprint() != own.fingerprint()).then_some(encoder);
        Ok(Self { folder: folder.to_path_buf(), vocabulary, title: manifest.decoder.title(), encoder, decoder })
    }

    /// Whether it knows the words of a run, in the same order.
    pub fn check_words(&self, vocabulary: &Vocabulary) -> Result<(), TeacherError> {
        let (found, expected) = (self.vocabulary.words(), vocabulary.words());
        let reason = match found.iter().zip(expected).position(|(found, expected)| found != expected) {
            Some(id) => TeacherFault::Word { id, found: found[id].clone(), expected: expected[id].clone() },
            None if found.len() == expected.len() => return Ok(()),
            None => TeacherFault::WordCount { found: found.len(), expected: expected.len() },
        };
        Err(TeacherError { folder: self.folder.display().to_string(), reason })
    }

    /// The encoder whose features it takes; nothing where it is the run's own.
    pub fn encoder(&self) -> Option<&FrozenEncoder> {
        self.encoder.as_ref()
    }

    /// As people write its decoder, such as `LSTM with additive attention`.
    pub fn title(&self) -> &str {
        &self.title
    }
}

/// What is learnt from teachers in a step.
#[derive(Clone, Debug)]
pub struct Imitation<'a> {
    /// Each with the features that it takes of the step's photos: `[photos, cells, channels]`
    pub teachers: Vec<(&'a Teacher, Tensor<3>)>,
    /// How much of the loss it is.
    pub share: f64,
}

impl Imitation<'_> {
    /// Of some of the photos.
    pub fn part(&self, photos: Range<usize>) -> Self {
        let part =
            |(teacher, features): &(_, Tensor<3>)| (*teacher, features.clone().narrow(0, photos.start, photos.len()));
        Self { teachers: self.teachers.iter().map(part).collect(), share: self.share }
    }

    /// The mean of the teachers' probabilities for the word at each place of a batch, `[rows, length, vocab_size]`, outside
    /// of what is learnt. Nothing without teachers.
    pub fn probabilities(&self, batch: &CaptionBatch) -> Option<Tensor<3>> {
        let count = self.teachers.len() as f64;
        let of = |(teacher, features): &(&Teacher, Tensor<3>)| {
            teacher.decoder.probabilities(features.clone(), batch.inputs_on(&features.device()))
        };
        self.teachers.iter().map(of).reduce(|sum, one| sum + one).map(|sum| sum / count)
    }
}

/// A decoder of any family that says what it expects in captions which are given to it.
trait ReadsCaptions: Debug + Send + Sync {
    /// At every place, of the word after it: `[rows, length, vocab_size]`
    fn probabilities(&self, features: Tensor<3>, words: Tensor<2, Int>) -> Tensor<3>;
}

impl<D: TrainableDecoder> ReadsCaptions for D {
    fn probabilities(&self, features: Tensor<3>, words: Tensor<2, Int>) -> Tensor<3> {
        softmax(self.forward(features, words, &mut Dropout::none()).logits, 2)
    }
}

fn reads_captions(
    config: &DecoderConfig,
    weights: Weights,
    device: &Device,
) -> Result<Box<dyn ReadsCaptions>, CheckpointError> {
    struct Load<'a>(Weights, &'a Device);

    impl WithDecoder for Load<'_> {
        type Output = Result<Box<dyn ReadsCaptions>, CheckpointError>;

        fn run<D: TrainableDecoder + 'static>(self, init: impl Fn(&Device) -> D) -> Self::Output {
            let Self(mut weights, device) = self;
            let take = |slot: &Slot| {
                weights.remove(&slot.name).ok_or_else(|| CheckpointError::Missing { name: slot.name.clone() })
            };
            Ok(Box::new(weights::fill(init(device), device, take)?))
        }
    }

    config.with_decoder(Load(weights, device))
}
