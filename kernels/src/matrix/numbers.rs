//! Rows of numbers as whole numbers of 16 bits, each row with a step of its own.

use std::ops::Range;

use crate::activations::ROUNDING;

/// The largest number that a row is brought to, where its sums allow it.
const MOST: usize = i16::MAX as usize;

/// The least that the largest number of a row counts as, so that its inverse is finite.
const LEAST: f32 = 1e-30;

#[derive(Debug)]
pub struct Numbers {
    /// Row by row, two numbers for each pair of inputs that the part has something of.
    numbers: Vec<i16>,
    pairs: usize,
    /// What a number of a row counts for. Not a number where something of the row is not finite.
    pub steps: Vec<f32>,
}

impl Numbers {
    /// Of rows over a part of the input, which is not empty.
    ///
    /// The largest number of a row becomes the largest whole one with which no sum of products with bytes can leave 32
    /// bits: up to 512 inputs all of the 16 bits are used, so that a number is off by a 65 534th of the largest at most;
    /// of 2048 inputs 14 bits are left. Either is finer by far than the bytes of the weights.
    pub fn of(x: &[f32], part: &Range<usize>) -> Self {
        let most = MOST.min(i32::MAX as usize / (128 * part.len())) as f32;
        let (first, pairs) = (part.start % 2, part.end.div_ceil(2) - part.start / 2);
        let rows = x.len() / part.len();
        let mut numbers = vec![0; rows * 2 * pairs];
        let mut steps = Vec::with_capacity(rows);
        for (row, whole) in x.chunks_exact(part.len()).zip(numbers.chunks_exact_mut(2 * pairs)) {
            let largest = largest(row);
            if !largest.is_finite() {
                steps.push(f32::NAN);
                continue;
            }
            let largest = largest.max(LEAST);
            let inverse = most / largest;
            for (whole, number) in whole[first..].iter_mut().zip(row) {
                *whole = (number * inverse + ROUNDING).to_bits() as i16;
            }
            steps.push(largest / most);
        }
        Self { numbers, pairs, steps }
    }

    pub fn row(&self, row: usize) -> &[i16] {
        &self.numbers[row * 2 * self.pairs..][..2 * self.pairs]
    }
}

/// The largest without its sign. Not finite where one of them is not: bits of floats are ordered as their numbers are, and
/// infinity and what is not a number come last.
fn largest(row: &[f32]) -> f32 {
    f32::from_bits(row.iter().map(|number| number.abs().to_bits()).max().unwrap_or(0))
}
