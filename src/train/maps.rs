//! What the frozen part of the encoder makes of each photo: computed once, and kept on disk as 16-bit floats.
//!
//! The file's name is a hash of the encoder and of the list of photos, so another encoder or another list gets another
//! file. It grows as a `.part` by whole photos, so that work that was cut off goes on where it stopped. A photo that cannot
//! be decoded is kept as a row of NaNs.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use half::slice::{HalfBitsSliceExt, HalfFloatSliceExt};
use memmap2::Mmap;
use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::TrainError;
use super::eye::{Depth, Eye};
use crate::encoder::FeatureGrid;
use crate::photo::{Limits, Photo};

/// Photos that go through the encoder together.
const BATCH: usize = 16;

/// Photos as the learning part of the model gets them, in the order of their list.
#[derive(Debug)]
pub struct Maps {
    file: Mmap,
    /// Of one photo.
    shape: Vec<usize>,
    depth: Depth,
}

impl Maps {
    /// Opens the maps of these photos, computing those that are not there yet. `on_photo` is told how many are done.
    pub fn open(
        folder: &Path,
        eye: &Eye,
        depth: Depth,
        photos: &[PathBuf],
        stop: &AtomicBool,
        mut on_photo: impl FnMut(usize),
    ) -> Result<Self, TrainError> {
        let shape = eye.shape(depth);
        let bytes = 2 * shape.iter().product::<usize>();
        let path = folder.join(format!("{}.maps", key(eye, depth, photos)));
        if !path.is_file() {
            std::fs::create_dir_all(folder).map_err(|source| TrainError::io(folder, source))?;
            let part = path.with_extension("part");
            let io = |source| TrainError::io(&part, source);
            let mut file =
                OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&part).map_err(io)?;
            if let Err(TryLockError::WouldBlock) = file.try_lock() {
                return Err(TrainError::Busy { path: part.display().to_string() });
            }
            // A photo that was being written when the work was cut off is written again.
            let mut done = usize::try_from(file.metadata().map_err(io)?.len()).unwrap_or(0) / bytes;
            file.seek(SeekFrom::Start((done * bytes) as u64)).map_err(io)?;
            file.set_len((done * bytes) as u64).map_err(io)?;
            on_photo(done);
            for batch in photos.get(done..).unwrap_or_default().chunks(BATCH) {
                if stop.load(Ordering::Relaxed) {
                    return Err(TrainError::Stopped { done: format!("{done} of {} photos are encoded", photos.len()) });
                }
                write_batch(&mut file, eye, depth, batch, bytes / 2).map_err(|error| match error {
                    Fault::Io(source) => io(source),
                    Fault::Train(error) => error,
                })?;
                done += batch.len();
                on_photo(done);
            }
            file.sync_all().map_err(io)?;
            std::fs::rename(&part, &path).map_err(|source| TrainError::io(&path, source))?;
        }
        let io = |source| TrainError::io(&path, source);
        let file = File::open(&path).map_err(io)?;
        if file.metadata().map_err(io)?.len() != (photos.len() * bytes) as u64 {
            return Err(TrainError::Damaged { path: path.display().to_string() });
        }
        // SAFETY: a map of a file is sound as long as nobody changes the file. These are written under another name,
        // complete before they get this one, and never written again.
        let file = unsafe { Mmap::map(&file) }.map_err(io)?;
        Ok(Self { file, shape, depth })
    }

    fn row(&self, photo: usize) -> &[[u8; 2]] {
        let length: usize = self.shape.iter().product();
        &self.file.as_chunks::<2>().0[photo * length..(photo + 1) * length]
    }

    /// Whether this photo could not be decoded.
    pub fn is_broken(&self, photo: usize) -> bool {
        self.row(photo).first().is_none_or(|bytes| f16::from_le_bytes(*bytes).is_nan())
    }

    /// Some photos side by side: `[photos, …]`, flat.
    fn gather(&self, photos: &[usize]) -> Vec<f32> {
        let length: usize = self.shape.iter().product();
        let mut values = vec![0f32; photos.len() * length];
        let rows = values.par_chunks_mut(length.max(1)).zip(photos);
        rows.for_each(|(to, photo)| {
            let bits: Vec<u16> = self.row(*photo).iter().map(|bytes| u16::from_le_bytes(*bytes)).collect();
            bits.reinterpret_cast::<f16>().convert_to_f32_slice(to);
        });
        values
    }

    /// Some photos as what the last frozen part put out.
    pub fn get(&self, photos: &[usize], device: &Device) -> Seen {
        let count = photos.len();
        let values = self.gather(photos);
        match (self.depth, &self.shape[..]) {
            (Depth::Stages(end), &[channels, rows, cols]) => {
                Seen::Map(end, Tensor::from_data(TensorData::new(values, [count, channels, rows, cols]), device))
            }
            (_, shape) => {
                let (cells, channels) = (shape[0], shape[1]);
                let cells_of = Tensor::from_data(TensorData::new(values, [count, cells, channels]), device);
                Seen::Grid(FeatureGrid { rows: 1, cols: cells, cells: cells_of })
            }
        }
    }
}

/// What the learning part of the model begins with.
#[derive(Clone, Debug)]
pub enum Seen {
    Grid(FeatureGrid),
    /// What so many stages of the encoder put out.
    Map(usize, Tensor<4>),
}

impl Seen {
    pub fn photos(&self) -> usize {
        match self {
            Self::Grid(grid) => grid.cells.dims()[0],
            Self::Map(_, map) => map.dims()[0],
        }
    }

    pub fn device(&self) -> Device {
        match self {
            Self::Grid(grid) => grid.cells.device(),
            Self::Map(_, map) => map.device(),
        }
    }

    /// Some of the photos.
    pub fn part(&self, photos: Range<usize>) -> Self {
        match self {
            Self::Grid(grid) => {
                let cells = grid.cells.clone().narrow(0, photos.start, photos.len());
                Self::Grid(FeatureGrid { cells, ..*grid })
            }
            Self::Map(end, map) => Self::Map(*end, map.clone().narrow(0, photos.start, photos.len())),
        }
    }
}

fn key(eye: &Eye, depth: Depth, photos: &[PathBuf]) -> String {
    let mut hash = Sha256::new();
    hash.update("sightline maps 1");
    hash.update(eye.fingerprint());
    hash.update(format!("{depth:?}"));
    for photo in photos {
        // A photo that was replaced by another of the same length is not noticed; that is the price of not reading all.
        let bytes = photo.metadata().map_or(0, |metadata| metadata.len());
        hash.update(photo.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update(format!("\0{bytes}\0"));
    }
    hash.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect()
}

enum Fault {
    Io(std::io::Error),
    Train(TrainError),
}

fn write_batch(file: &mut File, eye: &Eye, depth: Depth, photos: &[PathBuf], length: usize) -> Result<(), Fault> {
    let inputs: Vec<Option<Vec<f32>>> =
        photos.par_iter().map(|path| decode(path).ok().map(|photo| photo.input(&eye.input))).collect();
    let is_there: Vec<bool> = inputs.iter().map(Option::is_some).collect();
    let together: Vec<f32> = inputs.into_iter().flatten().flatten().collect();
    let values = if together.is_empty() { vec![] } else { eye.look(together, depth).map_err(Fault::Train)? };
    let mut values = values.chunks(length);
    let mut rows = Vec::with_capacity(photos.len() * length);
    for is_there in is_there {
        match is_there.then(|| values.next()).flatten() {
            Some(row) => rows.extend(row.iter().map(|value| f16::from_f32(*value))),
            None => rows.extend(std::iter::repeat_n(f16::NAN, length)),
        }
    }
    let bits: &[u16] = rows.reinterpret_cast();
    let bytes: Vec<u8> = bits.iter().flat_map(|bits| bits.to_le_bytes()).collect();
    file.write_all(&bytes).and_then(|()| file.sync_data()).map_err(Fault::Io)
}

/// Reads and decodes a photo, or says why not.
pub fn decode(path: &Path) -> Result<Photo, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Photo::decode(&bytes, &Limits::default()).map_err(|error| error.to_string())
}
