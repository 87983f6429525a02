//! Writing a model folder, whole or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use half::f16;
use safetensors::tensor::{Dtype as StoredDtype, TensorView};

use super::error::ModelError;
use super::manifest::{ConsensusFile, FORMAT, MANIFEST_FILE, Manifest, Shard};
use super::part::{self, Dtype};
use super::{MANIFEST_LIMIT, SHARD_LIMIT};
use crate::consensus::{Consensus, Settings};
use crate::hash::sha256;
use crate::weights::{Weight, Weights};

/// What of a shard is left to safetensors' header, and how many tensors that header has room for.
const HEADER_ROOM: usize = 128 << 10;
const MAX_TENSORS: usize = 512;

const CONSENSUS_FILE: &str = "consensus.safetensors";

/// What to do with a model folder that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    Refuse,
    Replace,
}

/// Writes `manifest`, with its files filled in, `weights`, and what captions are reranked by into a folder.
///
/// Everything is written beside the folder's final name and renamed into place, so that a reader never meets half a
/// model, and a writer that is interrupted leaves nothing under that name.
pub fn write(
    folder: &Path,
    manifest: &Manifest,
    weights: &Weights,
    consensus: Option<&Consensus>,
    dtype: Dtype,
    overwrite: Overwrite,
) -> Result<Manifest, ModelError> {
    let before = expect_room(folder, overwrite)?;
    // A link goes on leading to the folder of the model, which is what is replaced.
    let folder = &folder.canonicalize().unwrap_or(folder.to_path_buf());
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(io(parent))?;
    let partial =
        tempfile::Builder::new().prefix(".sightline-").suffix(".partial").tempdir_in(parent).map_err(io(parent))?;
    let shards = pack(manifest, weights, dtype)?;
    let mut manifest = Manifest { shards: Vec::with_capacity(shards.len()), ..manifest.clone() };
    for (number, shard) in shards.iter().enumerate() {
        let bytes = shard.serialized()?;
        let file = format!("weights-{:03}-of-{:03}.safetensors", number + 1, shards.len());
        write_file(&partial.path().join(&file), &bytes)?;
        manifest.shards.push(shard_of(&file, &bytes));
    }
    manifest.consensus = match consensus {
        Some(consensus) => {
            let named = |reason| ModelError::Consensus { file: CONSENSUS_FILE.into(), reason };
            let bytes = consensus.to_bytes().map_err(named)?;
            write_file(&partial.path().join(CONSENSUS_FILE), &bytes)?;
            let Settings { neighbours, weight } = consensus.settings();
            Some(ConsensusFile { shard: shard_of(CONSENSUS_FILE, &bytes), neighbours, weight })
        }
        None => None,
    };
    let json =
        serde_json::to_vec_pretty(&manifest).map_err(|error| ModelError::Syntax { reason: error.to_string() })?;
    write_file(&partial.path().join(MANIFEST_FILE), &json)?;
    // What was just written has to be readable, or it does not get the name.
    Manifest::parse(&json)?;
    put_in_place(partial, parent, folder, before.as_ref())?;
    Ok(manifest)
}

/// An error where no model may be written, which can be asked before the work that makes one; and the manifest of the one
/// that would be replaced.
pub fn expect_room(folder: &Path, overwrite: Overwrite) -> Result<Option<Manifest>, ModelError> {
    match folder.exists() {
        false => Ok(None),
        true if overwrite == Overwrite::Refuse => Err(ModelError::Exists { path: folder.display().to_string() }),
        true => replaceable(folder).map(Some),
    }
}

fn shard_of(file: &str, bytes: &[u8]) -> Shard {
    Shard { file: file.to_string(), bytes: bytes.len() as u64, sha256: sha256(bytes) }
}

/// The manifest of the model that stands there. Anything else is somebody's work and stays.
fn replaceable(folder: &Path) -> Result<Manifest, ModelError> {
    let json = crate::files::read_at_most(&folder.join(MANIFEST_FILE), MANIFEST_LIMIT).ok().flatten();
    let manifest = json.and_then(|json| serde_json::from_slice::<Manifest>(&json).ok());
    manifest
        .filter(|manifest| manifest.format == FORMAT)
        .ok_or_else(|| ModelError::NotReplaceable { path: folder.display().to_string() })
}

fn put_in_place(
    partial: tempfile::TempDir,
    parent: &Path,
    folder: &Path,
    before: Option<&Manifest>,
) -> Result<(), ModelError> {
    // A temporary folder is for its owner alone; a model is for everybody who may read the place it is in.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(partial.path(), fs::Permissions::from_mode(0o755)).map_err(io(partial.path()))?;
    }
    let Some(before) = before else {
        fs::rename(partial.path(), folder).map_err(io(folder))?;
        // Moved away, so there is nothing left for it to remove.
        let _ = partial.keep();
        return Ok(());
    };
    let old = tempfile::Builder::new().prefix(".sightline-").suffix(".old").tempdir_in(parent).map_err(io(parent))?;
    let aside = old.path().join("model");
    fs::rename(folder, &aside).map_err(io(folder))?;
    if let Err(reason) = fs::rename(partial.path(), folder) {
        if fs::rename(&aside, folder).is_err() {
            let (path, kept) = (folder.display().to_string(), old.keep().join("model").display().to_string());
            return Err(ModelError::Stranded { path, kept, reason });
        }
        return Err(io(folder)(reason));
    }
    let _ = partial.keep();
    keep_company(&aside, folder, before).map_err(io(folder))
}

/// A model card or a licence that lay beside the old model belongs to the new one too.
fn keep_company(old: &Path, folder: &Path, before: &Manifest) -> std::io::Result<()> {
    for entry in fs::read_dir(old)? {
        let name = entry?.file_name();
        let is_the_models = name == MANIFEST_FILE || before.files().any(|shard| *name == *shard.file);
        if !is_the_models && !folder.join(&name).exists() {
            fs::rename(old.join(&name), folder.join(&name))?;
        }
    }
    Ok(())
}

/// Tensors that go into one file.
#[derive(Default)]
struct ShardBuilder {
    bytes: usize,
    tensors: Vec<(String, StoredDtype, Vec<usize>, Vec<u8>)>,
}

impl ShardBuilder {
    fn add(&mut self, name: String, dtype: StoredDtype, shape: Vec<usize>, bytes: Vec<u8>) {
        self.bytes += bytes.len();
        self.tensors.push((name, dtype, shape, bytes));
    }

    fn serialized(&self) -> Result<Vec<u8>, ModelError> {
        let failed = |error: safetensors::SafeTensorError| ModelError::Syntax { reason: error.to_string() };
        let views: Result<Vec<_>, _> = (self.tensors.iter())
            .map(|(name, dtype, shape, bytes)| Ok((name, TensorView::new(*dtype, shape.clone(), bytes)?)))
            .collect();
        safetensors::serialize(views.map_err(failed)?, None).map_err(failed)
    }
}

/// Cuts the weights into shards, in the order in which the network uses them.
fn pack(manifest: &Manifest, weights: &Weights, dtype: Dtype) -> Result<Vec<ShardBuilder>, ModelError> {
    let room = SHARD_LIMIT - HEADER_ROOM;
    let mut shards = vec![];
    let mut shard = ShardBuilder::default();
    for slot in manifest.slots() {
        let weight = weights.get(&slot.name).ok_or_else(|| ModelError::TensorMissing { tensor: slot.name.clone() })?;
        if weight.shape != slot.shape {
            return Err(ModelError::TensorShape {
                file: MANIFEST_FILE.into(),
                tensor: slot.name,
                expected: slot.shape,
                found: weight.shape.clone(),
            });
        }
        let dtype = if weight.shape.len() < 2 { Dtype::F32 } else { dtype };
        check(&slot.name, weight, dtype)?;
        let (rows, row_length) = (weight.shape[0], weight.values.len() / weight.shape[0].max(1));
        let row_bytes = row_length * dtype.size() + size_of::<f32>();
        let mut row = 0;
        while row < rows {
            let fitting = (room.saturating_sub(shard.bytes)) / row_bytes.max(1);
            // A tensor is cut only where it would not fit into a shard of its own.
            let must_wait = fitting < rows - row && (rows * row_bytes <= room || fitting == 0);
            if shard.tensors.len() >= MAX_TENSORS || (must_wait && !shard.tensors.is_empty()) {
                shards.push(std::mem::take(&mut shard));
                continue;
            }
            let end = rows.min(row + fitting.max(1));
            add_rows(&mut shard, &slot.name, weight, row..end, dtype);
            row = end;
        }
    }
    shards.push(shard);
    Ok(shards)
}

fn add_rows(shard: &mut ShardBuilder, tensor: &str, weight: &Weight, rows: std::ops::Range<usize>, dtype: Dtype) {
    let row_length = weight.values.len() / weight.shape[0].max(1);
    let name = name_at(tensor, rows.start, rows.len() == weight.shape[0]);
    let shape: Vec<usize> = std::iter::once(rows.len()).chain(weight.shape[1..].iter().copied()).collect();
    let values = &weight.values[rows.start * row_length..rows.end * row_length];
    let (bytes, scales) = encode(values, row_length, dtype);
    if let Some(scales) = scales {
        shard.add(format!("{name}{}", part::SCALE), StoredDtype::F32, vec![rows.len()], scales);
    }
    let stored = match dtype {
        Dtype::F32 => StoredDtype::F32,
        Dtype::F16 => StoredDtype::F16,
        Dtype::Int8 => StoredDtype::I8,
    };
    shard.add(name, stored, shape, bytes);
}

/// The name of a tensor's part that begins at a row.
fn name_at(tensor: &str, row: usize, is_whole: bool) -> String {
    if is_whole { tensor.to_string() } else { format!("{tensor}@{row}") }
}

/// Some rows of a weight as the bytes of a shard, and, for I8, the bytes of their scales.
fn encode(rows: &[f32], row_length: usize, dtype: Dtype) -> (Vec<u8>, Option<Vec<u8>>) {
    match dtype {
        Dtype::F32 => (rows.iter().flat_map(|value| value.to_le_bytes()).collect(), None),
        Dtype::F16 => (rows.iter().flat_map(|value| f16::from_f32(*value).to_le_bytes()).collect(), None),
        Dtype::Int8 => {
            let mut bytes = Vec::with_capacity(rows.len());
            let mut scales = Vec::new();
            for row in rows.chunks(row_length.max(1)) {
                let greatest = row.iter().fold(0f32, |greatest, value| greatest.max(value.abs()));
                let scale = if greatest > 0.0 { greatest / 127.0 } else { 1.0 };
                bytes.extend(row.iter().map(|value| (value / scale).round().clamp(-127.0, 127.0) as i8 as u8));
                scales.extend(scale.to_le_bytes());
            }
            (bytes, Some(scales))
        }
    }
}

/// Whether every value can be stored.
fn check(tensor: &str, weight: &Weight, dtype: Dtype) -> Result<(), ModelError> {
    part::expect_finite(tensor, &weight.values)?;
    let tensor = tensor.to_string();
    match weight.values.iter().find(|value| dtype == Dtype::F16 && !f16::from_f32(**value).is_finite()) {
        Some(value) => Err(ModelError::BeyondF16 { tensor, value: *value }),
        None => Ok(()),
    }
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), ModelError> {
    let mut file = File::create(path).map_err(io(path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(io(path))
}

fn io(path: &Path) -> impl Fn(std::io::Error) -> ModelError + '_ {
    move |reason| ModelError::Io { file: path.display().to_string(), reason }
}
