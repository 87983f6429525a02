//! Captioned photos: a captions file, the photos that it names, and which of them are trained on.

mod captions;
mod coco;
mod error;
mod flickr_csv;
mod flickr_token;
mod format;
mod karpathy;
mod left_out;
mod sample;
mod split;
mod splits;
mod text;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

pub use error::DatasetError;
pub use left_out::{Broken, LeftOut, Unreadable};
pub use sample::Sample;
pub use split::Split;
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

#[derive(Clone, Debug)]
pub struct Dataset {
    /// In the order of their names.
    pub photos: Vec<Sample>,
    /// What was left out.
    pub left_out: LeftOut,
}

impl Dataset {
    /// Reads the captions and finds the photos. What cannot be used is left out and named in `left_out`; it is an
    /// error where a split that was asked for has nothing left.
    pub fn read(sources: &Sources) -> Result<Self, DatasetError> {
        let images = &sources.images;
        if !images.is_dir() {
            return Err(DatasetError::ImageFolder { folder: images.clone() });
        }
        let (mut captions, mut left_out) = format::read(&sources.captions)?;
        let asked = splits::choose(&sources.splits, &sources.captions, &mut captions, &mut left_out)?;
        let example = captions.photos.keys().next().cloned();
        let mut photos = usable(captions, images, &mut left_out);
        left_out.sort();
        if let (Some(example), true) = (example, photos.is_empty() && left_out.without_caption.is_empty()) {
            let captions = sources.captions.clone();
            let photos = left_out.missing.len();
            return Err(DatasetError::NoPhotos { captions, images: images.clone(), photos, example });
        }
        splits::draw(&sources.splits, &mut photos)?;
        let dataset = Self { photos, left_out };
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
            None => Err(DatasetError::empty_split(split, &self.left_out)),
        }
    }

    /// Moves photos that turned out to be broken into `left_out`; it is an error where that empties a split.
    pub fn leave_out(&mut self, broken: impl IntoIterator<Item = Broken>) -> Result<(), DatasetError> {
        let mut reasons: HashMap<String, String> =
            broken.into_iter().map(|Broken { name, reason }| (name, reason)).collect();
        let used: HashSet<Split> = self.photos.iter().map(|sample| sample.split).collect();
        let left_out = &mut self.left_out;
        self.photos.retain(|sample| match reasons.remove(&sample.name) {
            None => true,
            Some(reason) => {
                left_out.broken.push(Broken { name: sample.name.clone(), reason });
                false
            }
        });
        left_out.sort();
        Split::ALL.into_iter().filter(|split| used.contains(split)).try_for_each(|split| self.require(split))
    }
}

/// The photos that have a file and a caption.
fn usable(captions: Captions, images: &Path, left_out: &mut LeftOut) -> Vec<Sample> {
    let flat = captions.flat_names();
    let mut samples = Vec::with_capacity(captions.photos.len());
    for (name, entry) in captions.photos {
        // Who unpacked all of COCO into one folder has no folder `val2014` in it.
        let names = [Some(&name), flat.get(&name)].into_iter().flatten();
        let Some(path) = names.map(|name| images.join(name)).find(|path| path.is_file()) else {
            left_out.missing.push(name);
            continue;
        };
        let said = entry.captions.iter().map(|caption| caption.trim());
        let (captions, empty): (Vec<&str>, Vec<&str>) = said.partition(|said| said.contains(char::is_alphanumeric));
        left_out.empty_captions.extend(empty.iter().map(|_| name.clone()));
        if captions.is_empty() {
            left_out.without_caption.push(name);
            continue;
        }
        let captions = captions.into_iter().map(str::to_string).collect();
        samples.push(Sample { name, path, captions, split: entry.split.unwrap_or(Split::Train) });
    }
    samples
}
