//! Which photos are trained on, which are validated with and which are tested with.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sightline::files::read_kind;

use super::captions::{Captions, Entry};
use super::error::DatasetError;
use super::left_out::LeftOut;
use super::sample::Sample;
use super::split::Split;
use super::text::{file_name, lines, safe_name, stem};

/// Names of millions of photos.
const LIST_LIMIT: u64 = 256 << 20;

/// How photos are split.
#[derive(Clone, Debug)]
pub enum Splits {
    /// By lists of names, such as `Flickr_8k.trainImages.txt`.
    Lists(Lists),
    /// As the captions file itself says, which only Karpathy's does.
    Own,
    /// By chance, the same for the same seed and photos. What is neither validated nor tested with is trained on.
    Drawn { seed: u64, validation: Portion, test: Portion },
    /// All photos are in one split.
    Whole(Split),
}

/// Files of names, one a line, each name with or without its extension. A list that is given has to have photos.
#[derive(Clone, Debug, Default)]
pub struct Lists {
    pub train: Option<PathBuf>,
    pub validation: Option<PathBuf>,
    pub test: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Portion {
    /// Of all photos: 0.1 is a tenth.
    Share(f64),
    Count(usize),
}

impl Portion {
    fn of(self, photos: usize, split: Split) -> Result<usize, DatasetError> {
        match self {
            Self::Count(count) => Ok(count),
            Self::Share(share) if (0.0..1.0).contains(&share) => Ok((share * photos as f64).round() as usize),
            Self::Share(share) => Err(DatasetError::Share { split, share }),
        }
    }

    fn is_none(self) -> bool {
        matches!(self, Self::Count(0) | Self::Share(0.0))
    }
}

/// Gives photos the splits that are written somewhere, and drops those that have none. Returns the splits that must
/// not be empty.
pub fn choose(
    splits: &Splits,
    file: &Path,
    captions: &mut Captions,
    left_out: &mut LeftOut,
) -> Result<BTreeSet<Split>, DatasetError> {
    let asked = match splits {
        Splits::Lists(lists) => choose_by_lists(lists, captions, left_out)?,
        Splits::Own => captions.photos.values().filter_map(|entry| entry.split).collect(),
        Splits::Whole(split) => {
            captions.photos.values_mut().for_each(|entry| entry.split = Some(*split));
            return Ok(BTreeSet::from([*split]));
        }
        Splits::Drawn { validation, test, .. } => {
            let drawn = [(Split::Validation, validation), (Split::Test, test)];
            let drawn = drawn.into_iter().filter(|(_, portion)| !portion.is_none()).map(|(split, _)| split);
            return Ok(drawn.chain([Split::Train]).collect());
        }
    };
    if asked.is_empty() {
        return Err(DatasetError::NoSplits { file: file.to_path_buf() });
    }
    let without = captions.photos.extract_if(.., |_, entry| entry.split.is_none());
    left_out.without_split.extend(without.map(|(name, _)| name));
    Ok(asked)
}

fn choose_by_lists(
    lists: &Lists,
    captions: &mut Captions,
    left_out: &mut LeftOut,
) -> Result<BTreeSet<Split>, DatasetError> {
    // What Karpathy's file says counts for nothing where lists are given.
    captions.photos.values_mut().for_each(|entry| entry.split = None);
    let files = [(Split::Train, &lists.train), (Split::Validation, &lists.validation), (Split::Test, &lists.test)];
    let files = || files.iter().filter_map(|(split, file)| file.as_ref().map(|file| (*split, file)));
    let short_names = ShortNames::of(captions);
    for (split, file) in files() {
        let bytes = read_kind(file, LIST_LIMIT, "list of photos").map_err(DatasetError::io(file))?;
        for (line, name) in lines(&bytes) {
            let name = String::from_utf8_lossy(name.trim_ascii());
            let Some(entry) = short_names.find(captions, &name, file, line)? else {
                left_out.without_entry.push(name.into_owned());
                continue;
            };
            match entry.split {
                Some(first) if first != split => {
                    return Err(DatasetError::TwoSplits { name: name.into_owned(), first, second: split });
                }
                _ => entry.split = Some(split),
            }
        }
    }
    Ok(files().map(|(split, _)| split).collect())
}

/// What else a photo may be called in a list: without its folder, or without its extension.
struct ShortNames(HashMap<String, BTreeSet<String>>);

impl ShortNames {
    fn of(captions: &Captions) -> Self {
        let mut names: HashMap<String, BTreeSet<String>> = HashMap::new();
        for name in captions.photos.keys() {
            let short = [Some(file_name(name)), stem(name), stem(file_name(name))].into_iter().flatten();
            for short in short.filter(|short| short != name) {
                names.entry(short.to_string()).or_default().insert(name.clone());
            }
        }
        Self(names)
    }

    fn find<'a>(
        &self,
        captions: &'a mut Captions,
        name: &str,
        file: &Path,
        line: usize,
    ) -> Result<Option<&'a mut Entry>, DatasetError> {
        let Some(name) = safe_name(name) else { return Ok(None) };
        if captions.photos.contains_key(&name) {
            return Ok(captions.photos.get_mut(&name));
        }
        let mut candidates = self.0.get(&name).into_iter().flatten();
        match (candidates.next(), candidates.next()) {
            (Some(first), Some(second)) => {
                let (file, first, second) = (file.to_path_buf(), first.clone(), second.clone());
                Err(DatasetError::Ambiguous { file, line, name, first, second })
            }
            (Some(whole), None) => Ok(captions.photos.get_mut(whole)),
            _ => Ok(None),
        }
    }
}

/// Splits photos, which are in the order of their names, by chance where that is asked for.
pub fn draw(splits: &Splits, photos: &mut [Sample]) -> Result<(), DatasetError> {
    let Splits::Drawn { seed, validation, test } = *splits else { return Ok(()) };
    let validation = validation.of(photos.len(), Split::Validation)?;
    let test = test.of(photos.len(), Split::Test)?;
    let taken = validation.saturating_add(test);
    if taken >= photos.len() {
        return Err(DatasetError::NothingToTrain { taken, photos: photos.len() });
    }
    // Every photo draws a number and they are put in its order. A shuffle of a library may change with its version,
    // and a model would be tested on photos that it was trained on.
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut order: Vec<(u64, usize)> = (0..photos.len()).map(|photo| (random.next_u64(), photo)).collect();
    order.sort_unstable();
    for (place, (_, photo)) in order.into_iter().enumerate() {
        photos[photo].split = match place {
            place if place < validation => Split::Validation,
            place if place < taken => Split::Test,
            _ => Split::Train,
        };
    }
    Ok(())
}
