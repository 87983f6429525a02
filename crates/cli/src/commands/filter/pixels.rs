//! Pixels of eight bits, as a filter takes and gives them.

use anyhow::Context;
use image::{DynamicImage, GrayImage, RgbImage};

#[derive(Clone, Debug, PartialEq)]
pub struct Pixels {
    pub width: usize,
    pub height: usize,
    /// Three for red, green and blue, one for grey.
    pub channels: usize,
    /// Row by row, the channels of a pixel side by side.
    pub values: Vec<u8>,
}

impl Pixels {
    pub fn colours(photo: RgbImage) -> Self {
        let (width, height) = photo.dimensions();
        Self { width: width as usize, height: height as usize, channels: 3, values: photo.into_raw() }
    }

    pub fn grey(photo: &RgbImage) -> Self {
        let brightness = |pixel: &image::Rgb<u8>| {
            let [red, green, blue] = pixel.0.map(f64::from);
            (0.299 * red + 0.587 * green + 0.114 * blue).round() as u8
        };
        let (width, height) = photo.dimensions();
        let values = photo.pixels().map(brightness).collect();
        Self { width: width as usize, height: height as usize, channels: 1, values }
    }

    /// With black all around: so many pixels left and above, so many right and below.
    pub fn surrounded(&self, [before, after]: [usize; 2]) -> Self {
        let Self { width, height, channels, values } = self;
        let (wide, high) = (width + before + after, height + before + after);
        let mut surrounded = vec![0; wide * high * channels];
        let rows = surrounded.chunks_mut(wide * channels).skip(before);
        for (to, from) in rows.zip(values.chunks(width * channels)) {
            to[before * channels..][..from.len()].copy_from_slice(from);
        }
        Self { width: wide, height: high, channels: *channels, values: surrounded }
    }

    pub fn change(&mut self, change: impl Fn(u8) -> u8) {
        // There are only so many values.
        let changed: [u8; 256] = std::array::from_fn(|value| change(value as u8));
        self.values.iter_mut().for_each(|value| *value = changed[usize::from(*value)]);
    }

    pub fn into_picture(self) -> anyhow::Result<DynamicImage> {
        let (width, height) = (u32::try_from(self.width)?, u32::try_from(self.height)?);
        let picture = match self.channels {
            1 => GrayImage::from_raw(width, height, self.values).map(DynamicImage::ImageLuma8),
            _ => RgbImage::from_raw(width, height, self.values).map(DynamicImage::ImageRgb8),
        };
        picture.context("there is a value for each channel of each pixel")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_lies_around() {
        let pixels = Pixels { width: 2, height: 1, channels: 1, values: vec![7, 8] };
        let values = vec![0, 0, 0, 0, 0, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(pixels.surrounded([1, 2]), Pixels { width: 5, height: 4, channels: 1, values });
    }

    #[test]
    fn grey_is_rounded() {
        // 0.299 · 10 + 0.587 · 20 + 0.114 · 30 = 18.15; of blue alone 0.114 · 5 = 0.57.
        let photo = RgbImage::from_raw(2, 1, vec![10, 20, 30, 0, 0, 5]).unwrap();
        assert_eq!(Pixels::grey(&photo).values, [18, 1]);
    }
}
