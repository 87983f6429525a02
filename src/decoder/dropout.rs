//! Leaving out numbers by chance while a decoder learns.

use burn::tensor::{Tensor, TensorData};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// The numbers come from a generator of our own and not from the device's, which all threads share: so a seed gives the
/// same ones on every device, in every thread.
#[derive(Debug)]
pub struct Dropout(Option<(f64, ChaCha8Rng)>);

impl Dropout {
    /// Leaves out nothing.
    pub fn none() -> Self {
        Self(None)
    }

    /// Leaves out a share of the numbers, below 1.
    pub fn new(share: f64, random: ChaCha8Rng) -> Self {
        Self((share > 0.0).then_some((share, random)))
    }

    /// Zeroes numbers by chance, and raises the others to make up for it.
    pub fn apply<const D: usize>(&mut self, x: Tensor<D>) -> Tensor<D> {
        let Some((share, random)) = &mut self.0 else { return x };
        let shape = x.shape();
        let limit = (*share * f64::from(u32::MAX)) as u32;
        let raised = 1.0 / (1.0 - *share as f32);
        let kept: Vec<f32> =
            (0..shape.num_elements()).map(|_| if random.random::<u32>() < limit { 0.0 } else { raised }).collect();
        let kept = Tensor::from_data(TensorData::new(kept, shape), &x.device());
        x * kept
    }
}
