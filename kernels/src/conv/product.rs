//! Convolutions whose channels meet: for a few pixels and a panel of output channels at a time, the sums stay in
//! registers while the window's numbers go by.

use pulp::{Simd, WithSimd};

use super::shape::{ConvShape, EVERYTHING, Images};
use super::vectors::{add_product, clamp, load, store_some};
use crate::tasks::{self, Shared};

/// Output channels that are computed together.
pub const PANEL: usize = 16;

/// What is left of the channels, where vectors are narrow.
const HALF_PANEL: usize = 8;

/// Pixels that one task computes: so many rows of a window stay in the cache while all panels go by.
const TASK_PIXELS: usize = 1024;

/// The weights of a panel lie window by window: for each number of the window a row of so many outputs.
#[derive(Debug)]
pub struct Product {
    pub panels: Vec<Panel>,
    pub weights: Vec<f32>,
    /// For each panel as many as it is wide.
    pub bias: Vec<f32>,
}

#[derive(Clone, Copy, Debug)]
pub struct Panel {
    /// The first output channel.
    pub channel: usize,
    /// How many of its outputs are channels; the rest are zeros.
    pub channels: usize,
    pub width: usize,
    pub group: usize,
    pub weights: usize,
    pub bias: usize,
}

impl Product {
    pub fn new(shape: &ConvShape, weights: &[f32], bias: Option<&[f32]>) -> Self {
        let panels = panels(shape, tasks::lanes());
        let last = panels.last();
        let (window, count) = (shape.window(), last.map_or(0, |last| last.bias + last.width));
        let mut packed = Self { panels, weights: vec![0.0; count * window], bias: vec![0.0; count] };
        packed.each_weight(shape, |given, packed| *packed = weights[given]);
        for panel in &packed.panels {
            if let Some(bias) = bias {
                let channels = panel.channel..panel.channel + panel.channels;
                packed.bias[panel.bias..][..panel.channels].copy_from_slice(&bias[channels]);
            }
        }
        packed
    }

    pub fn weights(&self, shape: &ConvShape) -> Vec<f32> {
        let mut weights = vec![0.0; shape.outputs * shape.window()];
        let mut packed = Self { panels: self.panels.clone(), weights: self.weights.clone(), bias: vec![] };
        packed.each_weight(shape, |given, packed| weights[given] = *packed);
        weights
    }

    /// Goes through all weights: where each lies as PyTorch has them, and its place here.
    fn each_weight(&mut self, shape: &ConvShape, mut each: impl FnMut(usize, &mut f32)) {
        let inputs = shape.inputs / shape.groups;
        let (window, taps) = (shape.window(), shape.kernel[0] * shape.kernel[1]);
        for panel in &self.panels {
            for at in 0..window {
                let (tap, input) = (at / inputs, at % inputs);
                let row = &mut self.weights[panel.weights + at * panel.width..][..panel.channels];
                for (output, packed) in row.iter_mut().enumerate() {
                    each((panel.channel + output) * window + input * taps + tap, packed);
                }
            }
        }
    }

    pub fn run(&self, images: &Images<'_>, output: &mut [f32]) {
        let Images { shape, input, input_layout, padding, epilogue, output_layout, .. } = *images;
        let windows = input_layout.window_offsets(output_layout, shape.stride, padding);
        let pixels = output_layout.pixel_offsets();
        let added = epilogue.added.map(|(added, layout)| (added, layout.pixel_offsets()));
        let inputs = shape.inputs / shape.groups;
        // Of one group, what a row of a window covers is one run; of several, each pixel is.
        let (runs, length) = match shape.groups {
            1 => ((0..shape.kernel[0]).map(|row| row * input_layout.pitch()).collect(), shape.kernel[1] * inputs),
            _ => {
                let pixel = |row, col| row * input_layout.pitch() + col * shape.inputs;
                let rows = 0..shape.kernel[0];
                let all = rows.flat_map(|row| (0..shape.kernel[1]).map(move |col| pixel(row, col)));
                (all.collect::<Vec<_>>(), inputs)
            }
        };
        let output = Shared(output.as_mut_ptr());
        let chunks = pixels.len().div_ceil(TASK_PIXELS);
        let work = pixels.len() * shape.outputs * shape.window();
        tasks::for_each(self.panels.len() * chunks, work, |task| {
            let panel = self.panels[task % self.panels.len()];
            let begin = task / self.panels.len() * TASK_PIXELS;
            let range = begin..(begin + TASK_PIXELS).min(pixels.len());
            tasks::in_vectors(PanelTask {
                input: &input[panel.group * inputs..],
                windows: &windows[range.clone()],
                runs: &runs,
                length,
                weights: &self.weights[panel.weights..][..shape.window() * panel.width],
                bias: &self.bias[panel.bias..][..panel.width],
                added: added.as_ref().map(|(added, offsets)| (&added[panel.channel..], &offsets[range.clone()])),
                range: epilogue.range,
                // SAFETY: a panel's channels lie in every pixel.
                output: Shared(unsafe { output.at(panel.channel) }),
                pixels: &pixels[range],
                channels: panel.channels,
                width: panel.width,
                is_fused: images.is_fused(),
            });
        });
    }
}

/// The panels of each group, the last as narrow as vectors of so many lanes allow.
fn panels(shape: &ConvShape, lanes: usize) -> Vec<Panel> {
    let outputs = shape.outputs / shape.groups;
    let mut panels: Vec<Panel> = Vec::new();
    let (mut weights, mut bias) = (0, 0);
    for group in 0..shape.groups {
        for first in (0..outputs).step_by(PANEL) {
            let channels = (outputs - first).min(PANEL);
            let width = if channels <= HALF_PANEL && lanes <= HALF_PANEL { HALF_PANEL } else { PANEL };
            panels.push(Panel { channel: group * outputs + first, channels, width, group, weights, bias });
            weights += width * shape.window();
            bias += width;
        }
    }
    panels
}

/// One panel of outputs for some pixels.
pub struct PanelTask<'a> {
    /// From the group's first channel on.
    pub input: &'a [f32],
    pub windows: &'a [usize],
    /// Where the runs of a window begin, behind the window's beginning, and how long each is.
    pub runs: &'a [usize],
    pub length: usize,
    pub weights: &'a [f32],
    pub bias: &'a [f32],
    /// From the panel's first channel on, and where its pixels begin.
    pub added: Option<(&'a [f32], &'a [usize])>,
    pub range: (f32, f32),
    pub output: Shared<f32>,
    pub pixels: &'a [usize],
    pub channels: usize,
    pub width: usize,
    pub is_fused: bool,
}

impl WithSimd for PanelTask<'_> {
    type Output = ();

    /// As many sums as leave registers for a row of weights and a number: V8 has 15 of 4 lanes, and keeps sums in memory
    /// from there on, at a third of the rate. What is left of the pixels goes by fewer at a time, and then one by one.
    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        match (S::F32_LANES, self.width) {
            (16, PANEL) => self.blocks::<S, 12, 4, 1>(simd),
            (8, PANEL) => self.blocks::<S, 6, 2, 2>(simd),
            (8, HALF_PANEL) => self.blocks::<S, 8, 2, 1>(simd),
            (4, PANEL) => self.blocks::<S, 2, 1, 4>(simd),
            (4, HALF_PANEL) => self.blocks::<S, 4, 1, 2>(simd),
            (1, PANEL) => self.blocks::<S, 1, 1, 16>(simd),
            (1, HALF_PANEL) => self.blocks::<S, 1, 1, 8>(simd),
            (lanes, width) => unreachable!("vectors of {lanes} lanes and panels of {width} channels"),
        }
    }
}

impl PanelTask<'_> {
    #[inline(always)]
    fn blocks<S: Simd, const M: usize, const REST: usize, const V: usize>(&self, simd: S) {
        if self.is_fused { self.all::<S, true, M, REST, V>(simd) } else { self.all::<S, false, M, REST, V>(simd) }
    }

    #[inline(always)]
    fn all<S: Simd, const FUSED: bool, const M: usize, const REST: usize, const V: usize>(&self, simd: S) {
        let mut at = 0;
        while at + M <= self.pixels.len() {
            self.block::<S, FUSED, M, V>(simd, at);
            at += M;
        }
        while REST > 1 && at + REST <= self.pixels.len() {
            self.block::<S, FUSED, REST, V>(simd, at);
            at += REST;
        }
        while at < self.pixels.len() {
            self.block::<S, FUSED, 1, V>(simd, at);
            at += 1;
        }
    }

    /// So many pixels from `at` on, in `V` vectors of channels.
    #[inline(always)]
    #[allow(
        clippy::needless_range_loop,
        reason = "loops over the size of a block are unrolled, so sums stay in registers"
    )]
    fn block<S: Simd, const FUSED: bool, const M: usize, const V: usize>(&self, simd: S, at: usize) {
        let lanes = S::F32_LANES;
        // SAFETY: `Conv::run` saw to it that every window lies in the input and every pixel in the output, and what is
        // added is of the output's shape; a panel has `V` vectors of weights for each number of a window.
        unsafe {
            let bias = self.bias.as_ptr();
            let mut sums: [[S::f32s; V]; M] = [core::array::from_fn(|v| load::<S>(bias.add(v * lanes))); M];
            let mut weights = self.weights.as_ptr();
            for run in self.runs {
                let windows: [*const f32; M] =
                    core::array::from_fn(|m| self.input.as_ptr().add(*self.windows.get_unchecked(at + m) + run));
                for number in 0..self.length {
                    let row: [S::f32s; V] = core::array::from_fn(|v| load::<S>(weights.add(v * lanes)));
                    weights = weights.add(V * lanes);
                    for m in 0..M {
                        let value = simd.splat_f32s(*windows[m].add(number));
                        for v in 0..V {
                            sums[m][v] = add_product::<S, FUSED>(simd, value, row[v], sums[m][v]);
                        }
                    }
                }
            }
            let (low, high) = (simd.splat_f32s(self.range.0), simd.splat_f32s(self.range.1));
            // What follows may be too long to be unrolled, and what it goes through lies in memory then: not the sums
            // themselves, or they would be stored at each of their products.
            let mut written = [[low; V]; M];
            for m in 0..M {
                for v in 0..V {
                    written[m][v] = sums[m][v];
                }
            }
            // Loops over indices and no closures: what is not inlined here is compiled without the vectors.
            for m in 0..M {
                if let Some((added, offsets)) = self.added {
                    let added = added.as_ptr().add(*offsets.get_unchecked(at + m));
                    for v in 0..V {
                        written[m][v] = simd.add_f32s(written[m][v], load::<S>(added.add(v * lanes)));
                    }
                }
                if self.range != EVERYTHING {
                    for v in 0..V {
                        written[m][v] = clamp(simd, written[m][v], low, high);
                    }
                }
                store_some::<S, V>(self.output.at(*self.pixels.get_unchecked(at + m)), written[m], self.channels);
            }
        }
    }
}
