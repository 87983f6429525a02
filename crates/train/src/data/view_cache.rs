//! Features of photos in all the views that are learnt from. Each view has a file of its own, so that the others are
//! found with and without it.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use burn::tensor::Device;

use super::feature_cache::{CacheError, CachedFeatures, FeatureCache};
use super::photo_list::PhotoList;
use super::view::{Shown, View, Viewed};
use crate::frozen_encoder::{CachePoint, FrozenEncoder};

#[derive(Debug)]
pub struct ViewCache {
    /// All photos, as they are.
    whole: FeatureCache,
    /// Those that are learnt from.
    others: Vec<(View, FeatureCache)>,
    /// By a photo's row, its row in those.
    rows: HashMap<usize, usize>,
}

impl ViewCache {
    /// Opens the features of these photos, and of some of them, the rows of `learnt`, in all `views`, computing those that
    /// are not there yet. `on_photo` gets how many are done of a file, and how many it has.
    pub fn open(
        folder: &Path,
        encoder: &FrozenEncoder,
        point: CachePoint,
        photos: &(impl PhotoList + ?Sized),
        (learnt, views): (&[usize], &[View]),
        stop: &AtomicBool,
        on_photo: &mut dyn FnMut(usize, usize),
    ) -> Result<Self, CacheError> {
        let whole = FeatureCache::open(folder, encoder, point, photos, stop, |done| on_photo(done, photos.len()))?;
        let mut others = Vec::new();
        for view in views.iter().filter(|view| **view != View::default()) {
            let list = Viewed { list: photos, rows: learnt, view: *view };
            let cache = FeatureCache::open(folder, encoder, point, &list, stop, |done| on_photo(done, list.len()))?;
            others.push((*view, cache));
        }
        let rows = learnt.iter().enumerate().map(|(at, row)| (*row, at)).collect();
        Ok(Self { whole, others, rows })
    }

    /// All photos as they are.
    pub fn whole(&self) -> &FeatureCache {
        &self.whole
    }

    /// Whether this photo could not be decoded, in one of its views.
    pub fn is_broken(&self, photo: usize) -> bool {
        let in_a_view = |row: &usize| self.others.iter().any(|(_, cache)| cache.is_broken(*row));
        self.whole.is_broken(photo) || self.rows.get(&photo).is_some_and(in_a_view)
    }

    /// Photos side by side, as the last frozen part put them out.
    ///
    /// # Panics
    ///
    /// If one is in a view that was not opened.
    pub fn get(&self, photos: &[Shown], device: &Device) -> CachedFeatures {
        let place = |photo: &Shown| match self.others.iter().find(|(view, _)| *view == photo.view) {
            None => (&self.whole, photo.row),
            Some((_, cache)) => (cache, self.rows[&photo.row]),
        };
        self.whole.gather(&photos.iter().map(place).collect::<Vec<_>>(), device)
    }
}
