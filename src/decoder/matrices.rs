//! Layers whose matrices a decoder may have in bytes: then they compute in bytes, and else as Burn does.

use std::ops::Range;
use std::sync::Arc;

use burn::module::Param;
use burn::nn::Linear;
use burn::tensor::{Tensor, TensorData};
use sightline_kernels::Matrix;

use super::activations::numbers;
use crate::weights::Matrices;

/// What a linear layer makes of vectors.
pub(in crate::decoder) fn linear<const D: usize>(matrices: &Matrices, layer: &Linear, x: Tensor<D>) -> Tensor<D> {
    let Some(matrix) = matrices.of(&layer.weight) else { return layer.forward(x) };
    let bias = layer.bias.as_ref().map(|bias| numbers(bias.val()));
    product(x, matrix, |x| matrix.product(x, bias.as_deref()))
}

/// A matrix, or what of it goes with a part of the input.
#[derive(Clone, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "there are a few of these in a decoder at work, and on 32 bits it is small"
)]
pub(in crate::decoder) enum MatrixPart {
    /// `[part, outputs]`
    Floats(Tensor<2>),
    Bytes(Arc<Matrix>, Range<usize>),
}

impl MatrixPart {
    pub fn whole(matrices: &Matrices, matrix: &Param<Tensor<2>>) -> Self {
        match matrices.of(matrix) {
            None => Self::Floats(matrix.val()),
            Some(matrix) => Self::Bytes(matrix.clone(), 0..matrix.inputs()),
        }
    }

    /// What goes with the inputs of `part`.
    pub fn of(matrices: &Matrices, matrix: &Param<Tensor<2>>, part: Range<usize>) -> Self {
        match matrices.of(matrix) {
            None => Self::Floats(matrix.val().narrow(0, part.start, part.len())),
            Some(matrix) => Self::Bytes(matrix.clone(), part),
        }
    }

    /// `[rows, part]` × this → `[rows, outputs]`
    pub fn after(&self, x: Tensor<2>) -> Tensor<2> {
        match self {
            Self::Floats(matrix) => x.matmul(matrix.clone()),
            Self::Bytes(matrix, part) => product(x, matrix, |x| matrix.product_of(part.clone(), x)),
        }
    }
}

/// `[.., inputs]` → `[.., outputs]`
fn product<const D: usize>(x: Tensor<D>, matrix: &Matrix, by: impl FnOnce(&[f32]) -> Vec<f32>) -> Tensor<D> {
    let (mut shape, device) = (x.dims(), x.device());
    shape[D - 1] = matrix.outputs();
    Tensor::from_data(TensorData::new(by(&numbers(x)), shape), &device)
}
