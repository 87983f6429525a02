//! What the model folder of a run keeps of its training photos, by the features of the encoder that goes into it.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use sightline::consensus::Consensus;
use sightline::weights::Weights;

use crate::consensus::{CaptionedPhoto, build, cached_grid_means, grid_means};
use crate::data::{CacheError, Corpus, FeatureCache};
use crate::error::TrainError;
use crate::frozen_encoder::{CachePoint, FrozenEncoder};

/// The photos of a run, and the encoder that it began with.
#[derive(Clone, Copy)]
pub struct RunPhotos<'a> {
    pub encoder: &'a FrozenEncoder,
    pub corpus: &'a Corpus,
    /// In the order of the feature cache.
    pub paths: &'a [PathBuf],
    /// The folder of the feature cache.
    pub cache: &'a Path,
}

/// Nothing where somebody wants to stop. `tuned` are those of the encoder's weights that the run learnt. `on_photo` gets
/// how many photos are encoded, and of how many.
pub fn consensus_of(
    photos: RunPhotos,
    tuned: Weights,
    stop: &AtomicBool,
    on_photo: impl FnMut(usize, usize),
) -> Result<Option<Consensus>, TrainError> {
    let features = match tuned.is_empty() {
        true => frozen_features(photos, stop, on_photo),
        false => tuned_features(photos, tuned, stop, on_photo),
    };
    let Some(features) = features? else { return Ok(None) };
    let items = features.into_iter().zip(&photos.corpus.train);
    let items = items.map(|(features, item)| CaptionedPhoto { features, captions: &item.tokens });
    Ok(Some(build(&items.collect::<Vec<_>>(), &photos.corpus.vocabulary)?))
}

fn rows(corpus: &Corpus) -> Vec<usize> {
    corpus.train.iter().map(|item| item.row).collect()
}

/// Of each training photo the mean of its grid, which the cache has.
fn frozen_features(
    photos: RunPhotos,
    stop: &AtomicBool,
    mut on_photo: impl FnMut(usize, usize),
) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
    let RunPhotos { encoder, corpus, paths, cache } = photos;
    let on_photo = |done| on_photo(done, paths.len());
    let cache = FeatureCache::open(cache, encoder, CachePoint::Features, paths, stop, on_photo);
    let cache = match cache {
        Err(CacheError::Stopped { .. }) => return Ok(None),
        cache => cache?,
    };
    Ok(cached_grid_means(&cache, &rows(corpus), &encoder.device().handle)?)
}

/// The same, encoded anew.
fn tuned_features(
    photos: RunPhotos,
    tuned: Weights,
    stop: &AtomicBool,
    mut on_photo: impl FnMut(usize, usize),
) -> Result<Option<Vec<Vec<f32>>>, TrainError> {
    let RunPhotos { encoder, corpus, paths, .. } = photos;
    let mut weights = encoder.weights.clone();
    weights.extend(tuned);
    let encoder = FrozenEncoder::new(encoder.config.clone(), weights, encoder.input.clone(), encoder.device());
    let other = |path: &str, reason: String| TrainError::OtherRun { path: path.to_string(), reason };
    let encoder = encoder.map_err(|error| other("the best epoch", error.to_string()))?;
    let paths: Vec<PathBuf> = rows(corpus).into_iter().map(|row| paths[row].clone()).collect();
    let Some(means) = grid_means(&encoder, &paths[..], stop, |done| on_photo(done, paths.len()))? else {
        return Ok(None);
    };
    let there = means.into_iter().zip(&paths).map(|(mean, path)| {
        mean.ok_or_else(|| other(&path.display().to_string(), "the photo can no longer be decoded".into()))
    });
    Ok(Some(there.collect::<Result<_, _>>()?))
}
