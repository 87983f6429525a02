//! What becomes of the sums of a convolution of bytes: everything about it that does not depend on the sums is computed
//! once for a run, so that a sum is left with a multiplication, an addition and what the range allows.

use std::mem::MaybeUninit;

use super::images::{Added, Bytes, Output};
use crate::conv::dot::{Floats, PANEL};
use crate::layout::Layout;
use crate::quantized::MOST;
use crate::tasks::Shared;

/// Sums of 32 bits times this are still numbers.
const LARGEST: f64 = 1e28;

/// What sums stand for, in the numbers of the output: of bytes, their steps.
pub struct Finish<'a> {
    /// For each output channel, up to whole panels.
    scales: Vec<f32>,
    offsets: Vec<f32>,
    low: f32,
    high: f32,
    added: More<'a>,
    output: Memory,
    outputs: usize,
    /// Where each pixel of the output begins.
    pixels: Vec<usize>,
}

/// What is added, where its pixels begin, and what it is multiplied by.
enum More<'a> {
    Nothing,
    Bytes(&'a [u8], Vec<usize>, f32),
    Floats(&'a [f32], Vec<usize>, f32),
}

enum Memory {
    Bytes(Shared<u8>),
    Floats(Shared<f32>),
}

impl<'a> Finish<'a> {
    /// `offsets` are what sums of 0 stand for.
    ///
    /// # Panics
    /// If the images do not fit.
    pub fn new(
        (scales, offsets): (impl Iterator<Item = f64>, impl Iterator<Item = f64>),
        added: Option<Added<'a>>,
        (low, high): (f32, f32),
        (output, layout): (Output<'_>, &Layout),
    ) -> Self {
        let fits = |numbers: usize, added: &Layout| {
            let sides = |layout: &Layout| (layout.channels, layout.rows, layout.cols);
            assert!(numbers >= added.len() && sides(added) == sides(layout), "what is added does not fit");
        };
        // What comes out as bytes has to be a number, whatever weights a model has.
        let is_bytes = matches!(output, Output::Bytes(..));
        let factor = |value: f64| if is_bytes { number(value, -LARGEST, LARGEST) } else { value as f32 };
        let (numbers, memory, inverse, zero) = match output {
            Output::Bytes(bytes, quantization) => {
                let memory = Memory::Bytes(Shared(bytes.as_mut_ptr()));
                (bytes.len(), memory, 1.0 / f64::from(quantization.step), f64::from(quantization.zero))
            }
            Output::Floats(floats) => (floats.len(), Memory::Floats(Shared(floats.as_mut_ptr())), 1.0, 0.0),
        };
        assert!(numbers >= layout.len(), "an image is too short");
        let (added, added_zero) = match added {
            None => (More::Nothing, 0.0),
            Some(Added::Bytes(Bytes { bytes, layout, quantization })) => {
                fits(bytes.len(), layout);
                let step = f64::from(quantization.step) * inverse;
                (More::Bytes(bytes, layout.pixel_offsets(), factor(step)), step * f64::from(quantization.zero))
            }
            Some(Added::Floats(floats, layout)) => {
                fits(floats.len(), layout);
                (More::Floats(floats, layout.pixel_offsets(), inverse as f32), 0.0)
            }
        };
        let (least, most) = match memory {
            Memory::Bytes(_) => (0.0, f64::from(MOST)),
            Memory::Floats(_) => (f64::NEG_INFINITY, f64::INFINITY),
        };
        let limit = |value: f32| number(f64::from(value) * inverse + zero, least, most);
        Self {
            scales: scales.map(|scale| factor(scale * inverse)).collect(),
            offsets: offsets.map(|offset| factor(offset * inverse + zero - added_zero)).collect(),
            low: limit(low),
            high: limit(high),
            added,
            output: memory,
            outputs: layout.channels,
            pixels: layout.pixel_offsets(),
        }
    }

    /// Channels of the output.
    #[inline(always)]
    pub fn outputs(&self) -> usize {
        self.outputs
    }

    /// Writes the sums of some pixels from `pixel` on, of the channels from `channel` on. Every loop is short enough to
    /// be unrolled, so what it is about stays in registers.
    ///
    /// # Safety
    /// As for [`Floats`]; the pixels have to be there, and no other thread may write these channels of them.
    #[inline(always)]
    pub unsafe fn write<F: Floats, const M: usize, const V: usize>(
        &self,
        mut values: [[F; V]; M],
        pixel: usize,
        channel: usize,
    ) {
        // SAFETY: the caller's; behind an image there are as many numbers as the last panel of its last pixel lacks.
        unsafe {
            let (scales, offsets) = (self.scales.as_ptr().add(channel), self.offsets.as_ptr().add(channel));
            for v in 0..V {
                let (scale, offset) = (F::load(scales.add(v * F::LANES)), F::load(offsets.add(v * F::LANES)));
                for m in 0..M {
                    values[m][v] = values[m][v].mul(scale).add(offset);
                }
            }
            match &self.added {
                More::Nothing => {}
                More::Bytes(bytes, pixels, step) => {
                    let step = F::splat(*step);
                    for m in 0..M {
                        let from = bytes.as_ptr().add(*pixels.get_unchecked(pixel + m) + channel);
                        let more: [F; V] = F::load_bytes(from);
                        for v in 0..V {
                            values[m][v] = values[m][v].add(more[v].mul(step));
                        }
                    }
                }
                More::Floats(floats, pixels, factor) => {
                    let factor = F::splat(*factor);
                    for m in 0..M {
                        let from = floats.as_ptr().add(*pixels.get_unchecked(pixel + m) + channel);
                        for v in 0..V {
                            values[m][v] = values[m][v].add(F::load(from.add(v * F::LANES)).mul(factor));
                        }
                    }
                    if let Memory::Bytes(_) = self.output {
                        for m in 0..M {
                            for v in 0..V {
                                values[m][v] = values[m][v].or_zero();
                            }
                        }
                    }
                }
            }
            let (low, high) = (F::splat(self.low), F::splat(self.high));
            let pixels = self.pixels.get_unchecked(pixel..pixel + M);
            // Channels that the last panel lacks are not written.
            let count = self.outputs - channel;
            let is_whole = count >= V * F::LANES;
            match self.output {
                Memory::Bytes(bytes) => {
                    let mut some = [[MaybeUninit::<u8>::uninit(); PANEL]; M];
                    for m in 0..M {
                        for v in 0..V {
                            values[m][v] = values[m][v].or_more(low).or_less(high);
                        }
                        let to = bytes.at(pixels[m] + channel);
                        F::store_bytes(values[m], if is_whole { to } else { some[m].as_mut_ptr().cast() });
                    }
                    if !is_whole {
                        copy_some(&some, bytes, pixels, channel, count);
                    }
                }
                Memory::Floats(floats) => {
                    let mut some = [[MaybeUninit::<f32>::uninit(); PANEL]; M];
                    for m in 0..M {
                        let to = floats.at(pixels[m] + channel);
                        let to = if is_whole { to } else { some[m].as_mut_ptr().cast() };
                        for v in 0..V {
                            // What is not a number stays so.
                            high.or_less(low.or_more(values[m][v])).store(to.add(v * F::LANES));
                        }
                    }
                    if !is_whole {
                        copy_some(&some, floats, pixels, channel, count);
                    }
                }
            }
        }
    }
}

/// The nearest number within the limits.
fn number(value: f64, least: f64, most: f64) -> f32 {
    if value.is_nan() { least as f32 } else { value.clamp(least, most) as f32 }
}

/// The first `count` numbers of each pixel.
///
/// # Safety
/// They have to be there, and no other thread may write these channels of the pixels.
#[cold]
#[inline(never)]
unsafe fn copy_some<T>(
    some: &[[MaybeUninit<T>; PANEL]],
    output: Shared<T>,
    pixels: &[usize],
    channel: usize,
    count: usize,
) {
    for (some, pixel) in some.iter().zip(pixels) {
        // SAFETY: the caller's.
        unsafe { output.at(pixel + channel).copy_from_nonoverlapping(some.as_ptr().cast(), count) }
    }
}
