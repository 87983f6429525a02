//! Tensors read back from their device.

use burn::tensor::Tensor;

#[derive(Debug, thiserror::Error)]
#[error("the device did not give its results back: {0}")]
pub struct ReadBackError(pub String);

pub fn to_host<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, ReadBackError> {
    tensor.into_data().try_into_vec().map_err(|error| ReadBackError(format!("{error:?}")))
}
