//! Captioned photos: a captions file, the photos that it names, and which of them are trained on.

mod captions;
mod coco;
mod error;
mod flickr_csv;
mod flickr_token;
mod format;
mod karpathy;
mod report;
mod splits;
mod text;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use error::DatasetError;
pub use report::{Broken, Report, Unreadable};
pub use splits::{Lists, Portion, Splits};

use captions::Captions;

/// Where a data set is.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Flickr's `captions.txt` or `.token.txt`, COCO captions JSON, or Karpathy's split JSON.
    pub captions: PathBuf,
    /// The folder of the photos.
    pub images: PathBuf,
    pub splits: Splits,
}

/// What a photo is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Split {
    Train,
    Validation,
    Test,
}

impl Split {
    pub const ALL: [Self; 3] = [Self::Train, Self::Validation, Self::Test];
}

impl fmt::Display for Split {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Train => "train",
            Self::Validation => "validation",
            Self::Test => "test",
        })
    }
}

/// A photo with what people said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The name in the captions file, with the subfolder where there is one.
    pub name: String,
    pub path: PathBuf,
    /// At least one, in the order of the file.
    pub captions: Vec<String>,
    pub split: Split,
}

#[derive(Clone, Debug)]
pub struct Dataset {
    /// In the order of their names.
    pub photos: Vec<Sample>,
    /// What was left out.
    pub report: Report,
}

impl Dataset {
    /// Reads the captions and finds the photos. What cannot be used is left out and named in the report; it is an
    /// error where a split that was asked for has nothing left.
    pub fn read(sources: &Sources) -> Result<Self, DatasetError> {
        let images = &sources.images;
        if !images.is_dir() {
            return Err(DatasetError::ImageFolder { folder: images.clone() });
        }
        let (mut captions, mut report) = format::read(&sources.captions)?;
        let asked = splits::choose(&sources.splits, &sources.captions, &mut captions, &mut report)?;
        let example = captions.photos.keys().next().cloned();
        let mut photos = usable(captions, images, &mut report);
        report.sort();
        if let (Some(example), true) = (example, photos.is_empty() && report.without_caption.is_empty()) {
            let captions = sources.captions.clone();
            let photos = report.missing.len();
            return Err(DatasetError::NoPhotos { captions, images: images.clone(), photos, example });
        }
        splits::draw(&sources.splits, &mut photos)?;
        let dataset = Self { photos, report };
        asked.into_iter().try_for_each(|split| dataset.require(split))?;
        Ok(dataset)
    }

    pub fn split(&self, split: Split) -> impl Iterator<Item = &Sample> {
        self.photos.iter().filter(move |sample| sample.split == split)
    }

    /// An error where a split has no photo, for who cannot do without.
    pub fn require(&self, split: Split) -> Result<(), DatasetError> {
        match self.split(split).next() {
            Some(_) => Ok(()),
            None => Err(DatasetError::empty_split(split, &self.report)),
        }
    }

    /// Moves photos that turned out to be broken into the report; it is an error where that empties a split.
    pub fn leave_out(&mut self, broken: impl IntoIterator<Item = Broken>) -> Result<(), DatasetError> {
        let mut reasons: HashMap<String, String> =
            broken.into_iter().map(|Broken { name, reason }| (name, reason)).collect();
        let used: HashSet<Split> = self.photos.iter().map(|sample| sample.split).collect();
        let report = &mut self.report;
        self.photos.retain(|sample| match reasons.remove(&sample.name) {
            None => true,
            Some(reason) => {
                report.broken.push(Broken { name: sample.name.clone(), reason });
                false
            }
        });
        report.sort();
        Split::ALL.into_iter().filter(|split| used.contains(split)).try_for_each(|split| self.require(split))
    }
}

/// The photos that have a file and a caption.
fn usable(captions: Captions, images: &Path, report: &mut Report) -> Vec<Sample> {
    let flat = captions.flat_names();
    let mut samples = Vec::with_capacity(captions.photos.len());
    for (name, entry) in captions.photos {
        // Who unpacked all of COCO into one folder has no folder `val2014` in it.
        let names = [Some(&name), flat.get(&name)].into_iter().flatten();
        let Some(path) = names.map(|name| images.join(name)).find(|path| path.is_file()) else {
            report.missing.push(name);
            continue;
        };
        let said = entry.captions.iter().map(|caption| caption.trim());
        let (captions, empty): (Vec<&str>, Vec<&str>) = said.partition(|said| said.contains(char::is_alphanumeric));
        report.empty_captions.extend(empty.iter().map(|_| name.clone()));
        if captions.is_empty() {
            report.without_caption.push(name);
            continue;
        }
        let captions = captions.into_iter().map(str::to_string).collect();
        samples.push(Sample { name, path, captions, split: entry.split.unwrap_or(Split::Train) });
    }
    samples
}
