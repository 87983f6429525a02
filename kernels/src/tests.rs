//! Every kernel beside the plainest program that does the same, over shapes that leave something over on every side.

mod bytes;
mod winograd;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Border, Conv, ConvShape, EVERYTHING, Epilogue, Layout, MaxPool, max_pool};

fn numbers(rng: &mut impl Rng, count: usize) -> Vec<f32> {
    (0..count).map(|_| rng.random_range(-1.0..1.0)).collect()
}

/// One convolution and the images around it.
#[derive(Clone, Copy, Debug)]
struct Case {
    shape: ConvShape,
    sides: [usize; 2],
    padding: [usize; 2],
    more_below: usize,
    border: usize,
    is_added: bool,
    range: (f32, f32),
}

impl Case {
    fn by_chance(rng: &mut impl Rng) -> Self {
        let kernel = [[1, 1], [3, 3], [5, 5], [7, 7], [2, 2], [1, 3]][rng.random_range(0..6)];
        let [groups, inputs, outputs] = match rng.random_range(0..4) {
            0 => {
                let channels = rng.random_range(2..40);
                [channels, channels, channels]
            }
            1 => {
                let groups = rng.random_range(2..5);
                [groups, groups * rng.random_range(1..6), groups * rng.random_range(1..20)]
            }
            _ => [1, rng.random_range(1..40), rng.random_range(1..50)],
        };
        let padding = [rng.random_range(0..=kernel[0] / 2), rng.random_range(0..=kernel[1] / 2)];
        Self {
            shape: ConvShape { inputs, outputs, kernel, stride: rng.random_range(1..4), groups },
            sides: [rng.random_range(kernel[0]..kernel[0] + 12), rng.random_range(kernel[1]..kernel[1] + 15)],
            padding,
            more_below: rng.random_range(0..2),
            border: rng.random_range(0..3),
            is_added: rng.random_bool(0.5),
            range: [EVERYTHING, (0.0, f32::INFINITY), (0.0, 0.5)][rng.random_range(0..3)],
        }
    }

    fn input(&self) -> Layout {
        let Self { padding: [above, left], more_below, .. } = *self;
        let border = Border { top: above, bottom: above + more_below, left, right: left + more_below };
        Layout::new(self.shape.inputs, self.sides[0], self.sides[1]).with_border(border)
    }

    fn output(&self) -> Layout {
        let side = |at: usize| {
            let room = self.sides[at] + 2 * self.padding[at] + self.more_below - self.shape.kernel[at];
            room / self.shape.stride + 1
        };
        let border = Border { top: self.border, bottom: 0, left: self.border, right: 1 };
        Layout::new(self.shape.outputs, side(0), side(1)).with_border(border)
    }

    /// Channel by channel, in 64-bit floats.
    fn expected(&self, planes: &[f32], weights: &[f32], bias: &[f32], added: Option<&[f32]>) -> Vec<f64> {
        let ConvShape { inputs, outputs, kernel: [rows, cols], stride, groups } = self.shape;
        let (output, of_group) = (self.output(), inputs / groups);
        let mut expected = Vec::new();
        for channel in 0..outputs {
            let group = channel / (outputs / groups);
            for y in 0..output.rows {
                for x in 0..output.cols {
                    let mut sum = f64::from(bias[channel]);
                    for input in 0..of_group {
                        for tap in 0..rows * cols {
                            let (dy, dx) = (y * stride + tap / cols, x * stride + tap % cols);
                            let inside = |at: usize, axis: usize| {
                                at.checked_sub(self.padding[axis]).filter(|at| *at < self.sides[axis])
                            };
                            let (Some(dy), Some(dx)) = (inside(dy, 0), inside(dx, 1)) else { continue };
                            let plane = (group * of_group + input) * self.sides[0] * self.sides[1];
                            let weight = weights[(channel * of_group + input) * rows * cols + tap];
                            sum += f64::from(weight) * f64::from(planes[plane + dy * self.sides[1] + dx]);
                        }
                    }
                    sum += added.map_or(0.0, |added| f64::from(added[expected.len()]));
                    expected.push(sum.clamp(f64::from(self.range.0), f64::from(self.range.1)));
                }
            }
        }
        expected
    }

    fn check(&self, rng: &mut impl Rng) {
        let (input, output) = (self.input(), self.output());
        let planes = numbers(rng, self.shape.inputs * input.pixels());
        let weights = numbers(rng, self.shape.outputs * self.shape.window());
        let bias = numbers(rng, self.shape.outputs);
        let added = self.is_added.then(|| numbers(rng, self.shape.outputs * output.pixels()));
        let conv = Conv::new(self.shape, &weights, Some(&bias));
        let conv = if rng.random_bool(0.5) { conv } else { conv.reproducible() };
        assert_eq!(conv.weights(), weights, "{self:?}");
        let added_layout = Layout::new(output.channels, output.rows, output.cols);
        let added_image = added.as_ref().map(|added| added_layout.from_planes(added, 0.0));
        let epilogue =
            Epilogue { added: added_image.as_deref().map(|image| (image, &added_layout)), range: self.range };
        let mut image = vec![7.0; output.len()];
        conv.run((&input.from_planes(&planes, 0.0), &input), self.padding, epilogue, (&mut image, &output));
        let expected = self.expected(&planes, &weights, &bias, added.as_deref());
        let found = output.to_planes(&image);
        assert_eq!(found.len(), expected.len());
        // Sums of up to 7 × 7 × 40 products of numbers up to 1, in 32-bit floats.
        let worst = found
            .iter()
            .zip(&expected)
            .map(|(found, expected)| (f64::from(*found) - expected).abs())
            .fold(0.0, f64::max);
        assert!(worst < 1e-4, "{self:?} is off by {worst}");
        // Nothing but the output's own numbers was written.
        let inside = output.pixels() * output.channels;
        let sevens = image.iter().filter(|value| **value == 7.0).count();
        assert!(sevens >= output.len() - inside, "{self:?} wrote into the border");
    }
}

#[test]
fn convolutions_are_the_plain_ones() {
    let mut rng = ChaCha8Rng::seed_from_u64(16);
    for _ in 0..400 {
        Case::by_chance(&mut rng).check(&mut rng);
    }
}

/// One product after the other, each rounded before it is added: what every processor can do.
fn in_order(case: &Case, planes: &[f32], weights: &[f32], bias: &[f32]) -> Vec<f32> {
    let ConvShape { inputs, outputs, kernel: [rows, cols], stride, groups } = case.shape;
    let (output, of_group) = (case.output(), inputs / groups);
    let mut all = Vec::new();
    for channel in 0..outputs {
        let group = channel / (outputs / groups);
        for y in 0..output.rows {
            for x in 0..output.cols {
                let mut sum = bias[channel];
                for at in 0..rows * cols * of_group {
                    let (tap, input) = (at / of_group, at % of_group);
                    let inside =
                        |at: usize, axis: usize| at.checked_sub(case.padding[axis]).filter(|at| *at < case.sides[axis]);
                    let place = inside(y * stride + tap / cols, 0).zip(inside(x * stride + tap % cols, 1));
                    let plane = (group * of_group + input) * case.sides[0] * case.sides[1];
                    let value = place.map_or(0.0, |(row, col)| planes[plane + row * case.sides[1] + col]);
                    sum += value * weights[(channel * of_group + input) * rows * cols + tap];
                }
                all.push(sum);
            }
        }
    }
    all
}

#[test]
fn reproducible_convolutions_compute_the_same_bits() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for _ in 0..100 {
        let case = Case { is_added: false, range: EVERYTHING, ..Case::by_chance(&mut rng) };
        let (input, output) = (case.input(), case.output());
        let planes = numbers(&mut rng, case.shape.inputs * input.pixels());
        let weights = numbers(&mut rng, case.shape.outputs * case.shape.window());
        let bias = numbers(&mut rng, case.shape.outputs);
        let conv = Conv::new(case.shape, &weights, Some(&bias)).reproducible();
        let mut image = vec![0.0; output.len()];
        let epilogue = Epilogue { added: None, range: EVERYTHING };
        conv.run((&input.from_planes(&planes, 0.0), &input), case.padding, epilogue, (&mut image, &output));
        assert_eq!(output.to_planes(&image), in_order(&case, &planes, &weights, &bias), "{case:?}");
    }
}

#[test]
fn an_image_of_one_pixel_is_convolved() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for groups in [1, 24] {
        let shape = ConvShape { inputs: 24, outputs: 24, kernel: [3, 3], stride: 2, groups };
        let case =
            Case { shape, sides: [1, 1], padding: [1, 1], more_below: 0, border: 0, is_added: true, range: EVERYTHING };
        case.check(&mut rng);
    }
}

/// Enough work that several threads share it.
#[test]
fn large_images_are_convolved() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for (groups, stride) in [(1, 1), (1, 2), (48, 1), (48, 2)] {
        let shape = ConvShape { inputs: 48, outputs: 48, kernel: [3, 3], stride, groups };
        let case = Case {
            shape,
            sides: [41, 39],
            padding: [1, 1],
            more_below: 1,
            border: 1,
            is_added: false,
            range: EVERYTHING,
        };
        case.check(&mut rng);
    }
}

#[test]
fn what_is_not_a_number_stays_so() {
    for groups in [1, 16] {
        let shape = ConvShape { inputs: 16, outputs: 16, kernel: [1, 1], stride: 1, groups };
        let conv = Conv::new(shape, &vec![1.0; 16 * 16 / groups], None);
        let layout = Layout::new(16, 1, 3);
        let mut planes = vec![1.0; 48];
        planes[1] = f32::NAN;
        let mut image = vec![0.0; layout.len()];
        let epilogue = Epilogue { added: None, range: (0.0, 6.0) };
        conv.run((&layout.from_planes(&planes, 0.0), &layout), [0, 0], epilogue, (&mut image, &layout));
        let found = layout.to_planes(&image);
        assert!(found[1].is_nan() && !found[0].is_nan() && !found[2].is_nan(), "{found:?}");
    }
}

#[test]
#[should_panic(expected = "reaches beyond")]
fn a_window_without_its_zeros_is_refused() {
    let shape = ConvShape { inputs: 1, outputs: 1, kernel: [3, 3], stride: 1, groups: 1 };
    let layout = Layout::new(1, 4, 4);
    let mut output = vec![0.0; layout.len()];
    let epilogue = Epilogue { added: None, range: EVERYTHING };
    Conv::new(shape, &[0.0; 9], None).run(
        (&vec![0.0; layout.len()], &layout),
        [0, 0],
        epilogue,
        (&mut output, &layout),
    );
}

#[test]
fn the_largest_of_a_window_is_pooled() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for (kernel, stride, padding, side) in [(3, 2, 1, 9), (2, 2, 0, 6), (3, 1, 1, 5), (3, 3, 0, 10)] {
        let input = Layout::new(5, side, side).with_border(Border { top: 1, bottom: 0, left: 2, right: 1 });
        let out = (side + 2 * padding - kernel) / stride + 1;
        let output = Layout::new(5, out, out);
        // All below 0, so that a zero of the border would show.
        let planes: Vec<f32> = numbers(&mut rng, 5 * side * side).iter().map(|value| value - 2.0).collect();
        let mut image = vec![0.0; output.len()];
        max_pool(
            MaxPool { kernel, stride, padding },
            (&input.from_planes(&planes, 0.0), &input),
            (&mut image, &output),
        );
        for (at, found) in output.to_planes(&image).iter().enumerate() {
            let (channel, y, x) = (at / out / out, at / out % out, at % out);
            let mut most = f32::NEG_INFINITY;
            for tap in 0..kernel * kernel {
                let row = (y * stride + tap / kernel).checked_sub(padding).filter(|row| *row < side);
                let col = (x * stride + tap % kernel).checked_sub(padding).filter(|col| *col < side);
                if let (Some(row), Some(col)) = (row, col) {
                    most = most.max(planes[channel * side * side + row * side + col]);
                }
            }
            assert_eq!(*found, most, "{kernel} {stride} {padding}");
        }
    }
}

#[test]
fn images_of_bytes_go_to_planes_and_back() {
    let layout = Layout::new(3, 2, 5).with_border(Border { top: 1, bottom: 2, left: 3, right: 1 });
    let planes: Vec<u8> = (0..30).collect();
    let mut image = layout.from_planes(&planes, 77);
    assert_eq!(layout.to_planes(&image), planes);
    assert_eq!(layout.to_pixels(&image)[..6], [0, 10, 20, 1, 11, 21]);
    let as_made = image.clone();
    image[..layout.at(0, 0)].fill(5);
    layout.clear_border(&mut image, 77);
    assert_eq!(image, as_made);
}
