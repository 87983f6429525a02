//! A tensor that is used at every word, and what its gradient follows from.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};

use super::{Numbers, Tracked, operation};

/// How a gradient follows from what the words left.
pub trait SumOfParts: Clone + Debug + Send + 'static {
    /// What a word leaves.
    type Part: Debug + Send + 'static;

    fn gradient(self, parts: Vec<Self::Part>) -> Numbers;
}

/// What words leave on the way back.
#[derive(Debug)]
pub struct Parts<P>(Arc<Mutex<Vec<P>>>);

impl<P> Clone for Parts<P> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<P> Default for Parts<P> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<P> Parts<P> {
    pub fn leave(&self, part: P) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(part);
    }

    pub fn take(&self) -> Vec<P> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The same tensor, and where words leave what its gradient follows from.
pub fn source<S: SumOfParts>(tensor: Tracked, sum: S) -> (Tracked, Parts<S::Part>) {
    let parts = Parts::default();
    let (numbers, node) = tensor.into_parts();
    (operation(Source(sum), [node], parts.clone(), numbers), parts)
}

#[derive(Debug)]
struct Source<S>(S);

impl<S: SumOfParts> Backward<Flex, 1> for Source<S> {
    type State = Parts<S::Part>;

    fn backward(self, ops: Ops<Self::State, 1>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let ([Some(input)], parts) = (ops.parents, ops.state.take()) else { return };
        if !parts.is_empty() {
            gradients.register::<Flex>(input.id, self.0.gradient(parts));
        }
    }
}
