//! Putting a model together from its manifest and its shards, in whatever order they arrive.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use safetensors::tensor::{Dtype as StoredDtype, SafeTensors, TensorView};

use super::error::ModelError;
use super::manifest::{Manifest, Shard};
use super::part;
use crate::consensus::Consensus;
use crate::decoder::Decoder;
use crate::device::{Devices, OpenDevice};
use crate::encoder::Encoder;
use crate::floats::Float;
use crate::hash::sha256;
use crate::vocabulary::Vocabulary;
use crate::weights::{ByteWeight, Slot, StoredWeight, StoredWeights, Weight, Weights};

/// A model that is not complete yet. Each shard's bytes can be dropped as soon as [`ModelLoader::add`] returns, so that
/// the weights stand in memory once.
#[derive(Debug)]
pub struct ModelLoader {
    manifest: Manifest,
    vocabulary: Vocabulary,
    slots: HashMap<String, Slot>,
    begun: HashMap<String, PartialTensor>,
    complete: StoredWeights,
    consensus: Option<Consensus>,
    /// Whose bytes are those that the manifest promises.
    verified: HashSet<String>,
    /// What was in them is taken over, too.
    added: HashSet<String>,
}

/// A tensor of which some rows are there.
#[derive(Debug)]
struct PartialTensor {
    weight: StoredWeight,
    has_row: Vec<bool>,
    missing: usize,
}

impl PartialTensor {
    /// Nothing where there is not enough memory, which in a browser there may not be.
    fn new(shape: &[usize], is_bytes: bool) -> Option<Self> {
        let (rows, shape) = (shape[0], shape.to_vec());
        let numbers = shape.iter().try_fold(1usize, |numbers, side| numbers.checked_mul(*side))?;
        let weight = match is_bytes {
            true => StoredWeight::Bytes(ByteWeight { bytes: zeros(numbers)?, scales: zeros(rows)?, shape }),
            false => StoredWeight::Floats(Weight { values: zeros(numbers)?, shape }),
        };
        Some(Self { weight, has_row: vec![false; rows], missing: rows })
    }

    /// Room for some rows in floats, into which the rows before are made that came in bytes.
    fn floats(&mut self, rows: Range<usize>) -> &mut [f32] {
        if let StoredWeight::Bytes(weight) = &mut self.weight {
            let empty = ByteWeight { shape: vec![], bytes: vec![], scales: vec![] };
            self.weight = StoredWeight::Floats(std::mem::replace(weight, empty).into_floats());
        }
        let StoredWeight::Floats(Weight { values, .. }) = &mut self.weight else { unreachable!("it is in floats now") };
        let row_length = values.len() / self.has_row.len();
        &mut values[rows.start * row_length..rows.end * row_length]
    }

    fn set_bytes(&mut self, rows: Range<usize>, given: &[u8], given_scales: &[f32]) {
        match &mut self.weight {
            StoredWeight::Bytes(ByteWeight { bytes, scales, .. }) => {
                let row_length = bytes.len() / scales.len();
                let target = &mut bytes[rows.start * row_length..rows.end * row_length];
                target.iter_mut().zip(given).for_each(|(byte, given)| *byte = *given as i8);
                scales[rows].copy_from_slice(given_scales);
            }
            StoredWeight::Floats(_) => {
                let bytes = given.iter().map(|byte| *byte as i8).collect();
                let part = ByteWeight { shape: vec![], bytes, scales: given_scales.to_vec() };
                self.floats(rows).copy_from_slice(&part.into_floats().values);
            }
        }
    }
}

fn zeros<T: Clone + Default>(count: usize) -> Option<Vec<T>> {
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(count).ok()?;
    zeros.resize(count, T::default());
    Some(zeros)
}

/// A model whose weights are on their devices.
#[derive(Debug)]
pub struct Model {
    pub manifest: Manifest,
    pub vocabulary: Vocabulary,
    pub encoder: Encoder,
    pub decoder: Box<dyn Decoder>,
    pub consensus: Option<Consensus>,
    /// What the two run on.
    pub devices: Devices,
}

impl ModelLoader {
    /// Begins with the bytes of `model.json`.
    pub fn new(manifest: &[u8]) -> Result<Self, ModelError> {
        let (manifest, vocabulary) = Manifest::parse(manifest)?;
        let slots = manifest.slots().into_iter().map(|slot| (slot.name.clone(), slot)).collect();
        Ok(Self {
            manifest,
            vocabulary,
            slots,
            begun: HashMap::new(),
            complete: StoredWeights::new(),
            consensus: None,
            verified: HashSet::new(),
            added: HashSet::new(),
        })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What captions are reranked by, once its file was added.
    pub fn consensus(&self) -> Option<&Consensus> {
        self.consensus.as_ref()
    }

    /// Whether this file's bytes were those that the manifest promises. What was wrong with them then is wrong again with
    /// another copy.
    pub fn is_verified(&self, file: &str) -> bool {
        self.verified.contains(file)
    }

    /// Verifies a file of the model and takes over what is in it. Adding one twice changes nothing.
    pub fn add(&mut self, file: &str, bytes: &[u8]) -> Result<(), ModelError> {
        self.add_hashed(file, bytes, || sha256(bytes))
    }

    /// As [`ModelLoader::add`], with the SHA-256 of the bytes from somebody who computes it faster.
    pub fn add_hashed(&mut self, file: &str, bytes: &[u8], hash: impl FnOnce() -> String) -> Result<(), ModelError> {
        let Some(shard) = self.manifest.files().find(|shard| shard.file == file) else {
            return Err(ModelError::UnknownShard { file: file.to_string() });
        };
        verify(shard, bytes, hash)?;
        self.verified.insert(file.to_string());
        if self.added.contains(file) {
            return Ok(());
        }
        match self.manifest.consensus.as_ref().filter(|consensus| consensus.shard.file == file) {
            Some(part) => {
                let read = Consensus::read(bytes, self.manifest.encoder.channels(), part.settings());
                let named = |reason| ModelError::Consensus { file: file.to_string(), reason };
                self.consensus = Some(read.map_err(named)?);
            }
            None => self.add_weights(file, bytes)?,
        }
        self.added.insert(file.to_string());
        Ok(())
    }

    fn add_weights(&mut self, file: &str, bytes: &[u8]) -> Result<(), ModelError> {
        let tensors = SafeTensors::deserialize(bytes)
            .map_err(|error| ModelError::ShardHeader { file: file.to_string(), reason: error.to_string() })?;
        // Sorted, so that of several faults it is always the same one that is reported.
        let mut names = tensors.names();
        names.sort_unstable();
        for name in names {
            let view = tensors
                .tensor(name)
                .map_err(|error| ModelError::ShardHeader { file: file.to_string(), reason: error.to_string() })?;
            match name.strip_suffix(part::SCALE) {
                Some(tensor) if tensors.tensor(tensor).is_ok_and(|view| view.dtype() == StoredDtype::I8) => {}
                _ => self.take(file, name, &view, &tensors)?,
            }
        }
        Ok(())
    }

    fn take(&mut self, file: &str, name: &str, view: &TensorView, shard: &SafeTensors) -> Result<(), ModelError> {
        let file_name = || file.to_string();
        let tensor = || name.to_string();
        let slot = part::tensor_and_row(name).and_then(|(base, row)| Some((self.slots.get(base)?, row)));
        let Some((slot, row)) = slot else {
            return Err(ModelError::TensorUnknown { file: file_name(), tensor: tensor() });
        };
        let rows = slot.shape[0];
        let wrong_shape = || ModelError::TensorShape {
            file: file_name(),
            tensor: tensor(),
            expected: slot.shape.clone(),
            found: view.shape().to_vec(),
        };
        let (part_rows, rest) = view.shape().split_first().ok_or_else(wrong_shape)?;
        if *part_rows == 0 || *rest != slot.shape[1..] || *part_rows > rows {
            return Err(wrong_shape());
        }
        if row > rows - part_rows {
            return Err(ModelError::TensorRows { file: file_name(), tensor: tensor(), row, rows, found: *part_rows });
        }
        let begun = match self.begun.entry(slot.name.clone()) {
            Entry::Occupied(begun) => begun.into_mut(),
            Entry::Vacant(place) => {
                let begun = PartialTensor::new(&slot.shape, view.dtype() == StoredDtype::I8);
                let elements = slot.elements();
                place.insert(begun.ok_or_else(|| ModelError::OutOfMemory { tensor: slot.name.clone(), elements })?)
            }
        };
        let end = row + part_rows;
        if let Some(again) = begun.has_row[row..end].iter().position(|has| *has) {
            return Err(ModelError::TensorOverlap { file: file_name(), tensor: slot.name.clone(), row: row + again });
        }
        let bytes = view.data();
        let mut floats = |float: Float| {
            let values = begun.floats(row..end);
            float.decode_into(bytes, values);
            part::expect_finite(&slot.name, values)
        };
        match view.dtype() {
            StoredDtype::F32 => floats(Float::F32)?,
            StoredDtype::F16 => floats(Float::F16)?,
            StoredDtype::I8 => {
                let scales = shard
                    .tensor(&format!("{name}{}", part::SCALE))
                    .ok()
                    .filter(|scales| scales.dtype() == StoredDtype::F32 && scales.shape() == [*part_rows])
                    .ok_or_else(|| ModelError::TensorScale { file: file_name(), tensor: tensor() })?;
                let scales = Float::F32.decode(scales.data());
                part::expect_finite(&slot.name, &scales)?;
                begun.set_bytes(row..end, bytes, &scales);
            }
            other => {
                let found = format!("{other:?}");
                return Err(ModelError::TensorDtype { file: file_name(), tensor: tensor(), found });
            }
        }
        begun.has_row[row..end].fill(true);
        begun.missing -= part_rows;
        if begun.missing == 0 {
            // The rows stay known, so that a later shard cannot give them again.
            let nothing = StoredWeight::Floats(Weight { shape: vec![], values: vec![] });
            self.complete.insert(slot.name.clone(), std::mem::replace(&mut begun.weight, nothing));
        }
        Ok(())
    }

    /// The weights alone, once every shard was added.
    pub fn into_weights(self) -> Result<(Manifest, Vocabulary, Weights), ModelError> {
        let (manifest, vocabulary, stored) = self.into_stored_weights()?;
        let weights = stored.into_iter().map(|(name, weight)| (name, weight.into_floats())).collect();
        Ok((manifest, vocabulary, weights))
    }

    /// As [`ModelLoader::into_weights`], but as they are stored.
    pub fn into_stored_weights(self) -> Result<(Manifest, Vocabulary, StoredWeights), ModelError> {
        if let Some(shard) = self.manifest.files().find(|shard| !self.added.contains(&shard.file)) {
            return Err(ModelError::ShardMissing { file: shard.file.clone() });
        }
        match self.manifest.slots().into_iter().find(|slot| !self.complete.contains_key(&slot.name)) {
            None => Ok((self.manifest, self.vocabulary, self.complete)),
            Some(Slot { name: tensor, .. }) => {
                let missing = self.begun.get(&tensor).and_then(|begun| begun.has_row.iter().position(|has| !has));
                Err(match missing {
                    Some(row) => ModelError::TensorIncomplete { tensor, row },
                    None => ModelError::TensorMissing { tensor },
                })
            }
        }
    }

    /// The model, once every shard was added.
    pub fn into_model(self, encoder: &OpenDevice, decoder: &OpenDevice) -> Result<Model, ModelError> {
        let mut loader = self;
        let consensus = loader.consensus.take();
        let (manifest, vocabulary, mut weights) = loader.into_stored_weights()?;
        let mut take = |part: &str, slot: &Slot, device: &OpenDevice| {
            let tensor = format!("{part}.{}", slot.name);
            let weight = weights.remove(&tensor).ok_or(ModelError::TensorMissing { tensor })?;
            Ok::<_, ModelError>(weight.in_precision(device.precision))
        };
        let devices = Devices { encoder: encoder.kind, decoder: decoder.kind };
        let take_encoder = |slot: &Slot| take("encoder", slot, encoder);
        let encoder = manifest.encoder.load_in_precision(encoder, &manifest.activations, take_encoder)?;
        let decoder = manifest.decoder.load(&decoder.handle, |slot| take("decoder", slot, decoder))?;
        Ok(Model { manifest, vocabulary, encoder, decoder, consensus, devices })
    }

    /// Reads a folder: every check before the shard is used, one shard in memory at a time.
    #[cfg(not(target_os = "unknown"))]
    pub fn read(folder: &std::path::Path) -> Result<Self, ModelError> {
        let mut loader = Self::new(&read_file(folder, super::MANIFEST_FILE, super::MANIFEST_LIMIT)?)?;
        for shard in loader.manifest.files().cloned().collect::<Vec<_>>() {
            let bytes = read_file(folder, &shard.file, super::SHARD_LIMIT as u64)?;
            loader.add(&shard.file, &bytes)?;
        }
        Ok(loader)
    }
}

fn verify(shard: &Shard, bytes: &[u8], hash: impl FnOnce() -> String) -> Result<(), ModelError> {
    let file = shard.file.clone();
    if bytes.len() as u64 != shard.bytes {
        return Err(ModelError::ShardSize { file, expected: shard.bytes, found: bytes.len() as u64 });
    }
    let found = hash();
    match found == shard.sha256 {
        true => Ok(()),
        false => Err(ModelError::ShardHash { file, expected: shard.sha256.clone(), found }),
    }
}

/// Reads a file that is not larger than it may be.
#[cfg(not(target_os = "unknown"))]
fn read_file(folder: &std::path::Path, file: &str, most: u64) -> Result<Vec<u8>, ModelError> {
    let path = folder.join(file);
    let shown = path.display().to_string();
    match crate::files::read_at_most(&path, most) {
        Ok(Some(bytes)) => Ok(bytes),
        Ok(None) => Err(ModelError::FileSize { file: shown, most }),
        Err(reason) => Err(match reason.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => ModelError::NotFound { file: shown },
            _ => ModelError::Io { file: shown, reason },
        }),
    }
}
