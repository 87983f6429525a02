//! What a file's first bytes say it is, and what the decoders of the formats leave to us.

use image::ImageError;
use image::metadata::Orientation;

use super::error::PhotoError;

/// Whether the first bytes of a file are those of a photo, in a format that is supported or might be.
pub fn begins_like_a_photo(head: &[u8]) -> bool {
    match Format::of(head) {
        Ok(_) => true,
        Err(PhotoError::Unsupported(format)) => !matches!(format, "PDF" | "SVG"),
        Err(_) => false,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Format {
    Jpeg,
    Png,
    WebP,
    Gif,
    Bmp,
}

impl Format {
    pub fn of(bytes: &[u8]) -> Result<Self, PhotoError> {
        let brand = bytes.get(8..12).unwrap_or_default();
        match bytes {
            [] => Err(PhotoError::Empty),
            [0xFF, 0xD8, 0xFF, ..] => Ok(Self::Jpeg),
            [0x89, b'P', b'N', b'G', ..] => Ok(Self::Png),
            [b'R', b'I', b'F', b'F', ..] if brand == b"WEBP" => Ok(Self::WebP),
            [b'G', b'I', b'F', b'8', ..] => Ok(Self::Gif),
            // Text may begin with BM; the length of the next header tells a picture from it.
            [b'B', b'M', ..] if matches!(bytes.get(14..18), Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])) => {
                Ok(Self::Bmp)
            }
            [_, _, _, _, b'f', b't', b'y', b'p', ..] => Err(match brand {
                b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"hevm" | b"hevs" | b"mif1" | b"msf1" => {
                    PhotoError::Unsupported("HEIC")
                }
                b"avif" | b"avis" => PhotoError::Unsupported("AVIF"),
                b"crx " => PhotoError::Unsupported("a camera's raw file"),
                _ => PhotoError::Video,
            }),
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => {
                Err(PhotoError::Unsupported("TIFF (or a camera's raw file)"))
            }
            [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => Err(PhotoError::Unsupported("JPEG XL")),
            [b'%', b'P', b'D', b'F', ..] => Err(PhotoError::Unsupported("PDF")),
            _ if is_svg(bytes) => Err(PhotoError::Unsupported("SVG")),
            _ => Err(PhotoError::Unknown),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Bmp => "BMP",
        }
    }

    pub fn error(self, error: ImageError) -> PhotoError {
        let format = self.name();
        if ends_too_early(&error) {
            return PhotoError::Truncated { format };
        }
        match error {
            ImageError::Unsupported(error) => PhotoError::UnsupportedKind { format, reason: error.to_string() },
            ImageError::Limits(_) => PhotoError::TooMuchMemory { format },
            error => PhotoError::Damaged { format, reason: error.to_string() },
        }
    }
}

fn is_svg(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1024)];
    head.windows(4).any(|window| window == b"<svg")
}

/// Some decoders wrap the end of the file in errors of their own.
fn ends_too_early(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>()
            && error.kind() == std::io::ErrorKind::UnexpectedEof
        {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The orientation in a WebP's EXIF. The decoder would believe any length that the chunk gives, and does not know that
/// some writers put JPEG's `Exif` mark before the data.
pub(super) fn webp_orientation(bytes: &[u8]) -> Option<Orientation> {
    let mut chunks = bytes.get(12..)?;
    loop {
        let (header, rest) = chunks.split_at_checked(8)?;
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]) as usize;
        let data = rest.get(..length)?;
        if header.starts_with(b"EXIF") {
            return Orientation::from_exif_chunk(data.strip_prefix(b"Exif\0\0").unwrap_or(data));
        }
        // Chunks are padded to an even length.
        chunks = rest.get(length.checked_next_multiple_of(2)?..)?;
    }
}
