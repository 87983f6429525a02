//! Where windows lie.

use cubecl::prelude::*;

/// Where windows read and what they write; channels are counted in vectors.
#[derive(CubeLaunch, CubeType)]
pub struct Geometry {
    pub rows: u32,
    pub cols: u32,
    pub channels: u32,
    pub out_rows: u32,
    pub out_cols: u32,
    /// Of all photos.
    pub out_pixels: u32,
    pub out_channels: u32,
    pub kernel: u32,
    pub stride: u32,
    /// Zeros above, and left.
    pub above: u32,
    pub left: u32,
    /// What comes out is clamped to this.
    pub low: f32,
    pub high: f32,
}

/// The corner of a pixel's window, from where the zeros begin, and the first row of its photo among those of all.
#[derive(CubeType)]
pub struct Corner {
    pub row: u32,
    pub col: u32,
    pub photo: u32,
}

/// Of a pixel of the output.
#[cube]
pub fn corner(geometry: &Geometry, pixel: u32) -> Corner {
    let row = pixel / geometry.out_cols;
    let photo = row / geometry.out_rows;
    Corner {
        row: (row - photo * geometry.out_rows) * geometry.stride,
        col: (pixel - row * geometry.out_cols) * geometry.stride,
        photo: photo * geometry.rows,
    }
}

/// Where in the input a number of a window lies, if it is not one of the zeros around it.
#[derive(CubeType)]
pub struct Tap {
    pub is_inside: bool,
    /// The place of the pixel's first vector; that of any other where it is not inside.
    pub start: u32,
}

#[cube]
pub fn tap(geometry: &Geometry, corner: &Corner, row: u32, col: u32) -> Tap {
    // Above the first row this wraps, and is too large as well.
    let row = corner.row + row - geometry.above;
    let col = corner.col + col - geometry.left;
    let is_inside = row < geometry.rows && col < geometry.cols;
    let start = ((corner.photo + row) * geometry.cols + col) * geometry.channels;
    Tap { is_inside, start: select(is_inside, start, 0) }
}
