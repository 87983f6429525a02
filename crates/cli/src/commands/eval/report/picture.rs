//! Pictures within the report itself: a photo made small, and where the model looked as a veil over it.

use std::io::Cursor;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder, ImageError};
use sightline::photo::Limits;

use crate::inputs::{PhotoFailure, read_photo};
use crate::pictures::fitted;

/// Pixels along the longer side.
const SIDE: u32 = 200;
/// Of JPEG, out of 100.
const QUALITY: u8 = 72;
/// How much of the photo the veil hides where the model did not look.
const VEIL: f32 = 0.82;

/// A small photo, and its size in pixels.
#[derive(Debug)]
pub struct Picture {
    /// A `data:` address.
    pub address: String,
    pub width: u32,
    pub height: u32,
}

impl Picture {
    pub fn read(path: &Path) -> Result<Self, PhotoFailure> {
        let small = fitted(&read_photo(path, &Limits::default())?, SIDE);
        let mut jpeg = Vec::new();
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&small).map_err(unwritten)?;
        Ok(Self { address: address("image/jpeg", &jpeg), width: small.width(), height: small.height() })
    }
}

fn unwritten(error: ImageError) -> PhotoFailure {
    PhotoFailure::Unreadable(error.to_string())
}

/// A veil of a pixel for each cell, as a `data:` address: clear where a word's weights are greatest, dark where they are
/// 0. A browser stretches it smoothly.
pub fn veil(weights: &[f32], cols: usize) -> Result<String, ImageError> {
    let greatest = weights.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    let opacity = |weight: &f32| (255.0 * VEIL * (1.0 - (weight / greatest).max(0.0).sqrt())).round() as u8;
    let pixels: Vec<u8> = weights.iter().flat_map(|weight| [0, opacity(weight)]).collect();
    let (width, height) = (cols as u32, (weights.len() / cols.max(1)) as u32);
    let mut png = Cursor::new(Vec::new());
    PngEncoder::new(&mut png).write_image(&pixels, width, height, ExtendedColorType::La8)?;
    Ok(address("image/png", png.get_ref()))
}

fn address(kind: &str, bytes: &[u8]) -> String {
    format!("data:{kind};base64,{}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_veil_is_clear_where_the_model_looked() {
        let address = veil(&[0.0, 0.25, 1.0, 0.0, 0.0, 0.0], 3).unwrap();
        let png = STANDARD.decode(address.strip_prefix("data:image/png;base64,").unwrap()).unwrap();
        let veil = image::load_from_memory(&png).unwrap().into_luma_alpha8();
        assert_eq!(veil.dimensions(), (3, 2));
        assert_eq!(veil.pixels().map(|pixel| pixel.0[1]).collect::<Vec<_>>(), [209, 105, 0, 209, 209, 209]);
    }
}
