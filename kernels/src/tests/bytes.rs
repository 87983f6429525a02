//! Convolutions of bytes, in every way that this processor has, and what bytes stand for.

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Case, numbers};
use crate::conv::Way;
use crate::{Added, Border, ByteConv, Bytes, ConvShape, EVERYTHING, Layout, MOST, Output, Quantization};

/// What is added to what comes out.
#[derive(Clone, Copy, Debug)]
enum More {
    Nothing,
    Bytes,
    Floats,
}

/// A convolution, its images, and what ought to come out.
struct Example {
    case: Case,
    conv: ByteConv,
    quantization: Quantization,
    bytes: Vec<u8>,
    added_quantization: Quantization,
    added_bytes: Vec<u8>,
    added_floats: Vec<f32>,
    added_layout: Layout,
    more: More,
    /// Channel by channel.
    expected: Vec<f64>,
}

fn some_quantization(rng: &mut impl Rng) -> Quantization {
    Quantization::of_range(rng.random_range(-2.0..=0.0), rng.random_range(0.1..3.0))
}

impl Example {
    fn by_chance(mut case: Case, more: More, rng: &mut impl Rng) -> Self {
        case.shape.groups = 1;
        let (input, output) = (case.input(), case.output());
        let some_bytes = |rng: &mut _, count: usize| -> Vec<u8> {
            (0..count).map(|_| RngExt::random_range(rng, 0..=MOST)).collect()
        };
        let quantization = some_quantization(rng);
        let planes = some_bytes(rng, case.shape.inputs * input.pixels());
        let weights: Vec<i8> = (0..case.shape.outputs * case.shape.window()).map(|_| rng.random()).collect();
        let scales: Vec<f32> = (0..case.shape.outputs).map(|_| rng.random_range(0.001..0.01)).collect();
        let bias = numbers(rng, case.shape.outputs);
        let scaled = |(at, weight): (usize, &i8)| f32::from(*weight) * scales[at / case.shape.window()];
        let added_quantization = some_quantization(rng);
        let added_planes = some_bytes(rng, case.shape.outputs * output.pixels());
        let values = |quantization: Quantization, bytes: &[u8]| {
            let mut values = vec![0.0; bytes.len()];
            quantization.values_of(bytes, &mut values);
            values
        };
        let added_values = match more {
            More::Nothing => None,
            More::Bytes => Some(values(added_quantization, &added_planes)),
            More::Floats => Some(numbers(rng, added_planes.len())),
        };
        // A border of its own, whose numbers must not be taken.
        let added_layout = Layout { border: Border { top: 0, bottom: 1, left: 2, right: 0 }, ..output };
        Self {
            case,
            conv: ByteConv::new(case.shape, &weights, &scales, Some(&bias)),
            quantization,
            bytes: input.from_planes(&planes, quantization.zero),
            added_quantization,
            added_bytes: added_layout.from_planes(&added_planes, 99),
            added_floats: added_layout.from_planes(added_values.as_deref().unwrap_or(&[]), 99.0),
            added_layout,
            more,
            expected: case.expected(
                &values(quantization, &planes),
                &weights.iter().enumerate().map(scaled).collect::<Vec<_>>(),
                &bias,
                added_values.as_deref(),
            ),
        }
    }

    fn run(&self, way: Way, output: Output<'_>) {
        let Self { case, quantization, added_layout, .. } = self;
        let added = match self.more {
            More::Nothing => None,
            More::Bytes => Some(Added::Bytes(Bytes {
                bytes: &self.added_bytes,
                layout: added_layout,
                quantization: self.added_quantization,
            })),
            More::Floats => Some(Added::Floats(&self.added_floats, added_layout)),
        };
        let input = Bytes { bytes: &self.bytes, layout: &case.input(), quantization: *quantization };
        self.conv.run_by(way, input, case.padding, added, case.range, (output, &case.output()));
    }

    fn floats(&self, way: Way) -> Vec<f32> {
        let mut image = vec![7777.0; self.case.output().len()];
        self.run(way, Output::Floats(&mut image));
        image
    }

    fn bytes(&self, way: Way, to: Quantization) -> Vec<u8> {
        let mut image = vec![222; self.case.output().len()];
        self.run(way, Output::Bytes(&mut image, to));
        image
    }

    fn check(&self) {
        let (case, more, layout) = (&self.case, self.more, self.case.output());
        let fastest = Way::here().next().expect("there is always one");
        // Sums are exact; what they are multiplied by and what comes of it is rounded to 32 bits, four times at most. Sums
        // go up to 7 × 7 × 40 products of 128 × 127 × 0.01 × 0.04, of which 4 × 2⁻²⁴ is 0.003.
        let close = |found: f32, expected: f64, more: f64| (f64::from(found) - expected).abs() <= 3e-3 + more;
        let floats = self.floats(fastest);
        for (found, expected) in layout.to_planes(&floats).iter().zip(&self.expected) {
            assert!(close(*found, *expected, 0.0), "{case:?} and {more:?}: {found} in place of {expected}");
        }
        let to = Quantization::of_range(-1.0, 4.0);
        let bytes = self.bytes(fastest, to);
        for (found, expected) in layout.to_planes(&bytes).iter().zip(&self.expected) {
            let nearest = expected.clamp(f64::from(to.value(0)), f64::from(to.value(MOST)));
            let (found, half) = (to.value(*found), f64::from(to.step) / 2.0);
            assert!(close(found, nearest, half), "{case:?} and {more:?}: {found} in place of {nearest}");
        }
        // Nothing but the output's own numbers was written.
        let inside = layout.pixels() * layout.channels;
        assert_eq!(floats.iter().filter(|value| **value == 7777.0).count(), layout.len() - inside, "{case:?}");
        assert_eq!(bytes.iter().filter(|byte| **byte == 222).count(), layout.len() - inside, "{case:?}");
        let bits = |way| self.floats(way).iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        for way in Way::here().skip(1) {
            assert!(bits(way) == bits(fastest), "{case:?} and {more:?}: {way:?} writes other floats than {fastest:?}");
            assert!(self.bytes(way, to) == bytes, "{case:?} and {more:?}: {way:?} writes other bytes than {fastest:?}");
        }
    }
}

#[test]
fn convolutions_of_bytes_are_the_plain_ones() {
    let mut rng = ChaCha8Rng::seed_from_u64(17);
    for round in 0..300 {
        let more = [More::Nothing, More::Bytes, More::Floats][round % 3];
        Example::by_chance(Case::by_chance(&mut rng), more, &mut rng).check();
    }
}

#[test]
fn bytes_of_one_pixel_are_convolved() {
    let mut rng = ChaCha8Rng::seed_from_u64(18);
    for (kernel, more) in [(1, More::Bytes), (3, More::Floats)] {
        let shape = ConvShape { inputs: 7, outputs: 17, kernel: [kernel; 2], stride: 2, groups: 1 };
        let padding = [kernel / 2; 2];
        let case = Case { shape, sides: [1, 1], padding, more_below: 0, border: 0, is_added: true, range: EVERYTHING };
        Example::by_chance(case, more, &mut rng).check();
    }
}

/// Enough pixels for several tasks, and enough work for several threads.
#[test]
fn large_images_of_bytes_are_convolved() {
    let mut rng = ChaCha8Rng::seed_from_u64(19);
    let shape = ConvShape { inputs: 24, outputs: 50, kernel: [3, 3], stride: 1, groups: 1 };
    let case = Case {
        shape,
        sides: [41, 39],
        padding: [1, 1],
        more_below: 0,
        border: 1,
        is_added: true,
        range: (0.0, f32::INFINITY),
    };
    Example::by_chance(case, More::Bytes, &mut rng).check();
}

/// The most that products add up to, with which 16 bits would overflow if pixels had eight.
#[test]
fn the_largest_bytes_are_multiplied() {
    let shape = ConvShape { inputs: 4, outputs: 16, kernel: [1, 1], stride: 1, groups: 1 };
    let layout = Layout::new(4, 1, 1);
    let quantization = Quantization { step: 1.0, zero: 0 };
    for weight in [i8::MIN, i8::MAX] {
        let conv = ByteConv::new(shape, &[weight; 64], &[1.0; 16], None);
        for way in Way::here() {
            let to = Layout::new(16, 1, 1);
            let mut floats = vec![0.0; to.len()];
            let input = Bytes { bytes: &vec![MOST; layout.len()], layout: &layout, quantization };
            conv.run_by(way, input, [0, 0], None, EVERYTHING, (Output::Floats(&mut floats), &to));
            assert_eq!(floats[..16], [4.0 * 127.0 * f32::from(weight); 16], "{way:?}");
        }
    }
}

#[test]
fn what_is_not_a_number_becomes_the_least_byte() {
    let shape = ConvShape { inputs: 3, outputs: 20, kernel: [1, 1], stride: 1, groups: 1 };
    let conv = ByteConv::new(shape, &[1; 60], &[1.0; 20], None);
    let (from, layout) = (Layout::new(3, 1, 15), Layout::new(20, 1, 15));
    let input = Bytes { bytes: &vec![1; from.len()], layout: &from, quantization: Quantization { step: 1.0, zero: 0 } };
    let mut added = vec![0.0; layout.len()];
    let not_numbers = [3, 18, 20 * 7 + 5, 20 * 14 + 19];
    not_numbers.iter().for_each(|at| added[*at] = f32::NAN);
    (added[1], added[2]) = (f32::INFINITY, f32::NEG_INFINITY);
    let to = Quantization { step: 1.0, zero: 10 };
    for way in Way::here() {
        let (mut bytes, mut floats) = (vec![222; layout.len()], vec![7777.0; layout.len()]);
        for output in [Output::Bytes(&mut bytes, to), Output::Floats(&mut floats)] {
            conv.run_by(way, input, [0, 0], Some(Added::Floats(&added, &layout)), (0.0, 100.0), (output, &layout));
        }
        for at in 0..20 * 15 {
            let (byte, float) = match at {
                1 => (110, 100.0),
                2 => (10, 0.0),
                _ => (13, 3.0),
            };
            if not_numbers.contains(&at) {
                assert!(bytes[at] == 10 && floats[at].is_nan(), "{way:?}: {} and {}", bytes[at], floats[at]);
            } else {
                assert_eq!((bytes[at], floats[at]), (byte, float), "{way:?} at {at}");
            }
        }
    }
}

/// Weights without meaning, which the other side of a product must not see.
#[test]
fn bytes_have_seven_bits_whatever_the_scales() {
    let shape = ConvShape { inputs: 1, outputs: 4, kernel: [1, 1], stride: 1, groups: 1 };
    let nothing = f32::INFINITY;
    let conv =
        ByteConv::new(shape, &[1, -1, 1, 1], &[nothing, nothing, f32::NAN, 1.0], Some(&[0.0, 0.0, 0.0, f32::NAN]));
    let (from, to) = (Layout::new(1, 1, 2), Layout::new(4, 1, 2));
    let quantization = Quantization { step: 1.0, zero: 0 };
    let mut input = vec![0; from.len()];
    input[1] = 5;
    let added = Bytes { bytes: &vec![1; to.len()], layout: &to, quantization: Quantization { step: nothing, zero: 3 } };
    for way in Way::here() {
        for added in [None, Some(Added::Bytes(added))] {
            let mut bytes = vec![222; to.len()];
            let input = Bytes { bytes: &input, layout: &from, quantization };
            conv.run_by(way, input, [0, 0], added, EVERYTHING, (Output::Bytes(&mut bytes, quantization), &to));
            assert!(bytes[..8].iter().all(|byte| *byte <= MOST), "{way:?}: {bytes:?}");
        }
    }
}

#[test]
#[should_panic(expected = "what is added does not fit")]
fn an_image_of_another_size_is_not_added() {
    let shape = ConvShape { inputs: 1, outputs: 1, kernel: [1, 1], stride: 1, groups: 1 };
    let (layout, other) = (Layout::new(1, 4, 4), Layout::new(1, 4, 3));
    let bytes = vec![0; layout.len()];
    let input = Bytes { bytes: &bytes, layout: &layout, quantization: Quantization { step: 1.0, zero: 0 } };
    let added = Added::Bytes(Bytes { layout: &other, ..input });
    let mut output = vec![0.0; layout.len()];
    let conv = ByteConv::new(shape, &[1], &[1.0], None);
    conv.run(input, [0, 0], Some(added), EVERYTHING, (Output::Floats(&mut output), &layout));
}

#[test]
fn bytes_stand_for_the_nearest_numbers() {
    let mut rng = ChaCha8Rng::seed_from_u64(20);
    for _ in 0..50 {
        let quantization = some_quantization(&mut rng);
        let mut values = numbers(&mut rng, 301).iter().map(|value| value * 4.0).collect::<Vec<_>>();
        values.extend([0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN, f32::MAX, f32::MIN_POSITIVE]);
        let mut bytes = vec![222; values.len()];
        quantization.bytes_of(&values, &mut bytes);
        let mut back = vec![7777.0; values.len()];
        quantization.values_of(&bytes, &mut back);
        for ((value, byte), back) in values.iter().zip(&bytes).zip(&back) {
            assert_eq!((*byte, *back), (quantization.byte(*value), quantization.value(*byte)));
            if value.is_nan() {
                assert_eq!(*byte, 0);
                continue;
            }
            let nearest = value.clamp(quantization.value(0), quantization.value(MOST));
            // Half a step, and what is lost of numbers up to 127 in 32-bit floats.
            assert!((back - nearest).abs() <= quantization.step * 0.50002, "{quantization:?}: {value} as {byte}");
        }
        // Every byte stands for a number whose byte it is, the zero for 0.
        (0..=MOST).for_each(|byte| assert_eq!(quantization.byte(quantization.value(byte)), byte));
        assert_eq!((quantization.value(quantization.zero), quantization.byte(0.0)), (0.0, quantization.zero));
    }
    let halves: Vec<u8> = [0.5, 1.5, 2.5, 126.5].map(|value| Quantization { step: 1.0, zero: 0 }.byte(value)).to_vec();
    assert_eq!(halves, [0, 2, 2, 126], "those in the middle become even");
}
