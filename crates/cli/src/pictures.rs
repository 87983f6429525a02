//! Pictures out of photos: a photo made small in its own shape, and a picture as a PNG file.

use std::io::Cursor;
use std::path::Path;

use anyhow::Context;
use image::codecs::png::PngEncoder;
use image::imageops::{FilterType, resize};
use image::{DynamicImage, RgbImage};
use sightline::files::replace;
use sightline::photo::Photo;

/// The photo, upright, with so many pixels along its longer side.
pub fn fitted(photo: &Photo, side: u32) -> RgbImage {
    let (width, height) = fitted_size(photo.dimensions(), side);
    resize(&photo.squashed(side as usize), width, height, FilterType::CatmullRom)
}

fn fitted_size((width, height): (u32, u32), side: u32) -> (u32, u32) {
    let scale = f64::from(side) / f64::from(width.max(height).max(1));
    let scaled = |pixels: u32| ((f64::from(pixels) * scale).round() as u32).clamp(1, side);
    (scaled(width), scaled(height))
}

pub fn write_png(path: &Path, picture: &DynamicImage) -> anyhow::Result<()> {
    let name = || path.display().to_string();
    let mut png = Cursor::new(Vec::new());
    picture.write_with_encoder(PngEncoder::new(&mut png)).with_context(name)?;
    replace(path, png.get_ref()).with_context(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_photo_keeps_its_shape() {
        assert_eq!(fitted_size((4000, 3000), 200), (200, 150));
        assert_eq!(fitted_size((30, 60), 200), (100, 200));
        assert_eq!(fitted_size((10_000, 1), 200), (200, 1));
    }
}
