//! Everything that a run needs before its first step: photos found, those that are broken left out, the backbone at hand.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;
use sightline::device::OpenDevice;
use sightline::vocabulary::Vocabulary;

use super::backbone::Backbone;
use crate::config::ClassifyConfig;
use crate::data::{CacheError, FeatureCache, LabelledPhotos, PhotoList};
use crate::error::TrainError;
use crate::frozen_encoder::CachePoint;

/// Photos that are decoded between two looks at whether somebody wants to stop.
const AT_ONCE: usize = 256;

#[derive(Debug)]
pub struct ClassifyData {
    pub backbone: Backbone,
    pub photos: LabelledPhotos,
    /// The special tokens, and the names of the classes.
    pub vocabulary: Vocabulary,
}

/// Reads the data. With an encoder, photos are encoded that are not encoded yet; without, all are decoded once to find
/// those that are broken. `on_photo` gets how many are done, and of how many.
pub fn prepare(
    config: &ClassifyConfig,
    device: &OpenDevice,
    stop: &AtomicBool,
    mut on_photo: impl FnMut(usize, usize),
) -> Result<ClassifyData, TrainError> {
    let mut photos = LabelledPhotos::read(&config.data)?;
    let vocabulary = Vocabulary::of_classes(&photos.classes)?;
    let backbone = Backbone::open(config, device)?;
    config.check_size(photos.classes.len(), backbone.config(), backbone.input().size)?;
    let all = &photos.photos;
    let mut on_photo = |done| on_photo(done, all.len());
    let broken = match backbone.given() {
        None => undecodable(all, stop, &mut on_photo)?,
        Some(encoder) => {
            let (cache, point) = (&config.data.cache, CachePoint::Features);
            let features = FeatureCache::open(cache, encoder, point, all, stop, &mut on_photo)?;
            let reason = |row| {
                all.decode(row).err().unwrap_or_else(|| {
                    format!("it was when it was encoded; delete {} to encode all anew", cache.display())
                })
            };
            (0..all.len()).filter(|row| features.is_broken(*row)).map(|row| (row, reason(row))).collect()
        }
    };
    photos.leave_out(broken)?;
    Ok(ClassifyData { backbone, photos, vocabulary })
}

/// The photos that cannot be decoded, and why.
fn undecodable(
    photos: &impl PhotoList,
    stop: &AtomicBool,
    on_photo: &mut dyn FnMut(usize),
) -> Result<HashMap<usize, String>, CacheError> {
    let mut broken = HashMap::new();
    let done = AtomicUsize::new(0);
    let rows: Vec<usize> = (0..photos.len()).collect();
    for rows in rows.chunks(AT_ONCE) {
        if stop.load(Ordering::Relaxed) {
            let done = done.into_inner();
            return Err(CacheError::Stopped { done: format!("{done} of {} photos are read", photos.len()) });
        }
        let errors = rows.par_iter().filter_map(|row| Some((*row, photos.decode(*row).err()?)));
        broken.extend(errors.collect::<Vec<_>>());
        on_photo(done.fetch_add(rows.len(), Ordering::Relaxed) + rows.len());
    }
    Ok(broken)
}
