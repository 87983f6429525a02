//! The order in which captions are learnt: shuffled anew each epoch, by nothing but the seed and the epoch's number, so
//! that a run that was stopped finds its place again.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::corpus::Item;

/// A photo and one of its captions, by their places in the training set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    pub photo: usize,
    pub caption: usize,
}

/// What one number of a seed, an epoch and a purpose makes of chance.
pub fn chance(seed: u64, purpose: &str, number: u64) -> ChaCha8Rng {
    let purpose = purpose.bytes().fold(seed, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mut random = ChaCha8Rng::seed_from_u64(purpose);
    random.set_stream(number);
    random
}

/// All captions in batches. Those of a batch are of one length, so that no place in it is computed for nothing.
pub fn of_captions(items: &[Item], size: usize, seed: u64, epoch: u64) -> Vec<Vec<Pair>> {
    let mut random = chance(seed, "captions", epoch);
    let mut by_length: BTreeMap<usize, Vec<Pair>> = BTreeMap::new();
    for (photo, item) in items.iter().enumerate() {
        for (caption, words) in item.captions.iter().enumerate() {
            by_length.entry(words.len()).or_default().push(Pair { photo, caption });
        }
    }
    let mut batches = Vec::new();
    for mut pairs in by_length.into_values() {
        pairs.shuffle(&mut random);
        batches.extend(pairs.chunks(size).map(<[Pair]>::to_vec));
    }
    batches.shuffle(&mut random);
    batches
}

/// All photos in batches.
pub fn of_photos(items: &[Item], size: usize, seed: u64, epoch: u64) -> Vec<Vec<usize>> {
    let mut photos: Vec<usize> = (0..items.len()).collect();
    photos.shuffle(&mut chance(seed, "photos", epoch));
    photos.chunks(size.max(1)).map(<[usize]>::to_vec).collect()
}
