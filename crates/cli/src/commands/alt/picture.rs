//! The picture that an image shows, and a caption for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use data_url::DataUrl;
use sightline::captioner::CaptionError;
use sightline::photo::{Limits, Photo, PhotoError};
use sightline::{CaptionOptions, Captioner};
use sightline_alt::{Image, SitePath};

use crate::inputs::{PhotoFailure, read_photo};
use crate::json_error::JsonError;

/// Smaller pictures are bullets, lines and what holds a place open. A caption of one would be wrong.
const MIN_SIDE: u32 = 16;

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Picture {
    File(PathBuf),
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
    #[error("there is no {}; --root names the folder where the site begins", .0.display())]
    Missing(PathBuf),
    #[error("the data in its address is damaged")]
    Data,
    #[error("it has {}×{} pixels, too few for a photo; if it is decoration, alt=\"\" says so", .0.0, .0.1)]
    TooSmall((u32, u32)),
    #[error("it is not a photo that the model knows; --any-photo captions it all the same")]
    Unfamiliar,
    #[error(transparent)]
    Caption(#[from] PhotoFailure),
}

impl PictureFailure {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSource => "no-source",
            Self::Elsewhere | Self::BaseElsewhere(_) => "elsewhere",
            Self::Above(_) => "outside",
            Self::Missing(_) => "missing",
            Self::Data => "image-corrupt",
            Self::TooSmall(_) => "too-small",
            Self::Unfamiliar => "unfamiliar",
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
    /// The picture of an image whose address begins from this folder of a site.
    pub fn of(image: &Image, folder: &SitePath, root: &Path) -> Result<Self, PictureFailure> {
        let address = image.source.as_ref().ok_or(PictureFailure::NoSource)?;
        match folder.follow(address) {
            SitePath::Here(path) => Ok(Self::File(root.join(path))),
            SitePath::Above => Err(PictureFailure::Above(root.to_path_buf())),
            SitePath::Elsewhere(address) if DataUrl::process(&address).is_ok() => Ok(Self::Data(address)),
            place @ SitePath::Elsewhere(_) if place != *folder => Err(PictureFailure::Elsewhere),
            SitePath::Elsewhere(base) => Err(PictureFailure::BaseElsewhere(base)),
        }
    }

    fn open(&self) -> Result<Photo, PictureFailure> {
        let limits = Limits::default();
        let photo = match self {
            Self::File(path) if !path.exists() => return Err(PictureFailure::Missing(path.clone())),
            Self::File(path) => read_photo(path, &limits)?,
            Self::Data(address) => {
                let data = DataUrl::process(address).ok().and_then(|data| data.decode_to_vec().ok());
                let (bytes, _) = data.ok_or(PictureFailure::Data)?;
                Photo::decode(&bytes, &limits)?
            }
        };
        let (width, height) = photo.dimensions();
        if width.min(height) < MIN_SIDE { Err(PictureFailure::TooSmall((width, height))) } else { Ok(photo) }
    }
}

/// The captions of pictures, each captioned once, in however many pages it is.
pub struct PictureCaptions {
    captioner: Captioner,
    options: CaptionOptions,
    known: HashMap<Picture, Result<String, JsonError>>,
}

impl PictureCaptions {
    pub fn new(captioner: Captioner, options: CaptionOptions) -> Self {
        Self { captioner, options, known: HashMap::new() }
    }

    pub fn of(&mut self, picture: Picture) -> Result<String, JsonError> {
        if let Some(known) = self.known.get(&picture) {
            return known.clone();
        }
        let caption = self.caption(&picture).map_err(JsonError::from);
        self.known.insert(picture, caption.clone());
        caption
    }

    fn caption(&self, picture: &Picture) -> Result<String, PictureFailure> {
        let caption = self.captioner.caption(&picture.open()?, &self.options)?;
        match caption.familiar {
            Some(false) if !self.options.any_photo => Err(PictureFailure::Unfamiliar),
            _ => Ok(caption.hedged),
        }
    }
}
