//! Matrices that stay in bytes, and compute so, beside the module whose parameters they are.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use burn::module::{Param, ParamId};
use burn::tensor::{Tensor, TensorData};
use sightline_kernels::Matrix;

use super::tensors::ByteWeight;

/// Those of a module, by its parameters. A module that computes with them has this beside its parameters, empty until it
/// is loaded; its clones share it.
#[derive(Clone, Debug, Default)]
pub struct Matrices(Arc<OnceLock<InBytes>>);

/// What [`super::fill_but_matrices`] found in bytes.
#[derive(Debug, Default)]
pub struct InBytes(HashMap<ParamId, Arc<Matrix>>);

impl Matrices {
    /// Takes them over, once.
    pub fn set(&self, matrices: InBytes) {
        let _ = self.0.set(matrices);
    }

    /// The matrix that stands for this parameter, if it is one in bytes.
    pub fn of(&self, param: &Param<Tensor<2>>) -> Option<&Arc<Matrix>> {
        self.0.get()?.0.get(&param.id)
    }
}

impl InBytes {
    pub(super) fn takes(weight: &ByteWeight) -> bool {
        weight.shape.last().is_some_and(|inputs| *inputs <= Matrix::MOST_INPUTS)
    }

    /// Keeps a matrix in PyTorch's layout. The parameter that is given back makes floats of it once it is asked for them.
    pub(super) fn keep<const D: usize>(&mut self, param: &Param<Tensor<D>>, weight: &ByteWeight) -> Param<Tensor<D>> {
        let shape = [weight.shape[0], weight.shape[1]];
        let matrix = Arc::new(Matrix::new(shape, &weight.bytes, &weight.scales));
        self.0.insert(param.id, matrix.clone());
        let floats = move |device: &_, _| {
            let data = TensorData::new(matrix.transposed_floats(), [matrix.inputs(), matrix.outputs()]);
            Tensor::from_data(data, device)
        };
        Param::uninitialized(param.id, floats, param.lazy_device(), true, param.lazy_shape())
    }
}
