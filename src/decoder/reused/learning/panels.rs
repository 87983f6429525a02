//! A matrix laid out for many products with few rows. A general product lays its matrix out anew each time, which for
//! the rows of a batch takes as long as the product itself; here it is done once for all words.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

/// Vectors of a panel: a row of it is that wide.
const VECTORS: usize = 2;
/// Rows that are multiplied together; as many sums as there are registers for.
const ROWS: usize = 8;
/// Numbers of a panel's row, whatever the width of a vector is.
const WIDTH: usize = 32;
/// Panels that are worth a thread's while.
const TASK: usize = 4;

/// `[inner, outer]`, in panels of [`WIDTH`] columns: `[panels, inner, WIDTH]`, the last filled up with zeros.
#[derive(Debug)]
pub struct Panels {
    numbers: Vec<f32>,
    inner: usize,
    outer: usize,
}

impl Panels {
    /// Of a matrix whose rows lie one after the other.
    pub fn new(matrix: &[f32], [inner, outer]: [usize; 2]) -> Self {
        Self::laid_out([inner, outer], |row, columns, to| {
            to.copy_from_slice(&matrix[row * outer + columns.start..][..columns.len()])
        })
    }

    /// Of its transpose: `matrix` is `[outer, inner]`.
    pub fn transposed(matrix: &[f32], [outer, inner]: [usize; 2]) -> Self {
        Self::laid_out([inner, outer], |row, columns, to| {
            to.iter_mut().zip(columns).for_each(|(to, column)| *to = matrix[column * inner + row]);
        })
    }

    fn laid_out([inner, outer]: [usize; 2], copy: impl Fn(usize, std::ops::Range<usize>, &mut [f32]) + Sync) -> Self {
        let mut numbers = vec![0.0; outer.div_ceil(WIDTH) * inner * WIDTH];
        numbers.par_chunks_mut((inner * WIDTH).max(1)).enumerate().for_each(|(panel, numbers)| {
            let columns = panel * WIDTH..((panel + 1) * WIDTH).min(outer);
            for (row, to) in numbers.chunks_exact_mut(WIDTH).enumerate() {
                copy(row, columns.clone(), &mut to[..columns.len()]);
            }
        });
        Self { numbers, inner, outer }
    }

    /// `[rows, inner]` × this → `[rows, outer]`
    pub fn after(&self, x: &[f32]) -> Vec<f32> {
        let rows = x.len().checked_div(self.inner).unwrap_or(0);
        let mut sums = vec![0.0; self.outer.div_ceil(WIDTH) * rows * WIDTH];
        let of_panels = sums.par_chunks_mut((rows * WIDTH).max(1)).zip(self.numbers.par_chunks(self.inner * WIDTH));
        of_panels.with_min_len(TASK).for_each(|(sums, panel)| {
            Arch::new().dispatch(Product { x, panel, sums, inner: self.inner });
        });
        let mut output = vec![0.0; rows * self.outer];
        for (row, output) in output.chunks_exact_mut(self.outer).enumerate() {
            for (panel, to) in output.chunks_mut(WIDTH).enumerate() {
                to.copy_from_slice(&sums[(panel * rows + row) * WIDTH..][..to.len()]);
            }
        }
        output
    }
}

/// All rows times one panel: `sums` is `[rows, WIDTH]`.
struct Product<'a> {
    x: &'a [f32],
    panel: &'a [f32],
    sums: &'a mut [f32],
    inner: usize,
}

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { x, panel, sums, inner } = self;
        let rows = x.chunks(ROWS * inner).zip(sums.chunks_mut(ROWS * WIDTH));
        for (x, sums) in rows {
            match x.len() / inner {
                ROWS => some_rows::<S, ROWS>(simd, x, panel, sums, inner),
                _ => {
                    for (x, sums) in x.chunks_exact(inner).zip(sums.chunks_exact_mut(WIDTH)) {
                        some_rows::<S, 1>(simd, x, panel, sums, inner);
                    }
                }
            }
        }
    }
}

/// So many rows times a panel.
#[inline(always)]
fn some_rows<S: Simd, const N: usize>(simd: S, x: &[f32], panel: &[f32], sums: &mut [f32], inner: usize) {
    let x: [&[f32]; N] = std::array::from_fn(|row| &x[row * inner..][..inner]);
    let vectors = WIDTH / S::F32_LANES;
    for first in (0..vectors).step_by(VECTORS) {
        let mut all = [[simd.splat_f32s(0.0); VECTORS]; N];
        for (at, numbers) in panel.chunks_exact(WIDTH).enumerate() {
            let (numbers, _) = S::as_simd_f32s(numbers);
            for (sums, x) in all.iter_mut().zip(x) {
                let x = simd.splat_f32s(x[at]);
                for (sum, number) in sums.iter_mut().zip(&numbers[first..]) {
                    *sum = simd.mul_add_e_f32s(x, *number, *sum);
                }
            }
        }
        for (sums, all) in sums.chunks_exact_mut(WIDTH).zip(all) {
            let (sums, _) = S::as_mut_simd_f32s(sums);
            sums[first..first + VECTORS].copy_from_slice(&all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_matrix_and_of_its_transpose() {
        let (rows, inner, outer) = (11, 5, 70);
        let x: Vec<f32> = (0..rows * inner).map(|i| (i % 7) as f32 - 3.0).collect();
        let matrix: Vec<f32> = (0..inner * outer).map(|i| (i % 11) as f32 - 5.0).collect();
        let expected: Vec<f32> = (0..rows * outer)
            .map(|at| (0..inner).map(|i| x[at / outer * inner + i] * matrix[i * outer + at % outer]).sum())
            .collect();
        assert_eq!(Panels::new(&matrix, [inner, outer]).after(&x), expected);
        let turned: Vec<f32> = (0..outer * inner).map(|at| matrix[at % inner * outer + at / inner]).collect();
        assert_eq!(Panels::transposed(&turned, [outer, inner]).after(&x), expected);
    }
}
