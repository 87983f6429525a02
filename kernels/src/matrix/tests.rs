//! The product beside the plainest program that does the same, over shapes that leave something over on every side, and
//! all ways beside each other.

use std::ops::Range;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Matrix, Way};

struct Case {
    inputs: usize,
    outputs: usize,
    rows: usize,
    part: Range<usize>,
    bytes: Vec<i8>,
    scales: Vec<f32>,
    /// `[rows, part]`
    x: Vec<f32>,
    /// `[rows, outputs]`
    before: Vec<f32>,
}

impl Case {
    fn by_chance(rng: &mut ChaCha8Rng) -> Self {
        // Now and then so many that sums would not fit 32 bits with all 16 bits of the numbers.
        let inputs = if rng.random_range(0..8) == 0 { rng.random_range(600..3000) } else { rng.random_range(1..70) };
        let (outputs, rows) = (rng.random_range(1..70), rng.random_range(1..=17));
        let begin = rng.random_range(0..inputs);
        let part = if rng.random() { 0..inputs } else { begin..rng.random_range(begin + 1..=inputs) };
        let size = 10f32.powi(rng.random_range(-6..6));
        let mut case = Self {
            inputs,
            outputs,
            rows,
            bytes: (0..inputs * outputs).map(|_| rng.random()).collect(),
            scales: (0..outputs).map(|_| rng.random_range(0.001..0.01)).collect(),
            x: (0..rows * part.len()).map(|_| rng.random_range(-size..size)).collect(),
            before: (0..rows * outputs).map(|_| rng.random_range(-1.0..1.0)).collect(),
            part,
        };
        if rng.random() {
            let row = rng.random_range(0..rows) * case.part.len();
            case.x[row..][..case.part.len()].fill(0.0);
        }
        case
    }

    fn matrix(&self) -> Matrix {
        Matrix::new([self.outputs, self.inputs], &self.bytes, &self.scales)
    }

    fn found(&self, way: Way) -> Vec<f32> {
        let mut sums = self.before.clone();
        self.matrix().add_product_by(way, self.part.clone(), &self.x, &mut sums);
        sums
    }

    fn row(&self, row: usize) -> &[f32] {
        &self.x[row * self.part.len()..][..self.part.len()]
    }

    fn weights(&self, output: usize) -> impl Iterator<Item = f64> {
        let scale = f64::from(self.scales[output]);
        self.bytes[output * self.inputs..][self.part.clone()].iter().map(move |byte| f64::from(*byte) * scale)
    }

    /// Each sum, and by how much it may be off.
    fn expected(&self) -> Vec<(f64, f64)> {
        let most = (i32::MAX as usize / (128 * self.part.len())).min(32_767) as f64;
        let of = |row: usize, output: usize| {
            let x = self.row(row);
            let largest = f64::from(x.iter().fold(0.0f32, |largest, value| largest.max(value.abs())));
            let product: f64 = x.iter().zip(self.weights(output)).map(|(x, weight)| f64::from(*x) * weight).sum();
            let before = f64::from(self.before[row * self.outputs + output]);
            // Each number is off by half a step, and a bit for that it is scaled in 32 bits; what comes of the whole
            // numbers is rounded four times.
            let weights: f64 = self.weights(output).map(f64::abs).sum();
            let tolerance = 0.51 * largest / most * weights + 5e-7 * (product.abs() + before.abs());
            (before + product, tolerance)
        };
        (0..self.rows * self.outputs).map(|at| of(at / self.outputs, at % self.outputs)).collect()
    }
}

#[test]
fn products_are_the_plain_ones() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..400 {
        let case = Case::by_chance(&mut rng);
        let named = |at: usize| {
            let Case { inputs, outputs, rows, part, .. } = &case;
            format!("number {at} of {rows} rows, {part:?} of {inputs} inputs to {outputs}")
        };
        let found = case.found(Way::best());
        for (at, (found, (expected, tolerance))) in found.iter().zip(case.expected()).enumerate() {
            assert!((f64::from(*found) - expected).abs() <= tolerance, "{}: {found}, {expected}", named(at));
        }
        for way in Way::all() {
            let other = case.found(way);
            let differs = other.iter().zip(&found).position(|(other, found)| other.to_bits() != found.to_bits());
            assert_eq!(differs.map(named), None, "{way:?}");
        }
    }
}

#[test]
fn a_row_does_not_depend_on_the_rows_beside_it() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for _ in 0..50 {
        let case = Case::by_chance(&mut rng);
        let (matrix, all) = (case.matrix(), case.found(Way::best()));
        for row in 0..case.rows {
            let range = row * case.outputs..(row + 1) * case.outputs;
            let mut alone = case.before[range.clone()].to_vec();
            matrix.add_product(case.part.clone(), case.row(row), &mut alone);
            assert_eq!(alone, all[range], "row {row} of {}", case.rows);
        }
    }
}

#[test]
fn the_largest_sums_fit() {
    for inputs in [1, 2, 511, 512, 513, 2048, 4097, Matrix::MOST_INPUTS] {
        let matrix = Matrix::new([1, inputs], &vec![-128; inputs], &[1.0]);
        for way in Way::all() {
            let mut sum = [0.0];
            matrix.add_product_by(way, 0..inputs, &vec![-3.0; inputs], &mut sum);
            let expected = 3.0 * 128.0 * inputs as f32;
            // Whatever the number of bits, the largest number has one of its own.
            assert!((sum[0] - expected).abs() <= 3e-7 * expected, "{inputs} inputs, {way:?}: {sum:?}");
        }
    }
}

#[test]
fn what_is_not_finite_or_very_small_keeps_to_its_row() {
    let matrix = Matrix::new([3, 2], &[1, 2, 3, 4, 5, 6], &[1.0; 3]);
    for not_finite in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let found = matrix.product(&[1.0, 1.0, 0.5, not_finite, 0.0, -0.0], Some(&[1.0, 2.0, 3.0]));
        assert!(found[3..6].iter().all(|value| value.is_nan()), "{found:?}");
        for (found, expected) in [&found[..3], &found[6..]].concat().iter().zip([4.0, 9.0, 14.0, 1.0, 2.0, 3.0]) {
            assert!((found - expected).abs() <= 1e-5, "{found} in place of {expected}");
        }
    }
    for extreme in [f32::from_bits(1), f32::MIN_POSITIVE, 1e-30, f32::MAX / 16.0] {
        let found = matrix.product(&[extreme, -extreme], None);
        for value in found {
            // Off by a half of 1e-30 / 32767 for each weight where numbers are smaller than that.
            assert!((value + extreme).abs() <= 1e-3 * extreme + 6e-34, "{value} in place of -{extreme}");
        }
    }
}

#[test]
fn floats_are_what_the_bytes_stand_for() {
    let matrix = Matrix::new([2, 3], &[1, -2, 3, 4, 5, -128], &[0.5, 2.0]);
    assert_eq!(matrix.transposed_floats(), [0.5, 8.0, -1.0, 10.0, 1.5, -256.0]);
    assert_eq!((matrix.inputs(), matrix.outputs()), (3, 2));
}

#[test]
fn nothing_comes_of_nothing() {
    let matrix = Matrix::new([2, 3], &[1; 6], &[1.0; 2]);
    assert_eq!(matrix.product(&[], None), Vec::<f32>::new());
    let mut sums = [1.0, 2.0];
    matrix.add_product(1..1, &[], &mut sums);
    assert_eq!(sums, [1.0, 2.0]);
    assert_eq!(Matrix::new([0, 3], &[], &[]).product(&[1.0; 3], None), Vec::<f32>::new());
}

#[test]
#[should_panic(expected = "are no rows")]
fn rows_of_another_length_are_refused() {
    Matrix::new([2, 3], &[1; 6], &[1.0; 2]).product(&[1.0; 4], None);
}
