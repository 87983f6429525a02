//! 3×3 convolutions in tiles: images whose last tiles lie partly outside, more of them than are transformed at a time, and
//! how far off the sums are.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Case, numbers};
use crate::{Conv, ConvShape, EVERYTHING, Epilogue, Layout};

fn shape(inputs: usize, outputs: usize) -> ConvShape {
    ConvShape { inputs, outputs, kernel: [3, 3], stride: 1, groups: 1 }
}

fn by_chance(rng: &mut impl Rng) -> Case {
    let padding = [rng.random_range(0..2), rng.random_range(0..2)];
    Case {
        shape: shape(rng.random_range(30..70), rng.random_range(14..70)),
        sides: padding.map(|padding| rng.random_range(3 - 2 * padding..20)),
        padding,
        ..Case::by_chance(rng)
    }
}

#[test]
fn tiles_are_the_plain_convolutions() {
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..200 {
        by_chance(&mut rng).check(&mut rng);
    }
}

#[test]
fn images_of_many_tiles_are_convolved() {
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for sides in [[51, 49], [5, 450]] {
        Case { shape: shape(64, 20), sides, padding: [1, 1], ..by_chance(&mut rng) }.check(&mut rng);
    }
}

/// Networks are held to 1e-5, and have fifty layers whose errors add up like a random walk.
#[test]
fn sums_are_off_by_less_than_a_millionth() {
    let mut rng = ChaCha8Rng::seed_from_u64(9);
    for (channels, side) in [(64, 14), (256, 9), (512, 7)] {
        let case = Case {
            shape: shape(channels, 32),
            sides: [side, side],
            padding: [1, 1],
            more_below: 0,
            border: 0,
            is_added: false,
            range: EVERYTHING,
        };
        let (input, output) = (case.input(), case.output());
        let planes = numbers(&mut rng, channels * input.pixels());
        let weights = numbers(&mut rng, 32 * case.shape.window());
        let expected = case.expected(&planes, &weights, &[0.0; 32], None);
        let mut image = vec![0.0; output.len()];
        let conv = Conv::new(case.shape, &weights, None);
        let epilogue = Epilogue { added: None, range: EVERYTHING };
        conv.run((&input.from_planes(&planes, 0.0), &input), case.padding, epilogue, (&mut image, &output));
        let found = output.to_planes(&image);
        let squares = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
        let off = squares(&mut found.iter().zip(&expected).map(|(found, expected)| f64::from(*found) - expected));
        let error = (off / squares(&mut expected.iter().copied())).sqrt();
        eprintln!("{channels} {error}");
        assert!(error < 1e-6, "{channels} channels are off by {error}");
    }
}

/// What is not a number goes into the windows that have it, and into no other of its tiles.
#[test]
fn what_is_not_a_number_keeps_to_its_windows() {
    let conv = Conv::new(shape(32, 16), &[0.5; 32 * 16 * 9], None);
    let (input, output) = (Layout::new(32, 11, 13), Layout::new(16, 9, 11));
    for (row, col) in [(0, 0), (4, 5), (5, 4), (6, 6), (10, 12)] {
        let mut image = vec![1.0; input.len()];
        image[input.at(row, col) + 3] = f32::NAN;
        let mut found = vec![0.0; output.len()];
        conv.run((&image, &input), [0, 0], Epilogue { added: None, range: (0.0, 1e3) }, (&mut found, &output));
        for (y, x) in (0..9).flat_map(|y| (0..11).map(move |x| (y, x))) {
            let is_covering = (y..y + 3).contains(&row) && (x..x + 3).contains(&col);
            let pixel = &found[output.at(y, x)..][..16];
            assert!(pixel.iter().all(|value| value.is_nan() == is_covering), "{row} {col} in {y} {x}: {pixel:?}");
        }
    }
}
