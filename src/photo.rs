//! A photo's bytes → upright pixels → the encoder's input.
//!
//! The type of a file is read from its first bytes, never from its name. The whole photo is squashed to a square,
//! never cropped, so that the attention grid lies over the whole photo.

mod error;
mod format;
mod ink;
mod input;
mod jpeg;
mod limits;

use std::io::Cursor;
use std::time::Duration;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use image::codecs::{bmp::BmpDecoder, gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder, RgbImage, RgbaImage};
use web_time::Instant;

pub use error::PhotoError;
pub use format::begins_like_a_photo;
use format::{Format, webp_orientation};
use ink::{grey, white_on_black};
pub use input::InputSpec;
pub use limits::Limits;

/// Of four channels in 16 bits.
const PNG_PIXEL_BYTES: u64 = 8;
/// More than the largest of those that people use.
const PNG_PROFILE_BYTES: u64 = 4 << 20;

/// A decoded photo.
#[derive(Clone, Debug)]
pub struct Photo {
    pixels: RgbImage,
    /// How the pixels have to be turned. Turning waits until the photo is small, where it costs nothing.
    orientation: Orientation,
    /// How long it took to get here from the file's bytes.
    pub decode_time: Duration,
}

impl Photo {
    /// Reads a JPEG, PNG, WebP, GIF (its first frame) or BMP.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self, PhotoError> {
        let begin = Instant::now();
        let format = Format::of(bytes)?;
        let source = Cursor::new(bytes);
        let broken = |error| format.error(error);
        // Beside the pixels a decoder needs room of its own, which is no more than the pixels again.
        let mut memory = image::Limits::no_limits();
        memory.max_alloc = Some(limits.bytes.saturating_mul(2));
        let photo = match format {
            Format::Jpeg => {
                jpeg::check(bytes, limits)?;
                let mut decoder = JpegDecoder::new(source).map_err(broken)?;
                let orientation = decoder.orientation();
                Self::with_decoder(decoder, orientation.ok(), format, limits, memory)
            }
            Format::Png => {
                // On 32 bits the decoder fails over the product before it tells the sides.
                if let Some([w0, w1, w2, w3, h0, h1, h2, h3]) = bytes.get(16..24) {
                    let [width, height] = [[*w0, *w1, *w2, *w3], [*h0, *h1, *h2, *h3]].map(u32::from_be_bytes);
                    limits.check(format, (width, height))?;
                    // A small file may hold a colour profile of gigabytes. One that finds no room is left out.
                    let room = u64::from(width) * u64::from(height) * PNG_PIXEL_BYTES + PNG_PROFILE_BYTES;
                    memory.max_alloc = memory.max_alloc.map(|most| most.min(2 * room));
                }
                let mut decoder = PngDecoder::with_limits(source, memory.clone()).map_err(broken)?;
                let orientation = decoder.orientation();
                Self::with_decoder(decoder, orientation.ok(), format, limits, memory)
            }
            Format::WebP => {
                let decoder = WebPDecoder::new(source).map_err(broken)?;
                Self::with_decoder(decoder, webp_orientation(bytes), format, limits, memory)
            }
            Format::Gif => Self::with_decoder(GifDecoder::new(source).map_err(broken)?, None, format, limits, memory),
            Format::Bmp => Self::with_decoder(BmpDecoder::new(source).map_err(broken)?, None, format, limits, memory),
        };
        Ok(Self { decode_time: begin.elapsed(), ..photo? })
    }

    /// A square of grey.
    pub(crate) fn grey(side: u32) -> Self {
        let pixels = RgbImage::from_pixel(side, side, image::Rgb([128; 3]));
        Self { pixels, orientation: Orientation::NoTransforms, decode_time: Duration::ZERO }
    }

    /// From pixels that somebody else decoded and turned upright: red, green, blue and opacity, row by row.
    pub fn from_rgba(width: u32, height: u32, rgba: Vec<u8>, limits: &Limits) -> Result<Self, PhotoError> {
        let bytes = rgba.len();
        let pixels =
            RgbaImage::from_raw(width, height, rgba).filter(|pixels| bytes == 4 * pixels.pixels().len() && bytes > 0);
        let pixels = pixels.ok_or(PhotoError::Pixels { width, height, bytes })?;
        limits.check_sides((width, height))?;
        let pixels = over_white(DynamicImage::ImageRgba8(pixels));
        Ok(Self { pixels, orientation: Orientation::NoTransforms, decode_time: Duration::ZERO })
    }

    fn with_decoder(
        mut decoder: impl ImageDecoder,
        orientation: Option<Orientation>,
        format: Format,
        limits: &Limits,
        memory: image::Limits,
    ) -> Result<Self, PhotoError> {
        limits.check(format, decoder.dimensions())?;
        if decoder.total_bytes() > limits.bytes {
            return Err(PhotoError::TooManyBytes { bytes: decoder.total_bytes(), limit: limits.bytes });
        }
        decoder.set_limits(memory).map_err(|error| format.error(error))?;
        let decoded = DynamicImage::from_decoder(decoder).map_err(|error| format.error(error))?;
        Ok(Self {
            pixels: over_white(decoded),
            // A photo whose EXIF cannot be read is a photo that stands as it is.
            orientation: orientation.unwrap_or(Orientation::NoTransforms),
            decode_time: Duration::ZERO,
        })
    }

    /// Width and height as a person sees the photo.
    pub fn dimensions(&self) -> (u32, u32) {
        let (width, height) = self.pixels.dimensions();
        if self.is_lying() { (height, width) } else { (width, height) }
    }

    /// The pixels as a person sees the photo.
    pub fn upright(&self) -> RgbImage {
        let mut pixels = DynamicImage::ImageRgb8(self.pixels.clone());
        pixels.apply_orientation(self.orientation);
        pixels.into_rgb8()
    }

    fn is_lying(&self) -> bool {
        use Orientation::{Rotate90, Rotate90FlipH, Rotate270, Rotate270FlipH};
        matches!(self.orientation, Rotate90 | Rotate270 | Rotate90FlipH | Rotate270FlipH)
    }

    /// The whole photo, upright, squashed to a square; Pillow's anti-aliased bicubic.
    ///
    /// Both round to whole levels between the two passes, so the order of the passes shows: Pillow's is across the
    /// upright photo first, then down.
    pub fn squashed(&self, size: usize) -> RgbImage {
        self.squash(&self.pixels, size)
    }

    fn squash(&self, pixels: &RgbImage, size: usize) -> RgbImage {
        let side = size as u32;
        let (width, height) = pixels.dimensions();
        let half_way = if self.is_lying() { (width, side) } else { (side, height) };
        let square = resized(&resized(pixels, half_way), (side, side));
        let mut square = DynamicImage::ImageRgb8(square);
        square.apply_orientation(self.orientation);
        square.into_rgb8()
    }

    /// The encoder's input, `[channels, size, size]` row-major: `(x / 255 - mean) / std`.
    pub fn input(&self, spec: &InputSpec) -> Vec<f32> {
        let square = match spec.channels() {
            1 if spec.ink => self.squash(&three_channels(white_on_black(grey(&self.pixels))), spec.size),
            1 => self.squash(&three_channels(grey(&self.pixels)), spec.size),
            _ => self.squash(&self.pixels, spec.size),
        };
        let mut input = Vec::with_capacity(spec.channels() * spec.size * spec.size);
        for (channel, (mean, std)) in spec.mean.iter().zip(&spec.std).enumerate() {
            input.extend(square.pixels().map(|pixel| (f32::from(pixel.0[channel]) / 255.0 - mean) / std));
        }
        input
    }
}

/// Grey, as the one kind of pixels that is resized; with two, a page would download a third more (`node scripts/sizes.js`).
fn three_channels(grey: GrayImage) -> RgbImage {
    DynamicImage::ImageLuma8(grey).into_rgb8()
}

fn resized(image: &RgbImage, (width, height): (u32, u32)) -> RgbImage {
    let source = ImageRef::new(image.width(), image.height(), image.as_raw(), PixelType::U8x3)
        .expect("an RgbImage holds three bytes for each pixel");
    let mut result = Image::new(width, height, PixelType::U8x3);
    // CatmullRom is the cubic that Pillow calls BICUBIC.
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom));
    Resizer::new().resize(&source, &mut result, &options).expect("both images are of one pixel type");
    RgbImage::from_raw(width, height, result.into_vec()).expect("it was made of this size")
}

/// Eight bits, three channels; what shines through is white, as on most pages.
fn over_white(image: DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.into_rgb8();
    }
    let rgba = image.into_rgba8();
    let (width, height) = rgba.dimensions();
    let rgb = rgba.pixels().flat_map(|pixel| {
        let [red, green, blue, alpha] = pixel.0.map(u32::from);
        [red, green, blue].map(|value| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
    });
    RgbImage::from_raw(width, height, rgb.collect()).expect("three values were made of each pixel")
}
