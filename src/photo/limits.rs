//! How large a photo may be.

use super::error::PhotoError;
use super::format::Format;

/// Checked before the pixels of a photo are given any memory.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub pixels: u64,
    /// Bytes of the decoded pixels, and of the file.
    pub bytes: u64,
    /// Pixels along the longer side. A thread of pixels is no photo, and resizing it takes memory beyond its own.
    pub side: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { pixels: 100_000_000, bytes: 512 << 20, side: 65_535 }
    }
}

impl Limits {
    pub(super) fn check(&self, format: Format, (width, height): (u32, u32)) -> Result<(), PhotoError> {
        if width == 0 || height == 0 {
            let reason = format!("it says that it has {width}×{height} pixels");
            return Err(PhotoError::Damaged { format: format.name(), reason });
        }
        self.check_sides((width, height))
    }

    pub(super) fn check_sides(&self, (width, height): (u32, u32)) -> Result<(), PhotoError> {
        if u64::from(width) * u64::from(height) > self.pixels {
            return Err(PhotoError::TooManyPixels { width, height, limit: self.pixels as f64 / 1e6 });
        }
        if width.max(height) > self.side {
            return Err(PhotoError::TooLong { width, height, limit: self.side });
        }
        Ok(())
    }
}
