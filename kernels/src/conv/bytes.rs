//! Convolutions in integers: bytes times bytes, added up in 32 bits, and brought back to what they stand for before they
//! are written.

#![allow(
    clippy::needless_range_loop,
    reason = "loops over the size of a block are unrolled, so sums stay in registers"
)]

mod finish;
mod images;

use std::ops::Range;

use super::dot::{Dot, Floats, PANEL, Way, Work};
use super::shape::ConvShape;
use crate::layout::Layout;
use crate::tasks;
use finish::Finish;
pub use images::{Added, Bytes, Output};

/// Pixels that one task computes.
const TASK_PIXELS: usize = 1024;

/// A convolution with weights in bytes, each row of which has a scale.
#[derive(Debug)]
pub struct ByteConv {
    shape: ConvShape,
    /// Panel by panel: for each four numbers of a run, the four weights of each of 16 outputs.
    weights: Vec<i8>,
    /// Rounded up to whole panels, as what follows.
    scales: Vec<f32>,
    bias: Vec<f32>,
    /// What the zero of an image adds to a sum, for each of its steps.
    sums: Vec<i32>,
}

impl ByteConv {
    /// Packs weights that lie as `[outputs, inputs, rows, columns]`, with a scale for each output.
    ///
    /// # Panics
    /// If there are not as many as the shape says, or there are groups.
    pub fn new(shape: ConvShape, weights: &[i8], scales: &[f32], bias: Option<&[f32]>) -> Self {
        let ConvShape { inputs, outputs, kernel: [rows, cols], groups, .. } = shape;
        assert_eq!(groups, 1, "channels in groups are convolved in floats");
        assert_eq!(weights.len(), outputs * shape.window(), "there is a weight for each number of each window");
        assert!(scales.len() == outputs && bias.is_none_or(|bias| bias.len() == outputs), "each output has a scale");
        let wide = outputs.next_multiple_of(PANEL);
        let run = length(&shape);
        let mut packed = vec![0; wide * rows * run];
        let mut sums = vec![0; wide];
        for (output, window) in weights.chunks_exact(shape.window().max(1)).enumerate() {
            sums[output] = window.iter().map(|weight| i32::from(*weight)).sum();
            let panel = &mut packed[output / PANEL * PANEL * rows * run + output % PANEL * 4..];
            for tap in 0..rows * cols {
                let first = tap / cols * run + tap % cols * inputs;
                for (input, weight) in window[tap..].iter().step_by(rows * cols).enumerate() {
                    let number = first + input;
                    panel[number / 4 * (4 * PANEL) + number % 4] = *weight;
                }
            }
        }
        let widened = |values: &[f32]| values.iter().copied().chain(std::iter::repeat(0.0)).take(wide).collect();
        Self { shape, weights: packed, scales: widened(scales), bias: widened(bias.unwrap_or(&[])), sums }
    }

    pub fn shape(&self) -> ConvShape {
        self.shape
    }

    /// Convolves an image whose border has the zeros of the `padding`: bytes that stand for 0. What is not a number
    /// becomes the least byte of the range, and stays so among floats.
    ///
    /// # Panics
    /// If the images do not fit the convolution.
    pub fn run(
        &self,
        input: Bytes<'_>,
        padding: [usize; 2],
        added: Option<Added<'_>>,
        range: (f32, f32),
        output: (Output<'_>, &Layout),
    ) {
        let way = Way::here().next().expect("there is always one");
        self.run_by(way, input, padding, added, range, output);
    }

    /// In one of the ways that are [`here`](Way::here).
    pub(crate) fn run_by(
        &self,
        way: Way,
        input: Bytes<'_>,
        padding: [usize; 2],
        added: Option<Added<'_>>,
        range: (f32, f32),
        (output, layout): (Output<'_>, &Layout),
    ) {
        if layout.is_empty() {
            return;
        }
        self.shape.check(input.bytes.len(), input.layout, padding, layout);
        let (step, zero) = (f64::from(input.quantization.step), f64::from(input.quantization.zero));
        let scales = || self.scales.iter().map(|scale| f64::from(*scale) * step);
        let zeros = scales().zip(&self.sums).map(|(scale, sum)| scale * f64::from(*sum) * zero);
        let offsets = zeros.zip(&self.bias).map(|(zero, bias)| f64::from(*bias) - zero);
        let run = PanelRun {
            input: input.bytes,
            windows: &input.layout.window_offsets(layout, self.shape.stride, padding),
            rows: &(0..self.shape.kernel[0]).map(|row| row * input.layout.pitch()).collect::<Vec<_>>(),
            length: length(&self.shape),
            weights: &self.weights,
            finish: &Finish::new((scales(), offsets), added, range, (output, layout)),
        };
        let pixels = layout.pixels();
        let panels = self.shape.outputs.div_ceil(PANEL);
        let work = pixels * self.shape.outputs * self.shape.window();
        tasks::for_each(panels * pixels.div_ceil(TASK_PIXELS), work, |task| {
            let begin = task / panels * TASK_PIXELS;
            let pixels = begin..(begin + TASK_PIXELS).min(pixels);
            // SAFETY: the way is here.
            unsafe { way.run(&PanelTask { run: &run, panel: task % panels, pixels }) }
        });
    }
}

/// Numbers of a row of a window, rounded up to whole fours.
fn length(shape: &ConvShape) -> usize {
    (shape.kernel[1] * shape.inputs).next_multiple_of(4)
}

/// What all tasks of a run have in common.
struct PanelRun<'a> {
    input: &'a [u8],
    /// Where each window begins, where its rows do behind that, and how many numbers a row has.
    windows: &'a [usize],
    rows: &'a [usize],
    length: usize,
    weights: &'a [i8],
    finish: &'a Finish<'a>,
}

/// One panel of outputs for some pixels.
struct PanelTask<'a> {
    run: &'a PanelRun<'a>,
    panel: usize,
    pixels: Range<usize>,
}

impl Work for PanelTask<'_> {
    #[inline(always)]
    unsafe fn work<D: Dot, const M: usize, const V: usize>(&self) {
        let Range { start: mut at, end } = self.pixels;
        // SAFETY: the caller's.
        unsafe {
            while at + M <= end {
                self.block::<D, M, V>(at);
                at += M;
            }
            while at < end {
                self.block::<D, 1, V>(at);
                at += 1;
            }
        }
    }
}

impl PanelTask<'_> {
    /// So many pixels from `at` on, in `V` vectors of sums at a time.
    #[inline(always)]
    unsafe fn block<D: Dot, const M: usize, const V: usize>(&self, at: usize) {
        let PanelRun { input, windows, rows, length, weights, finish } = *self.run;
        let lanes = D::Floats::LANES;
        // SAFETY: the caller's. `ConvShape::check` saw to it that every window lies in the input, behind which are some
        // numbers more; there are weights for each.
        unsafe {
            for part in 0..PANEL / (V * lanes) {
                let channel = self.panel * PANEL + part * V * lanes;
                if channel >= finish.outputs() {
                    break;
                }
                let mut sums = [[D::nothing(); V]; M];
                let mut weights = weights.as_ptr().add(self.panel * PANEL * rows.len() * length + 4 * part * V * lanes);
                for row in rows {
                    let mut numbers = [input.as_ptr(); M];
                    for m in 0..M {
                        numbers[m] = numbers[m].add(*windows.get_unchecked(at + m) + row);
                    }
                    for four in (0..length).step_by(4) {
                        let mut column = [D::weights(weights); V];
                        for v in 1..V {
                            column[v] = D::weights(weights.add(4 * v * lanes));
                        }
                        // Behind the last there may be nothing.
                        weights = weights.wrapping_add(4 * PANEL);
                        for m in 0..M {
                            let numbers = D::numbers(numbers[m].add(four));
                            for v in 0..V {
                                sums[m][v] = D::add_products(sums[m][v], column[v], numbers);
                            }
                        }
                    }
                }
                let mut floats = [[D::Floats::splat(0.0); V]; M];
                for m in 0..M {
                    for v in 0..V {
                        floats[m][v] = D::floats(sums[m][v]);
                    }
                }
                finish.write(floats, at, channel);
            }
        }
    }
}
