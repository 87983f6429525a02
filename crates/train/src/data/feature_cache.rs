//! What the frozen part of the encoder makes of each photo: computed once, and kept on disk as 16-bit floats.
//!
//! The file's name is a hash of the encoder and of the list of photos, so another encoder or another list gets another
//! file. It grows as a `.part` by whole photos, so that work that was cut off goes on where it stopped. A photo that cannot
//! be decoded is kept as a row of NaNs. Behind the last photo stands the SHA-256 of all of them, so that nothing is learnt
//! from a file that was damaged; files of the first versions have none.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};
use memmap2::Mmap;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use sightline::hash;

use super::photo_list::PhotoList;
use crate::file_error::FileError;
use crate::frozen_encoder::{CachePoint, FrozenEncoder};
use crate::host::ReadBackError;

/// Photos that go through the encoder together.
const BATCH: usize = 16;

/// Why there are no features of the photos.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    #[error("{path} is damaged; delete it, and it will be made anew")]
    Damaged { path: String },
    #[error("stopped: {done}; the same command goes on from there")]
    Stopped { done: String },
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    ReadBack(#[from] ReadBackError),
}

/// Photos as the learning part of the model gets them, in the order of their list.
#[derive(Debug)]
pub struct FeatureCache {
    file: Mmap,
    /// Of one photo.
    shape: Vec<usize>,
    point: CachePoint,
}

impl FeatureCache {
    /// Opens the features of these photos, computing those that are not there yet. `on_photo` gets how many are done.
    pub fn open(
        folder: &Path,
        encoder: &FrozenEncoder,
        point: CachePoint,
        photos: &(impl PhotoList + ?Sized),
        stop: &AtomicBool,
        mut on_photo: impl FnMut(usize),
    ) -> Result<Self, CacheError> {
        let shape = encoder.shape(point);
        let bytes = 2 * shape.iter().product::<usize>();
        let path = folder.join(format!("{}.maps", key(encoder, point, photos)));
        if !path.is_file() {
            std::fs::create_dir_all(folder).map_err(FileError::io(folder))?;
            let part = path.with_extension("part");
            let io = FileError::io(&part);
            let mut file =
                OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&part).map_err(&io)?;
            if let Err(TryLockError::WouldBlock) = file.try_lock() {
                return Err(FileError::busy(&part).into());
            }
            // A photo that was being written when the work was cut off is written again.
            let length = usize::try_from(file.metadata().map_err(&io)?.len()).unwrap_or(0);
            let mut done = (length / bytes).min(photos.len());
            file.seek(SeekFrom::Start((done * bytes) as u64)).map_err(&io)?;
            file.set_len((done * bytes) as u64).map_err(&io)?;
            on_photo(done);
            while done < photos.len() {
                if stop.load(Ordering::Relaxed) {
                    return Err(CacheError::Stopped { done: format!("{done} of {} photos are encoded", photos.len()) });
                }
                let batch = done..(done + BATCH).min(photos.len());
                let rows = encoded(encoder, point, photos, batch.clone(), bytes / 2)?;
                file.write_all(&rows).and_then(|()| file.sync_data()).map_err(&io)?;
                done += batch.len();
                on_photo(done);
            }
            // SAFETY: this process holds the lock of the file, and writes to it only behind what is mapped.
            let sum = Sha256::digest(unsafe { Mmap::map(&file) }.map_err(&io)?);
            file.write_all(&sum).and_then(|()| file.sync_all()).map_err(&io)?;
            std::fs::rename(&part, &path).map_err(FileError::io(&path))?;
        }
        let io = FileError::io(&path);
        let file = File::open(&path).map_err(&io)?;
        // SAFETY: a map of a file is sound as long as nobody changes the file. These are written under another name,
        // complete before they get this one, and never written again.
        let file = unsafe { Mmap::map(&file) }.map_err(&io)?;
        let is_whole = match file.split_at_checked(photos.len() * bytes) {
            Some((_, [])) => true,
            Some((rows, sum)) => sum == Sha256::digest(rows).as_slice(),
            None => false,
        };
        if !is_whole {
            return Err(CacheError::Damaged { path: path.display().to_string() });
        }
        Ok(Self { file, shape, point })
    }

    fn row(&self, photo: usize) -> &[[u8; 2]] {
        let length: usize = self.shape.iter().product();
        &self.file.as_chunks::<2>().0[photo * length..(photo + 1) * length]
    }

    /// Whether this photo could not be decoded.
    pub fn is_broken(&self, photo: usize) -> bool {
        self.row(photo).first().is_none_or(|bytes| f16::from_le_bytes(*bytes).is_nan())
    }

    /// What one photo has become, flat.
    pub fn values(&self, photo: usize) -> Vec<f32> {
        let mut values = vec![0f32; self.shape.iter().product()];
        self.copy(photo, &mut values);
        values
    }

    fn copy(&self, photo: usize, to: &mut [f32]) {
        let bits: Vec<u16> = self.row(photo).iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
        bits.reinterpret_cast::<f16>().convert_to_f32_slice(to);
    }

    /// Some photos as what the last frozen part put out.
    pub fn get(&self, photos: &[usize], device: &Device) -> CachedFeatures {
        self.gather(&photos.iter().map(|photo| (self, *photo)).collect::<Vec<_>>(), device)
    }

    /// The same of photos in this file and in others of the same kind.
    pub(super) fn gather(&self, photos: &[(&Self, usize)], device: &Device) -> CachedFeatures {
        let count = photos.len();
        let length: usize = self.shape.iter().product();
        let mut values = vec![0f32; count * length];
        let rows = values.par_chunks_mut(length.max(1)).zip(photos);
        rows.for_each(|(to, (cache, photo))| cache.copy(*photo, to));
        match (self.point, &self.shape[..]) {
            (CachePoint::Stages(stages), &[channels, rows, cols]) => {
                let map = TensorData::new(values, [count, channels, rows, cols]);
                CachedFeatures::Map(stages, Tensor::from_data(map, device))
            }
            (_, shape) => {
                let features = TensorData::new(values, [count, shape[0], shape[1]]);
                CachedFeatures::Features(Tensor::from_data(features, device))
            }
        }
    }
}

/// What the learning part of the model begins with.
#[derive(Clone, Debug)]
pub enum CachedFeatures {
    /// `[photos, cells, channels]`
    Features(Tensor<3>),
    /// What so many stages of the encoder put out: `[photos, channels, rows, cols]`
    Map(usize, Tensor<4>),
    /// The photos themselves, because all of the encoder learns: `[photos, channels, size, size]`
    Photos(Tensor<4>),
}

impl CachedFeatures {
    pub fn photos(&self) -> usize {
        match self {
            Self::Features(features) => features.dims()[0],
            Self::Map(_, map) | Self::Photos(map) => map.dims()[0],
        }
    }

    pub fn device(&self) -> Device {
        match self {
            Self::Features(features) => features.device(),
            Self::Map(_, map) | Self::Photos(map) => map.device(),
        }
    }

    /// Some of the photos.
    pub fn part(&self, photos: Range<usize>) -> Self {
        match self {
            Self::Features(features) => Self::Features(features.clone().narrow(0, photos.start, photos.len())),
            Self::Map(stages, map) => Self::Map(*stages, map.clone().narrow(0, photos.start, photos.len())),
            Self::Photos(pixels) => Self::Photos(pixels.clone().narrow(0, photos.start, photos.len())),
        }
    }
}

/// These words, and the ending `.maps`, have stayed the same since the first version, so that what was encoded is found.
fn key(encoder: &FrozenEncoder, point: CachePoint, photos: &(impl PhotoList + ?Sized)) -> String {
    let mut hash = Sha256::new();
    hash.update("sightline maps 1");
    hash.update(encoder.fingerprint());
    hash.update(match point {
        CachePoint::Features => "Grid".to_string(),
        CachePoint::Stages(stages) => format!("Stages({stages})"),
    });
    (0..photos.len()).for_each(|photo| hash.update(photos.identity(photo)));
    hash::hex(&hash.finalize()[..12])
}

/// The rows of some photos, as they are written.
fn encoded(
    encoder: &FrozenEncoder,
    point: CachePoint,
    photos: &(impl PhotoList + ?Sized),
    batch: Range<usize>,
    length: usize,
) -> Result<Vec<u8>, ReadBackError> {
    let inputs: Vec<Option<Vec<f32>>> =
        batch.into_par_iter().map(|photo| photos.input(photo, &encoder.input).ok()).collect();
    let is_there: Vec<bool> = inputs.iter().map(Option::is_some).collect();
    let together: Vec<f32> = inputs.into_iter().flatten().flatten().collect();
    let values = if together.is_empty() { vec![] } else { encoder.encode(together, point)? };
    let mut values = values.chunks(length);
    let mut rows = Vec::with_capacity(is_there.len() * length);
    for is_there in is_there {
        match is_there.then(|| values.next()).flatten() {
            Some(row) => rows.extend(row.iter().map(|value| f16::from_f32(*value))),
            None => rows.extend(std::iter::repeat_n(f16::NAN, length)),
        }
    }
    let bits: &[u16] = rows.reinterpret_cast();
    Ok(bits.iter().flat_map(|bits| bits.to_le_bytes()).collect())
}
