//! What an encoder makes of a photo: one feature vector for each cell of a grid that lies over the whole photo.

use burn::tensor::Tensor;
use serde::Serialize;

/// How many cells lie over a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Grid {
    pub rows: usize,
    pub cols: usize,
}

impl Grid {
    pub fn cells(self) -> usize {
        self.rows * self.cols
    }
}

/// The features of photos, and the grid that their cells lie in.
#[derive(Clone, Debug)]
pub struct FeatureGrid {
    pub grid: Grid,
    /// `[photos, cells, channels]`, row by row.
    pub features: Tensor<3>,
}

impl FeatureGrid {
    /// From a convolution's output, `[photos, channels, rows, cols]`.
    pub fn from_map(map: Tensor<4>) -> Self {
        let [_, _, rows, cols] = map.dims();
        // [photos, channels, rows * cols] -> [photos, rows * cols, channels]
        Self { grid: Grid { rows, cols }, features: map.flatten::<3>(2, 3).swap_dims(1, 2) }
    }
}
