//! What a decoder computes on the processor: products of matrices in bytes with a few rows of numbers, of which there is
//! one for each sentence that is being written.
//!
//! A word reads every matrix once, so the time that it takes is that of reading them: bytes are a quarter of the floats.
//! Rows become whole numbers of 16 bits (`numbers.rs`), so that sums are exact and the same in every browser and on every
//! processor, whichever way (`ways.rs`) they are computed. Weights lie in panels of 16 outputs, two inputs of an output
//! side by side, as all these ways want them.

mod block;
mod numbers;
mod portable;
#[cfg(test)]
mod tests;
#[cfg(target_family = "wasm")]
mod wasm;
mod ways;
#[cfg(target_arch = "x86_64")]
mod x86;

use std::ops::Range;

use crate::tasks::{self, Shared};
use block::{PANEL, ROWS};
use numbers::Numbers;
use ways::Way;

/// Bytes are read and multiplied so many times as fast as the floats that [`tasks::for_each`] is told of.
const FASTER: usize = 16;

/// A matrix in bytes, each row of which has a scale: from `inputs` numbers to `outputs`.
#[derive(Debug)]
pub struct Matrix {
    inputs: usize,
    outputs: usize,
    /// Panel by panel: for each two inputs, the two weights of each of 16 outputs.
    weights: Vec<i8>,
    /// Rounded up to whole panels.
    scales: Vec<f32>,
}

impl Matrix {
    /// With more, rows would keep less than ten bits.
    pub const MOST_INPUTS: usize = 1 << 14;

    /// Packs weights that lie as `[outputs, inputs]`, with a scale for each output.
    ///
    /// # Panics
    /// If there are not as many, or more inputs than [`Matrix::MOST_INPUTS`].
    pub fn new([outputs, inputs]: [usize; 2], weights: &[i8], scales: &[f32]) -> Self {
        assert!(inputs <= Self::MOST_INPUTS, "a matrix in bytes has {} inputs at most", Self::MOST_INPUTS);
        assert!(weights.len() == outputs * inputs && scales.len() == outputs, "a matrix has a weight for each pair");
        let wide = outputs.next_multiple_of(PANEL);
        let scales = scales.iter().copied().chain(std::iter::repeat(0.0)).take(wide).collect();
        let mut matrix = Self { inputs, outputs, weights: vec![0; wide * inputs.next_multiple_of(2)], scales };
        for (output, row) in weights.chunks_exact(inputs.max(1)).enumerate() {
            let first = matrix.place(output);
            for (input, weight) in row.iter().enumerate() {
                matrix.weights[first + input / 2 * 2 * PANEL + input % 2] = *weight;
            }
        }
        matrix
    }

    pub fn inputs(&self) -> usize {
        self.inputs
    }

    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// What the bytes stand for, as `[inputs, outputs]`.
    pub fn transposed_floats(&self) -> Vec<f32> {
        let mut floats = Vec::with_capacity(self.inputs * self.outputs);
        for input in 0..self.inputs {
            let byte = |output| self.weights[self.place(output) + input / 2 * 2 * PANEL + input % 2];
            floats.extend((0..self.outputs).map(|output| f32::from(byte(output)) * self.scales[output]));
        }
        floats
    }

    /// Where the weights of an output begin.
    fn place(&self, output: usize) -> usize {
        output / PANEL * PANEL * self.inputs.next_multiple_of(2) + output % PANEL * 2
    }

    /// The product with rows, `[rows, inputs]`, to which a bias is added: `[rows, outputs]`.
    ///
    /// # Panics
    /// If the rows or the bias are of another length.
    pub fn product(&self, x: &[f32], bias: Option<&[f32]>) -> Vec<f32> {
        let rows = x.len() / self.inputs.max(1);
        let mut sums = match bias {
            None => vec![0.0; rows * self.outputs],
            Some(bias) => bias.repeat(rows),
        };
        self.add_product(0..self.inputs, x, &mut sums);
        sums
    }

    /// What a part of the input, `[rows, part]`, adds to the product of the whole.
    ///
    /// # Panics
    /// As [`Matrix::add_product`].
    pub fn product_of(&self, part: Range<usize>, x: &[f32]) -> Vec<f32> {
        let mut sums = vec![0.0; x.len() / part.len().max(1) * self.outputs];
        self.add_product(part, x, &mut sums);
        sums
    }

    /// Adds that to `sums`, `[rows, outputs]`. What comes of a row in which something is not finite is not a number.
    ///
    /// # Panics
    /// If it is no part of the input, or there are not as many rows of `x` as of `sums`.
    pub fn add_product(&self, part: Range<usize>, x: &[f32], sums: &mut [f32]) {
        self.add_product_by(Way::best(), part, x, sums);
    }

    fn add_product_by(&self, way: Way, part: Range<usize>, x: &[f32], sums: &mut [f32]) {
        let Self { inputs, outputs, .. } = *self;
        assert!(part.start <= part.end && part.end <= inputs, "{part:?} is no part of {inputs} inputs");
        if part.is_empty() || outputs == 0 {
            return;
        }
        let rows = sums.len() / outputs;
        let fits = x.len() == rows * part.len() && sums.len() == rows * outputs;
        assert!(fits, "{} numbers of {part:?} and {} sums of {outputs} are no rows", x.len(), sums.len());
        let numbers = Numbers::of(x, &part);
        let sums = Shared(sums.as_mut_ptr());
        let work = rows * outputs * part.len() / FASTER;
        tasks::for_each(self.scales.len() / PANEL, work, |panel| {
            let begin = panel * PANEL;
            let weights = &self.weights[self.place(begin) + part.start / 2 * 2 * PANEL..];
            let scales = &self.scales[begin..][..PANEL.min(outputs - begin)];
            for first in (0..rows).step_by(ROWS) {
                let count = ROWS.min(rows - first);
                let products =
                    way.products(weights, core::array::from_fn(|row| numbers.row(first + row % count)), count);
                for (row, products) in (first..rows).zip(products) {
                    let step = numbers.steps[row];
                    for (output, (product, scale)) in products.into_iter().zip(scales).enumerate() {
                        // One after the other, so that nothing is fused, and it is the same on every processor.
                        let product = product as f32 * scale * step;
                        // SAFETY: a place for each output of each row, no two tasks the same.
                        unsafe { *sums.at(row * outputs + begin + output) += product };
                    }
                }
            }
        });
    }
}
