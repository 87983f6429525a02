//! Winograd's transforms, each of which is the same over rows and over columns.

#![allow(clippy::needless_range_loop, reason = "columns have no iterator")]

use pulp::Simd;

/// Numbers that a tile is transformed to, row by row.
pub const PLANES: usize = 16;

/// Numbers of the image.
#[inline(always)]
pub fn transformed_tile<S: Simd>(simd: S, tile: [[S::f32s; 4]; 4]) -> [[S::f32s; 4]; 4] {
    let mut to = tile;
    for r in 0..4 {
        to[r] = four_of_four(simd, tile[r]);
    }
    for c in 0..4 {
        let column = four_of_four(simd, [to[0][c], to[1][c], to[2][c], to[3][c]]);
        for r in 0..4 {
            to[r][c] = column[r];
        }
    }
    to
}

/// Weights.
#[inline(always)]
pub fn transformed_window<S: Simd>(simd: S, window: [[S::f32s; 3]; 3]) -> [[S::f32s; 4]; 4] {
    let mut to = [[simd.splat_f32s(0.0); 4]; 4];
    for r in 0..3 {
        to[r] = four_of_three(simd, window[r]);
    }
    for c in 0..4 {
        let column = four_of_three(simd, [to[0][c], to[1][c], to[2][c]]);
        for r in 0..4 {
            to[r][c] = column[r];
        }
    }
    to
}

/// Sums of products, back to pixels.
#[inline(always)]
pub fn tile_of<S: Simd>(simd: S, sums: [[S::f32s; 4]; 4]) -> [[S::f32s; 2]; 2] {
    let mut rows = [[simd.splat_f32s(0.0); 2]; 4];
    for r in 0..4 {
        rows[r] = two_of_four(simd, sums[r]);
    }
    let mut to = [[simd.splat_f32s(0.0); 2]; 2];
    for c in 0..2 {
        let column = two_of_four(simd, [rows[0][c], rows[1][c], rows[2][c], rows[3][c]]);
        to[0][c] = column[0];
        to[1][c] = column[1];
    }
    to
}

#[inline(always)]
fn four_of_four<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 4] {
    [simd.sub_f32s(a, c), simd.add_f32s(b, c), simd.sub_f32s(c, b), simd.sub_f32s(b, d)]
}

#[inline(always)]
fn four_of_three<S: Simd>(simd: S, [a, b, c]: [S::f32s; 3]) -> [S::f32s; 4] {
    let half = simd.splat_f32s(0.5);
    let (outer, inner) = (simd.mul_f32s(simd.add_f32s(a, c), half), simd.mul_f32s(b, half));
    [a, simd.add_f32s(outer, inner), simd.sub_f32s(outer, inner), c]
}

#[inline(always)]
fn two_of_four<S: Simd>(simd: S, [a, b, c, d]: [S::f32s; 4]) -> [S::f32s; 2] {
    [simd.add_f32s(simd.add_f32s(a, b), c), simd.sub_f32s(simd.sub_f32s(b, c), d)]
}
