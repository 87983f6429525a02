//! Principal components: the directions in which vectors differ most.

use burn::tensor::{Device, Tensor, TensorData};
use rand::RngExt;
use sightline::device::cpu;

use crate::host::{ReadBackError, to_host};
use crate::rng::rng_for;

/// Repetitions after which the subspace does not change any more as far as 8 bits go.
const REPETITIONS: usize = 12;

/// The directions in which centred vectors differ most.
pub struct Principal {
    /// Orthogonal, of length one; where vectors differ in fewer, the rest is zero: `[count, channels]`
    pub directions: Vec<f32>,
    /// The root of the mean square of the vectors' parts in each: `[count]`
    pub spreads: Vec<f32>,
}

impl Principal {
    /// So many of vectors that lie one after the other, `[vectors, channels]`.
    pub fn of(centred: &[f32], channels: usize, count: usize) -> Result<Self, ReadBackError> {
        let device: Device = cpu();
        let vectors = centred.len() / channels.max(1);
        let centred = Tensor::<2>::from_data(TensorData::new(centred.to_vec(), [vectors, channels]), &device);
        let on_device = |directions: &Vec<f32>| {
            Tensor::<2>::from_data(TensorData::new(directions.clone(), [count, channels]), &device)
        };
        let mut random = rng_for(0, "principal directions", 0);
        let mut directions: Vec<f32> = (0..count * channels).map(|_| random.random_range(-1.0..1.0)).collect();
        for _ in 0..REPETITIONS {
            let after = on_device(&directions).matmul(centred.clone().transpose()).matmul(centred.clone());
            directions = to_host(after)?;
            orthonormalise(&mut directions, channels);
        }
        let parts = on_device(&directions).matmul(centred.transpose());
        let spreads = to_host(parts.powi_scalar(2).mean_dim(1).sqrt())?;
        Ok(Self { directions, spreads })
    }
}

/// Gram-Schmidt, row by row.
fn orthonormalise(rows: &mut [f32], length: usize) {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    for row in 0..rows.len() / length {
        let (before, rest) = rows.split_at_mut(row * length);
        let this = &mut rest[..length];
        let whole = dot(this, this).sqrt();
        // Twice, for rounding leaves something of the others the first time.
        for _ in 0..2 {
            for other in before.chunks(length) {
                let shared = dot(this, other);
                this.iter_mut().zip(other).for_each(|(a, b)| *a -= (shared * f64::from(*b)) as f32);
            }
        }
        let norm = dot(this, this).sqrt();
        // What is left of a row that the others make up is rounding.
        let scale = if norm > 1e-5 * whole { 1.0 / norm } else { 0.0 };
        this.iter_mut().for_each(|value| *value = (f64::from(*value) * scale) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors that differ much in one direction, little in a second, and not at all in others.
    #[test]
    fn what_differs_most_comes_first() {
        let vectors: Vec<f32> = (0..20)
            .flat_map(|i| {
                let (most, less) = ((i % 5) as f32 - 2.0, (i % 2) as f32 - 0.5);
                [0.6 * most, 0.8 * most, less, 0.0]
            })
            .collect();
        let Principal { directions, spreads } = Principal::of(&vectors, 4, 3).unwrap();
        let expected = [[0.6, 0.8, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0; 4]];
        for (found, expected) in directions.chunks(4).zip(expected) {
            let sign = if found.iter().sum::<f32>() < 0.0 { -1.0 } else { 1.0 };
            for (found, expected) in found.iter().zip(expected) {
                assert!((sign * found - expected).abs() < 1e-3, "{found} {expected}");
            }
        }
        for (found, expected) in spreads.into_iter().zip([2f32.sqrt(), 0.5, 0.0]) {
            assert!((found - expected).abs() < 1e-3, "{found} {expected}");
        }
    }
}
