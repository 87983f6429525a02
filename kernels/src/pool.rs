//! Max-pooling of images that lie pixel by pixel.

use crate::layout::Layout;

/// A square max-pooling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MaxPool {
    pub kernel: usize,
    pub stride: usize,
    /// Windows begin so far before the first row and column. What lies beyond the edge does not count.
    pub padding: usize,
}

/// # Panics
/// If an image is too short, or a window has nothing of the image in it.
pub fn max_pool(pool: MaxPool, (input, from): (&[f32], &Layout), (output, to): (&mut [f32], &Layout)) {
    let inside = |at: usize, side: usize| {
        let begin = at * pool.stride;
        begin.saturating_sub(pool.padding)..(begin + pool.kernel).saturating_sub(pool.padding).min(side)
    };
    for row in 0..to.rows {
        let rows = inside(row, from.rows);
        for col in 0..to.cols {
            let cols = inside(col, from.cols);
            let target = &mut output[to.at(row, col)..][..to.channels];
            target.copy_from_slice(&input[from.at(rows.start, cols.start)..][..to.channels]);
            for row in rows.clone() {
                for col in cols.clone() {
                    let pixel = &input[from.at(row, col)..][..to.channels];
                    // What is not a number wins, as in PyTorch.
                    target.iter_mut().zip(pixel).for_each(|(most, value)| {
                        *most = if *value > *most || value.is_nan() { *value } else { *most };
                    });
                }
            }
        }
    }
}
