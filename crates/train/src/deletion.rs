//! Whether "needed" tells the truth: the cells that a word needed most are hidden from the decoder, and, for comparison,
//! those that it looked at most and some by chance. What lowers its probability most is what the word hung on.

use std::ops::AddAssign;

use burn::tensor::Tensor;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::Serialize;
use sightline::decoder::search::SearchError;
use sightline::encoder::Grid;
use sightline::inspection::{HiddenCells, Needed};

use crate::data::FeatureCache;
use crate::evaluate::{EvaluateError, Evaluator};
use crate::objective::GeneratedCaption;
use crate::rng::rng_for;

/// How many cells are hidden at a time, where a grid has more.
const COUNTS: [usize; 8] = [1, 2, 4, 8, 16, 24, 32, 40];
/// In which order cells are hidden: those that were needed most first, looked at most, or by chance.
const ORDERS: usize = 3;
const SEED: u64 = 1;

/// How probable the words of captions stay, in the mean, where so many cells are hidden.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeletionCurves {
    pub words: usize,
    /// The first is with all cells.
    pub points: Vec<DeletionPoint>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct DeletionPoint {
    pub hidden: usize,
    pub needed: f64,
    pub looked: f64,
    pub random: f64,
}

/// Of captions of some rows of a cache, whose decoder has attention. `on_photo` is called once for each.
pub fn measure(
    evaluator: &Evaluator,
    cache: &FeatureCache,
    rows: &[usize],
    captions: &[GeneratedCaption],
    grid: Grid,
    on_photo: impl Fn() + Sync,
) -> Result<DeletionCurves, EvaluateError> {
    let one = |(row, caption): (&usize, &GeneratedCaption)| {
        let features = evaluator.features(cache, &[*row])?;
        let sums = pollster::block_on(of_photo(evaluator, features, &caption.words, grid, *row as u64))?;
        on_photo();
        Ok::<Sums, EvaluateError>(sums)
    };
    let photos: Vec<Sums> = rows.par_iter().zip(captions).map(one).collect::<Result<_, _>>()?;
    let counts: Vec<usize> = counts(grid).collect();
    let mut total = Sums::new(counts.len());
    photos.iter().for_each(|sums| total += sums);
    let mean = |sum: f64| sum / total.words.max(1) as f64;
    let all = mean(total.all);
    let first = DeletionPoint { hidden: 0, needed: all, looked: all, random: all };
    let others = counts.iter().zip(&total.hidden).map(|(hidden, sums)| {
        let [needed, looked, random] = sums.map(mean);
        DeletionPoint { hidden: *hidden, needed, looked, random }
    });
    Ok(DeletionCurves { words: total.words, points: std::iter::once(first).chain(others).collect() })
}

fn counts(grid: Grid) -> impl Iterator<Item = usize> {
    COUNTS.into_iter().filter(move |count| *count < grid.cells())
}

/// Probabilities, added up over words.
struct Sums {
    words: usize,
    all: f64,
    /// For each of the counts, by the order.
    hidden: Vec<[f64; ORDERS]>,
}

impl Sums {
    fn new(counts: usize) -> Self {
        Self { words: 0, all: 0.0, hidden: vec![[0.0; ORDERS]; counts] }
    }
}

impl AddAssign<&Sums> for Sums {
    fn add_assign(&mut self, other: &Sums) {
        self.words += other.words;
        self.all += other.all;
        let pairs = self.hidden.iter_mut().flatten().zip(other.hidden.iter().flatten());
        pairs.for_each(|(sum, more)| *sum += more);
    }
}

async fn of_photo(
    evaluator: &Evaluator<'_>,
    features: Tensor<3>,
    words: &[u32],
    grid: Grid,
    photo: u64,
) -> Result<Sums, SearchError> {
    let counts: Vec<usize> = counts(grid).collect();
    let mut sums = Sums::new(counts.len());
    let start = evaluator.vocabulary.special_tokens().start;
    let named = words.iter().map(|word| (String::new(), *word)).collect();
    let mut needed = Needed::new(evaluator.decoder, &features, grid, start, named, &[]);
    // For each word, the cells in each order.
    let mut orders: Vec<[Vec<usize>; ORDERS]> = vec![];
    let mut random = rng_for(SEED, "cells that are hidden", photo);
    while let Some(word) = needed.advance().await? {
        let mut by_chance: Vec<usize> = (0..grid.cells()).collect();
        by_chance.shuffle(&mut random);
        let looked = word.looked.unwrap_or_else(|| vec![0.0; grid.cells()]);
        orders.push([greatest_first(&word.cells), greatest_first(&looked), by_chance]);
        sums.words += 1;
        sums.all += f64::from(word.probability);
    }
    for (place, count) in counts.iter().enumerate() {
        let hidden: Vec<Vec<usize>> =
            orders.iter().flatten().map(|order| order.iter().take(*count).copied().collect()).collect();
        let mut without = HiddenCells::new(evaluator.decoder, &features, &hidden);
        let mut last = start;
        for (turn, word) in words.iter().enumerate() {
            let (probabilities, _) = without.step(last, *word).await?;
            let own = probabilities.iter().skip(turn * ORDERS).take(ORDERS);
            sums.hidden[place].iter_mut().zip(own).for_each(|(sum, probability)| *sum += f64::from(*probability));
            last = *word;
        }
    }
    Ok(sums)
}

/// The places of the numbers, that of the greatest first.
fn greatest_first(values: &[f32]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..values.len()).collect();
    places.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    places
}
