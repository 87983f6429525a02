//! The picture that an image shows, and a caption for it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use data_url::DataUrl;

use crate::captioner::{CaptionError, CaptionOptions, Captioner};
use crate::cli::caption::{self, LineError};
use crate::html::{Image, Place};
use crate::photo::{Limits, Photo, PhotoError};

/// Smaller pictures are bullets, lines and what holds a place open. A caption of one would be wrong.
const LEAST_SIDE: u32 = 16;

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum Picture {
    File(PathBuf),
    /// In the page itself, as a `data:` address.
    Data(String),
}

/// Why an image gets no text.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
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
    #[error(transparent)]
    Caption(#[from] caption::Failure),
}

impl Failure {
    fn code(&self) -> &'static str {
        match self {
            Self::NoSource => "no-source",
            Self::Elsewhere | Self::BaseElsewhere(_) => "elsewhere",
            Self::Above(_) => "outside",
            Self::Missing(_) => "missing",
            Self::Data => "image-corrupt",
            Self::TooSmall(_) => "too-small",
            Self::Caption(failure) => failure.code(),
        }
    }
}

impl From<PhotoError> for Failure {
    fn from(error: PhotoError) -> Self {
        Self::Caption(error.into())
    }
}

impl From<CaptionError> for Failure {
    fn from(error: CaptionError) -> Self {
        Self::Caption(error.into())
    }
}

impl From<Failure> for LineError {
    fn from(failure: Failure) -> Self {
        Self { code: failure.code(), message: failure.to_string() }
    }
}

impl Picture {
    /// The picture of an image whose address begins from this folder of a site.
    pub fn of(image: &Image, folder: &Place, root: &Path) -> Result<Self, Failure> {
        let address = &image.source.as_ref().ok_or(Failure::NoSource)?.address;
        match folder.follow(address) {
            Place::Here(path) => Ok(Self::File(root.join(path))),
            Place::Above => Err(Failure::Above(root.to_path_buf())),
            Place::Elsewhere(address) if DataUrl::process(&address).is_ok() => Ok(Self::Data(address)),
            place @ Place::Elsewhere(_) if place != *folder => Err(Failure::Elsewhere),
            Place::Elsewhere(base) => Err(Failure::BaseElsewhere(base)),
        }
    }

    fn open(&self) -> Result<Photo, Failure> {
        let limits = Limits::default();
        let photo = match self {
            Self::File(path) if !path.exists() => return Err(Failure::Missing(path.clone())),
            Self::File(path) => caption::read(path, &limits)?,
            Self::Data(address) => {
                let data = DataUrl::process(address).ok().and_then(|data| data.decode_to_vec().ok());
                let (bytes, _) = data.ok_or(Failure::Data)?;
                Photo::decode(&bytes, &limits)?
            }
        };
        let (width, height) = photo.dimensions();
        if width.min(height) < LEAST_SIDE { Err(Failure::TooSmall((width, height))) } else { Ok(photo) }
    }
}

/// Captions each picture once, in however many pages it is.
pub struct Teller {
    captioner: Captioner,
    options: CaptionOptions,
    told: HashMap<Picture, Result<String, LineError>>,
}

impl Teller {
    pub fn new(captioner: Captioner, options: CaptionOptions) -> Self {
        Self { captioner, options, told: HashMap::new() }
    }

    pub fn tell(&mut self, picture: Picture) -> Result<String, LineError> {
        if let Some(told) = self.told.get(&picture) {
            return told.clone();
        }
        let told = picture.open().and_then(|photo| Ok(self.captioner.caption(&photo, &self.options)?.text));
        let told = told.map_err(LineError::from);
        self.told.insert(picture, told.clone());
        told
    }
}
