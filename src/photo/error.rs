//! Every way in which a file can be no photo.

use crate::error_code::ErrorCode;
use crate::humanize::thousands;

/// Why a file gave no photo. The message is a sentence for a person, without the file's name.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    #[error("the file is empty")]
    Empty,
    #[error("{0} is not supported; convert it to JPEG, PNG or WebP")]
    Unsupported(&'static str),
    #[error("a video is not supported; save a frame of it as JPEG or PNG")]
    Video,
    #[error("this kind of {format} is not supported ({reason}); save it as an ordinary JPEG or PNG")]
    UnsupportedKind { format: &'static str, reason: String },
    #[error("this is no image that is known here; JPEG, PNG, WebP, GIF and BMP are")]
    Unknown,
    #[error("the photo has {width}×{height} pixels; at most {limit} megapixels are taken, so make it smaller first")]
    TooManyPixels { width: u32, height: u32, limit: f64 },
    #[error("the photo has {width}×{height} pixels; neither side may have more than {limit}, so make it smaller first")]
    TooLong { width: u32, height: u32, limit: u32 },
    #[error("the file has more than {} bytes; no photo of a size that is taken has", thousands(limit))]
    FileTooLarge { limit: u64 },
    #[error("the {format} file needs more memory than a photo is given; make it smaller first")]
    TooMuchMemory { format: &'static str },
    #[error(
        "the photo needs {} bytes decoded; at most {} are taken, so make it smaller first",
        thousands(bytes),
        thousands(limit)
    )]
    TooManyBytes { bytes: u64, limit: u64 },
    #[error("the {format} file ends before the picture does; get a complete copy of it")]
    Truncated { format: &'static str },
    #[error("{bytes} bytes are no {width}×{height} pixels of four bytes each")]
    Pixels { width: u32, height: u32, bytes: usize },
    #[error("the {format} file is damaged: {reason}")]
    Damaged { format: &'static str, reason: String },
}

impl PhotoError {
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Empty | Self::Unsupported(_) | Self::UnsupportedKind { .. } | Self::Video | Self::Unknown => {
                ErrorCode::UnsupportedImage
            }
            Self::TooManyPixels { .. }
            | Self::TooManyBytes { .. }
            | Self::TooLong { .. }
            | Self::FileTooLarge { .. }
            | Self::TooMuchMemory { .. } => ErrorCode::ImageTooLarge,
            Self::Truncated { .. } | Self::Damaged { .. } | Self::Pixels { .. } => ErrorCode::ImageCorrupt,
        }
    }
}
