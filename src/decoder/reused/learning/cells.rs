//! The cells of photos, which every word compares itself with and adds up. Both leave a weight for each cell and a
//! vector for each row, and the gradient of the cells is one product of the two for each photo.

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::ops::FloatTensorOps;
use burn::tensor::{Shape, Tensor};

use super::source::{Parts, SumOfParts, source};
use super::{Numbers, Tracked, dims, operation, tensor, tracked, tracked_too};

#[derive(Clone, Debug)]
pub struct CellGradients {
    cells: Tracked,
    parts: Parts<Weighed>,
}

/// A weight for each cell, `[photos, rows of a photo, cells]`, and a vector, `[photos, rows of a photo, size]`.
type Weighed = (Numbers, Numbers);

impl CellGradients {
    pub fn of(cells: &Tensor<3>) -> Option<Self> {
        let (cells, parts) = source(tracked(cells)?, Weights);
        Some(Self { cells, parts })
    }

    pub fn products(&self, rows: Tensor<2>) -> Tensor<2> {
        let cells = self.cells.primitive().clone();
        let (rows, node) = tracked_too(rows).into_parts();
        let rows = by_photo(rows, &cells);
        let products = Flex::float_matmul(rows.clone(), Flex::float_swap_dims(cells.clone(), 1, 2));
        let state = (rows, cells, self.parts.clone());
        tensor(operation(Products, [node, self.cells.node()], state, by_row(products)))
    }

    pub fn weighted_sum(&self, weights: Tensor<2>) -> Tensor<2> {
        let cells = self.cells.primitive().clone();
        let (weights, node) = tracked_too(weights).into_parts();
        let weights = by_photo(weights, &cells);
        let sums = Flex::float_matmul(weights.clone(), cells.clone());
        let state = (weights, cells, self.parts.clone());
        tensor(operation(Sums, [node, self.cells.node()], state, by_row(sums)))
    }
}

/// `[photos * rows, n]` to `[photos, rows, n]`.
fn by_photo(numbers: Numbers, cells: &Numbers) -> Numbers {
    let ([photos, _, _], [rows, size]) = (dims(cells), dims(&numbers));
    Flex::float_reshape(numbers, Shape::new([photos, rows / photos, size]))
}

/// `[photos, rows, n]` to `[photos * rows, n]`.
fn by_row(numbers: Numbers) -> Numbers {
    let [photos, rows, size] = dims(&numbers);
    Flex::float_reshape(numbers, Shape::new([photos * rows, size]))
}

#[derive(Clone, Debug)]
struct Weights;

impl SumOfParts for Weights {
    type Part = Weighed;

    fn gradient(self, parts: Vec<Weighed>) -> Numbers {
        let (weights, vectors): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        let (weights, vectors) = (Flex::float_cat(weights, 1), Flex::float_cat(vectors, 1));
        Flex::float_matmul(Flex::float_swap_dims(weights, 1, 2), vectors)
    }
}

#[derive(Debug)]
struct Products;

impl Backward<Flex, 2> for Products {
    type State = (Numbers, Numbers, Parts<Weighed>);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let ([input, source], (rows, cells, parts)) = (ops.parents, ops.state);
        let back = by_photo(gradients.consume::<Flex>(&ops.node), &cells);
        if let Some(input) = input {
            gradients.register::<Flex>(input.id, by_row(Flex::float_matmul(back.clone(), cells)));
        }
        if source.is_some() {
            parts.leave((back, rows));
        }
    }
}

#[derive(Debug)]
struct Sums;

impl Backward<Flex, 2> for Sums {
    type State = (Numbers, Numbers, Parts<Weighed>);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let ([input, source], (weights, cells, parts)) = (ops.parents, ops.state);
        let back = by_photo(gradients.consume::<Flex>(&ops.node), &cells);
        if let Some(input) = input {
            let products = Flex::float_matmul(back.clone(), Flex::float_swap_dims(cells, 1, 2));
            gradients.register::<Flex>(input.id, by_row(products));
        }
        if source.is_some() {
            parts.leave((weights, back));
        }
    }
}
