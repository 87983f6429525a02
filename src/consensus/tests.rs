use std::sync::Arc;

use super::*;
use crate::decoder::search::ChosenWord;

/// Two channels, which are the two dimensions; three photos. The first two say words 10 and 11, in this order, the third
/// says 12.
fn table() -> Table {
    let gram = |words: &[u32]| counted(words, words.len())[0].0;
    let mut grams = [(gram(&[10]), 2, [200, 100, 0]), (gram(&[10, 11]), 1, [255, 0, 0]), (gram(&[12]), 1, [0, 0, 255])];
    grams.sort_unstable();
    let entries = |photo: usize| grams.iter().enumerate().filter(move |(_, (_, _, weights))| weights[photo] > 0);
    Table {
        centre: vec![1.0, 2.0],
        projection: vec![127, 0, 0, 127],
        scales: vec![0.5, 0.5],
        directions: vec![100, 0, 90, 90, 0, -5],
        grams: grams.iter().map(|(gram, ..)| *gram).collect(),
        photos_with: grams.iter().map(|(_, with, _)| *with).collect(),
        lengths: vec![0, 0, 4],
        sizes: (0..3).map(|photo| entries(photo).count() as u8).collect(),
        entries: (0..3).flat_map(|photo| entries(photo).map(|(place, _)| place as u16)).collect(),
        weights: (0..3).flat_map(|photo| entries(photo).map(move |(_, (.., weights))| weights[photo])).collect(),
    }
}

fn consensus(neighbours: usize) -> Consensus {
    Consensus::new(table(), Settings { neighbours, weight: 2.0 }).unwrap()
}

#[test]
fn the_nearest_photos_are_those_in_the_same_direction() {
    // Two cells, whose mean lies to the right of the centre and a little above it, however far away.
    let places = |neighbours: usize, grid: &[f32]| -> Vec<usize> {
        consensus(neighbours).nearest(grid).into_iter().map(|(place, _)| place).collect()
    };
    assert_eq!(places(3, &[0.0, 2.0, 6.0, 2.2]), [0, 1, 2]);
    assert_eq!(places(2, &[1.0, 3.0]), [1, 0]);
    assert_eq!(places(1, &[1.0, -5.0]), [2]);
    assert_eq!(places(100, &[1.0, 2.0]), [0, 1, 2], "in the centre all are as near");
    let [(0, right), (1, between), (2, below)] = consensus(3).nearest(&[4.0, 2.0])[..] else { panic!("another order") };
    for (found, expected) in [(right, 1.0), (between, 0.5f32.sqrt()), (below, 0.0)] {
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
}

/// As near to the first photo as to the second, and far from the third.
fn between() -> Vec<f32> {
    let angle = std::f32::consts::PI / 8.0;
    vec![1.0 + angle.cos(), 2.0 + angle.sin()]
}

#[test]
fn the_more_similar_photo_says_more() {
    let consensus = consensus(3);
    let gram = consensus.table().grams.binary_search(&counted(&[10], 1)[0].0).unwrap();
    let weight = |grid: &[f32]| consensus.neighbourhood(grid).weights[gram];
    assert!((weight(&between()) - 150.0 / 255.0).abs() < 1e-6);
    // In the direction of the first, with a cosine of √½ to the second, of which 1/32 is left.
    let expected = (200.0 + 100.0 / 32.0) / (1.0 + 1.0 / 32.0) / 255.0;
    assert!((weight(&[4.0, 2.0]) - expected).abs() < 1e-6);
    // All others are in the opposite direction, or across.
    assert_eq!(weight(&[1.0, 0.0]), 0.0);
    assert_eq!(weight(&[1.0, 2.0]), 0.0);
}

#[test]
fn agreement_is_what_the_arithmetic_says() {
    let consensus = consensus(2);
    let near = consensus.neighbourhood(&between());
    let rarity = |with: f64| (3.0 / with).ln();
    // 10 weighs 200 and 100 of 255 in the two photos, 10 11 weighs 255 in one; 11 is not kept, and counts as rare.
    let one = rarity(2.0) * (150.0 / 255.0) / (rarity(2.0).powi(2) + rarity(1.0).powi(2)).sqrt();
    let expected = 10.0 / 4.0 * (one + 0.5);
    assert!((consensus.agreement(&near, &[10, 11]) - expected).abs() < 1e-6);
    // Every caption has two words; a sentence of eight keeps less.
    let kept = (-36f64 / 72.0).exp();
    let square = rarity(2.0).powi(2) + 7.0 * rarity(1.0).powi(2);
    let long = rarity(2.0) * (150.0 / 255.0) / square.sqrt() + 0.5 * rarity(1.0) / (7.0 * rarity(1.0).powi(2)).sqrt();
    let found = consensus.agreement(&near, &[10, 11, 20, 21, 22, 23, 24, 25]);
    assert!((found - 10.0 / 4.0 * long * kept).abs() < 1e-6, "{found}");
    assert_eq!(consensus.agreement(&near, &[12]), 0.0, "only a photo that is not near says so");
    assert_eq!(consensus.agreement(&near, &[]), 0.0);
}

#[test]
fn a_word_that_stands_twice_earns_once_and_costs_twice() {
    let consensus = consensus(2);
    let near = consensus.neighbourhood(&between());
    let kept = |length| consensus.kept(length);
    let (once, twice) = (consensus.agreement(&near, &[10]), consensus.agreement(&near, &[10, 10]));
    assert!((twice / kept(2) - once / kept(1) / 2.0).abs() < 1e-12, "{once} {twice}");
}

#[test]
fn sentences_are_ordered_by_score_and_agreement() {
    let consensus = consensus(2);
    let near = consensus.neighbourhood(&between());
    let sentence = |words: &[u32], log_probability: f64| Sentence {
        words: words
            .iter()
            .map(|word| {
                Arc::new(ChosenWord {
                    word: *word,
                    log_probability: -1.0,
                    attention: None,
                    looked_away: None,
                    alternatives: vec![],
                })
            })
            .collect(),
        log_probability,
        ended: false,
    };
    let [probable, agreed, neither, same] =
        [sentence(&[12, 13], -1.0), sentence(&[10, 11], -3.0), sentence(&[13, 14], -3.0), sentence(&[14, 15], -3.0)];
    let ranked = consensus.rerank(&near, vec![&probable, &neither, &same, &agreed], 1.0);
    let order: Vec<&Sentence> = ranked.iter().map(|(sentence, _)| *sentence).collect();
    let expected = [&agreed, &probable, &neither, &same];
    assert!(order.iter().zip(expected).all(|(found, expected)| std::ptr::eq(*found, expected)), "{order:?}");
    assert_eq!(ranked[0].1, consensus.agreement(&near, &[10, 11]));
}

#[test]
fn a_file_gives_the_table_again() {
    let consensus = consensus(2);
    let read = Consensus::read(&consensus.to_bytes().unwrap(), 2, consensus.settings());
    assert_eq!(read, Ok(consensus));
}

#[test]
fn what_does_not_fit_together_is_refused_by_name() {
    type Change = fn(&mut Table);
    let cases: [(Change, &str); 15] = [
        (|t| t.centre[0] = f32::NAN, "tensor centre: not all of it are finite numbers"),
        (|t| t.scales[0] = f32::INFINITY, "tensor projection:scale: not all of it are finite numbers"),
        (|t| t.scales.clear(), "tensor projection:scale: 0 dimensions; 1 to 1024 are allowed"),
        (|t| t.projection.push(1), "tensor projection: 5 numbers where the other tensors ask for 4"),
        (|t| t.sizes.clear(), "tensor sizes: it is empty"),
        (|t| t.directions.truncate(5), "tensor directions: 5 numbers where the other tensors ask for 6"),
        (|t| t.grams.reverse(), "tensor grams: they are not in rising order"),
        (|t| t.grams[1] = t.grams[0], "tensor grams: they are not in rising order"),
        (|t| t.photos_with.truncate(1), "tensor photos_with: 1 numbers where the other tensors ask for 3"),
        (|t| t.photos_with[0] = 0, "tensor photos_with: 0 is not 1 to 3, the number of photos"),
        (|t| t.photos_with[2] = 4, "tensor photos_with: 4 is not 1 to 3, the number of photos"),
        (|t| t.lengths = vec![0; 3], "tensor lengths: they tell of no caption"),
        (|t| t.entries.truncate(3), "tensor entries: 3 numbers where the other tensors ask for 4"),
        (|t| t.weights.truncate(3), "tensor weights: 3 numbers where the other tensors ask for 4"),
        (|t| t.entries[3] = 3, "tensor entries: there is no n-gram 3; there are 3"),
    ];
    for (change, expected) in cases {
        let mut table = table();
        change(&mut table);
        let error = Consensus::new(table, SETTINGS).expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_foreign_file_is_refused_by_name() {
    use safetensors::tensor::{Dtype, TensorView};

    let bytes = consensus(2).to_bytes().unwrap();
    let error = |bytes: &[u8], channels| Consensus::read(bytes, channels, SETTINGS).unwrap_err().to_string();
    assert_eq!(error(&bytes, 3), "tensor centre: it is for 2 channels; the encoder's are 3");
    assert!(error(&bytes[..20], 2).starts_with("no readable safetensors file: "));
    type Stored = (String, Dtype, Vec<usize>, Vec<u8>);
    let changed = |change: fn(&mut Vec<Stored>)| {
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let mut tensors: Vec<Stored> =
            file.iter().map(|(n, v)| (n.to_string(), v.dtype(), v.shape().to_vec(), v.data().to_vec())).collect();
        tensors.sort();
        change(&mut tensors);
        let views = tensors.iter().map(|(n, d, s, b)| (n, TensorView::new(*d, s.clone(), b).unwrap()));
        error(&safetensors::serialize(views, None).unwrap(), 2)
    };
    let wanted = "tensor directions has the shape [2, 3]; [photos, dimensions] is expected";
    assert_eq!(changed(|tensors| tensors[1].2 = vec![2, 3]), wanted);
    assert_eq!(changed(|tensors| tensors[3].2 = vec![3, 1]), "tensor grams has the shape [3, 1]; one axis is expected");
    assert_eq!(changed(|tensors| tensors[3].1 = Dtype::F32), "tensor grams is stored as F32, not as U32");
    assert_eq!(changed(|tensors| tensors[0].0 = "center".into()), "tensor center is not known");
    assert_eq!(changed(|tensors| drop(tensors.remove(0))), "tensor centre is missing");
}
