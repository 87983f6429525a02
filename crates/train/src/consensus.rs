//! What a model folder keeps of its training photos, so that captions can be reranked by what people wrote of similar
//! ones: from photos and their captions to a [`Consensus`].

mod bags;
mod grid_means;
mod principal;

use sightline::consensus::{Consensus, ConsensusError, SETTINGS, Table};
use sightline::vocabulary::Vocabulary;

use crate::host::ReadBackError;
use bags::Bags;
use principal::Principal;

pub use grid_means::{cached_grid_means, grid_means};

/// Of more photos only so many are kept, drawn evenly: the file has to stay smaller than a shard.
const MOST_PHOTOS: usize = 16_384;
/// More of them find no better neighbours: `sightline eval` gives the same scores.
const DIMENSIONS: usize = 64;

/// Why there is no consensus.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("no photo is left to compare captions with")]
    NoPhotos,
    #[error("what is kept of the photos does not fit together: {0}")]
    Table(#[from] ConsensusError),
    #[error(transparent)]
    ReadBack(#[from] ReadBackError),
}

/// A training photo.
#[derive(Debug)]
pub struct CaptionedPhoto<'a> {
    /// The mean of its feature grid over the cells.
    pub features: Vec<f32>,
    /// As words, whole.
    pub captions: &'a [Vec<String>],
}

/// From the training photos of a model with this vocabulary.
pub fn build(photos: &[CaptionedPhoto], vocabulary: &Vocabulary) -> Result<Consensus, BuildError> {
    let step = photos.len().div_ceil(MOST_PHOTOS).max(1);
    let photos: Vec<&CaptionedPhoto> = photos.iter().step_by(step).collect();
    let channels = photos.first().ok_or(BuildError::NoPhotos)?.features.len();
    let mut centre = vec![0.0; channels];
    for photo in &photos {
        centre.iter_mut().zip(&photo.features).for_each(|(sum, value)| *sum += value / photos.len() as f32);
    }
    let centred: Vec<f32> =
        photos.iter().flat_map(|photo| photo.features.iter().zip(&centre).map(|(value, mean)| value - mean)).collect();
    let Principal { directions, spreads } = Principal::of(&centred, channels, DIMENSIONS.min(channels))?;
    let rows = directions.chunks(channels).zip(spreads).map(|(row, spread)| {
        let (row, scale) = in_8_bits(row);
        // Halfway to where photos differ as much in each of them, which finds better neighbours than either end.
        (row, if spread > 0.0 { scale / spread.sqrt() } else { scale })
    });
    let (projection, scales): (Vec<_>, Vec<_>) = rows.unzip();
    let captions: Vec<&[Vec<String>]> = photos.iter().map(|photo| photo.captions).collect();
    let Bags { grams, photos_with, lengths, sizes, entries, weights } = Bags::new(&captions, vocabulary);
    let mut table = Table {
        centre,
        projection: projection.concat(),
        scales,
        directions: vec![],
        grams,
        photos_with,
        lengths,
        sizes,
        entries,
        weights,
    };
    // By the projection as it is stored, which is what other photos meet.
    table.directions = photos.iter().flat_map(|photo| in_8_bits(&table.direction(&photo.features)).0).collect();
    Ok(Consensus::new(table, SETTINGS)?)
}

/// Whole numbers from -127 to 127, and what they are to be multiplied by.
fn in_8_bits(values: &[f32]) -> (Vec<i8>, f32) {
    let greatest = values.iter().fold(0f32, |greatest, value| greatest.max(value.abs()));
    let scale = if greatest > 0.0 { greatest / 127.0 } else { 1.0 };
    (values.iter().map(|value| (value / scale).round().clamp(-127.0, 127.0) as i8).collect(), scale)
}

#[cfg(test)]
mod tests;
