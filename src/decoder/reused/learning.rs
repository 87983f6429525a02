//! Gradients of what is used at every word, computed once for all words of a caption.
//!
//! Each kind is two operations for autodiff. The first stands for the matrix, the keys or the cells; the second is what
//! a word does with them. On the way back, the second leaves with the first what its gradient follows from, and the
//! first, whose turn comes after all of them, computes it.

mod cells;
mod gates;
mod keys;
mod matrix;
mod panels;
mod per_word;
mod source;
mod vectors;

use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::ops::{Backward, NodeGuard, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex, TensorMetadata};
use burn::tensor::{Tensor, TensorData};

pub use cells::CellGradients;
pub use gates::GateGradients;
pub use keys::KeyGradients;
pub use matrix::MatrixGradient;
pub use per_word::PerWordGradient;

/// The processor, keeping what is done for the way back.
type Learning = Autodiff<Flex>;

/// A tensor of it.
type Tracked = FloatTensor<Learning>;

/// A tensor of the processor without.
type Numbers = FloatTensor<Flex>;

/// Nothing where a tensor is elsewhere, or nothing is kept for the way back.
fn tracked<const D: usize>(tensor: &Tensor<D>) -> Option<Tracked> {
    tensor.clone().try_into_primitive::<Learning>().ok()
}

/// A tensor beside one that is tracked.
///
/// # Panics
///
/// If it is on another device, as all operations on tensors do.
fn tracked_too<const D: usize>(tensor: Tensor<D>) -> Tracked {
    tensor.try_into_primitive::<Learning>().unwrap_or_else(|error| panic!("tensors on one device: {error:?}"))
}

fn tensor<const D: usize>(tracked: Tracked) -> Tensor<D> {
    Tensor::from_primitive::<Learning>(tracked)
}

/// What an operation put out, with its way back.
fn operation<B: Backward<Flex, N>, const N: usize>(
    way_back: B,
    inputs: [NodeGuard; N],
    state: B::State,
    output: Numbers,
) -> Tracked {
    match way_back.prepare::<NoCheckpointing>(inputs).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => prepared.finish(state, output),
        OpsKind::UnTracked(prepared) => prepared.finish(output),
    }
}

fn dims<const D: usize>(numbers: &Numbers) -> [usize; D] {
    numbers.shape().dims()
}

/// The numbers of a tensor that lie in order, as those of the ones here do.
fn slice(numbers: &Numbers) -> &[f32] {
    numbers.as_slice().expect("floats in order")
}

fn in_order(numbers: Numbers) -> Numbers {
    numbers.to_contiguous()
}

fn of_values<const D: usize>(values: Vec<f32>, shape: [usize; D]) -> Numbers {
    Numbers::from_data(TensorData::new(values, shape))
}
