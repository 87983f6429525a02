//! 3×3 convolutions as Winograd's F(2×2, 3×3), in half to two thirds of the time: four pixels come of 16 products for each
//! pair of channels, in place of 36. As fewer are added up, sums are a little more exact as well.
//!
//! A tile is 2×2 pixels of the output, and the 4×4 of the input that they come of. Those, and the weights, are transformed
//! to 16 planes, in each of which a tile is one row of its channels, and what is done in a plane is a convolution of 1×1;
//! the 16 sums of a tile are transformed back. Weights are transformed at every run, which is little beside the products:
//! so they are kept as they are for others, and take no more memory.

#[cfg(test)]
mod tests;
mod transforms;

use core::ops::Range;

use pulp::{Simd, WithSimd};

use super::product::{PANEL, Panel, PanelTask, Product};
use super::shape::{EVERYTHING, Images};
use super::vectors::{clamp, load, store, store_some};
use crate::tasks::{self, Shared};
use transforms::{PLANES, tile_of, transformed_tile, transformed_window};

/// Numbers of the transformed input that are there at a time, 2 MB.
const BAND: usize = 1 << 19;

/// Tiles that one task computes.
const TASK_TILES: usize = 256;

/// Tiles whose sums are there at a time, all 16 of each.
const STRIP: usize = 32;

/// Numbers between two planes: at a distance of 4096 bytes all 16 would compete for the same places of a cache.
const GAP: usize = 16;

/// Numbers from a plane of sums to the next.
const PLANE_OF_SUMS: usize = STRIP * PANEL + GAP;

/// Tiles from which on the transforms of the weights are worth it.
const WORTH_IT: usize = if cfg!(target_family = "wasm") { 9 } else { 16 };

/// Whether a convolution is faster so: where the transforms are little beside the products. Those that are to be
/// reproducible keep to one order of sums, whatever the size of an image.
pub fn pays(images: &Images<'_>) -> bool {
    let Images { shape, output_layout, is_reproducible, .. } = *images;
    let is_fitting = shape.kernel == [3, 3] && shape.stride == 1 && shape.groups == 1 && !is_reproducible;
    let tiles = output_layout.rows.div_ceil(2) * output_layout.cols.div_ceil(2);
    // What of the last tiles lies outside is computed in vain.
    let is_filled = output_layout.pixels() > 3 * tiles;
    is_fitting && shape.inputs >= 32 && shape.outputs >= PANEL && tiles >= WORTH_IT && is_filled
}

pub fn run(product: &Product, images: &Images<'_>, output: &mut [f32]) {
    let Images { shape, output_layout, .. } = *images;
    let cols = output_layout.cols.div_ceil(2);
    let tiles = output_layout.rows.div_ceil(2) * cols;
    let row = shape.inputs.next_multiple_of(tasks::lanes());
    let output = Shared(output.as_mut_ptr());
    let bands = tiles.div_ceil((BAND / (PLANES * row)).max(STRIP));
    let band = tiles.div_ceil(bands);
    let mut numbers: Vec<f32> = Vec::with_capacity(PLANES * (band * row + GAP));
    for first in (0..tiles).step_by(band) {
        let count = band.min(tiles - first);
        let band = Band { product, images, output, cols, first, row, plane: count * row + GAP };
        let to = Shared(numbers.as_mut_ptr());
        tasks::for_each(count.div_ceil(STRIP), count * PLANES * row, |task| {
            let tiles = task * STRIP..((task + 1) * STRIP).min(count);
            tasks::in_vectors(Inputs { band: &band, to, tiles });
        });
        let panels = &product.panels;
        let work = count * PLANES * shape.inputs * shape.outputs;
        tasks::for_each(panels.len() * count.div_ceil(TASK_TILES), work, |task| {
            let begin = task / panels.len() * TASK_TILES;
            let tiles = begin..(begin + TASK_TILES).min(count);
            tasks::in_vectors(Outputs { band: &band, inputs: to, panel: panels[task % panels.len()], tiles });
        });
    }
}

/// Some tiles of an image, one after the other.
struct Band<'a> {
    product: &'a Product,
    images: &'a Images<'a>,
    output: Shared<f32>,
    /// Tiles side by side.
    cols: usize,
    first: usize,
    /// Numbers of a tile in a plane, and from a plane to the next.
    row: usize,
    plane: usize,
}

impl Band<'_> {
    /// The row and the column of a tile's first pixel.
    fn pixel(&self, tile: usize) -> [usize; 2] {
        let tile = self.first + tile;
        [tile / self.cols * 2, tile % self.cols * 2]
    }
}

/// Transforms tiles of the image.
struct Inputs<'a> {
    band: &'a Band<'a>,
    to: Shared<f32>,
    tiles: Range<usize>,
}

impl WithSimd for Inputs<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Band { images, row, plane, .. } = *self.band;
        let Images { input, input_layout, padding, output_layout, .. } = *images;
        let corner = input_layout.at(0, 0) - padding[0] * input_layout.pitch() - padding[1] * input_layout.channels;
        for tile in self.tiles {
            let [y, x] = self.band.pixel(tile);
            // What lies beyond the last window goes only into pixels that are not written: anything will do.
            let rows = [y, y + 1, y + 2, (y + 3).min(output_layout.rows + 1)];
            let cols = [x, x + 1, x + 2, (x + 3).min(output_layout.cols + 1)];
            let last = corner + rows[3] * input_layout.pitch() + cols[3] * input_layout.channels;
            debug_assert!(last + row <= input.len(), "a tile reaches beyond {input_layout:?}");
            for channel in (0..row).step_by(S::F32_LANES) {
                // SAFETY: `Conv::run` saw to it that every window lies in the input, behind which are numbers enough for
                // a vector; a plane has a row for every tile.
                unsafe {
                    let mut numbers = [[simd.splat_f32s(0.0); 4]; 4];
                    for r in 0..4 {
                        for c in 0..4 {
                            let at = corner + rows[r] * input_layout.pitch() + cols[c] * input_layout.channels;
                            numbers[r][c] = load::<S>(input.as_ptr().add(at + channel));
                        }
                    }
                    let numbers = transformed_tile(simd, numbers);
                    for p in 0..PLANES {
                        store::<S>(self.to.at(p * plane + tile * row + channel), numbers[p / 4][p % 4]);
                    }
                }
            }
        }
    }
}

/// Computes a panel of outputs for some tiles.
struct Outputs<'a> {
    band: &'a Band<'a>,
    inputs: Shared<f32>,
    panel: Panel,
    tiles: Range<usize>,
}

impl WithSimd for Outputs<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Band { images, row, plane, .. } = *self.band;
        let (inputs, width) = (images.shape.inputs, self.panel.width);
        let of_plane = inputs * width;
        let mut weights: Vec<f32> = Vec::with_capacity(PLANES * (of_plane + GAP));
        let weights = weights.as_mut_ptr();
        self.transform_weights(simd, weights);
        let mut sums = [0.0; PLANES * PLANE_OF_SUMS];
        let windows: [usize; STRIP] = core::array::from_fn(|tile| tile * row);
        let pixels: [usize; STRIP] = core::array::from_fn(|tile| tile * PANEL);
        for begin in self.tiles.clone().step_by(STRIP) {
            let count = STRIP.min(self.tiles.end - begin);
            for p in 0..PLANES {
                // SAFETY: the tiles were transformed before, and the weights above.
                let (input, weights) = unsafe {
                    (
                        core::slice::from_raw_parts(self.inputs.at(p * plane + begin * row), count * row),
                        core::slice::from_raw_parts(weights.add(p * (of_plane + GAP)), of_plane),
                    )
                };
                let task = PanelTask {
                    input,
                    windows: &windows[..count],
                    runs: &[0],
                    length: inputs,
                    weights,
                    bias: &[0.0; PANEL],
                    added: None,
                    range: EVERYTHING,
                    output: Shared(sums[p * PLANE_OF_SUMS..].as_mut_ptr()),
                    pixels: &pixels[..count],
                    channels: width,
                    width,
                    is_fused: images.is_fused(),
                };
                // Compiled for these constants, so not by `tasks::in_vectors`: in a wasm it is a tenth faster.
                task.with_simd(simd);
            }
            self.write(simd, &sums, begin..begin + count);
        }
    }
}

impl Outputs<'_> {
    #[inline(always)]
    fn transform_weights<S: Simd>(&self, simd: S, to: *mut f32) {
        let of_plane = self.band.images.shape.inputs * self.panel.width;
        let from = self.band.product.weights[self.panel.weights..][..9 * of_plane].as_ptr();
        for at in (0..of_plane).step_by(S::F32_LANES) {
            // SAFETY: a panel's weights are whole vectors, tap by tap, and there is room for 16 planes of them.
            unsafe {
                let mut window = [[simd.splat_f32s(0.0); 3]; 3];
                for tap in 0..9 {
                    window[tap / 3][tap % 3] = load::<S>(from.add(tap * of_plane + at));
                }
                let window = transformed_window(simd, window);
                for p in 0..PLANES {
                    store::<S>(to.add(p * (of_plane + GAP) + at), window[p / 4][p % 4]);
                }
            }
        }
    }

    /// Transforms the sums of some tiles back, and writes the pixels that are in the image.
    #[inline(always)]
    fn write<S: Simd>(&self, simd: S, sums: &[f32], tiles: Range<usize>) {
        let Images { epilogue, output_layout, .. } = *self.band.images;
        let Panel { channel, channels, bias, .. } = self.panel;
        let (low, high) = (simd.splat_f32s(epilogue.range.0), simd.splat_f32s(epilogue.range.1));
        for (at, tile) in tiles.enumerate() {
            let [y, x] = self.band.pixel(tile);
            for lane in (0..channels).step_by(S::F32_LANES) {
                // SAFETY: `Conv::run` saw to it that every pixel lies in the output, and that what is added is of its
                // shape; sums and biases are whole vectors.
                unsafe {
                    let mut planes = [[simd.splat_f32s(0.0); 4]; 4];
                    for p in 0..PLANES {
                        planes[p / 4][p % 4] = load::<S>(sums.as_ptr().add(p * PLANE_OF_SUMS + at * PANEL + lane));
                    }
                    let pixels = tile_of(simd, planes);
                    let bias = load::<S>(self.band.product.bias.as_ptr().add(bias + lane));
                    for pixel in 0..4 {
                        let (row, col) = (y + pixel / 2, x + pixel % 2);
                        if row >= output_layout.rows || col >= output_layout.cols {
                            continue;
                        }
                        let mut sum = simd.add_f32s(pixels[pixel / 2][pixel % 2], bias);
                        if let Some((added, layout)) = epilogue.added {
                            let added = added.as_ptr().add(layout.at(row, col) + channel + lane);
                            sum = simd.add_f32s(sum, load::<S>(added));
                        }
                        let to = self.band.output.at(output_layout.at(row, col) + channel + lane);
                        store_some::<S, 1>(to, [clamp(simd, sum, low, high)], (channels - lane).min(S::F32_LANES));
                    }
                }
            }
        }
    }
}
