//! Reading the tensors of a PyTorch `.pth` or a `.safetensors` file as 32-bit floats.
//!
//! A `.pth` is a pickle; `pytorch-reader` interprets the few operations that a state dict needs and runs nothing.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use pytorch_reader::{DType, PytorchReader};
use safetensors::SafeTensors;

use crate::files::read_kind;
use crate::floats::Float;
use crate::weights::{Weight, Weights};

/// No checkpoint of a network that is known here has more bytes.
pub const CHECKPOINT_LIMIT: u64 = 16 << 30;

/// Why a file gave no tensors.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("this is no file, and a checkpoint is one")]
    NotAFile,
    #[error("the file is empty")]
    Empty,
    #[error(transparent)]
    Safetensors(#[from] safetensors::SafeTensorError),
    #[error("not readable as a PyTorch checkpoint; save a state dict with torch.save, or as .safetensors: {0}")]
    PyTorch(String),
    #[error("there are no floating-point tensors in it")]
    NoFloats,
}

/// Every floating-point tensor of the file; counters and the like are left out.
pub fn read(path: &Path) -> Result<Weights, ReadError> {
    // It is read more than once, and what is no file may have no end.
    if !path.metadata()?.is_file() {
        return Err(ReadError::NotAFile);
    }
    let mut head = Vec::new();
    File::open(path)?.take(16).read_to_end(&mut head)?;
    let weights = match &head[..] {
        [] => return Err(ReadError::Empty),
        // A safetensors file begins with the length of its header and the header's brace.
        [_, _, _, _, _, _, _, _, b'{', ..] => from_safetensors(&read_kind(path, CHECKPOINT_LIMIT, "checkpoint")?)?,
        _ => from_pytorch(path).map_err(ReadError::PyTorch)?,
    };
    if weights.is_empty() { Err(ReadError::NoFloats) } else { Ok(weights) }
}

fn from_safetensors(bytes: &[u8]) -> Result<Weights, safetensors::SafeTensorError> {
    let tensors = SafeTensors::deserialize(bytes)?;
    let floats = tensors.iter().filter_map(|(name, view)| {
        let values = Float::of(view.dtype())?.decode(view.data());
        Some((name.to_string(), Weight { shape: view.shape().to_vec(), values }))
    });
    Ok(floats.collect())
}

fn from_pytorch(path: &Path) -> Result<Weights, String> {
    let reader = PytorchReader::new(path).map_err(|error| error.to_string())?;
    let mut weights = Weights::new();
    for (name, tensor) in reader.tensors() {
        let float = match tensor.dtype() {
            DType::F64 => Float::F64,
            DType::F32 => Float::F32,
            DType::F16 => Float::F16,
            DType::BF16 => Float::BF16,
            _ => continue,
        };
        let values = float.decode(&tensor.read().map_err(|error| error.to_string())?);
        weights.insert(name.clone(), Weight { shape: tensor.shape().to_vec(), values });
    }
    Ok(weights)
}
