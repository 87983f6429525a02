//! Convolutions of which each channel is one of its own: vectors of channels, a few neighbouring pixels at a time, so that
//! what two windows share is read once.

use pulp::{Simd, WithSimd};

use super::shape::{ConvShape, Images};
use super::vectors::{add_product, clamp, load, store_some};
use crate::tasks::{self, Shared};

/// Channels that a task goes through the image with: what a cache line holds.
const STRIP: usize = 16;

/// The weights lie tap by tap, the channels of a tap together and rounded up to whole strips.
#[derive(Debug)]
pub struct Depthwise {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Depthwise {
    pub fn new(shape: &ConvShape, weights: &[f32], bias: Option<&[f32]>) -> Self {
        let (taps, width) = (shape.window(), width(shape));
        let mut packed = vec![0.0; taps * width];
        for (channel, kernel) in weights.chunks_exact(taps.max(1)).enumerate() {
            kernel.iter().enumerate().for_each(|(tap, weight)| packed[tap * width + channel] = *weight);
        }
        let mut all = vec![0.0; width];
        if let Some(bias) = bias {
            all[..bias.len()].copy_from_slice(bias);
        }
        Self { weights: packed, bias: all }
    }

    pub fn weights(&self, shape: &ConvShape) -> Vec<f32> {
        let taps = |channel| (0..shape.window()).map(move |tap| self.weights[tap * width(shape) + channel]);
        (0..shape.outputs).flat_map(taps).collect()
    }

    pub fn run(&self, images: &Images<'_>, output: &mut [f32]) {
        let shape = images.shape;
        let output = Shared(output.as_mut_ptr());
        let work = images.output_layout.pixels() * shape.outputs * shape.window();
        tasks::for_each(shape.outputs.div_ceil(STRIP), work, |strip| {
            let channels = strip * STRIP..((strip + 1) * STRIP).min(shape.outputs);
            tasks::in_vectors(Strip { packed: self, images, output, channels });
        });
    }
}

fn width(shape: &ConvShape) -> usize {
    shape.outputs.next_multiple_of(STRIP)
}

/// Some channels of the whole image.
struct Strip<'a> {
    packed: &'a Depthwise,
    images: &'a Images<'a>,
    output: Shared<f32>,
    channels: core::ops::Range<usize>,
}

impl WithSimd for Strip<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if self.images.is_fused() { self.all::<S, true>(simd) } else { self.all::<S, false>(simd) }
    }
}

impl Strip<'_> {
    #[inline(always)]
    fn all<S: Simd, const FUSED: bool>(&self, simd: S) {
        match (self.images.shape.kernel, self.images.shape.stride) {
            ([3, 3], 1) => self.rows::<S, FUSED, 3, 1>(simd),
            ([3, 3], 2) => self.rows::<S, FUSED, 3, 2>(simd),
            ([5, 5], 1) => self.rows::<S, FUSED, 5, 1>(simd),
            ([5, 5], 2) => self.rows::<S, FUSED, 5, 2>(simd),
            _ => self.any::<S, FUSED>(simd),
        }
    }

    /// Windows of `K` by `K`, four outputs at a time.
    #[inline(always)]
    fn rows<S: Simd, const FUSED: bool, const K: usize, const STRIDE: usize>(&self, simd: S) {
        let output = self.images.output_layout;
        for row in 0..output.rows {
            let mut col = 0;
            while col + 4 <= output.cols {
                for channel in self.channels.clone().step_by(S::F32_LANES) {
                    self.block::<S, FUSED, K, STRIDE, 4>(simd, row, col, channel);
                }
                col += 4;
            }
            while col < output.cols {
                for channel in self.channels.clone().step_by(S::F32_LANES) {
                    self.block::<S, FUSED, K, STRIDE, 1>(simd, row, col, channel);
                }
                col += 1;
            }
        }
    }

    /// `P` outputs of a row from `col` on, for one vector of channels.
    #[inline(always)]
    fn block<S: Simd, const FUSED: bool, const K: usize, const STRIDE: usize, const P: usize>(
        &self,
        simd: S,
        row: usize,
        col: usize,
        channel: usize,
    ) {
        let Images { shape, input, input_layout, .. } = *self.images;
        let width = width(shape);
        // SAFETY: every window lies in the input, behind whose last pixel are some numbers more; there are weights for
        // whole strips.
        unsafe {
            let mut sums = [load::<S>(self.packed.bias.as_ptr().add(channel)); P];
            let first = input.as_ptr().add(self.window(row, col) + channel);
            for y in 0..K {
                let line = first.add(y * input_layout.pitch());
                let weights: [S::f32s; K] = core::array::from_fn(|x| {
                    load::<S>(self.packed.weights.as_ptr().add((y * K + x) * width + channel))
                });
                for pixel in 0..(P - 1) * STRIDE + K {
                    let value = load::<S>(line.add(pixel * shape.inputs));
                    for (at, sum) in sums.iter_mut().enumerate() {
                        if pixel >= at * STRIDE && pixel < at * STRIDE + K {
                            *sum = add_product::<S, FUSED>(simd, value, weights[pixel - at * STRIDE], *sum);
                        }
                    }
                }
            }
            for (at, sum) in sums.into_iter().enumerate() {
                self.finish(simd, sum, row, col + at, channel);
            }
        }
    }

    /// Windows of any shape.
    #[inline(always)]
    fn any<S: Simd, const FUSED: bool>(&self, simd: S) {
        let Images { shape, input, input_layout, output_layout, .. } = *self.images;
        let ([rows, cols], width) = (shape.kernel, width(shape));
        for row in 0..output_layout.rows {
            for col in 0..output_layout.cols {
                let window = self.window(row, col);
                for channel in self.channels.clone().step_by(S::F32_LANES) {
                    // SAFETY: as in `block`.
                    unsafe {
                        let mut sum = load::<S>(self.packed.bias.as_ptr().add(channel));
                        for tap in 0..rows * cols {
                            let at = window + tap / cols * input_layout.pitch() + tap % cols * shape.inputs + channel;
                            let weight = load::<S>(self.packed.weights.as_ptr().add(tap * width + channel));
                            sum = add_product::<S, FUSED>(simd, load::<S>(input.as_ptr().add(at)), weight, sum);
                        }
                        self.finish(simd, sum, row, col, channel);
                    }
                }
            }
        }
    }

    /// Where the window of an output begins.
    #[inline(always)]
    fn window(&self, row: usize, col: usize) -> usize {
        let Images { shape, input_layout, padding, .. } = self.images;
        let first = input_layout.at(0, 0) - padding[0] * input_layout.pitch() - padding[1] * shape.inputs;
        first + row * shape.stride * input_layout.pitch() + col * shape.stride * shape.inputs
    }

    /// # Safety
    /// `row` and `col` have to lie in the output, and `channel` in the strip.
    #[inline(always)]
    unsafe fn finish<S: Simd>(&self, simd: S, mut sum: S::f32s, row: usize, col: usize, channel: usize) {
        let Images { epilogue, output_layout, .. } = self.images;
        // SAFETY: what is added is of the output's shape, and has some numbers behind its last pixel.
        unsafe {
            if let Some((added, layout)) = epilogue.added {
                sum = simd.add_f32s(sum, load::<S>(added.as_ptr().add(layout.at(row, col) + channel)));
            }
            let (low, high) = epilogue.range;
            let sum = clamp(simd, sum, simd.splat_f32s(low), simd.splat_f32s(high));
            let count = (self.channels.end - channel).min(S::F32_LANES);
            store_some::<S, 1>(self.output.at(output_layout.at(row, col) + channel), [sum], count);
        }
    }
}
