//! Consensus reranking: of the sentences that a beam search found, the one comes first that agrees best with what people
//! wrote of similar photos ([Devlin et al. 2015](https://arxiv.org/abs/1505.04467)).
//!
//! A model folder keeps no photo of those that it was trained on, and no sentence. Of each photo it has a direction in
//! the space of features, by which similar ones are found, and which n-grams its captions have, by their hashes.

mod error;
mod file;
mod grams;
mod table;

use crate::decoder::search::Sentence;

pub use error::ConsensusError;
pub use grams::{LONGEST, counted};
pub use table::{MAX_DIMENSIONS, MAX_GRAMS, Table};

/// How many words a sentence may be longer or shorter than others before that costs much; CIDEr-D's.
const SIGMA: f64 = 6.0;

/// The more similar of two photos says more: by the ratio of their cosines, to this power.
const SHARPNESS: i32 = 10;

/// How many photos are asked, and how much what they say counts, where nobody says otherwise. `sightline eval` shows
/// what others are worth.
pub const SETTINGS: Settings = Settings { neighbours: 60, weight: 5.0 };

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// So many of the most similar training photos are asked.
    pub neighbours: usize,
    /// What a sentence's agreement is multiplied by before it is added to its score.
    pub weight: f64,
}

/// What is kept of the training photos.
#[derive(Clone, Debug, PartialEq)]
pub struct Consensus {
    settings: Settings,
    table: Table,
    /// Where each photo's n-grams begin among all, and where the last one's end: `[photos + 1]`
    starts: Vec<usize>,
}

/// What people wrote of the photos that are most like one photo.
#[derive(Clone, Debug)]
pub struct Neighbourhood {
    /// How much each n-gram of the table weighs in their captions, in the mean, to which more similar photos contribute
    /// more: `[grams]`
    weights: Vec<f64>,
}

impl Consensus {
    /// An error where parts of the table do not fit each other.
    pub fn new(table: Table, settings: Settings) -> Result<Self, ConsensusError> {
        table.check()?;
        let mut starts = vec![0];
        let mut end = 0;
        starts.extend(table.sizes.iter().map(|size| {
            end += usize::from(*size);
            end
        }));
        Ok(Self { settings, table, starts })
    }

    /// From the bytes of its file, for an encoder of so many channels.
    pub fn read(bytes: &[u8], channels: usize, settings: Settings) -> Result<Self, ConsensusError> {
        let table = file::read(bytes)?;
        if table.channels() != channels {
            let reason = format!("it is for {} channels; the encoder's are {channels}", table.channels());
            return Err(ConsensusError::Content { tensor: "centre", reason });
        }
        Self::new(table, settings)
    }

    /// As the bytes of its file.
    pub fn to_bytes(&self) -> Result<Vec<u8>, ConsensusError> {
        file::bytes(&self.table)
    }

    pub fn settings(&self) -> Settings {
        self.settings
    }

    pub fn table(&self) -> &Table {
        &self.table
    }

    /// The places of the training photos that are most like the one with this grid, the most similar first, with the
    /// cosines. The grid is flat: `[cells, channels]`.
    pub fn nearest(&self, grid: &[f32]) -> Vec<(usize, f32)> {
        let direction = self.table.direction(&mean_of_cells(grid, self.table.channels()));
        let cosines = self.table.cosines(&direction);
        let mut places: Vec<usize> = (0..cosines.len()).collect();
        // Of equals the earlier one.
        let order = |a: &usize, b: &usize| cosines[*b].total_cmp(&cosines[*a]).then(a.cmp(b));
        let count = self.settings.neighbours.min(places.len());
        if count < places.len() {
            places.select_nth_unstable_by(count, order);
            places.truncate(count);
        }
        places.sort_unstable_by(order);
        places.into_iter().map(|place| (place, cosines[place])).collect()
    }

    /// What people wrote of the photos that are most like the one with this grid.
    pub fn neighbourhood(&self, grid: &[f32]) -> Neighbourhood {
        let shares = self.nearest(grid).into_iter().filter(|(_, cosine)| *cosine > 0.0);
        let shares: Vec<(usize, f64)> =
            shares.map(|(photo, cosine)| (photo, f64::from(cosine).powi(SHARPNESS))).collect();
        let all: f64 = shares.iter().map(|(_, share)| share).sum();
        let mut weights = vec![0.0; self.table.grams.len()];
        for (photo, share) in shares {
            let entries = self.starts[photo]..self.starts[photo + 1];
            for (gram, weight) in self.table.entries[entries.clone()].iter().zip(&self.table.weights[entries]) {
                weights[usize::from(*gram)] += f64::from(*weight) / 255.0 * share / all;
            }
        }
        Neighbourhood { weights }
    }

    /// How well a sentence agrees with the captions of similar photos, from 0 to 10: its mean similarity to each of
    /// them, as CIDEr-D measures it. Two things differ: an n-gram that stands twice in the sentence earns as if it stood
    /// once, and how long sentences are is compared with all captions, not with each one of the similar photos'.
    pub fn agreement(&self, near: &Neighbourhood, words: &[u32]) -> f64 {
        let photos = self.table.photos() as f64;
        let similarity = (1..=LONGEST).map(|length| {
            let (mut square, mut product) = (0.0, 0.0);
            for (gram, count) in counted(words, length) {
                let known = self.table.grams.binary_search(&gram).ok();
                // One that is not kept counts as if one photo had it.
                let with = known.map_or(1, |gram| self.table.photos_with[gram]);
                let rarity = (photos / f64::from(with)).ln();
                square += (f64::from(count) * rarity).powi(2);
                product += known.map_or(0.0, |gram| rarity * near.weights[gram]);
            }
            if square > 0.0 { product / square.sqrt() } else { 0.0 }
        });
        10.0 * similarity.sum::<f64>() / LONGEST as f64 * self.kept(words.len())
    }

    /// How much is kept of a sentence of so many words: all of it where every caption has as many.
    fn kept(&self, length: usize) -> f64 {
        let mut captions = 0.0;
        let mut kept = 0.0;
        for (words, count) in self.table.lengths.iter().enumerate() {
            let difference = words.abs_diff(length) as f64;
            kept += f64::from(*count) * (-difference.powi(2) / (2.0 * SIGMA * SIGMA)).exp();
            captions += f64::from(*count);
        }
        kept / captions
    }

    /// Sentences in a new order, with their agreement: by their score and, weighed, the agreement. Of equals the former
    /// order stays.
    pub fn rerank<'s>(
        &self,
        near: &Neighbourhood,
        sentences: Vec<&'s Sentence>,
        length_power: f64,
    ) -> Vec<(&'s Sentence, f64)> {
        let rated = sentences.into_iter().map(|sentence| {
            let words: Vec<u32> = sentence.ids().collect();
            let agreement = self.agreement(near, &words);
            (sentence, agreement, sentence.score(length_power) + self.settings.weight * agreement)
        });
        let mut rated: Vec<_> = rated.collect();
        rated.sort_by(|a, b| b.2.total_cmp(&a.2));
        rated.into_iter().map(|(sentence, agreement, _)| (sentence, agreement)).collect()
    }
}

/// The mean over the cells of a grid, `[cells, channels]`.
pub fn mean_of_cells(grid: &[f32], channels: usize) -> Vec<f32> {
    let cells = grid.len() / channels.max(1);
    let mut mean = vec![0.0; channels];
    for cell in grid.chunks_exact(channels.max(1)) {
        mean.iter_mut().zip(cell).for_each(|(sum, value)| *sum += value / cells as f32);
    }
    mean
}

#[cfg(test)]
mod tests;
