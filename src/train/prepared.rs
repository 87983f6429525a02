//! Everything that a run needs before its first step: photos found and encoded, captions read, word vectors at hand.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::TrainError;
use super::config::{Config, DataConfig};
use super::corpus::Corpus;
use super::dataset::{Broken, Dataset, Lists, Portion, Report, Sources, Split, Splits};
use super::eye::{Depth, Eye};
use super::glove::{self, WordVectors};
use super::maps::{Maps, decode};
use crate::device::Place;
use crate::encoder::EncoderConfig;
use crate::photo::InputSpec;

#[derive(Debug)]
pub struct Prepared {
    pub eye: Eye,
    pub corpus: Corpus,
    /// In the order of their maps; broken ones are among them.
    pub photos: Vec<PathBuf>,
    /// What was left out.
    pub report: Report,
    pub vectors: Option<WordVectors>,
}

impl Prepared {
    /// Reads the data, and encodes the photos that are not encoded yet, of which `on_photo` is told: done, and of how
    /// many. Word vectors are only read for a new run.
    pub fn new(
        config: &Config,
        place: &Place,
        is_new: bool,
        stop: &AtomicBool,
        mut on_photo: impl FnMut(usize, usize),
    ) -> Result<Self, TrainError> {
        let DataConfig { captions, images, min_count, max_words, encoder, cache, .. } = &config.data;
        let mut dataset = Dataset::read(&Sources {
            captions: captions.clone(),
            images: images.clone(),
            splits: splits(&config.data),
        })?;
        let eye = Eye::read(encoder, InputSpec::imagenet(), place)?;
        check_backbone(config, &eye)?;
        dataset.photos.retain(|sample| sample.split != Split::Test);
        dataset.require(Split::Train)?;
        dataset.require(Split::Validation)?;
        let photos: Vec<PathBuf> = dataset.photos.iter().map(|sample| sample.path.clone()).collect();
        let maps = Maps::open(cache, &eye, Depth::Grid, &photos, stop, |done| on_photo(done, photos.len()))?;
        let mut places = Vec::new();
        let mut broken = Vec::new();
        for (place, sample) in dataset.photos.iter().enumerate() {
            match maps.is_broken(place) {
                false => places.push(place),
                true => {
                    let reason = decode(&sample.path).err().unwrap_or_else(|| {
                        format!("it was when it was encoded; delete {} to encode all anew", cache.display())
                    });
                    broken.push(Broken { name: sample.name.clone(), reason });
                }
            }
        }
        dataset.leave_out(broken)?;
        let samples: Vec<_> = places.into_iter().zip(&dataset.photos).collect();
        let corpus = Corpus::new(&samples, *min_count, *max_words)?;
        config.check_size(corpus.vocabulary.len(), &eye.config)?;
        let vectors = match (&config.embeddings.glove_path, config.embeddings.use_glove) {
            (Some(path), true) if is_new => {
                let width = config.model.wordvec_dim;
                Some(glove::read(path, corpus.vocabulary.words(), width, config.training.seed)?)
            }
            _ => None,
        };
        Ok(Self { eye, corpus, photos, report: dataset.report, vectors })
    }
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

/// The encoder that is there has to be the one that was asked for.
fn check_backbone(config: &Config, eye: &Eye) -> Result<(), TrainError> {
    let EncoderConfig::ResNet(found) = &eye.config;
    let found = found.name().to_lowercase().replace('-', "");
    match found == config.model.backbone {
        true => Ok(()),
        false => Err(TrainError::Encoder {
            path: config.data.encoder.display().to_string(),
            reason: format!("this is a {found}, and model.backbone is {}", config.model.backbone),
        }),
    }
}
