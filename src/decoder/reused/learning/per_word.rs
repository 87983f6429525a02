//! What was computed for all words at once. Its gradient is those of the words one after the other, where autodiff has
//! a tensor of the whole size for each word.

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::backend::ops::FloatTensorOps;
use burn::tensor::{Shape, Slice, Tensor};

use super::source::{Parts, SumOfParts, source};
use super::{Numbers, Tracked, dims, in_order, of_values, operation, slice, tensor, tracked};

#[derive(Clone, Debug)]
pub struct PerWordGradient {
    all: Tracked,
    parts: Parts<(usize, Numbers)>,
}

impl PerWordGradient {
    pub fn of(all: &Tensor<3>) -> Option<Self> {
        let all = tracked(all)?;
        let shape = dims(all.primitive());
        let (all, parts) = source(all, InOrder(shape));
        Some(Self { all, parts })
    }

    pub fn word(&self, word: usize) -> Tensor<2> {
        let [_, rows, size] = dims(self.all.primitive());
        let one = Slice::new(word as isize, Some(word as isize + 1), 1);
        let own = Flex::float_slice(self.all.primitive().clone(), &[one, Slice::full(), Slice::full()]);
        let own = Flex::float_reshape(own, Shape::new([rows, size]));
        tensor(operation(Word, [self.all.node()], (word, self.parts.clone()), own))
    }
}

/// Of the shape `[words, rows, size]`; words that left nothing have a gradient of zeros.
#[derive(Clone, Debug)]
struct InOrder([usize; 3]);

impl SumOfParts for InOrder {
    type Part = (usize, Numbers);

    fn gradient(self, parts: Vec<(usize, Numbers)>) -> Numbers {
        let [words, rows, size] = self.0;
        let mut all = vec![0.0; words * rows * size];
        for (word, back) in parts {
            let own = &mut all[word * rows * size..][..rows * size];
            own.iter_mut().zip(slice(&in_order(back))).for_each(|(sum, back)| *sum += back);
        }
        of_values(all, self.0)
    }
}

#[derive(Debug)]
struct Word;

impl Backward<Flex, 1> for Word {
    type State = (usize, Parts<(usize, Numbers)>);

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let back = gradients.consume::<Flex>(&ops.node);
        let (word, parts) = ops.state;
        parts.leave((word, back));
    }
}
