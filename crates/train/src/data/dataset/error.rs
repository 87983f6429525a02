//! Every way in which a data set can be unusable. Each names the file, and the way out.

use std::path::{Path, PathBuf};

use super::left_out::LeftOut;
use super::split::Split;
use sightline::humanize::thousands;

#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    #[error("{}: {reason}", file.display())]
    Io { file: PathBuf, reason: std::io::Error },
    #[error("{}: there is no such folder; give the one that holds the photos", folder.display())]
    ImageFolder { folder: PathBuf },
    #[error(
        "{}: not a captions file of a known format; known are a CSV file with the header image,caption, lines of \
         name.jpg#0<TAB>caption, COCO captions JSON (images and annotations), and Karpathy's split JSON (images with \
         sentences)",
        file.display()
    )]
    Unrecognised { file: PathBuf },
    #[error("{}: looks like {format}, but is not readable as such: {reason}", file.display())]
    Json { file: PathBuf, format: &'static str, reason: String },
    #[error(
        "{}: {} of {} lines are unreadable, the first is {place}: {reason}; mend the file or get it again",
        file.display(), thousands(*unreadable), thousands(*lines)
    )]
    MostlyUnreadable { file: PathBuf, unreadable: usize, lines: usize, place: String, reason: String },
    #[error("{}: there is no caption in it", file.display())]
    NoCaptions { file: PathBuf },
    #[error(
        "{}: holds none of the {} photos that {} names, such as {example}; give the folder that they are in",
        images.display(), thousands(*photos), captions.display()
    )]
    NoPhotos { captions: PathBuf, images: PathBuf, photos: usize, example: String },
    #[error(
        "{}: says nothing about splits; give lists of names, or shares to be drawn by a seed",
        file.display()
    )]
    NoSplits { file: PathBuf },
    #[error("{}: line {line}: {name:?} may be {first:?} or {second:?}; write the whole name", file.display())]
    Ambiguous { file: PathBuf, line: usize, name: String, first: String, second: String },
    #[error("the photo {name:?} is in the splits {first} and {second}; take it out of one")]
    TwoSplits { name: String, first: Split, second: Split },
    #[error("the split {split} has no photo that can be used; give it others{left_out}")]
    EmptySplit { split: Split, left_out: String },
    #[error("the share of the split {split} is {share}; a share is at least 0 and less than 1")]
    Share { split: Split, share: f64 },
    #[error(
        "validation and test take {} photos, and there are {}; leave some to train on",
        thousands(*taken), thousands(*photos)
    )]
    NothingToTrain { taken: usize, photos: usize },
}

impl DatasetError {
    pub(super) fn io(file: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let file = file.to_path_buf();
        move |reason| Self::Io { file, reason }
    }

    pub(super) fn empty_split(split: Split, left_out: &LeftOut) -> Self {
        let lines = left_out.lines();
        let left_out = if lines.is_empty() { String::new() } else { format!(", or mend these: {}", lines.join("; ")) };
        Self::EmptySplit { split, left_out }
    }
}
