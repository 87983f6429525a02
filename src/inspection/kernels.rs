//! The kernels that a photo meets first, and what each makes of it.

use super::feature_maps::{FeatureMap, read};
use crate::captioner::{CaptionError, Captioner};
use crate::photo::Photo;

/// The first convolution.
#[derive(Clone, Debug)]
pub struct Kernels {
    /// Kernels, channels, rows, columns.
    pub shape: [usize; 4],
    /// With the norm behind it folded in, as the model holds them.
    pub values: Vec<f32>,
    pub stride: usize,
    /// Zeros before and after each axis.
    pub padding: [usize; 2],
    /// What each makes of the photo, before any activation.
    pub responses: FeatureMap,
}

impl Captioner {
    /// Nothing where a network begins with anything but a convolution.
    pub async fn kernels(&self, photo: &Photo) -> Result<Option<Kernels>, CaptionError> {
        let input = self.input(photo);
        let [_, _, _, side] = input.dims();
        let Some((conv, weight, output)) = self.model().encoder.first_convolution(input) else { return Ok(None) };
        let [kernels, channels, rows, cols] = weight.dims();
        let FeatureMap { values, .. } = read(weight.reshape([1, kernels * channels, rows, cols])).await?;
        Ok(Some(Kernels {
            shape: [kernels, channels, rows, cols],
            values,
            stride: conv.stride,
            padding: conv.padding.along(side, conv.kernel, conv.stride),
            responses: read(output).await?,
        }))
    }
}
