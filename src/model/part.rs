//! How weights lie in a shard: their storage types, and the names of tensors that are spread over several shards.

use serde::{Deserialize, Serialize};

use super::error::ModelError;

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

/// A weight that is none, as training that went astray leaves, would make all captions one.
pub fn expect_finite(tensor: &str, values: &[f32]) -> Result<(), ModelError> {
    match values.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(ModelError::NotFinite { tensor: tensor.to_string(), value: *value }),
        None => Ok(()),
    }
}
