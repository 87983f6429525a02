use sightline::consensus::Settings;
use sightline::vocabulary::SPECIAL;

use super::*;
use crate::score::Cider;

/// Captions of six words each, so that length decides nothing, with a word that the vocabulary lacks.
const CAPTIONS: [[&str; 2]; 5] = [
    ["a dog runs over the grass", "a brown dog runs over grass"],
    ["a cat sleeps on the sofa", "one cat sleeps on a sofa"],
    ["two children run over the beach", "children play on the sandy beach"],
    ["a man rides a red bicycle", "the man on a red bicycle"],
    ["a dog plays with an okapi", "a dog runs with an okapi"],
];

fn words(sentence: &str) -> Vec<String> {
    sentence.split(' ').map(str::to_string).collect()
}

fn captions() -> Vec<Vec<Vec<String>>> {
    CAPTIONS.iter().map(|captions| captions.iter().map(|caption| words(caption)).collect()).collect()
}

fn vocabulary() -> Vocabulary {
    let mut known: Vec<String> = captions().into_iter().flatten().flatten().filter(|word| word != "okapi").collect();
    known.sort();
    known.dedup();
    Vocabulary::new(SPECIAL.map(str::to_string).into_iter().chain(known).collect()).unwrap()
}

/// Each photo in a direction of its own.
fn built() -> Consensus {
    let captions = captions();
    let features = |photo: usize| (0..5).map(|channel| f32::from(u8::from(channel == photo)) + 0.5).collect();
    let photos = captions.iter().enumerate();
    let photos = photos.map(|(photo, captions)| CaptionedPhoto { features: features(photo), captions });
    build(&photos.collect::<Vec<_>>(), &vocabulary()).unwrap()
}

fn only(neighbours: usize) -> Consensus {
    Consensus::new(built().table().clone(), Settings { neighbours, weight: 1.0 }).unwrap()
}

fn ids(sentence: &str) -> Vec<u32> {
    let vocabulary = vocabulary();
    words(sentence).iter().map(|word| vocabulary.id(word).unwrap_or(1000)).collect()
}

/// Nothing is rare enough to be dropped here, so all that differs is the rounding of weights to 8 bits.
#[test]
fn agreement_with_one_photo_is_its_cider_d() {
    let corpus: Vec<Vec<Vec<u32>>> =
        CAPTIONS.iter().map(|captions| captions.iter().map(|caption| ids(caption)).collect()).collect();
    let cider = Cider::new(&corpus);
    let consensus = only(1);
    let mut least = f64::INFINITY;
    for photo in 0..CAPTIONS.len() {
        let mut grid = vec![0.5; 5];
        grid[photo] = 1.5;
        assert_eq!(consensus.nearest(&grid)[0].0, photo);
        let near = consensus.neighbourhood(&grid);
        for sentence in ["a dog runs over the beach", "one cat sleeps on the grass", "a man rides on red grass"] {
            let (found, expected) = (consensus.agreement(&near, &ids(sentence)), cider.score(photo, &ids(sentence)));
            assert!((found - expected).abs() < 0.02, "{sentence}, photo {photo}: {found}, {expected}");
            least = least.min(expected);
        }
    }
    assert_eq!(least, 0.0, "some have nothing in common");
}

#[test]
fn agreement_with_two_photos_that_are_as_near_is_the_mean() {
    let sentence = ids("a dog runs over the beach");
    let agreement = |neighbours: usize, photos: &[usize]| {
        let grid: Vec<f32> = (0..5).map(|channel| f32::from(u8::from(photos.contains(&channel))) + 0.5).collect();
        let consensus = only(neighbours);
        consensus.agreement(&consensus.neighbourhood(&grid), &sentence)
    };
    let (one, other) = (agreement(1, &[0]), agreement(1, &[2]));
    assert!(one - other > 0.5, "{one} {other}");
    // Directions have 8 bits, so one of them is a little nearer.
    let both = agreement(2, &[0, 2]);
    assert!((both - (one + other) / 2.0).abs() < 0.15, "{both} {one} {other}");
}

#[test]
fn what_no_sentence_of_the_model_has_is_not_kept() {
    let consensus = built();
    let kept = |sentence: &str| {
        let sentence = ids(sentence);
        let [(gram, _)] = sightline::consensus::counted(&sentence, sentence.len())[..] else { panic!("one n-gram") };
        consensus.table().grams.contains(&gram)
    };
    assert!(kept("dog") && kept("a red bicycle") && !kept("okapi") && !kept("an okapi"));
    // Five words or more are no n-gram that is looked at.
    assert_eq!(consensus.table().lengths, [0, 0, 0, 0, 0, 0, 10]);
}

/// N-grams that fewer photos have than one in 250 are dropped, whose weight in their captions stays.
#[test]
fn rare_n_grams_are_dropped() {
    let mut captions: Vec<Vec<Vec<String>>> = (0..600).map(|_| vec![words("a dog runs")]).collect();
    captions[7] = vec![words("a cat runs")];
    for photo in [11, 12, 13] {
        captions[photo] = vec![words("a sofa runs")];
    }
    let photos = captions.iter().map(|captions| CaptionedPhoto { features: vec![0.0, 1.0], captions });
    let consensus = build(&photos.collect::<Vec<_>>(), &vocabulary()).unwrap();
    let table = consensus.table();
    let gram = |sentence: &str| sightline::consensus::counted(&ids(sentence), 1)[0].0;
    assert!(table.grams.contains(&gram("sofa")) && !table.grams.contains(&gram("cat")));
    let place = table.grams.binary_search(&gram("sofa")).unwrap();
    assert_eq!(table.photos_with[place], 3);
    assert_eq!(table.sizes[7], 0, "a, runs and their rows are in all captions, or in no other");
}

#[test]
fn photos_that_are_all_alike_are_no_error() {
    let captions = captions();
    let photos = captions.iter().map(|captions| CaptionedPhoto { features: vec![1.0; 3], captions });
    let consensus = build(&photos.collect::<Vec<_>>(), &vocabulary()).unwrap();
    assert_eq!(consensus.nearest(&[1.0; 3]), (0..5).map(|photo| (photo, 0.0)).collect::<Vec<_>>());
    assert!(matches!(build(&[], &vocabulary()), Err(BuildError::NoPhotos)));
}
