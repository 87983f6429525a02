//! The mean of each photo's feature grid over its cells, which is what photos are compared by.

use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::Device;
use rayon::prelude::*;
use sightline::consensus::mean_of_cells;

use crate::data::{CachedFeatures, FeatureCache, PhotoList};
use crate::frozen_encoder::{CachePoint, FrozenEncoder};
use crate::host::{ReadBackError, to_host};

/// Photos that go through the encoder together.
const BATCH: usize = 16;

/// Of photos that are encoded for it; nothing of one that cannot be decoded. Nothing at all where somebody wants to stop.
/// `on_photo` gets how many are done.
pub fn grid_means(
    encoder: &FrozenEncoder,
    photos: &(impl PhotoList + ?Sized),
    stop: &AtomicBool,
    mut on_photo: impl FnMut(usize),
) -> Result<Option<Vec<Option<Vec<f32>>>>, ReadBackError> {
    let length: usize = encoder.shape(CachePoint::Features).iter().product();
    let mut means = Vec::with_capacity(photos.len());
    while means.len() < photos.len() {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let batch = means.len()..(means.len() + BATCH).min(photos.len());
        let inputs: Vec<Option<Vec<f32>>> =
            batch.into_par_iter().map(|photo| photos.input(photo, &encoder.input).ok()).collect();
        let is_there: Vec<bool> = inputs.iter().map(Option::is_some).collect();
        let together: Vec<f32> = inputs.into_iter().flatten().flatten().collect();
        let grids = if together.is_empty() { vec![] } else { encoder.encode(together, CachePoint::Features)? };
        let mut grids = grids.chunks(length);
        let channels = encoder.config.channels();
        let mean = |is_there: bool| is_there.then(|| grids.next()).flatten().map(|grid| mean_of_cells(grid, channels));
        means.extend(is_there.into_iter().map(mean));
        on_photo(means.len());
    }
    Ok(Some(means))
}

/// Of some rows of a cache; nothing where it holds no features.
pub fn cached_grid_means(
    cache: &FeatureCache,
    rows: &[usize],
    device: &Device,
) -> Result<Option<Vec<Vec<f32>>>, ReadBackError> {
    let mut means = Vec::with_capacity(rows.len());
    for rows in rows.chunks(BATCH) {
        let CachedFeatures::Features(features) = cache.get(rows, device) else { return Ok(None) };
        let [_, cells, channels] = features.dims();
        means.extend(to_host(features)?.chunks(cells * channels).map(|grid| mean_of_cells(grid, channels)));
    }
    Ok(Some(means))
}
