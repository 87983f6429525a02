//! What decoders make of sums. Where words are written on the processor, kernels of our own do it: a word has few numbers,
//! so Burn's operations, of which an LSTM takes fifteen, take longer to begin than to compute.

use burn::tensor::activation::{self, sigmoid};
use burn::tensor::{Device, Tensor, TensorData};
use sightline_kernels as kernels;

/// Whether it is the processor, and nothing on it learns.
pub(in crate::decoder) fn is_plain_cpu(device: &Device) -> bool {
    *device == crate::device::cpu() && !device.is_autodiff()
}

/// The log-probabilities of logits, `[rows, words]`.
pub(in crate::decoder) fn log_softmax(logits: Tensor<2>) -> Tensor<2> {
    let device = logits.device();
    if !is_plain_cpu(&device) {
        return activation::log_softmax(logits, 1);
    }
    let [rows, width] = logits.dims();
    let mut logits = numbers(logits);
    kernels::log_softmax(&mut logits, width);
    Tensor::from_data(TensorData::new(logits, [rows, width]), &device)
}

/// What an LSTM's gates, `[rows, 4 * hidden]` before their functions, make of its cell state, `[rows, hidden]`: the
/// hidden state and the next cell state.
pub(in crate::decoder) fn lstm(gates: Tensor<2>, cell: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let device = cell.device();
    if is_plain_cpu(&device) {
        let [rows, hidden] = cell.dims();
        let mut cell = numbers(cell);
        let states = kernels::lstm(&numbers(gates), &mut cell, hidden);
        let tensor = |values| Tensor::from_data(TensorData::new(values, [rows, hidden]), &device);
        return (tensor(states), tensor(cell));
    }
    let [input, forget, candidate, output]: [Tensor<2>; 4] =
        gates.chunk(4, 1).try_into().expect("four gates were asked for");
    let cell = sigmoid(forget) * cell + sigmoid(input) * activation::tanh(candidate);
    (sigmoid(output) * activation::tanh(cell.clone()), cell)
}

pub(in crate::decoder) fn tanh<const D: usize>(tensor: Tensor<D>) -> Tensor<D> {
    let device = tensor.device();
    if !is_plain_cpu(&device) {
        return activation::tanh(tensor);
    }
    let shape = tensor.dims();
    let mut numbers = numbers(tensor);
    kernels::tanh_of(&mut numbers);
    Tensor::from_data(TensorData::new(numbers, shape), &device)
}

/// What a gate, before its function, lets through of a memory.
pub(in crate::decoder) fn gated(gate: Tensor<3>, memory: Tensor<3>) -> Tensor<3> {
    let device = gate.device();
    if !is_plain_cpu(&device) {
        return sigmoid(gate) * activation::tanh(memory);
    }
    let shape = gate.dims();
    Tensor::from_data(TensorData::new(kernels::gated(&numbers(gate), &numbers(memory)), shape), &device)
}

/// Without a copy where nothing else has the tensor.
pub(in crate::decoder) fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().try_into_vec().expect("decoders compute in 32-bit floats")
}
