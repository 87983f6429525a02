//! A matrix that something is multiplied by at every word. Its gradient is one product of all that was multiplied with
//! all that came back, where autodiff has a product and a sum for each word.

use std::sync::Arc;

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::ops::FloatTensorOps;
use burn::tensor::Tensor;

use super::panels::Panels;
use super::source::{Parts, SumOfParts, source};
use super::{Numbers, Tracked, dims, in_order, of_values, operation, slice, tensor, tracked, tracked_too};

#[derive(Clone, Debug)]
pub struct MatrixGradient {
    matrix: Tracked,
    panels: Arc<BothWays>,
    parts: Parts<Product>,
}

/// `[n, m]`, for what is multiplied and for what comes back.
#[derive(Debug)]
struct BothWays {
    there: Panels,
    back: Panels,
    shape: [usize; 2],
}

/// What was multiplied, `[rows, n]`, and what came back, `[rows, m]`.
type Product = (Numbers, Numbers);

impl MatrixGradient {
    pub fn of(matrix: &Tensor<2>) -> Option<Self> {
        let matrix = tracked(matrix)?;
        let numbers = in_order(matrix.primitive().clone());
        let shape = dims(&numbers);
        let (there, back) = (Panels::new(slice(&numbers), shape), Panels::transposed(slice(&numbers), shape));
        let (matrix, parts) = source(matrix, Products);
        Some(Self { matrix, panels: Arc::new(BothWays { there, back, shape }), parts })
    }

    pub fn after(&self, x: Tensor<2>) -> Tensor<2> {
        let (x, node) = tracked_too(x).into_parts();
        let x = in_order(x);
        let ([rows, _], [_, size]) = (dims(&x), self.panels.shape);
        let output = of_values(self.panels.there.after(slice(&x)), [rows, size]);
        let state = (x, self.panels.clone(), self.parts.clone());
        tensor(operation(Multiply, [node, self.matrix.node()], state, output))
    }
}

#[derive(Clone, Debug)]
struct Products;

impl SumOfParts for Products {
    type Part = Product;

    fn gradient(self, parts: Vec<Product>) -> Numbers {
        let (inputs, back): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        let (inputs, back) = (Flex::float_cat(inputs, 0), Flex::float_cat(back, 0));
        Flex::float_matmul(Flex::float_transpose(inputs), back)
    }
}

#[derive(Debug)]
struct Multiply;

impl Backward<Flex, 2> for Multiply {
    type State = (Numbers, Arc<BothWays>, Parts<Product>);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let back = in_order(gradients.consume::<Flex>(&ops.node));
        let ([input, matrix], (x, panels, parts)) = (ops.parents, ops.state);
        if let Some(input) = input {
            let gradient = of_values(panels.back.after(slice(&back)), dims::<2>(&x));
            gradients.register::<Flex>(input.id, gradient);
        }
        if matrix.is_some() {
            parts.leave((x, back));
        }
    }
}
