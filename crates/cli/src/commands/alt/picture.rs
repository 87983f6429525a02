//! The picture that an image shows: where it is, and what its file holds.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use data_url::DataUrl;
use sightline::captioner::CaptionError;
use sightline::hash::sha256;
use sightline::photo::{Limits, Photo, PhotoError};
use sightline_alt::{Image, SitePath};

use crate::inputs::{PhotoFailure, photo_bytes};
use crate::json_error::JsonError;

/// Smaller pictures are bullets, lines and what holds a place open. A caption of one would be wrong.
const MIN_SIDE: u32 = 16;

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Picture {
    /// Where it lies, and the path to it from the site's root, if it can be written down.
    File { path: PathBuf, in_site: Option<String> },
    /// In the page itself, as a `data:` address.
    Data(String),
}

/// Why an image gets no text.
#[derive(Debug, thiserror::Error)]
pub enum PictureFailure {
    #[error("the tag names no picture")]
    NoSource,
    #[error("it is on another site, and nothing is fetched from there")]
    Elsewhere,
    #[error("the page's <base> is {0}, and nothing is fetched from another site")]
    BaseElsewhere(String),
    #[error("it lies above {}, where the site begins; --root names another folder", .0.display())]
    Above(PathBuf),
    #[error("a link leads out of {}, where the site begins, to {}; --root names a folder that has both", .root.display(), .real.display())]
    LeadsOut { root: PathBuf, real: PathBuf },
    #[error("{} is no file", .0.display())]
    NoFile(PathBuf),
    #[error("there is no {}; --root names the folder where the site begins", .0.display())]
    Missing(PathBuf),
    #[error("the data in its address is damaged")]
    Data,
    #[error("it has {}×{} pixels, too few for a photo; if it is decoration, alt=\"\" says so", .0.0, .0.1)]
    TooSmall((u32, u32)),
    #[error("it is not a photo that the model knows; --any-photo captions it all the same")]
    Unfamiliar,
    #[error("the model says nothing about it that has a word in it; write a text by hand")]
    NoWords,
    #[error("no text can be written at this place; write it by hand")]
    NoPlace,
    #[error(transparent)]
    Caption(#[from] PhotoFailure),
}

impl PictureFailure {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSource => "no-source",
            Self::Elsewhere | Self::BaseElsewhere(_) => "elsewhere",
            Self::Above(_) | Self::LeadsOut { .. } => "outside",
            Self::NoFile(_) => "unreadable",
            Self::Missing(_) => "missing",
            Self::Data => "image-corrupt",
            Self::TooSmall(_) => "too-small",
            Self::Unfamiliar | Self::NoWords => "unfamiliar",
            Self::NoPlace => "no-place",
            Self::Caption(failure) => failure.code(),
        }
    }
}

impl From<PhotoError> for PictureFailure {
    fn from(error: PhotoError) -> Self {
        Self::Caption(error.into())
    }
}

impl From<CaptionError> for PictureFailure {
    fn from(error: CaptionError) -> Self {
        Self::Caption(error.into())
    }
}

impl From<PictureFailure> for JsonError {
    fn from(failure: PictureFailure) -> Self {
        Self { code: failure.code(), message: failure.to_string() }
    }
}

impl Picture {
    /// The picture of an image whose address begins from this folder of a site. The site is its root with no links on
    /// the way.
    pub fn of(image: &Image, folder: &SitePath, root: &Path, site: &Path) -> Result<Self, PictureFailure> {
        let address = image.source.as_ref().ok_or(PictureFailure::NoSource)?;
        match folder.follow(address) {
            SitePath::Here(below) => {
                let path = root.join(&below);
                match path.canonicalize() {
                    Ok(real) if !real.starts_with(site) => {
                        Err(PictureFailure::LeadsOut { root: root.to_path_buf(), real })
                    }
                    _ => Ok(Self::File { in_site: written_path(&below), path }),
                }
            }
            SitePath::Above => Err(PictureFailure::Above(root.to_path_buf())),
            SitePath::Elsewhere(address) if DataUrl::process(&address).is_ok() => Ok(Self::Data(address)),
            place @ SitePath::Elsewhere(_) if place != *folder => Err(PictureFailure::Elsewhere),
            SitePath::Elsewhere(base) => Err(PictureFailure::BaseElsewhere(base)),
        }
    }

    /// Whether the book of texts can have an entry for it.
    pub fn has_entry(&self) -> bool {
        matches!(self, Self::File { in_site: Some(_), .. })
    }

    pub fn bytes(&self) -> Result<Vec<u8>, PictureFailure> {
        match self {
            Self::File { path, .. } if !path.exists() => Err(PictureFailure::Missing(path.clone())),
            // A pipe would wait for somebody to write into it.
            Self::File { path, .. } if !path.is_file() => Err(PictureFailure::NoFile(path.clone())),
            Self::File { path, .. } => Ok(photo_bytes(path, &Limits::default())?),
            Self::Data(address) => {
                let data = DataUrl::process(address).ok().and_then(|data| data.decode_to_vec().ok());
                data.map(|(bytes, _)| bytes).ok_or(PictureFailure::Data)
            }
        }
    }
}

/// By what the book of texts knows a picture.
pub fn hash_of(bytes: &[u8]) -> String {
    sha256(bytes)
}

/// What can be captioned in the bytes of a picture.
pub fn photo_in(bytes: &[u8]) -> Result<Photo, PictureFailure> {
    let photo = Photo::decode(bytes, &Limits::default())?;
    let (width, height) = photo.dimensions();
    if width.min(height) < MIN_SIDE { Err(PictureFailure::TooSmall((width, height))) } else { Ok(photo) }
}

/// A path below a site's root as the book of texts writes it.
pub fn written_path(path: &Path) -> Option<String> {
    let parts: Option<Vec<Cow<str>>> = path.iter().map(|part| part.to_str().map(Cow::from)).collect();
    parts.map(|parts| parts.join("/"))
}
