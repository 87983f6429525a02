//! Convolutions in integers: bytes times bytes, added up in 32 bits, and brought back to what they stand for before they
//! are written.

use super::dot;
use super::shape::ConvShape;
use crate::layout::Layout;
use crate::quantized::Quantization;
use crate::tasks::{self, Shared};

/// Output channels that are computed together.
const PANEL: usize = 16;

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

/// An image in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'a> {
    pub bytes: &'a [u8],
    pub layout: &'a Layout,
    pub quantization: Quantization,
}

/// An image that is added to what comes out.
#[derive(Clone, Copy, Debug)]
pub enum Added<'a> {
    Bytes(Bytes<'a>),
    Floats(&'a [f32], &'a Layout),
}

/// What comes out is written to.
#[derive(Debug)]
pub enum Output<'a> {
    Bytes(&'a mut [u8], Quantization),
    Floats(&'a mut [f32]),
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
        let run = (cols * inputs).next_multiple_of(4);
        let mut packed = vec![0; wide * rows * run];
        let mut sums = vec![0; wide];
        for (output, window) in weights.chunks_exact(shape.window().max(1)).enumerate() {
            sums[output] = window.iter().map(|weight| i32::from(*weight)).sum();
            let panel = output / PANEL * PANEL * rows * run;
            for (at, weight) in window.iter().enumerate() {
                let (input, row, col) = (at / (rows * cols), at / cols % rows, at % cols);
                let number = row * run + col * inputs + input;
                packed[panel + number / 4 * 4 * PANEL + output % PANEL * 4 + number % 4] = *weight;
            }
        }
        let widened = |values: &[f32]| values.iter().copied().chain(std::iter::repeat(0.0)).take(wide).collect();
        Self { shape, weights: packed, scales: widened(scales), bias: widened(bias.unwrap_or(&[])), sums }
    }

    pub fn shape(&self) -> ConvShape {
        self.shape
    }

    /// Convolves an image whose border has the zeros of the `padding`: bytes that stand for 0.
    ///
    /// # Panics
    /// If the images do not fit the convolution.
    pub fn run(
        &self,
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
        let Quantization { step, zero } = input.quantization;
        let windows = input.layout.window_offsets(layout, self.shape.stride, padding);
        let pixels = layout.pixel_offsets();
        let run = (self.shape.kernel[1] * self.shape.inputs).next_multiple_of(4);
        let rows: Vec<usize> = (0..self.shape.kernel[0]).map(|row| row * input.layout.pitch()).collect();
        let panels = self.scales.len() / PANEL;
        let chunks = pixels.len().div_ceil(TASK_PIXELS);
        let work = pixels.len() * self.shape.outputs * self.shape.window();
        // What a sum stands for, and where it begins.
        let scales: Vec<f32> = self.scales.iter().map(|scale| scale * step).collect();
        let offset = |(at, bias): (usize, &f32)| bias - scales[at] * (self.sums[at] * i32::from(zero)) as f32;
        let offsets: Vec<f32> = self.bias.iter().enumerate().map(offset).collect();
        let task = Task { conv: self, input, windows, rows, run, scales, offsets, added, range, pixels };
        match output {
            Output::Bytes(bytes, quantization) => {
                assert!(bytes.len() >= layout.len(), "an image is too short");
                let bytes = Shared(bytes.as_mut_ptr());
                let inverse = 1.0 / quantization.step;
                let zero = f32::from(quantization.zero);
                tasks::for_each(panels * chunks, work, |at| {
                    task.run(at, |place, value| {
                        // Seven bits; casts saturate, and what is not a number becomes 0.
                        let byte = ((value * inverse).round_ties_even() + zero).clamp(0.0, 127.0) as u8;
                        // SAFETY: `Task::run` gives places in the output, no two tasks the same.
                        unsafe { *bytes.at(place) = byte }
                    });
                });
            }
            Output::Floats(floats) => {
                assert!(floats.len() >= layout.len(), "an image is too short");
                let floats = Shared(floats.as_mut_ptr());
                // SAFETY: as above.
                tasks::for_each(panels * chunks, work, |at| {
                    task.run(at, |place, value| unsafe { *floats.at(place) = value })
                });
            }
        }
    }
}

/// What all tasks of a run have in common.
struct Task<'a> {
    conv: &'a ByteConv,
    input: Bytes<'a>,
    windows: Vec<usize>,
    /// Where the rows of a window begin, and how many numbers each has, rounded up.
    rows: Vec<usize>,
    run: usize,
    scales: Vec<f32>,
    offsets: Vec<f32>,
    added: Option<Added<'a>>,
    range: (f32, f32),
    pixels: Vec<usize>,
}

impl Task<'_> {
    /// Some pixels of a panel: tells each place of the output, and the number that belongs there.
    #[inline(always)]
    fn run(&self, task: usize, mut write: impl FnMut(usize, f32)) {
        let panels = self.scales.len() / PANEL;
        let (panel, begin) = (task % panels, task / panels * TASK_PIXELS);
        let end = (begin + TASK_PIXELS).min(self.pixels.len());
        const M: usize = dot::BLOCK[0];
        let mut at = begin;
        while at + M <= end {
            self.block::<M>(panel, at, &mut write);
            at += M;
        }
        while at < end {
            self.block::<1>(panel, at, &mut write);
            at += 1;
        }
    }

    #[inline(always)]
    fn block<const M: usize>(&self, panel: usize, at: usize, write: &mut impl FnMut(usize, f32)) {
        const V: usize = dot::BLOCK[1];
        let length = self.rows.len() * self.run;
        for part in 0..PANEL / (4 * V) {
            let first = panel * PANEL + part * 4 * V;
            let mut sums = [[dot::NOTHING; V]; M];
            // SAFETY: every window lies in the input, behind which are some numbers more; there are weights for each.
            unsafe {
                let mut weights = self.conv.weights.as_ptr().add(panel * PANEL * length + part * 16 * V);
                for row in &self.rows {
                    let windows: [*const u8; M] =
                        core::array::from_fn(|m| self.input.bytes.as_ptr().add(self.windows[at + m] + row));
                    let mut number = 0;
                    while number < self.run {
                        let row: [dot::Weights; V] = core::array::from_fn(|v| dot::weights(weights.add(16 * v)));
                        weights = weights.add(4 * PANEL);
                        for m in 0..M {
                            let numbers = dot::numbers(windows[m].add(number));
                            for v in 0..V {
                                sums[m][v] = dot::add_products(sums[m][v], row[v], numbers);
                            }
                        }
                        number += 4;
                    }
                }
            }
            for (m, sums) in sums.iter().enumerate() {
                let pixel = at + m;
                for (v, sums) in sums.iter().enumerate() {
                    for (lane, sum) in dot::finish(*sums).into_iter().enumerate() {
                        let channel = first + 4 * v + lane;
                        if channel < self.conv.shape.outputs {
                            let value =
                                sum as f32 * self.scales[channel] + self.offsets[channel] + self.added(pixel, channel);
                            let (low, high) = self.range;
                            // What is not a number stays so.
                            let value = if value < low {
                                low
                            } else if value > high {
                                high
                            } else {
                                value
                            };
                            write(self.pixels[pixel] + channel, value);
                        }
                    }
                }
            }
        }
    }

    #[inline(always)]
    fn added(&self, pixel: usize, channel: usize) -> f32 {
        let at = |layout: &Layout| layout.at(pixel / layout.cols, pixel % layout.cols) + channel;
        match self.added {
            None => 0.0,
            Some(Added::Bytes(Bytes { bytes, layout, quantization })) => quantization.value(bytes[at(layout)]),
            Some(Added::Floats(floats, layout)) => floats[at(layout)],
        }
    }
}
