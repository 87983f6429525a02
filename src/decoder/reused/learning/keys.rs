//! Additive attention: the sum of relu(key + query) over the numbers of a key, each as much as it counts. Nothing of the
//! size of all keys for every row is made, on neither way.

use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops};
use burn::tensor::Tensor;
use rayon::prelude::*;

use super::source::Parts;
use super::vectors::{Comparison, vectorised};
use super::{Numbers, Tracked, dims, in_order, of_values, operation, slice, tensor, tracked, tracked_too};

#[derive(Clone, Debug)]
pub struct KeyGradients {
    keys: Tracked,
    counts: Numbers,
    parts: Parts<Compared>,
}

/// What was compared, `[rows, size]`, and what came back, `[rows, cells]`.
type Compared = (Numbers, Numbers);

/// Keys, `[photos, cells, size]`, and how much each of their numbers counts, `[size, 1]`.
#[derive(Clone, Debug)]
struct Keys {
    keys: Numbers,
    counts: Numbers,
}

impl Keys {
    fn comparison(&self) -> Comparison<'_> {
        Comparison { keys: slice(&self.keys), counts: slice(&self.counts) }
    }
}

impl KeyGradients {
    pub fn of(keys: &Tensor<3>, counts: &Tensor<2>) -> Option<Self> {
        let (counts, counts_node) = tracked(counts)?.into_parts();
        let (keys, keys_node) = tracked(keys)?.into_parts();
        let (keys, counts) = (in_order(keys), in_order(counts));
        let parts = Parts::default();
        let both = Keys { keys: keys.clone(), counts: counts.clone() };
        let keys = operation(Source, [keys_node, counts_node], (both, parts.clone()), keys);
        Some(Self { keys, counts, parts })
    }

    pub fn compare(&self, query: Tensor<2>) -> Tensor<2> {
        let (query, node) = tracked_too(query).into_parts();
        let query = in_order(query);
        let keys = Keys { keys: self.keys.primitive().clone(), counts: self.counts.clone() };
        let ([photos, cells, size], [rows, _]) = (dims(&keys.keys), dims(&query));
        let mut output = vec![0.0; rows * cells];
        let of_rows = output.par_chunks_mut(cells).zip(slice(&query).par_chunks(size)).enumerate();
        of_rows.for_each(|(row, (output, query))| {
            let comparison = keys.comparison().of_photo(row / (rows / photos), cells);
            vectorised(
                #[inline(always)]
                || comparison.compare(query, output),
            );
        });
        let state = (keys, query, self.parts.clone());
        tensor(operation(Compare, [node, self.keys.node()], state, of_values(output, [rows, cells])))
    }
}

#[derive(Debug)]
struct Compare;

impl Backward<Flex, 2> for Compare {
    type State = (Keys, Numbers, Parts<Compared>);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let back = in_order(gradients.consume::<Flex>(&ops.node));
        let ([input, source], (keys, query, parts)) = (ops.parents, ops.state);
        let ([photos, cells, size], [rows, _]) = (dims(&keys.keys), dims(&query));
        if let Some(input) = input {
            let mut gradient = vec![0.0; rows * size];
            let of_rows = gradient.par_chunks_mut(size).zip(slice(&query).par_chunks(size));
            of_rows.zip(slice(&back).par_chunks(cells)).enumerate().for_each(|(row, ((gradient, query), back))| {
                let comparison = keys.comparison().of_photo(row / (rows / photos), cells);
                vectorised(
                    #[inline(always)]
                    || comparison.query_gradient(query, back, gradient),
                );
            });
            gradients.register::<Flex>(input.id, of_values(gradient, [rows, size]));
        }
        if source.is_some() {
            parts.leave((query, back));
        }
    }
}

/// Stands for the keys and for what counts.
#[derive(Debug)]
struct Source;

impl Backward<Flex, 2> for Source {
    type State = (Keys, Parts<Compared>);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let ([keys_node, counts_node], (keys, parts)) = (ops.parents, ops.state);
        let parts = parts.take();
        let Some(rows) = parts.first().map(|(query, _)| dims::<2>(query)[0]) else { return };
        let [photos, cells, size] = dims(&keys.keys);
        let per_photo = rows / photos;
        let parts: Vec<(&[f32], &[f32])> = parts.iter().map(|(query, back)| (slice(query), slice(back))).collect();
        let mut of_keys = vec![0.0; photos * cells * size];
        let of_photo = |(photo, of_keys): (usize, &mut [f32])| {
            let comparison = keys.comparison().of_photo(photo, cells);
            let mut of_counts = vec![0.0; size];
            for (queries, back) in &parts {
                for row in photo * per_photo..(photo + 1) * per_photo {
                    let (query, back) = (&queries[row * size..][..size], &back[row * cells..][..cells]);
                    vectorised(
                        #[inline(always)]
                        || comparison.add_key_gradients(query, back, of_keys, &mut of_counts),
                    );
                }
            }
            vectorised(
                #[inline(always)]
                || comparison.scale(of_keys),
            );
            of_counts
        };
        // Added up in order, so that the number of cores changes nothing.
        let of_counts: Vec<Vec<f32>> = of_keys.par_chunks_mut(cells * size).enumerate().map(of_photo).collect();
        if let Some(node) = keys_node {
            gradients.register::<Flex>(node.id, of_values(of_keys, [photos, cells, size]));
        }
        if let Some(node) = counts_node {
            let mut sum = vec![0.0; size];
            of_counts.iter().for_each(|one| sum.iter_mut().zip(one).for_each(|(sum, one)| *sum += one));
            gradients.register::<Flex>(node.id, of_values(sum, [size, 1]));
        }
    }
}
