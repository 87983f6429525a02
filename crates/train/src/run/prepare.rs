//! Everything that a run needs before its first step: photos found and encoded, captions read, word vectors at hand.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use sightline::device::OpenDevice;

use crate::config::{Config, DataConfig};
use crate::data::dataset::{Broken, Dataset, LeftOut, Lists, Portion, Sources, Split, Splits};
use crate::data::glove::{self, WordVectors};
use crate::data::{Corpus, FeatureCache, decode, read_sentences};
use crate::error::TrainError;
use crate::frozen_encoder::{CachePoint, FrozenEncoder};
use crate::teacher::Teacher;

#[derive(Debug)]
pub struct RunData {
    pub encoder: FrozenEncoder,
    pub teachers: Vec<Teacher>,
    pub corpus: Corpus,
    /// In the order of the feature cache; broken ones are among them.
    pub photos: Vec<PathBuf>,
    pub left_out: LeftOut,
    pub word_vectors: Option<WordVectors>,
}

/// Reads the data, and encodes the photos that are not encoded yet, of which `on_photo` gets how many are done, and of how many.
/// Word vectors are only read for a new run.
pub fn prepare(
    config: &Config,
    device: &OpenDevice,
    is_new: bool,
    stop: &AtomicBool,
    mut on_photo: impl FnMut(usize, usize),
) -> Result<RunData, TrainError> {
    let DataConfig { captions, images, min_count, max_words, encoder, cache, .. } = &config.data;
    let sources = Sources { captions: captions.clone(), images: images.clone(), splits: splits(&config.data) };
    let mut dataset = Dataset::read(&sources)?;
    let encoder = FrozenEncoder::of_backbone(encoder, &config.model.backbone, device)?;
    let teachers = &config.training.imitation.teachers;
    let teachers = teachers.iter().map(|folder| Teacher::read(folder, &encoder)).collect::<Result<Vec<_>, _>>()?;
    let text = config.training.text.captions.as_deref().map(read_sentences).transpose()?.unwrap_or_default();
    dataset.photos.retain(|sample| sample.split != Split::Test);
    dataset.require(Split::Train)?;
    dataset.require(Split::Validation)?;
    let photos: Vec<PathBuf> = dataset.photos.iter().map(|sample| sample.path.clone()).collect();
    let on_photo = |done| on_photo(done, photos.len());
    let features = FeatureCache::open(cache, &encoder, CachePoint::Features, &photos[..], stop, on_photo)?;
    let mut rows = Vec::new();
    let mut broken = Vec::new();
    for (row, sample) in dataset.photos.iter().enumerate() {
        match features.is_broken(row) {
            false => rows.push(row),
            true => {
                let reason = decode(&sample.path).err().unwrap_or_else(|| {
                    format!("it was when it was encoded; delete {} to encode all anew", cache.display())
                });
                broken.push(Broken { name: sample.name.clone(), reason });
            }
        }
    }
    dataset.leave_out(broken)?;
    let samples: Vec<_> = rows.into_iter().zip(&dataset.photos).collect();
    let corpus = Corpus::new(&samples, &text, *min_count, *max_words)?;
    teachers.iter().try_for_each(|teacher| teacher.check_words(&corpus.vocabulary))?;
    config.check_size(corpus.vocabulary.len(), &encoder.config)?;
    let word_vectors = match (&config.embeddings.glove_path, config.embeddings.use_glove) {
        (Some(path), true) if is_new => {
            let width = config.model.wordvec_dim;
            Some(glove::read(path, corpus.vocabulary.words(), width, config.training.seed)?)
        }
        _ => None,
    };
    Ok(RunData { encoder, teachers, corpus, photos, left_out: dataset.left_out, word_vectors })
}

fn splits(data: &DataConfig) -> Splits {
    match (&data.train_list, &data.validation_list, data.split_seed) {
        (None, None, None) => Splits::Own,
        (None, None, Some(seed)) => Splits::Drawn { seed, validation: Portion::Share(0.1), test: Portion::Count(0) },
        (train, validation, _) => {
            Splits::Lists(Lists { train: train.clone(), validation: validation.clone(), test: None })
        }
    }
}
