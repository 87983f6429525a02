//! Tensors in floats, and as a model folder holds them: floats, or bytes with a scale for each row. What computes in bytes
//! takes them as they are, so that they never stand in memory as floats.

use std::collections::BTreeMap;

use crate::device::Precision;

/// One tensor in PyTorch's layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

/// Tensors by their checkpoint key.
pub type Weights = BTreeMap<String, Weight>;

/// A tensor as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub enum StoredWeight {
    Floats(Weight),
    Bytes(ByteWeight),
}

/// Tensors by their checkpoint key.
pub type StoredWeights = BTreeMap<String, StoredWeight>;

/// A tensor in PyTorch's layout, each row of which is its bytes times its scale.
#[derive(Clone, Debug, PartialEq)]
pub struct ByteWeight {
    pub shape: Vec<usize>,
    pub bytes: Vec<i8>,
    pub scales: Vec<f32>,
}

impl StoredWeight {
    /// As what computes in this precision wants it.
    pub fn in_precision(self, precision: Precision) -> Self {
        match precision {
            Precision::Auto => self,
            Precision::F32 => Self::Floats(self.into_floats()),
        }
    }

    pub fn into_floats(self) -> Weight {
        match self {
            Self::Floats(weight) => weight,
            Self::Bytes(weight) => weight.into_floats(),
        }
    }
}

impl ByteWeight {
    pub fn into_floats(self) -> Weight {
        let row = (self.bytes.len() / self.scales.len().max(1)).max(1);
        let rows = self.bytes.chunks(row).zip(&self.scales);
        let values = rows.flat_map(|(row, scale)| row.iter().map(move |byte| f32::from(*byte) * scale)).collect();
        Weight { shape: self.shape, values }
    }
}

impl From<Weight> for StoredWeight {
    fn from(weight: Weight) -> Self {
        Self::Floats(weight)
    }
}
