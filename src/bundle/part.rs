//! How weights lie in a shard: their storage types, and the names of tensors that are spread over several shards.

use half::f16;
use serde::{Deserialize, Serialize};

use super::BundleError;
use crate::weights::Weight;

/// How matrices and convolutions are stored. Vectors are always F32: they are few, and everything hangs on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dtype {
    F32,
    F16,
    /// Whole numbers from -127 to 127, times one F32 scale for each output channel.
    Int8,
}

impl Dtype {
    pub fn size(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F16 => 2,
            Self::Int8 => 1,
        }
    }
}

/// Ends the name of the tensor that holds the scales of an I8 tensor.
pub const SCALE: &str = ":scale";

/// The name of a tensor's part that begins at a row.
pub fn name_at(tensor: &str, row: usize, is_whole: bool) -> String {
    if is_whole { tensor.to_string() } else { format!("{tensor}@{row}") }
}

/// The tensor and the first row that a name in a shard stands for.
pub fn tensor_and_row(name: &str) -> Option<(&str, usize)> {
    match name.split_once('@') {
        None => Some((name, 0)),
        // Canonical digits only, so that a part has one name.
        Some((tensor, digits)) => {
            digits.parse().ok().filter(|row: &usize| row.to_string() == digits).map(|row| (tensor, row))
        }
    }
}

/// Some rows of a weight as the bytes of a shard, and, for I8, the bytes of their scales.
pub fn encode(rows: &[f32], row_length: usize, dtype: Dtype) -> (Vec<u8>, Option<Vec<u8>>) {
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
pub fn check(tensor: &str, weight: &Weight, dtype: Dtype) -> Result<(), BundleError> {
    let tensor = tensor.to_string();
    if let Some(value) = weight.values.iter().find(|value| !value.is_finite()) {
        return Err(BundleError::NotFinite { tensor, value: *value });
    }
    match weight.values.iter().find(|value| dtype == Dtype::F16 && !f16::from_f32(**value).is_finite()) {
        Some(value) => Err(BundleError::BeyondF16 { tensor, value: *value }),
        None => Ok(()),
    }
}

/// F32 bytes as numbers.
pub fn decode_f32(bytes: &[u8]) -> impl Iterator<Item = f32> + '_ {
    bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
}

/// F16 bytes as numbers.
pub fn decode_f16(bytes: &[u8]) -> impl Iterator<Item = f32> + '_ {
    bytes.chunks_exact(2).map(|b| f16::from_le_bytes([b[0], b[1]]).to_f32())
}

/// I8 bytes as numbers, each row times its scale.
pub fn decode_int8<'a>(bytes: &'a [u8], row_length: usize, scales: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
    let rows = bytes.chunks(row_length.max(1)).zip(scales);
    rows.flat_map(|(row, scale)| row.iter().map(move |byte| f32::from(*byte as i8) * scale))
}
