//! The kernels that a photo meets first, in colours.

use std::io::Write;

use anyhow::Context;
use image::{Rgb, RgbImage};
use sightline::Captioner;
use sightline::inspection::Kernels;
use sightline::photo::Photo;

use super::tiles::wall;
use super::view::{Numbers, View};

/// Pixels along a side of a tile.
const SIDE: u32 = 56;

pub async fn look(captioner: &Captioner, photo: &Photo) -> anyhow::Result<Kernels> {
    let kernels = captioner.kernels(photo).await?;
    kernels.with_context(|| format!("{} does not begin with a convolution", captioner.about().name))
}

/// Grey where a weight is 0; the greatest of the kernel, whatever its sign and its colour, is full.
fn tile(weights: &[f32], [channels, rows, cols]: [usize; 3]) -> RgbImage {
    let greatest = weights.iter().map(|weight| weight.abs()).fold(f32::MIN_POSITIVE, f32::max);
    RgbImage::from_fn(cols as u32, rows as u32, |x, y| {
        // A network for grey photos has one channel.
        let level = |channel: usize| {
            let weight = weights[(channel.min(channels - 1) * rows + y as usize) * cols + x as usize];
            (127.5 + 127.5 * weight / greatest).round() as u8
        };
        Rgb([0, 1, 2].map(level))
    })
}

impl View for Kernels {
    fn tell(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        let [kernels, channels, height, width] = self.shape;
        let [_, rows, cols] = self.responses.shape;
        let [before, after] = self.padding;
        writeln!(out, "{kernels} kernels of {channels}×{height}×{width}, with the norm behind them folded in")?;
        writeln!(
            out,
            "stride {}, {before} zeros before and {after} after, {kernels} maps of {rows}×{cols}",
            self.stride
        )
    }

    fn picture(&self) -> RgbImage {
        let [_, channels, rows, cols] = self.shape;
        let weights = self.values.chunks(channels * rows * cols);
        wall(&weights.map(|weights| tile(weights, [channels, rows, cols])).collect::<Vec<_>>(), SIDE)
    }

    fn numbers(&self) -> Vec<Numbers<'_>> {
        vec![
            Numbers { name: "kernels", shape: self.shape.to_vec(), values: vec![&self.values] },
            Numbers { name: "responses", shape: self.responses.shape.to_vec(), values: vec![&self.responses.values] },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_grey_and_the_greatest_weight_is_full() {
        let coloured = tile(&[0.0, 1.0, -2.0, 0.0, 0.0, 0.5], [3, 1, 2]);
        assert_eq!([coloured.get_pixel(0, 0).0, coloured.get_pixel(1, 0).0], [[128, 0, 128], [191, 128, 159]]);
        let grey = tile(&[0.0, 0.25], [1, 1, 2]);
        assert_eq!([grey.get_pixel(0, 0).0, grey.get_pixel(1, 0).0], [[128; 3], [255; 3]]);
        assert_eq!(tile(&[0.0], [1, 1, 1]).get_pixel(0, 0).0, [128; 3]);
    }
}
