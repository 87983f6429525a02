//! Photos as the learning part of the network gets them: from the cache as far as the encoder stays as it is, or decoded
//! anew where all of it learns.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use sightline::photo::InputSpec;

use super::batches::Shown;
use crate::data::{CachedFeatures, FeatureCache, LabelledPhotos, Mirrored, PhotoList, Photos, mirror};
use crate::error::TrainError;
use crate::frozen_encoder::{CachePoint, FrozenEncoder};

#[derive(Debug)]
pub enum Inputs<'a> {
    Decoded { photos: &'a Photos, spec: &'a InputSpec },
    Cached { plain: FeatureCache, mirrored: Option<MirroredCache> },
}

/// The training photos as a mirror shows them, in a file of their own: so the others are found again without it.
#[derive(Debug)]
pub struct MirroredCache {
    cache: FeatureCache,
    /// By the photo's row, the mirrored one's.
    rows: HashMap<usize, usize>,
}

impl<'a> Inputs<'a> {
    /// From the cache, computing what is not there yet. `on_photo` gets how many are done, and of how many.
    pub fn cached(
        folder: &Path,
        encoder: &FrozenEncoder,
        point: CachePoint,
        photos: &LabelledPhotos,
        with_mirrored: bool,
        stop: &AtomicBool,
        on_photo: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, TrainError> {
        let all = &photos.photos;
        let plain = FeatureCache::open(folder, encoder, point, all, stop, |done| on_photo(done, all.len()))?;
        let mirrored = if with_mirrored {
            let list = Mirrored(all, &photos.train);
            let cache = FeatureCache::open(folder, encoder, point, &list, stop, |done| on_photo(done, list.len()))?;
            let rows = photos.train.iter().enumerate().map(|(mirrored, row)| (*row, mirrored)).collect();
            Some(MirroredCache { cache, rows })
        } else {
            None
        };
        Ok(Self::Cached { plain, mirrored })
    }

    /// Mirrored photos stand last.
    pub fn get(&self, photos: &[Shown], device: &Device) -> Result<CachedFeatures, TrainError> {
        match self {
            Self::Decoded { photos: all, spec } => decoded(all, spec, photos, device),
            Self::Cached { plain, mirrored } => {
                let (mirrored_photos, plain_photos): (Vec<&Shown>, Vec<&Shown>) =
                    photos.iter().partition(|photo| photo.is_mirrored);
                let rows: Vec<usize> = plain_photos.iter().map(|photo| photo.row).collect();
                let Some(mirrored) = mirrored.as_ref().filter(|_| !mirrored_photos.is_empty()) else {
                    return Ok(plain.get(&rows, device));
                };
                let turned: Vec<usize> = mirrored_photos.iter().map(|photo| mirrored.rows[&photo.row]).collect();
                let turned = mirrored.cache.get(&turned, device);
                Ok(if rows.is_empty() { turned } else { plain.get(&rows, device).followed_by(turned) })
            }
        }
    }
}

fn decoded(photos: &Photos, spec: &InputSpec, shown: &[Shown], device: &Device) -> Result<CachedFeatures, TrainError> {
    let one = |photo: &Shown| {
        let mut input = photos.input(photo.row, spec).map_err(|reason| TrainError::OtherRun {
            path: photos.name(photo.row),
            reason: format!("the photo can no longer be decoded: {reason}"),
        })?;
        if photo.is_mirrored {
            mirror(&mut input, spec.size);
        }
        Ok(input)
    };
    let inputs: Vec<Vec<f32>> = shown.par_iter().map(one).collect::<Result<_, TrainError>>()?;
    let shape = [shown.len(), spec.channels(), spec.size, spec.size];
    Ok(CachedFeatures::Photos(Tensor::from_data(TensorData::new(inputs.concat(), shape), device)))
}
