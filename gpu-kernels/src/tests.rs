//! Every program beside the plainest loops that do the same, over shapes that leave something over on every side.

use std::sync::OnceLock;

use cubecl::Device;
use cubecl::client::Client;
use cubecl::server::Handle;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Conv, ConvShape, EVERYTHING, Image, Numbers, VECTOR, Weights, Window, max_pool};

/// Of the first adapter there is; a processor will do.
fn gpu() -> Client {
    static GPU: OnceLock<Client> = OnceLock::new();
    GPU.get_or_init(|| Device::Wgpu(Default::default()).client()).clone()
}

/// In what this GPU can keep images.
fn kept() -> Vec<Numbers> {
    match Numbers::smallest(&gpu()) {
        Numbers::F32 => vec![Numbers::F32],
        Numbers::F16 => vec![Numbers::F32, Numbers::F16],
    }
}

/// Such as 16 bits can say.
fn numbers(rng: &mut impl Rng, count: usize) -> Vec<f32> {
    (0..count).map(|_| rng.random_range(-1024..=1024) as f32 / 1024.0).collect()
}

/// Numbers as `[photos, channels, rows, columns]`.
#[derive(Clone, Debug)]
struct Planes {
    dims: [usize; 4],
    values: Vec<f32>,
}

impl Planes {
    fn by_chance(rng: &mut impl Rng, dims: [usize; 4]) -> Self {
        Self { dims, values: numbers(rng, dims.iter().product()) }
    }

    fn filled_by(dims: [usize; 4], value: impl Fn([usize; 4]) -> f32) -> Self {
        let [photos, channels, rows, cols] = dims;
        let mut values = Vec::with_capacity(dims.iter().product());
        for photo in 0..photos {
            for channel in 0..channels {
                for row in 0..rows {
                    values.extend((0..cols).map(|col| value([photo, channel, row, col])));
                }
            }
        }
        Self { dims, values }
    }

    fn at(&self, [photo, channel, row, col]: [usize; 4]) -> f32 {
        let [_, channels, rows, cols] = self.dims;
        self.values[((photo * channels + channel) * rows + row) * cols + col]
    }

    /// Nothing outside.
    fn around(&self, photo: usize, channel: usize, place: [usize; 2], zeros_before: [usize; 2]) -> Option<f32> {
        let row = place[0].checked_sub(zeros_before[0]).filter(|row| *row < self.dims[2])?;
        let col = place[1].checked_sub(zeros_before[1]).filter(|col| *col < self.dims[3])?;
        Some(self.at([photo, channel, row, col]))
    }

    fn image(&self, numbers: Numbers) -> Image {
        let [_, channels, rows, cols] = self.dims;
        let strides = [channels * rows * cols, rows * cols, cols, 1];
        Image::from_planes(&gpu(), upload(&self.values), self.dims, strides, numbers)
    }

    fn of(image: Image) -> Self {
        let dims @ [_, channels, rows, cols] = image.dims();
        let filled = channels.next_multiple_of(VECTOR);
        let bytes = gpu().read_one_unchecked(image.into_floats());
        let values: Vec<f32> =
            bytes.chunks_exact(4).map(|bytes| f32::from_ne_bytes(bytes.try_into().unwrap())).collect();
        Self::filled_by(dims, |[photo, channel, row, col]| {
            values[((photo * rows + row) * cols + col) * filled + channel]
        })
    }

    fn assert_near(&self, expected: &Self, numbers: Numbers, what: &str) {
        assert_eq!(self.dims, expected.dims, "{what}");
        // Sums of up to some thousand products, in another order; 16 bits have 11 for the digits.
        let allowed = if numbers == Numbers::F32 { 1e-4 } else { 6e-4 };
        for (place, (found, expected)) in self.values.iter().zip(&expected.values).enumerate() {
            let error = (found - expected).abs();
            assert!(
                error < allowed * expected.abs().max(1.0),
                "{what}, {numbers:?}: {found}, not {expected}, at {place}"
            );
        }
    }
}

fn upload(values: &[f32]) -> Handle {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
    gpu().create_from_slice(&bytes)
}

fn after(side: usize, kernel: usize, stride: usize, zeros: usize) -> usize {
    (side + zeros - kernel) / stride + 1
}

/// A convolution by chance.
fn convolution_by_chance(rng: &mut ChaCha8Rng) {
    let kernel = [1, 1, 3, 3, 5, 7, 2][rng.random_range(0..7)];
    let stride = rng.random_range(1..4);
    let [groups, inputs, outputs] = match rng.random_range(0..4) {
        0 => [rng.random_range(2..40); 3],
        1 => {
            let groups = rng.random_range(2..5);
            [groups, groups * 4 * rng.random_range(1..4), groups * 4 * rng.random_range(1..5)]
        }
        _ => [1, rng.random_range(1..40), rng.random_range(1..70)],
    };
    let shape = ConvShape { inputs, outputs, kernel, groups };
    let zeros_before = [0, 1].map(|_| rng.random_range(0..=kernel / 2));
    let more_after = rng.random_range(0..2).min(kernel - 1);
    let sides = [0, 1].map(|_| rng.random_range(kernel..kernel + 20));
    let sides_after = [0, 1].map(|axis| after(sides[axis], kernel, stride, 2 * zeros_before[axis] + more_after));
    let photos = rng.random_range(1..3);
    let input = Planes::by_chance(rng, [photos, inputs, sides[0], sides[1]]);
    let count = outputs * inputs / groups * kernel * kernel;
    let floats = numbers(rng, count);
    let bytes: Vec<i8> = (0..count).map(|_| rng.random_range(-127..=127)).collect();
    let scales: Vec<f32> = (0..outputs).map(|_| rng.random_range(0.001..0.01)).collect();
    let are_bytes = rng.random_bool(0.5);
    let weights = if are_bytes { Weights::Bytes(&bytes, &scales) } else { Weights::Floats(&floats) };
    let bias = rng.random_bool(0.7).then(|| numbers(rng, outputs));
    let out_dims = [photos, outputs, sides_after[0], sides_after[1]];
    let added = rng.random_bool(0.5).then(|| Planes::by_chance(rng, out_dims));
    let range = [EVERYTHING, (0.0, f32::INFINITY), (0.0, 6.0)][rng.random_range(0..3)];

    let (inputs_of_group, outputs_of_group) = (inputs / groups, outputs / groups);
    let weight = |output: usize, at: usize| {
        let place = output * inputs_of_group * kernel * kernel + at;
        if are_bytes { f32::from(bytes[place]) * scales[output] } else { floats[place] }
    };
    let expected = Planes::filled_by(out_dims, |place @ [photo, output, row, col]| {
        let mut sum = bias.as_ref().map_or(0.0, |bias| f64::from(bias[output]));
        for input_of_group in 0..inputs_of_group {
            for tap in 0..kernel * kernel {
                let at = [row * stride + tap / kernel, col * stride + tap % kernel];
                let channel = output / outputs_of_group * inputs_of_group + input_of_group;
                let number = input.around(photo, channel, at, zeros_before).unwrap_or(0.0);
                sum += f64::from(number) * f64::from(weight(output, input_of_group * kernel * kernel + tap));
            }
        }
        (sum as f32 + added.as_ref().map_or(0.0, |added| added.at(place))).clamp(range.0, range.1)
    });
    let window = Window { kernel, stride, zeros_before, sides_after };
    let conv = Conv::new(&gpu(), shape, weights, bias.as_deref());
    let what = format!("{shape:?}, {window:?} over {:?}, bytes: {are_bytes}", input.dims);
    // Each way is a program of its own, which takes a second to compile.
    for kept in kept().into_iter().filter(|kept| *kept == Numbers::F32 || rng.random_bool(0.3)) {
        let added = added.as_ref().map(|added| added.image(kept));
        let found = conv.run(&input.image(kept), window, added.as_ref(), range);
        Planes::of(found).assert_near(&expected, kept, &what);
    }
}

#[test]
fn convolutions_are_sums_of_products() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for _ in 0..60 {
        convolution_by_chance(&mut rng);
    }
}

/// Tiles follow from how many pixels and channels there are.
#[test]
fn every_tile_sums_the_same() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for (side, outputs) in [(64, 64), (32, 64), (16, 64), (3, 8), (1, 1)] {
        let shape = ConvShape { inputs: 6, outputs, kernel: 1, groups: 1 };
        let input = Planes::by_chance(&mut rng, [1, 6, side, side]);
        let weights = numbers(&mut rng, outputs * 6);
        let expected = Planes::filled_by([1, outputs, side, side], |[photo, output, row, col]| {
            (0..6).map(|channel| input.at([photo, channel, row, col]) * weights[output * 6 + channel]).sum()
        });
        let conv = Conv::new(&gpu(), shape, Weights::Floats(&weights), None);
        let window = Window { kernel: 1, stride: 1, zeros_before: [0; 2], sides_after: [side; 2] };
        let found = conv.run(&input.image(Numbers::F32), window, None, EVERYTHING);
        Planes::of(found).assert_near(&expected, Numbers::F32, &format!("{outputs} outputs of {side} pixels"));
    }
}

#[test]
fn pooling_takes_the_largest_number() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..40 {
        let kernel = rng.random_range(1..4);
        let stride = rng.random_range(1..3);
        let zeros_before = [0, 1].map(|_| rng.random_range(0..=kernel / 2));
        let sides = [0, 1].map(|_| rng.random_range(kernel..kernel + 12));
        let channels = rng.random_range(1..20);
        let input = Planes::by_chance(&mut rng, [2, channels, sides[0], sides[1]]);
        let sides_after = [0, 1].map(|axis| after(sides[axis], kernel, stride, 2 * zeros_before[axis]));
        let expected =
            Planes::filled_by([2, channels, sides_after[0], sides_after[1]], |[photo, channel, row, col]| {
                let taps = (0..kernel * kernel).map(|tap| [row * stride + tap / kernel, col * stride + tap % kernel]);
                taps.filter_map(|at| input.around(photo, channel, at, zeros_before)).fold(f32::MIN, f32::max)
            });
        let window = Window { kernel, stride, zeros_before, sides_after };
        for kept in kept() {
            let found = Planes::of(max_pool(&input.image(kept), window));
            found.assert_near(&expected, kept, &format!("{window:?} over {:?}", input.dims));
        }
    }
}

#[test]
fn images_are_made_of_planes_however_they_lie() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for (channels, kept) in
        [1, 3, 4, 6, 8].into_iter().flat_map(|channels| kept().into_iter().map(move |kept| (channels, kept)))
    {
        let planes = Planes::by_chance(&mut rng, [2, channels, 5, 3]);
        Planes::of(planes.image(kept)).assert_near(&planes, kept, "plane by plane");
        let lying = upload(&planes.values);
        // Their rows are columns.
        let turned = Image::from_planes(&gpu(), lying, [2, channels, 3, 5], [channels * 15, 15, 1, 3], kept);
        let expected =
            Planes::filled_by([2, channels, 3, 5], |[photo, channel, row, col]| planes.at([photo, channel, col, row]));
        Planes::of(turned).assert_near(&expected, kept, "turned");
    }
    for kept in kept() {
        let planes = Planes::by_chance(&mut rng, [2, 8, 5, 3]);
        let lying = planes.image(kept).into_floats();
        let as_it_is = Image::from_planes(&gpu(), lying, planes.dims, [8 * 15, 1, 8 * 3, 8], kept);
        Planes::of(as_it_is).assert_near(&planes, kept, "pixel by pixel");
    }
}

#[test]
fn images_are_joined_and_added() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let parts = [4, 8, 12].map(|channels| Planes::by_chance(&mut rng, [2, channels, 3, 5]));
    let joined = Planes::filled_by([2, 24, 3, 5], |[photo, channel, row, col]| match channel {
        0..4 => parts[0].at([photo, channel, row, col]),
        4..12 => parts[1].at([photo, channel - 4, row, col]),
        _ => parts[2].at([photo, channel - 12, row, col]),
    });
    let sum = Planes::filled_by(parts[0].dims, |place| (2.0 * parts[0].at(place)).clamp(0.0, 1.0));
    for kept in kept() {
        let images = parts.each_ref().map(|part| part.image(kept));
        Planes::of(Image::side_by_side(&images.each_ref())).assert_near(&joined, kept, "side by side");
        let found = images[0].combined(Some(&images[0]), (0.0, 1.0));
        Planes::of(found).assert_near(&sum, kept, "added");
    }
}

/// What 16 bits cannot say stays finite.
#[test]
fn large_numbers_become_the_largest() {
    let planes = Planes { dims: [1, 4, 1, 1], values: vec![6e4, -6e4, 1.0, 0.0] };
    for kept in kept() {
        let image = planes.image(kept);
        let sum = Planes::of(image.combined(Some(&image), EVERYTHING)).values;
        let most = if kept == Numbers::F32 { 120_000.0 } else { 65_504.0 };
        assert_eq!(sum, [most, -most, 2.0, 0.0], "{kept:?}");
    }
}

/// What has no numbers is neither read nor written.
#[test]
fn programs_are_compiled_without_numbers() {
    let gpu = gpu();
    let shape = ConvShape { inputs: 3, outputs: 64, kernel: 7, groups: 1 };
    for (are_bytes, kept) in
        [true, false].into_iter().flat_map(|are_bytes| kept().into_iter().map(move |kept| (are_bytes, kept)))
    {
        let photo = Image::blank(&gpu, [1, 3, 224, 224], kept);
        let window = Window { kernel: 7, stride: 2, zeros_before: [3; 2], sides_after: [112; 2] };
        let image = Conv::blank(&gpu, shape, are_bytes).run(&photo, window, None, EVERYTHING);
        let window = Window { kernel: 3, stride: 2, zeros_before: [1; 2], sides_after: [56; 2] };
        let image = max_pool(&image, window);
        assert_eq!(image.dims(), [1, 64, 56, 56]);
        let numbers = gpu.read_one_unchecked(image.combined(None, (1.0, 2.0)).into_floats());
        assert_eq!(*numbers, [0; 16], "they are as they were made");
    }
}

#[test]
#[should_panic(expected = "5 weights for")]
fn weights_have_to_fit() {
    let shape = ConvShape { inputs: 2, outputs: 3, kernel: 1, groups: 1 };
    Conv::new(&gpu(), shape, Weights::Floats(&[0.0; 5]), None);
}
