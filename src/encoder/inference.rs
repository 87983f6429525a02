//! What an encoder that only infers runs in place of its layers.

use std::fmt::Debug;
use std::ops::Range;

use burn::tensor::{Device, Tensor};

use super::activation_ranges::ActivationSamples;
use super::description::Conv;
use super::grid::FeatureGrid;

/// A backbone with weights as a device wants them.
pub(super) trait InferenceNetwork: Debug + Send + Sync {
    fn device(&self) -> Device;

    /// Photos, `[photos, channels, rows, columns]`, to their grids.
    fn forward(&self, photos: Tensor<4>) -> FeatureGrid;

    /// What some stages, of which 0 is the stem, make of what those before them put out; calls `after` with the place of
    /// each node that has run.
    fn run(&self, stages: Range<usize>, x: Tensor<4>, after: &mut dyn FnMut(usize)) -> Tensor<4>;

    /// The convolution that the photo meets first, its weights as PyTorch has them, and what it makes of the photo before
    /// any activation.
    fn first_convolution(&self, photo: Tensor<4>) -> Option<(Conv, Tensor<4>, Tensor<4>)>;

    /// Takes samples of what convolutions make of photos, with what is done right behind them, where that can be had.
    fn sample_activations(&self, _photos: Tensor<4>, _samples: &mut ActivationSamples) {}
}
