//! Floating-point numbers as files store them, little-endian, made 32-bit floats.

use half::{bf16, f16};
use safetensors::Dtype;

/// How a number is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Float {
    F64,
    F32,
    F16,
    BF16,
}

impl Float {
    /// Nothing where the type is none of floats.
    pub fn of(dtype: Dtype) -> Option<Self> {
        match dtype {
            Dtype::F64 => Some(Self::F64),
            Dtype::F32 => Some(Self::F32),
            Dtype::F16 => Some(Self::F16),
            Dtype::BF16 => Some(Self::BF16),
            _ => None,
        }
    }

    pub fn size(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::BF16 => 2,
        }
    }

    pub fn decode(self, bytes: &[u8]) -> Vec<f32> {
        let mut values = vec![0.0; bytes.len() / self.size()];
        self.decode_into(bytes, &mut values);
        values
    }

    /// As many numbers as there are both bytes and room for.
    pub fn decode_into(self, bytes: &[u8], values: &mut [f32]) {
        match self {
            Self::F64 => fill(values, bytes, |b| f64::from_le_bytes(b) as f32),
            Self::F32 => fill(values, bytes, f32::from_le_bytes),
            Self::F16 => fill(values, bytes, |b| f16::from_le_bytes(b).to_f32()),
            Self::BF16 => fill(values, bytes, |b| bf16::from_le_bytes(b).to_f32()),
        }
    }
}

fn fill<const N: usize>(values: &mut [f32], bytes: &[u8], number: impl Fn([u8; N]) -> f32) {
    for (value, chunk) in values.iter_mut().zip(bytes.as_chunks::<N>().0) {
        *value = number(*chunk);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_gives_its_number() {
        assert_eq!(Float::F64.decode(&1.5f64.to_le_bytes()), [1.5]);
        assert_eq!(Float::F32.decode(&[1.5f32.to_le_bytes(), (-2f32).to_le_bytes()].concat()), [1.5, -2.0]);
        assert_eq!(Float::F16.decode(&f16::from_f32(1.5).to_le_bytes()), [1.5]);
        assert_eq!(Float::BF16.decode(&bf16::from_f32(1.5).to_le_bytes()), [1.5]);
    }
}
