//! What a recurrent decoder uses at every word: matrices, the cells of its photos, and what was computed for all words at
//! once.
//!
//! These are plain operations until whole captions are learnt on the processor. There, autodiff would make a gradient as
//! large as the matrix for every word, and add them up, which takes most of the time. The gradients of
//! `reused/learning.rs` are computed once, when those of all words are known.

#[cfg_attr(not(feature = "training"), path = "reused/no_learning.rs")]
mod learning;

use burn::nn::Linear;
use burn::tensor::Tensor;
use burn::tensor::activation::relu;

use super::activations;
use super::matrices::MatrixPart;
use crate::weights::Matrices;
use learning::{CellGradients, GateGradients, KeyGradients, MatrixGradient, PerWordGradient};

/// A matrix that something is multiplied by at every word.
#[derive(Clone, Debug)]
pub(in crate::decoder) struct ReusedMatrix {
    matrix: MatrixPart,
    learning: Option<MatrixGradient>,
}

impl ReusedMatrix {
    pub fn new(matrix: MatrixPart) -> Self {
        let learning = match &matrix {
            MatrixPart::Floats(matrix) => MatrixGradient::of(matrix),
            MatrixPart::Bytes(..) => None,
        };
        Self { matrix, learning }
    }

    /// `[rows, n]` × this, `[n, m]` → `[rows, m]`
    pub fn after(&self, x: Tensor<2>) -> Tensor<2> {
        match &self.learning {
            None => self.matrix.after(x),
            Some(learning) => learning.after(x),
        }
    }
}

/// A linear layer that every word goes through.
#[derive(Clone, Debug)]
pub(in crate::decoder) struct ReusedLinear {
    matrix: ReusedMatrix,
    /// `[1, m]`
    bias: Option<Tensor<2>>,
}

impl ReusedLinear {
    pub fn new(matrices: &Matrices, layer: &Linear) -> Self {
        let bias = layer.bias.as_ref().map(|bias| bias.val().unsqueeze());
        Self { matrix: ReusedMatrix::new(MatrixPart::whole(matrices, &layer.weight)), bias }
    }

    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let product = self.matrix.after(x);
        match &self.bias {
            None => product,
            Some(bias) => product + bias.clone(),
        }
    }
}

/// What was computed for all words at once, of which every word takes its own: `[words, rows, size]`
#[derive(Clone, Debug)]
pub(in crate::decoder) struct PerWord {
    all: Tensor<3>,
    learning: Option<PerWordGradient>,
}

impl PerWord {
    pub fn new(all: Tensor<3>) -> Self {
        let learning = PerWordGradient::of(&all);
        Self { all, learning }
    }

    /// `[rows, size]`
    pub fn word(&self, word: usize) -> Tensor<2> {
        match &self.learning {
            None => self.all.clone().narrow(0, word, 1).squeeze_dim::<2>(0),
            Some(learning) => learning.word(word),
        }
    }
}

/// A vector for each cell of each photo, `[photos, cells, size]`, with which the rows of the photo do something at every
/// word. The rows of a photo stand together.
#[derive(Clone, Debug)]
pub(in crate::decoder) struct ReusedCells {
    cells: Tensor<3>,
    learning: Option<CellGradients>,
}

impl ReusedCells {
    pub fn new(cells: Tensor<3>) -> Self {
        let learning = CellGradients::of(&cells);
        Self { cells, learning }
    }

    pub fn dims(&self) -> [usize; 3] {
        self.cells.dims()
    }

    /// The mean of the cells: `[photos, size]`
    pub fn mean(&self) -> Tensor<2> {
        self.cells.clone().mean_dim(1).squeeze_dim::<2>(1)
    }

    /// The product of each row with each cell of its photo: `[rows, size]` → `[rows, cells]`
    pub fn products(&self, rows: Tensor<2>) -> Tensor<2> {
        if let Some(learning) = &self.learning {
            return learning.products(rows);
        }
        let [photos, cells, _] = self.dims();
        let [count, _] = rows.dims();
        by_photo(rows, photos).matmul(self.cells.clone().swap_dims(1, 2)).reshape([count, cells])
    }

    /// The sum of the cells, each as heavy as the row says: `[rows, cells]` → `[rows, size]`
    pub fn weighted_sum(&self, weights: Tensor<2>) -> Tensor<2> {
        if let Some(learning) = &self.learning {
            return learning.weighted_sum(weights);
        }
        let [photos, _, size] = self.dims();
        let [count, _] = weights.dims();
        by_photo(weights, photos).matmul(self.cells.clone()).reshape([count, size])
    }
}

/// What additive attention compares rows with: a key for each cell, `[photos, cells, size]`, and the layer that makes
/// one number of a comparison.
#[derive(Clone, Debug)]
pub(in crate::decoder) struct ReusedKeys {
    keys: Tensor<3>,
    /// How much each number of a comparison counts: `[size, 1]`
    counts: Tensor<2>,
    /// `[1, 1]`
    bias: Option<Tensor<2>>,
    learning: Option<KeyGradients>,
}

impl ReusedKeys {
    pub fn new(keys: Tensor<3>, layer: &Linear) -> Self {
        let counts = layer.weight.val();
        let learning = KeyGradients::of(&keys, &counts);
        Self { keys, counts, bias: layer.bias.as_ref().map(|bias| bias.val().unsqueeze()), learning }
    }

    /// What the layer makes of relu(key + query): `[rows, size]` → `[rows, cells]`
    pub fn compare(&self, query: Tensor<2>) -> Tensor<2> {
        let sums = self.sums(query);
        match &self.bias {
            None => sums,
            Some(bias) => sums + bias.clone(),
        }
    }

    fn sums(&self, query: Tensor<2>) -> Tensor<2> {
        if let Some(learning) = &self.learning {
            return learning.compare(query);
        }
        let [photos, cells, size] = self.keys.dims();
        let [rows, _] = query.dims();
        // [photos, rows, 1, size] + [photos, 1, cells, size] -> [photos, rows, cells, size]
        let query = by_photo(query, photos).unsqueeze_dim::<4>(2);
        let both = relu(self.keys.clone().unsqueeze_dim::<4>(1) + query);
        both.reshape([rows * cells, size]).matmul(self.counts.clone()).reshape([rows, cells])
    }
}

/// What an LSTM's gates, `[rows, 4 * hidden]` before their functions, make of its cell state, `[rows, hidden]`: the
/// hidden state and the next cell state.
pub(in crate::decoder) fn lstm_gates(gates: Tensor<2>, cell: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let [_, hidden] = cell.dims();
    if let Some(both) = GateGradients::hidden_and_cell(&gates, &cell) {
        return (both.clone().narrow(1, 0, hidden), both.narrow(1, hidden, hidden));
    }
    activations::lstm(gates, cell)
}

/// Rows of the same photo brought together: `[photos * rows, size]` to `[photos, rows, size]`.
fn by_photo(tensor: Tensor<2>, photos: usize) -> Tensor<3> {
    let [rows, size] = tensor.dims();
    tensor.reshape([photos, rows / photos, size])
}
