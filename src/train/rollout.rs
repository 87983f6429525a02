//! Captions of many photos at a time, for judging an epoch and for self-critical training.
//!
//! [`crate::decoder::search`] tells one photo with everything that a reader may want to know about each word; this knows
//! nothing but the words, and asks the decoder about all photos at once.

use burn::tensor::Tensor;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::TrainError;
use crate::decoder::Decoder;
use crate::encoder::FeatureGrid;
use crate::vocabulary::Marks;

/// How to choose the next word.
#[derive(Debug)]
pub enum Choose<'a> {
    MostProbable,
    ByChance(&'a mut ChaCha8Rng),
}

/// So many captions of each photo, those of a photo side by side, of at most so many words.
pub fn captions(
    decoder: &dyn Decoder,
    grid: &FeatureGrid,
    of_each: usize,
    most: usize,
    marks: Marks,
    mut choose: Choose,
) -> Result<Vec<Vec<u32>>, TrainError> {
    let [photos, _, _] = grid.cells.dims();
    let rows = photos * of_each;
    let mut captions: Vec<Vec<u32>> = vec![vec![]; rows];
    let mut last = vec![marks.start; rows];
    let reading = decoder.read(grid);
    let mut state = reading.start(of_each);
    for _ in 0..most {
        let step = reading.step(&last, state);
        state = step.state;
        let numbers = to_host(step.log_probabilities)?;
        let words = numbers.len() / rows.max(1);
        let luck: Vec<f64> = match &mut choose {
            Choose::MostProbable => vec![],
            Choose::ByChance(random) => (0..rows).map(|_| random.random()).collect(),
        };
        last.par_iter_mut().zip(numbers.par_chunks(words.max(1))).enumerate().for_each(|(row, (last, numbers))| {
            // What is over stays over: the end's row goes on for nothing until all rows have ended.
            if *last != marks.end {
                *last = match luck.get(row) {
                    None => most_probable(numbers, marks),
                    Some(luck) => by_chance(numbers, *luck, marks),
                };
            }
        });
        for (caption, word) in captions.iter_mut().zip(&last).filter(|(_, word)| **word != marks.end) {
            caption.push(*word);
        }
        if last.iter().all(|word| *word == marks.end) {
            break;
        }
    }
    Ok(captions)
}

/// Every word that may be said, with its log-probability.
fn sayable(numbers: &[f32], marks: Marks) -> impl Iterator<Item = (u32, f32)> + Clone + '_ {
    let unsaid = [marks.pad, marks.start, marks.unknown];
    numbers
        .iter()
        .enumerate()
        .map(|(word, number)| (word as u32, *number))
        .filter(move |(word, _)| !unsaid.contains(word))
}

fn most_probable(numbers: &[f32], marks: Marks) -> u32 {
    sayable(numbers, marks).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map_or(marks.end, |(word, _)| word)
}

/// The word at which a `luck` from 0 to 1 falls when all words lie side by side, each as wide as it is probable.
pub fn by_chance(numbers: &[f32], luck: f64, marks: Marks) -> u32 {
    let whole: f64 = sayable(numbers, marks).map(|(_, number)| f64::from(number).exp()).sum();
    let mut rest = luck * whole;
    let mut words = sayable(numbers, marks);
    let found = words.find(|(_, number)| {
        rest -= f64::from(*number).exp();
        rest < 0.0
    });
    found.map_or(marks.end, |(word, _)| word)
}

pub fn to_host<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, TrainError> {
    tensor.into_data().try_into_vec().map_err(|error| TrainError::Device(format!("{error:?}")))
}
