//! Photos as the learning part of the network gets them: from the cache as far as the encoder stays as it is, or decoded
//! anew where all of it learns.

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;
use sightline::photo::InputSpec;

use crate::data::{CachedFeatures, PhotoList, Photos, Shown, ViewCache};
use crate::error::TrainError;

#[derive(Debug)]
pub enum Inputs<'a> {
    Decoded { photos: &'a Photos, spec: &'a InputSpec },
    Cached(ViewCache),
}

impl Inputs<'_> {
    pub fn get(&self, photos: &[Shown], device: &Device) -> Result<CachedFeatures, TrainError> {
        match self {
            Self::Decoded { photos: all, spec } => decoded(all, spec, photos, device),
            Self::Cached(cache) => Ok(cache.get(photos, device)),
        }
    }
}

fn decoded(photos: &Photos, spec: &InputSpec, shown: &[Shown], device: &Device) -> Result<CachedFeatures, TrainError> {
    let one = |photo: &Shown| {
        let mut input = photos.input(photo.row, spec).map_err(|reason| TrainError::OtherRun {
            path: photos.name(photo.row),
            reason: format!("the photo can no longer be decoded: {reason}"),
        })?;
        photo.view.apply(&mut input, spec.size);
        Ok(input)
    };
    let inputs: Vec<Vec<f32>> = shown.par_iter().map(one).collect::<Result<_, TrainError>>()?;
    let shape = [shown.len(), spec.channels(), spec.size, spec.size];
    Ok(CachedFeatures::Photos(Tensor::from_data(TensorData::new(inputs.concat(), shape), device)))
}
