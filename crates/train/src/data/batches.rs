//! The order in which captions are learnt: shuffled anew each epoch, by nothing but the seed and the epoch's number, so
//! that a run that was stopped finds its place again.

use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::corpus::Item;
use crate::rng::rng_for;

/// One caption of a photo, by their places in the training set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaptionOf {
    pub photo: usize,
    pub caption: usize,
}

/// All captions in batches. Those of a batch are of about one length, so that few places in it are computed for nothing.
pub fn caption_batches(items: &[Item], size: usize, seed: u64, epoch: u64) -> Vec<Vec<CaptionOf>> {
    let mut random = rng_for(seed, "captions", epoch);
    let of_photo =
        |(photo, item): (usize, &Item)| (0..item.captions.len()).map(move |caption| CaptionOf { photo, caption });
    let pairs: Vec<CaptionOf> = items.iter().enumerate().flat_map(of_photo).collect();
    by_length(pairs, |pair| items[pair.photo].captions[pair.caption].len(), size, &mut random)
}

/// The same of sentences without photos, by their places.
pub fn sentence_batches(sentences: &[Vec<u32>], size: usize, seed: u64, epoch: u64) -> Vec<Vec<usize>> {
    let mut random = rng_for(seed, "sentences", epoch);
    by_length((0..sentences.len()).collect(), |sentence| sentences[*sentence].len(), size, &mut random)
}

fn by_length<T: Clone>(
    mut all: Vec<T>,
    length: impl Fn(&T) -> usize,
    size: usize,
    random: &mut ChaCha8Rng,
) -> Vec<Vec<T>> {
    all.shuffle(random);
    // Stable, so that chance decides among captions of one length.
    all.sort_by_key(length);
    let mut batches: Vec<Vec<T>> = all.chunks(size.max(1)).map(<[T]>::to_vec).collect();
    batches.shuffle(random);
    batches
}

/// So many photos in batches.
pub fn photo_batches(count: usize, size: usize, seed: u64, epoch: u64) -> Vec<Vec<usize>> {
    let mut photos: Vec<usize> = (0..count).collect();
    photos.shuffle(&mut rng_for(seed, "photos", epoch));
    photos.chunks(size.max(1)).map(<[usize]>::to_vec).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Captions of 3 to 9 words, more or fewer of a photo.
    fn items() -> Vec<Item> {
        let captions = |photo: usize| (0..photo % 4 + 1).map(move |caption| vec![5; 3 + (photo + 3 * caption) % 7]);
        (0..50).map(|photo| Item { row: photo, captions: captions(photo).collect(), tokens: vec![] }).collect()
    }

    #[test]
    fn every_caption_comes_once_an_epoch_beside_captions_of_its_length() {
        let items = items();
        let batches = caption_batches(&items, 8, 1, 0);
        let mut all: Vec<(usize, usize)> = batches.iter().flatten().map(|pair| (pair.photo, pair.caption)).collect();
        all.sort_unstable();
        let count: usize = items.iter().map(|item| item.captions.len()).sum();
        all.dedup();
        assert_eq!(all.len(), count);
        assert_eq!(batches.len(), count.div_ceil(8), "all batches but one are full");
        let length = |pair: &CaptionOf| items[pair.photo].captions[pair.caption].len();
        for batch in &batches {
            let (least, most) = (batch.iter().map(length).min(), batch.iter().map(length).max());
            assert!(most.unwrap() - least.unwrap() <= 1, "{least:?} to {most:?}");
        }
    }

    #[test]
    fn an_epoch_has_its_own_order_and_always_the_same() {
        let items = items();
        assert_eq!(caption_batches(&items, 8, 1, 3), caption_batches(&items, 8, 1, 3));
        assert_ne!(caption_batches(&items, 8, 1, 3), caption_batches(&items, 8, 1, 4));
        assert_ne!(caption_batches(&items, 8, 1, 3), caption_batches(&items, 8, 2, 3));
        assert_eq!(photo_batches(50, 8, 1, 3), photo_batches(50, 8, 1, 3));
        assert_ne!(photo_batches(50, 8, 1, 3), photo_batches(50, 8, 1, 4));
    }
}
