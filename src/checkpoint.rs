//! Reading the tensors of a PyTorch `.pth` or a `.safetensors` file as 32-bit floats.
//!
//! A `.pth` is a pickle; `pytorch-reader` interprets the few operations that a state dict needs and runs nothing.

use std::path::Path;

use anyhow::{Context, bail};
use pytorch_reader::{DType, PytorchReader};
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use crate::weights::{Weight, Weights};

/// Every floating-point tensor of the file; counters and the like are left out.
pub fn read(path: &Path) -> anyhow::Result<Weights> {
    let shown = path.display();
    let head = {
        use std::io::Read;
        let mut head = Vec::new();
        let file = std::fs::File::open(path).with_context(|| shown.to_string())?;
        file.take(16).read_to_end(&mut head).with_context(|| shown.to_string())?;
        head
    };
    let weights = match &head[..] {
        [] => bail!("{shown}: the file is empty"),
        // A safetensors file begins with the length of its header and the header's brace.
        [_, _, _, _, _, _, _, _, b'{', ..] => from_safetensors(path),
        _ => from_pytorch(path),
    };
    let weights = weights.with_context(|| shown.to_string())?;
    if weights.is_empty() {
        bail!("{shown}: there are no floating-point tensors in it");
    }
    Ok(weights)
}

fn from_safetensors(path: &Path) -> anyhow::Result<Weights> {
    let bytes = std::fs::read(path)?;
    let tensors = SafeTensors::deserialize(&bytes)?;
    let mut weights = Weights::new();
    for (name, view) in tensors.iter() {
        let float = match view.dtype() {
            Dtype::F64 => Float::F64,
            Dtype::F32 => Float::F32,
            Dtype::F16 => Float::F16,
            Dtype::BF16 => Float::BF16,
            _ => continue,
        };
        weights.insert(name.to_string(), Weight { shape: view.shape().to_vec(), values: float.values(view.data()) });
    }
    Ok(weights)
}

fn from_pytorch(path: &Path) -> anyhow::Result<Weights> {
    let reader = PytorchReader::new(path)
        .context("not readable as a PyTorch checkpoint; save a state dict with torch.save, or as .safetensors")?;
    let mut weights = Weights::new();
    for (name, tensor) in reader.tensors() {
        let float = match tensor.dtype() {
            DType::F64 => Float::F64,
            DType::F32 => Float::F32,
            DType::F16 => Float::F16,
            DType::BF16 => Float::BF16,
            _ => continue,
        };
        let values = float.values(&tensor.read()?);
        weights.insert(name.clone(), Weight { shape: tensor.shape().to_vec(), values });
    }
    Ok(weights)
}

enum Float {
    F64,
    F32,
    F16,
    BF16,
}

impl Float {
    fn values(&self, bytes: &[u8]) -> Vec<f32> {
        match self {
            Self::F64 => chunks(bytes, |b| f64::from_le_bytes(b) as f32),
            Self::F32 => chunks(bytes, f32::from_le_bytes),
            Self::F16 => chunks(bytes, |b| half::f16::from_le_bytes(b).to_f32()),
            Self::BF16 => chunks(bytes, |b| half::bf16::from_le_bytes(b).to_f32()),
        }
    }
}

fn chunks<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks::<N>().0.iter().map(|chunk| number(*chunk)).collect()
}
