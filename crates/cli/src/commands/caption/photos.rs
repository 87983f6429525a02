//! The photos that are named by arguments, folders and lists, one after the other.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;

use super::names::{DoneNames, NameKey, Shard};
use crate::inputs::{Found, ListError, NameEnd, files_at, is_photo, names_in};

#[derive(Args)]
pub struct PhotoArguments {
    /// Photos (JPEG, PNG, WebP, GIF, BMP) and folders of photos
    #[arg(required_unless_present = "list", value_name = "PHOTO")]
    photos: Vec<PathBuf>,
    /// A file that names more photos and folders, one a line; - is the standard input
    #[arg(long, value_name = "FILE")]
    list: Option<PathBuf>,
    /// The names in the list end with NUL bytes, as find -print0 writes them
    #[arg(long, short = '0', requires = "list")]
    null: bool,
    /// Only one of several equal parts, such as 3/16; a photo's name says in which it is
    #[arg(long, value_name = "NUMBER/COUNT")]
    pub shard: Option<Shard>,
}

/// A photo to caption, or why there is none; and why no more names can be had.
pub type NamedPhoto = Result<Found, ListError>;

impl PhotoArguments {
    /// Whether this is one photo, whose caption needs no name beside it.
    pub fn is_single(&self) -> bool {
        self.list.is_none() && matches!(&self.photos[..], [photo] if !photo.is_dir())
    }

    /// How many there are, where nothing has to be walked or read to know.
    pub fn count(&self) -> Option<usize> {
        let is_known = self.list.is_none() && self.shard.is_none() && !self.photos.iter().any(|photo| photo.is_dir());
        is_known.then_some(self.photos.len())
    }

    /// All of them, in order, whatever was done before.
    pub fn open(&self) -> Result<impl Iterator<Item = NamedPhoto> + Send + use<>, ListError> {
        let end = if self.null { NameEnd::Nul } else { NameEnd::Line };
        let listed = self.list.as_deref().map(|list| names_in(list, end)).transpose()?;
        let names = self.photos.clone().into_iter().map(Ok).chain(listed.into_iter().flatten());
        let shard = self.shard;
        let photos = names.flat_map(|name| -> Box<dyn Iterator<Item = NamedPhoto> + Send> {
            match name {
                Ok(path) => Box::new(files_at(path, is_photo, "photo").map(Ok)),
                Err(error) => Box::new(std::iter::once(Err(error))),
            }
        });
        Ok(photos.filter(move |photo| shard.is_none_or(|shard| key_of(photo).is_none_or(|key| shard.holds(key)))))
    }
}

/// Leaves out the photos that were done before, and counts them.
pub fn without(
    photos: impl Iterator<Item = NamedPhoto> + Send,
    done: DoneNames,
    skipped: Arc<AtomicU64>,
) -> impl Iterator<Item = NamedPhoto> + Send {
    photos.filter(move |photo| {
        let is_done = key_of(photo).is_some_and(|key| done.contains(key));
        if is_done {
            skipped.fetch_add(1, Ordering::Relaxed);
        }
        !is_done
    })
}

fn key_of(photo: &NamedPhoto) -> Option<NameKey> {
    photo.as_ref().ok().map(|(path, _)| NameKey::of(&path.display().to_string()))
}
