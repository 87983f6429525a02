//! What is done pixel by pixel: images of planes, sums, clamping, and channels side by side.

use cubecl::prelude::*;

use crate::vector::{Four, Stored};

/// How planes lie: so many numbers from one photo, channel, row and column to the next.
#[derive(CubeLaunch, CubeType)]
pub struct Planes {
    pub photo: u32,
    pub channel: u32,
    pub row: u32,
    pub col: u32,
    pub channels: u32,
    pub rows: u32,
    pub cols: u32,
    /// Of all photos.
    pub pixels: u32,
}

/// An image of planes; where a vector is longer than there are channels, it ends in zeros.
#[cube(launch_unchecked)]
pub fn from_planes<N: Float>(input: &[f32], output: &mut [Stored<N>], planes: Planes, #[define(N)] _numbers: ElemType) {
    let vectors = planes.channels.div_ceil(4);
    let pixel = ABSOLUTE_POS as u32 / vectors;
    if pixel >= planes.pixels {
        terminate!();
    }
    let row = pixel / planes.cols;
    let photo = row / planes.rows;
    let of_row = photo * planes.photo + (row - photo * planes.rows) * planes.row;
    let start = of_row + (pixel - row * planes.cols) * planes.col;
    let mut numbers = Four::new(0.0);
    #[unroll]
    for part in 0..4usize {
        let channel = (ABSOLUTE_POS as u32 - pixel * vectors) * 4 + part as u32;
        let is_there = channel < planes.channels;
        let place = select(is_there, start + channel * planes.channel, 0);
        numbers.insert(part, select(is_there, input[place as usize], 0.0));
    }
    output[ABSOLUTE_POS] = Stored::cast_from(numbers);
}

/// Which channels of the output are written, in vectors, and what they are clamped to.
#[derive(CubeLaunch, CubeType)]
pub struct Part {
    pub vectors: u32,
    pub out_vectors: u32,
    /// The first of them.
    pub offset: u32,
    /// Of all photos.
    pub pixels: u32,
    pub low: f32,
    pub high: f32,
}

/// An image, and another that may be added to it, as a part of the output.
#[cube(launch_unchecked)]
pub fn combine<N: Float, M: Float>(
    input: &[Stored<N>],
    added: ComptimeOption<&[Stored<N>]>,
    output: &mut [Stored<M>],
    part: Part,
    #[define(N, M)] _numbers: [ElemType; 2],
) {
    let pixel = ABSOLUTE_POS as u32 / part.vectors;
    let vector = ABSOLUTE_POS as u32 - pixel * part.vectors;
    if pixel >= part.pixels {
        terminate!();
    }
    let more: ComptimeOption<Four> = added.map(|added| Four::cast_from(added[ABSOLUTE_POS]));
    let sum = Four::cast_from(input[ABSOLUTE_POS]) + more.unwrap_or_else(|| Four::new(0.0));
    let place = (pixel * part.out_vectors + part.offset + vector) as usize;
    output[place] = Stored::cast_from(clamp_nan(sum, Four::new(part.low), Four::new(part.high)));
}
