//! The files that people name, and what of the folders that they name.

mod list;
mod walk;

use std::io::Read;
use std::path::{Path, PathBuf};

use sightline::captioner::CaptionError;
use sightline::files::read_at_most;
use sightline::photo::{Limits, Photo, PhotoError, begins_like_a_photo};

pub use list::{ListError, NameEnd, names_in};
pub use walk::{Found, files_at};

/// Every file that the arguments name, in their order; folders are walked, and what is wanted of them is sorted by name.
pub fn files_under(paths: &[PathBuf], is_wanted: fn(&Path) -> bool, what: &'static str) -> Vec<Found> {
    paths.iter().flat_map(|path| files_at(path.clone(), is_wanted, what)).collect()
}

/// In a folder, what begins like a photo is one, and what is named like one was meant to be one.
pub fn is_photo(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let named = ["jpg", "jpeg", "jfif", "png", "webp", "gif", "bmp", "heic", "heif", "avif", "tif", "tiff", "jxl"];
    // Most need not be opened for it.
    extension.is_some_and(|extension| named.contains(&extension.as_str())) || {
        let mut head = Vec::new();
        let is_read = std::fs::File::open(path).and_then(|file| file.take(1024).read_to_end(&mut head)).is_ok();
        is_read && begins_like_a_photo(&head)
    }
}

/// Why one photo has no caption. The others go on.
#[derive(Debug, thiserror::Error)]
pub enum PhotoFailure {
    #[error("{0}")]
    Unreadable(String),
    #[error("the name is not UTF-8, so the file of captions could not tell it from others; rename the photo")]
    NameNotUtf8,
    #[error(transparent)]
    Photo(#[from] PhotoError),
    #[error(transparent)]
    Caption(#[from] CaptionError),
}

impl PhotoFailure {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::NameNotUtf8 => "bad-name",
            Self::Photo(error) => error.code().as_str(),
            Self::Caption(error) => error.code().as_str(),
        }
    }
}

pub fn read_photo(path: &Path, limits: &Limits) -> Result<Photo, PhotoFailure> {
    Ok(Photo::decode(&photo_bytes(path, limits)?, limits)?)
}

/// A photo as it lies on the disk.
pub fn photo_bytes(path: &Path, limits: &Limits) -> Result<Vec<u8>, PhotoFailure> {
    let bytes = read_at_most(path, limits.bytes).map_err(|error| PhotoFailure::Unreadable(error.to_string()))?;
    Ok(bytes.ok_or(PhotoError::FileTooLarge { limit: limits.bytes })?)
}
