//! The n-grams of the captions of each photo, weighed, by their hashes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sightline::consensus::{LONGEST, MAX_GRAMS, counted};
use sightline::vocabulary::Vocabulary;

/// Of each photo's n-grams only so many are kept, those that weigh most. Five captions of Flickr8k have about 60 that are
/// frequent enough.
const MOST_OF_A_PHOTO: usize = 128;
/// An n-gram is kept that one photo in so many has. `sightline eval` scores the same with rarer ones.
const ONE_PHOTO_IN: usize = 250;

/// As [`sightline::consensus::Table`] keeps them.
pub struct Bags {
    pub grams: Vec<u32>,
    pub photos_with: Vec<u32>,
    pub lengths: Vec<u32>,
    pub sizes: Vec<u8>,
    pub entries: Vec<u16>,
    pub weights: Vec<u8>,
}

impl Bags {
    /// From captions, in words: `[photos][captions][words]`
    pub fn new(photos: &[&[Vec<String>]], vocabulary: &Vocabulary) -> Self {
        let captions = numbered(photos, vocabulary);
        let mut photos_with: HashMap<u32, u32> = HashMap::new();
        for captions in &captions {
            let distinct: BTreeSet<u32> = captions.iter().flat_map(|caption| hashes(caption)).collect();
            distinct.into_iter().for_each(|gram| *photos_with.entry(gram).or_default() += 1);
        }
        let kept = kept(&captions, &photos_with, vocabulary);
        let places: BTreeMap<u32, u16> = kept.iter().enumerate().map(|(place, gram)| (*gram, place as u16)).collect();
        let mut bags = Self {
            photos_with: kept.iter().map(|gram| photos_with[gram]).collect(),
            grams: kept,
            lengths: lengths(&captions),
            sizes: vec![],
            entries: vec![],
            weights: vec![],
        };
        for captions in &captions {
            bags.add(&weighed(captions, &photos_with, photos.len()), &places);
        }
        bags
    }

    /// The n-grams of one more photo.
    fn add(&mut self, weights: &BTreeMap<u32, f64>, places: &BTreeMap<u32, u16>) {
        let known = weights.iter().filter_map(|(gram, weight)| Some((*places.get(gram)?, *weight)));
        let stored = known.map(|(place, weight)| (place, (weight * 255.0).round().clamp(0.0, 255.0) as u8));
        let mut stored: Vec<(u16, u8)> = stored.filter(|(_, weight)| *weight > 0).collect();
        stored.sort_by_key(|(place, weight)| (std::cmp::Reverse(*weight), *place));
        stored.truncate(MOST_OF_A_PHOTO);
        stored.sort_unstable();
        self.sizes.push(stored.len() as u8);
        self.entries.extend(stored.iter().map(|(place, _)| place));
        self.weights.extend(stored.iter().map(|(_, weight)| weight));
    }
}

/// Captions as word ids. Words that a model cannot say have numbers of their own behind those of the vocabulary: one
/// number for all of them would make rare words common.
fn numbered(photos: &[&[Vec<String>]], vocabulary: &Vocabulary) -> Vec<Vec<Vec<u32>>> {
    let mut others: HashMap<String, u32> = HashMap::new();
    let mut number = |word: &String| match vocabulary.id(word) {
        Some(id) => id,
        None => {
            let next = (vocabulary.len() + others.len()) as u32;
            *others.entry(word.clone()).or_insert(next)
        }
    };
    let mut caption = |words: &Vec<String>| words.iter().map(&mut number).collect();
    photos.iter().map(|captions| captions.iter().map(&mut caption).collect()).collect()
}

fn hashes(caption: &[u32]) -> impl Iterator<Item = u32> {
    (1..=LONGEST).flat_map(|length| counted(caption, length)).map(|(gram, _)| gram)
}

/// Those that enough photos have, and that a model can say, in rising order.
fn kept(captions: &[Vec<Vec<u32>>], photos_with: &HashMap<u32, u32>, vocabulary: &Vocabulary) -> Vec<u32> {
    let can_say = |words: &[u32]| words.iter().all(|word| (*word as usize) < vocabulary.len());
    let mut sayable = BTreeSet::new();
    for caption in captions.iter().flatten() {
        for length in 1..=LONGEST {
            let rows = caption.windows(length).filter(|row| can_say(row));
            sayable.extend(rows.flat_map(|row| counted(row, length)).map(|(gram, _)| gram));
        }
    }
    let mut least = captions.len().div_ceil(ONE_PHOTO_IN) as u32;
    loop {
        let kept: Vec<u32> = sayable.iter().copied().filter(|gram| photos_with[gram] >= least).collect();
        if kept.len() <= MAX_GRAMS {
            return kept;
        }
        least += 1;
    }
}

/// How many captions have no word, one word, two words, …; endless ones count as the longest that are told apart.
fn lengths(captions: &[Vec<Vec<u32>>]) -> Vec<u32> {
    const LONGEST_CAPTION: usize = 255;
    let mut lengths = Vec::new();
    for caption in captions.iter().flatten() {
        let length = caption.len().min(LONGEST_CAPTION);
        lengths.resize(lengths.len().max(length + 1), 0);
        lengths[length] += 1;
    }
    lengths
}

/// The mean of the vectors of one photo's captions. The vector of a caption has, for each n-gram, how often it stands
/// there times how rare it is; those of n-grams of one length are together as long as one.
fn weighed(captions: &[Vec<u32>], photos_with: &HashMap<u32, u32>, photos: usize) -> BTreeMap<u32, f64> {
    let mut weights = BTreeMap::new();
    for caption in captions {
        for length in 1..=LONGEST {
            let rarity = |gram: u32| (photos as f64 / f64::from(photos_with[&gram])).ln();
            let grams: Vec<(u32, f64)> = counted(caption, length)
                .into_iter()
                .map(|(gram, count)| (gram, f64::from(count) * rarity(gram)))
                .collect();
            let norm = grams.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
            if norm > 0.0 {
                for (gram, weight) in grams {
                    *weights.entry(gram).or_default() += weight / norm / captions.len() as f64;
                }
            }
        }
    }
    weights
}
