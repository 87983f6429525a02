//! Depthwise convolutions.

use cubecl::prelude::*;

use super::geometry::Geometry;
use crate::vector::{Four, Stored};

/// Each unit sums `pixels` neighbours of a row, whose windows share most of what they read.
#[cube(launch_unchecked)]
pub fn convolve_depthwise<N: Float>(
    input: &[Stored<N>],
    weights: &[Four],
    bias: &[Four],
    added: ComptimeOption<&[Stored<N>]>,
    output: &mut [Stored<N>],
    geometry: Geometry,
    #[comptime] pixels: usize,
    #[comptime] kernel: usize,
    #[comptime] stride: usize,
    #[define(N)] _numbers: ElemType,
) {
    let strips = geometry.out_cols.div_ceil(pixels as u32);
    let strip = ABSOLUTE_POS as u32 / geometry.channels;
    let channel = ABSOLUTE_POS as u32 - strip * geometry.channels;
    let out_row = strip / strips;
    let first = (strip - out_row * strips) * pixels as u32;
    if out_row * geometry.out_cols >= geometry.out_pixels {
        terminate!();
    }
    let photo = out_row / geometry.out_rows;
    let mut sums = Array::<Four>::new(pixels);
    #[unroll]
    for pixel in 0..pixels {
        sums[pixel] = bias[channel as usize];
    }
    #[unroll]
    for tap_row in 0..kernel {
        // Above the first row this wraps, and is too large as well.
        let row = (out_row - photo * geometry.out_rows) * geometry.stride + tap_row as u32 - geometry.above;
        if row < geometry.rows {
            let start = (photo * geometry.rows + row) * geometry.cols;
            let mut of_row = Sequence::<Four>::new();
            #[unroll]
            for tap_col in 0..kernel {
                of_row.push(weights[(tap_row * kernel + tap_col) * geometry.channels as usize + channel as usize]);
            }
            #[unroll]
            for at in 0..comptime!((pixels - 1) * stride + kernel) {
                let col = first * geometry.stride + at as u32 - geometry.left;
                let is_inside = col < geometry.cols;
                let place = select(is_inside, (start + col) * geometry.channels + channel, 0);
                let number = select(is_inside, Four::cast_from(input[place as usize]), Four::new(0.0));
                #[unroll]
                for pixel in 0..pixels {
                    if comptime!(at >= pixel * stride && at < pixel * stride + kernel) {
                        sums[pixel] += number * of_row[comptime!(at - pixel * stride)];
                    }
                }
            }
        }
    }
    #[unroll]
    for pixel in 0..pixels {
        let col = first + pixel as u32;
        if col < geometry.out_cols {
            let place = ((out_row * geometry.out_cols + col) * geometry.channels + channel) as usize;
            let more: ComptimeOption<Four> = added.map(|added| Four::cast_from(added[place]));
            let sum = sums[pixel] + more.unwrap_or_else(|| Four::new(0.0));
            output[place] = Stored::cast_from(clamp_nan(sum, Four::new(geometry.low), Four::new(geometry.high)));
        }
    }
}
