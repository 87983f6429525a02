//! The file of a picture that is in the book, and nothing else of what lies on the disk.

use std::path::Path;

use image::ImageFormat;
use sightline::files::read_at_most;
use sightline::photo::Limits;

use super::super::picture::hash_of;

/// Why a picture is not shown.
#[derive(Debug, thiserror::Error)]
pub enum PhotoFailure {
    #[error("the book has no such picture")]
    Unknown,
    #[error("{file}: it cannot be read: {error}")]
    Unreadable { file: String, error: std::io::Error },
    #[error("{0}: a link leads out of the site, and nothing is shown from there")]
    Outside(String),
    #[error("{0}: the file has changed since its text was drafted; run sightline alt again")]
    Changed(String),
    #[error("{0}: it is no JPEG, PNG, WebP, GIF or BMP")]
    Format(String),
}

pub struct Photo {
    pub bytes: Vec<u8>,
    pub content_type: &'static str,
}

/// The photo that a book knows by this hash, in its file. The site is where it begins, with no links on the way.
pub fn photo(site: &Path, file: String, hash: &str) -> Result<Photo, PhotoFailure> {
    let path = match site.join(&file).canonicalize() {
        Ok(path) if path.starts_with(site) => path,
        Ok(_) => return Err(PhotoFailure::Outside(file)),
        Err(error) => return Err(PhotoFailure::Unreadable { file, error }),
    };
    match read_at_most(&path, Limits::default().bytes) {
        Ok(Some(bytes)) if hash_of(&bytes) == hash => match content_type(&bytes) {
            Some(content_type) => Ok(Photo { bytes, content_type }),
            None => Err(PhotoFailure::Format(file)),
        },
        Ok(_) => Err(PhotoFailure::Changed(file)),
        Err(error) => Err(PhotoFailure::Unreadable { file, error }),
    }
}

fn content_type(bytes: &[u8]) -> Option<&'static str> {
    use ImageFormat::{Bmp, Gif, Jpeg, Png, WebP};
    let format = image::guess_format(bytes).ok()?;
    matches!(format, Jpeg | Png | WebP | Gif | Bmp).then(|| format.to_mime_type())
}
