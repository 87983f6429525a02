//! The files that people name, and what of the folders that they name.

use std::io::Read;
use std::path::{Path, PathBuf};

use sightline::captioner::CaptionError;
use sightline::files::read_at_most;
use sightline::photo::{Limits, Photo, PhotoError, begins_like_a_photo};

/// Every file that the arguments name, in their order; folders are walked, and what is wanted of them is sorted by name.
pub fn files_under(paths: &[PathBuf], is_wanted: fn(&Path) -> bool, what: &str) -> Vec<(PathBuf, Result<(), String>)> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push((path.clone(), Ok(())));
            continue;
        }
        let before = files.len();
        let is_shown =
            |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
        for entry in
            walkdir::WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter().filter_entry(is_shown)
        {
            match entry {
                Ok(entry) if entry.file_type().is_file() && is_wanted(entry.path()) => {
                    files.push((entry.into_path(), Ok(())));
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(path).to_path_buf();
                    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    files.push((path, Err(reason)));
                }
            }
        }
        if files.len() == before {
            files.push((path.clone(), Err(format!("there is no {what} in this folder"))));
        }
    }
    files
}

/// In a folder, what begins like a photo is one, and what is named like one was meant to be one.
pub fn is_photo(path: &Path) -> bool {
    let mut head = Vec::new();
    let is_read = std::fs::File::open(path).and_then(|file| file.take(1024).read_to_end(&mut head)).is_ok();
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let named = ["jpg", "jpeg", "jfif", "png", "webp", "gif", "bmp", "heic", "heif", "avif", "tif", "tiff", "jxl"];
    extension.is_some_and(|extension| named.contains(&extension.as_str())) || (is_read && begins_like_a_photo(&head))
}

/// Why one photo has no caption. The others go on.
#[derive(Debug, thiserror::Error)]
pub enum PhotoFailure {
    #[error("{0}")]
    Unreadable(String),
    #[error(transparent)]
    Photo(#[from] PhotoError),
    #[error(transparent)]
    Caption(#[from] CaptionError),
}

impl PhotoFailure {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::Photo(error) => error.code().as_str(),
            Self::Caption(error) => error.code().as_str(),
        }
    }
}

pub fn read_photo(path: &Path, limits: &Limits) -> Result<Photo, PhotoFailure> {
    let bytes = read_at_most(path, limits.bytes).map_err(|error| PhotoFailure::Unreadable(error.to_string()))?;
    let bytes = bytes.ok_or(PhotoError::FileTooLarge { limit: limits.bytes });
    Ok(Photo::decode(&bytes?, limits)?)
}
