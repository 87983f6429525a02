//! Photos of which each has a class: where they are, what they are called, which are learnt from and which judge.

mod error;
mod folder;
mod photos;
mod split;

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use sha2::{Digest, Sha256};
use sightline::hash;

use super::dataset::{Broken, LeftOut};
use super::idx::{IdxImages, begins_like_idx, read_labels};
use super::photo_list::PhotoList;
use crate::config::classify::DataConfig;

pub use error::LabelledError;
pub use photos::Photos;

/// What a model is judged by after each epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum JudgedBy {
    /// A share of the photos that was set aside.
    Validation,
    /// Photos that came as a test set.
    Test,
}

impl fmt::Display for JudgedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Validation => "Validation",
            Self::Test => "Test",
        })
    }
}

#[derive(Clone, Debug)]
pub struct LabelledPhotos {
    /// Names, in the order of their labels.
    pub classes: Vec<String>,
    /// All of them. A row is a place in it.
    pub photos: Photos,
    /// Of each row.
    pub labels: Vec<usize>,
    /// Rows to learn from.
    pub train: Vec<usize>,
    /// Rows to judge by.
    pub judge: Vec<usize>,
    pub judged_by: JudgedBy,
    pub left_out: LeftOut,
}

/// Photos with their labels, as one place holds them.
struct Source {
    photos: Photos,
    labels: Vec<usize>,
    classes: Vec<String>,
}

impl LabelledPhotos {
    pub fn read(data: &DataConfig) -> Result<Self, LabelledError> {
        let Source { mut photos, mut labels, classes } = Source::read(&data.images, data.labels.as_deref())?;
        check_classes(&data.images, &classes, &labels)?;
        let rows = labels.len();
        let (train, judge, judged_by) = match &data.test_images {
            None => {
                let (train, judge) = split::stratified(&classes, &labels, data.validation, data.split_seed);
                (train, judge, JudgedBy::Validation)
            }
            Some(images) => {
                let test = Source::read(images, data.test_labels.as_deref())?;
                labels.extend(test.labels_among(images, &classes)?);
                photos.add(test.photos);
                ((0..rows).collect(), (rows..labels.len()).collect(), JudgedBy::Test)
            }
        };
        let photos = Self { classes, photos, labels, train, judge, judged_by, left_out: LeftOut::default() };
        photos.check_rows()?;
        Ok(photos)
    }

    /// Leaves out rows whose photos turned out to be broken.
    pub fn leave_out(&mut self, broken: HashMap<usize, String>) -> Result<(), LabelledError> {
        for rows in [&mut self.train, &mut self.judge] {
            rows.retain(|row| !broken.contains_key(row));
        }
        let mut broken: Vec<(usize, String)> = broken.into_iter().collect();
        broken.sort();
        let named = broken.into_iter().map(|(row, reason)| Broken { name: self.photos.name(row), reason });
        self.left_out.broken.extend(named);
        self.check_rows()
    }

    /// Of how many training photos each class consists.
    pub fn training_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes.len()];
        self.train.iter().for_each(|row| counts[self.labels[*row]] += 1);
        counts
    }

    /// What distinguishes these photos and their labels from all others.
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        self.classes.iter().for_each(|class| hash.update(format!("{class}\0")));
        for rows in [&self.train, &self.judge] {
            for row in rows {
                hash.update(format!("{row} {}\0", self.labels[*row]));
                hash.update(self.photos.identity(*row));
            }
            hash.update("\0");
        }
        hash::hex(&hash.finalize())
    }

    fn check_rows(&self) -> Result<(), LabelledError> {
        let left_out = self.left_out.lines().join("; ");
        if self.judge.is_empty() {
            return Err(LabelledError::NothingToJudgeBy { left_out });
        }
        match self.training_counts().iter().position(|count| *count == 0) {
            Some(class) => Err(LabelledError::NothingToLearn { class: self.classes[class].clone(), left_out }),
            None => Ok(()),
        }
    }
}

impl Source {
    fn read(images: &Path, labels: Option<&Path>) -> Result<Self, LabelledError> {
        match labels {
            Some(labels) => Self::idx(images, labels),
            None if images.is_dir() => Self::folder(images),
            None if images.is_file() && begins_like_idx(images) => {
                Err(LabelledError::NoLabels { images: images.to_path_buf() })
            }
            None => Err(LabelledError::NoFolder { folder: images.to_path_buf() }),
        }
    }

    fn idx(images: &Path, file: &Path) -> Result<Self, LabelledError> {
        let pictures = IdxImages::read(images)?;
        let labels: Vec<usize> = read_labels(file)?.into_iter().map(usize::from).collect();
        if pictures.len() != labels.len() {
            let (images, file) = (images.to_path_buf(), file.to_path_buf());
            return Err(LabelledError::Counts { images, pictures: pictures.len(), file, labels: labels.len() });
        }
        // Those that there are: some data sets count from 1.
        let classes: BTreeSet<usize> = labels.iter().copied().collect();
        let classes: Vec<usize> = classes.into_iter().collect();
        let labels = labels.iter().filter_map(|label| classes.binary_search(label).ok()).collect();
        let classes = classes.iter().map(ToString::to_string).collect();
        Ok(Self { photos: Photos::of_idx(pictures), labels, classes })
    }

    fn folder(folder: &Path) -> Result<Self, LabelledError> {
        let (mut files, mut labels, mut classes) = (Vec::new(), Vec::new(), Vec::new());
        for (label, (class, photos)) in folder::classes(folder)?.into_iter().enumerate() {
            labels.extend(std::iter::repeat_n(label, photos.len()));
            files.extend(photos);
            classes.push(class);
        }
        Ok(Self { photos: Photos::of_folder(folder, files), labels, classes })
    }

    /// The labels, as they are where these classes are learnt.
    fn labels_among(&self, place: &Path, known: &[String]) -> Result<Vec<usize>, LabelledError> {
        let place_of = |class: &String| {
            known.iter().position(|name| name == class).ok_or_else(|| LabelledError::UnknownClass {
                place: place.to_path_buf(),
                class: class.clone(),
                known: shown(known),
            })
        };
        let used = |label: &usize| place_of(&self.classes[*label]);
        self.labels.iter().map(used).collect()
    }
}

fn check_classes(place: &Path, classes: &[String], labels: &[usize]) -> Result<(), LabelledError> {
    if classes.len() < 2 {
        return Err(LabelledError::OneClass { place: place.to_path_buf(), classes: shown(classes) });
    }
    let unused = (0..classes.len()).find(|label| !labels.contains(label));
    match unused {
        Some(label) => Err(LabelledError::EmptyClass { place: PathBuf::from(place), class: classes[label].clone() }),
        None => Ok(()),
    }
}

/// Names as a sentence has room for them.
fn shown(classes: &[String]) -> String {
    let more = if classes.len() > 12 { ", …" } else { "" };
    format!("{}{more}", classes.iter().take(12).cloned().collect::<Vec<_>>().join(", "))
}
