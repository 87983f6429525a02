//! An LSTM's gates: one pass over the numbers on each way, where autodiff has two dozen.

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::tensor::Tensor;

use super::vectors::{lstm_row, lstm_row_gradients, vectorised};
use super::{Numbers, dims, in_order, of_values, operation, slice, tensor, tracked, tracked_too};

pub enum GateGradients {}

impl GateGradients {
    /// The hidden and the cell state side by side: `[rows, 2 * hidden]`
    pub fn hidden_and_cell(gates: &Tensor<2>, cell: &Tensor<2>) -> Option<Tensor<2>> {
        let (gates, gates_node) = tracked(gates)?.into_parts();
        let (cell, cell_node) = tracked_too(cell.clone()).into_parts();
        let (gates, cell) = (in_order(gates), in_order(cell));
        let [rows, hidden] = dims(&cell);
        let mut after = slice(&gates).to_vec();
        let mut states = vec![0.0; rows * 2 * hidden];
        vectorised(
            #[inline(always)]
            || {
                let rows = after.chunks_exact_mut(4 * hidden).zip(slice(&cell).chunks_exact(hidden));
                for ((gates, cell), states) in rows.zip(states.chunks_exact_mut(2 * hidden)) {
                    lstm_row(gates, cell, states);
                }
            },
        );
        let states = of_values(states, [rows, 2 * hidden]);
        let state = (of_values(after, [rows, 4 * hidden]), cell, states.clone());
        Some(tensor(operation(Gates, [gates_node, cell_node], state, states)))
    }
}

#[derive(Debug)]
struct Gates;

impl Backward<Flex, 2> for Gates {
    /// The gates after their functions, the cell state before, and the states.
    type State = (Numbers, Numbers, Numbers);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let back = in_order(gradients.consume::<Flex>(&ops.node));
        let ([gates_node, cell_node], (gates, cell, states)) = (ops.parents, ops.state);
        let [rows, hidden] = dims(&cell);
        let (mut of_gates, mut of_cell) = (vec![0.0; rows * 4 * hidden], vec![0.0; rows * hidden]);
        vectorised(
            #[inline(always)]
            || {
                for row in 0..rows {
                    lstm_row_gradients(
                        &slice(&gates)[row * 4 * hidden..][..4 * hidden],
                        &slice(&cell)[row * hidden..][..hidden],
                        &slice(&states)[row * 2 * hidden..][..2 * hidden],
                        &slice(&back)[row * 2 * hidden..][..2 * hidden],
                        &mut of_gates[row * 4 * hidden..][..4 * hidden],
                        &mut of_cell[row * hidden..][..hidden],
                    );
                }
            },
        );
        if let Some(node) = gates_node {
            gradients.register::<Flex>(node.id, of_values(of_gates, [rows, 4 * hidden]));
        }
        if let Some(node) = cell_node {
            gradients.register::<Flex>(node.id, of_values(of_cell, [rows, hidden]));
        }
    }
}
