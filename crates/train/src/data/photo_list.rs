//! Photos in an order, each decoded when it is asked for: files, or pictures that lie side by side in one file.

use std::path::{Path, PathBuf};

use sightline::files::read_at_most;
use sightline::photo::{InputSpec, Limits, Photo, PhotoError};

pub trait PhotoList: Sync {
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What tells a photo from others without its pixels being decoded.
    fn identity(&self, photo: usize) -> Vec<u8>;

    /// The photo, or why there is none.
    fn decode(&self, photo: usize) -> Result<Photo, String>;

    /// What an encoder takes of it: `[channels, size, size]`
    fn input(&self, photo: usize, spec: &InputSpec) -> Result<Vec<f32>, String> {
        Ok(self.decode(photo)?.input(spec))
    }
}

impl PhotoList for [PathBuf] {
    fn len(&self) -> usize {
        <[PathBuf]>::len(self)
    }

    /// A photo that was replaced by another of the same length is not noticed; that is the price of not reading all.
    fn identity(&self, photo: usize) -> Vec<u8> {
        let path = &self[photo];
        let bytes = path.metadata().map_or(0, |metadata| metadata.len());
        let name = path.file_name().unwrap_or_default().as_encoded_bytes();
        [name, format!("\0{bytes}\0").as_bytes()].concat()
    }

    fn decode(&self, photo: usize) -> Result<Photo, String> {
        decode(&self[photo])
    }
}

/// Reads and decodes a photo, or says why not.
pub fn decode(path: &Path) -> Result<Photo, String> {
    let limits = Limits::default();
    let bytes = read_at_most(path, limits.bytes).map_err(|error| error.to_string())?;
    let photo = bytes.ok_or(PhotoError::FileTooLarge { limit: limits.bytes });
    photo.and_then(|bytes| Photo::decode(&bytes, &limits)).map_err(|error| error.to_string())
}
