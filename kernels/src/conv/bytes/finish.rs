//! What becomes of the sums of a convolution of bytes: everything about it that does not depend on the sums is computed
//! once for a run, so that a sum is left with a multiplication, an addition and what the range allows.

use super::{Added, Bytes, Output};
use crate::conv::dot::{Floats, PANEL};
use crate::layout::Layout;
use crate::quantized::MOST;
use crate::tasks::Shared;

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
                (More::Bytes(bytes, layout.pixel_offsets(), step as f32), step * f64::from(quantization.zero))
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
        let limit = |value: f32| (f64::from(value) * inverse + zero).clamp(least, most) as f32;
        Self {
            scales: scales.map(|scale| (scale * inverse) as f32).collect(),
            offsets: offsets.map(|offset| (offset * inverse + zero - added_zero) as f32).collect(),
            low: limit(low),
            high: limit(high),
            added,
            output: memory,
            outputs: layout.channels,
            pixels: layout.pixel_offsets(),
        }
    }

    /// Writes the sums of some pixels from `pixel` on, of the channels from `channel` on.
    ///
    /// # Safety
    /// As for [`Floats`]; the pixels have to be there, and no other thread may write these channels of them.
    #[inline(always)]
    pub unsafe fn write<F: Floats, const M: usize, const V: usize>(
        &self,
        sums: &[[F; V]; M],
        pixel: usize,
        channel: usize,
    ) {
        let channels = V * F::LANES;
        let is_whole = channel + channels <= self.outputs;
        // SAFETY: the caller's; behind an image there are as many numbers as the last panel of its last pixel lacks.
        unsafe {
            let (low, high) = (F::splat(self.low), F::splat(self.high));
            for m in 0..M {
                let values = self.values(sums[m], pixel + m, channel);
                let at = *self.pixels.get_unchecked(pixel + m) + channel;
                let mut clamped = values;
                match &self.output {
                    Memory::Bytes(bytes) => {
                        for v in 0..V {
                            clamped[v] = values[v].or_more(low).or_less(high);
                            // Of what is finite nothing comes that is not a number.
                            if let More::Floats(..) = self.added {
                                clamped[v] = clamped[v].if_number(values[v]);
                            }
                        }
                        if is_whole {
                            F::store_bytes(clamped, bytes.at(at));
                        } else {
                            let mut panel = [0; PANEL];
                            F::store_bytes(clamped, panel.as_mut_ptr());
                            copy_some(&panel, bytes.at(at), self.outputs - channel);
                        }
                    }
                    Memory::Floats(floats) => {
                        let mut panel = [0.0; PANEL];
                        let to = if is_whole { floats.at(at) } else { panel.as_mut_ptr() };
                        for v in 0..V {
                            // What is not a number stays so.
                            clamped[v] = high.or_less(low.or_more(values[v]));
                            clamped[v].store(to.add(v * F::LANES));
                        }
                        if !is_whole {
                            copy_some(&panel, floats.at(at), self.outputs - channel);
                        }
                    }
                }
            }
        }
    }

    /// What sums of a pixel stand for, with what is added.
    #[inline(always)]
    unsafe fn values<F: Floats, const V: usize>(
        &self,
        sums: [F; V],
        pixel: usize,
        channel: usize,
    ) -> [F; V] {
        // SAFETY: the caller's.
        unsafe {
            let (scales, offsets) = (self.scales.as_ptr().add(channel), self.offsets.as_ptr().add(channel));
            let mut values = [F::splat(0.0); V];
            for v in 0..V {
                let lane = v * F::LANES;
                let scaled = sums[v].mul(F::load(scales.add(lane)));
                values[v] = scaled.add(F::load(offsets.add(lane)));
            }
            match &self.added {
                More::Nothing => {}
                More::Bytes(bytes, pixels, step) => {
                    let from = bytes.as_ptr().add(*pixels.get_unchecked(pixel) + channel);
                    for v in 0..V {
                        let more = F::load_bytes(from.add(v * F::LANES));
                        values[v] = values[v].add(more.mul(F::splat(*step)));
                    }
                }
                More::Floats(floats, pixels, factor) => {
                    let from = floats.as_ptr().add(*pixels.get_unchecked(pixel) + channel);
                    for v in 0..V {
                        let more = F::load(from.add(v * F::LANES));
                        values[v] = values[v].add(more.mul(F::splat(*factor)));
                    }
                }
            }
            values
        }
    }
}

/// The first `count` numbers of a panel.
#[inline(always)]
unsafe fn copy_some<T: Copy>(panel: &[T; PANEL], to: *mut T, count: usize) {
    for (at, value) in panel.iter().enumerate().take(count) {
        // SAFETY: the caller's.
        unsafe { *to.add(at) = *value }
    }
}
