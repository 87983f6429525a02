//! What is kept of the training photos, as plain numbers, and whether they fit each other.

use super::error::ConsensusError;

/// No sensible table has more; they keep a file from claiming work.
pub const MAX_DIMENSIONS: usize = 1024;
/// N-grams are numbered in 16 bits.
pub const MAX_GRAMS: usize = 1 << 16;
/// No caption has so many words.
const MAX_LENGTH: usize = 1 << 10;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// The mean features of all training photos: `[channels]`
    pub centre: Vec<f32>,
    /// `[dimensions, channels]`; each row times its scale
    pub projection: Vec<i8>,
    /// `[dimensions]`
    pub scales: Vec<f32>,
    /// Of each photo the projected features, of any length: `[photos, dimensions]`
    pub directions: Vec<i8>,
    /// The hashes of the n-grams that are kept, in rising order.
    pub grams: Vec<u32>,
    /// How many photos have each of them in their captions: `[grams]`
    pub photos_with: Vec<u32>,
    /// How many captions have no word, one word, two words, …
    pub lengths: Vec<u32>,
    /// How many of the n-grams are in the captions of each photo: `[photos]`
    pub sizes: Vec<u8>,
    /// Their places in `grams`, photo after photo, in rising order.
    pub entries: Vec<u16>,
    /// How much each weighs: the mean, over the photo's captions, of its part in the caption's vector of n-grams of this
    /// length, which is as long as one; 255 is one.
    pub weights: Vec<u8>,
}

impl Table {
    pub fn channels(&self) -> usize {
        self.centre.len()
    }

    pub fn dimensions(&self) -> usize {
        self.scales.len()
    }

    pub fn photos(&self) -> usize {
        self.sizes.len()
    }

    /// The projection of a photo's mean features.
    pub fn direction(&self, features: &[f32]) -> Vec<f32> {
        let centred: Vec<f32> = features.iter().zip(&self.centre).map(|(value, centre)| value - centre).collect();
        let rows = self.projection.chunks_exact(self.channels().max(1)).zip(&self.scales);
        rows.map(|(row, scale)| scale * row.iter().zip(&centred).map(|(a, b)| f32::from(*a) * b).sum::<f32>()).collect()
    }

    /// Of each photo the cosine with a direction; 0 where one of them is nothing but zeros.
    pub fn cosines(&self, direction: &[f32]) -> Vec<f32> {
        let length = direction.iter().map(|value| value * value).sum::<f32>().sqrt();
        let cosine = |photo: &[i8]| {
            let product: f32 = photo.iter().zip(direction).map(|(a, b)| f32::from(*a) * b).sum();
            let lengths = length * photo.iter().map(|value| f32::from(*value).powi(2)).sum::<f32>().sqrt();
            if lengths > 0.0 { product / lengths } else { 0.0 }
        };
        self.directions.chunks_exact(self.dimensions().max(1)).map(cosine).collect()
    }

    pub fn check(&self) -> Result<(), ConsensusError> {
        let (channels, dimensions, photos) = (self.channels(), self.dimensions(), self.photos());
        let check = |tensor: &'static str, is_right: bool, reason: String| match is_right {
            true => Ok(()),
            false => Err(ConsensusError::Content { tensor, reason }),
        };
        let as_long = |tensor: &'static str, found: usize, expected: Option<usize>| {
            let wanted = expected.unwrap_or(usize::MAX);
            check(tensor, found == wanted, format!("{found} numbers where the other tensors ask for {wanted}"))
        };
        let all_finite = |values: &[f32]| values.iter().all(|value| value.is_finite());
        check("centre", channels > 0, "it is empty".into())?;
        check("centre", all_finite(&self.centre), "not all of it are finite numbers".into())?;
        let bound = format!("{dimensions} dimensions; 1 to {MAX_DIMENSIONS} are allowed");
        check("projection:scale", (1..=MAX_DIMENSIONS).contains(&dimensions), bound)?;
        check("projection:scale", all_finite(&self.scales), "not all of it are finite numbers".into())?;
        as_long("projection", self.projection.len(), dimensions.checked_mul(channels))?;
        check("sizes", photos > 0, "it is empty".into())?;
        as_long("directions", self.directions.len(), photos.checked_mul(dimensions))?;
        let grams = self.grams.len();
        check("grams", grams <= MAX_GRAMS, format!("{grams} n-grams; at most {MAX_GRAMS} are allowed"))?;
        check("grams", self.grams.is_sorted_by(|a, b| a < b), "they are not in rising order".into())?;
        as_long("photos_with", self.photos_with.len(), Some(grams))?;
        let wrong = self.photos_with.iter().find(|with| **with == 0 || **with as usize > photos);
        check("photos_with", wrong.is_none(), format!("{} is not 1 to {photos}, the number of photos", number(wrong)))?;
        let longest = self.lengths.len();
        check("lengths", longest <= MAX_LENGTH, format!("{longest} numbers; at most {MAX_LENGTH} are allowed"))?;
        check("lengths", self.lengths.iter().any(|count| *count > 0), "they tell of no caption".into())?;
        let entries: usize = self.sizes.iter().map(|size| usize::from(*size)).sum();
        as_long("entries", self.entries.len(), Some(entries))?;
        as_long("weights", self.weights.len(), Some(entries))?;
        let wrong = self.entries.iter().find(|entry| usize::from(**entry) >= grams);
        check("entries", wrong.is_none(), format!("there is no n-gram {}; there are {grams}", number(wrong)))
    }
}

/// A number that may not be there, for a message that is only read where it is.
fn number(value: Option<&(impl ToString + ?Sized)>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}
