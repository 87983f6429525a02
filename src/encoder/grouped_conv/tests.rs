//! The grouped convolution against Burn's own.

use burn::tensor::module::conv2d;
use burn::tensor::ops::{ConvOptions, PadMode};
use burn::tensor::{Device, Distribution};
use pulp::Simd;

use super::*;

/// An input's batch, channels, height and width, the weight's shape, a stride and a padding.
type Case = ([usize; 4], [usize; 4], [usize; 2], [usize; 4]);

fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), &Device::flex())
}

fn assert_close(ours: Tensor<4>, expected: Tensor<4>, case: impl std::fmt::Debug) {
    assert_eq!(ours.dims(), expected.dims(), "{case:?}");
    let (ours, expected) = (ours.into_data(), expected.into_data());
    let pairs = numbers(&ours).iter().zip(numbers(&expected));
    let (mut error, mut size) = (0.0, 0.0);
    for (ours, expected) in pairs.map(|(ours, expected)| (f64::from(*ours), f64::from(*expected))) {
        error += (ours - expected).powi(2);
        size += expected.powi(2);
    }
    // Written so that a NaN fails.
    assert!(error.sqrt() <= 1e-6 * size.sqrt(), "{case:?}: an error of {} in {}", error.sqrt(), size.sqrt());
}

fn compare(case: Case) {
    let (input, weight, stride, pad) = case;
    let groups = input[1] / weight[1];
    let (input, bias) = (random(input), random([weight[0]]));
    let weight = random(weight);
    let [top, left, bottom, right] = pad;
    let padded = input.clone().pad((left, right, top, bottom), PadMode::Constant(0.0));
    let options = ConvOptions::new(stride, [0, 0], [1, 1], groups);
    let expected = conv2d(padded, weight.clone(), Some(bias.clone()), options);
    let ours = grouped_conv(input, weight, Some(bias), stride, [[top, bottom], [left, right]], EVERYTHING);
    assert_close(ours, expected, case);
}

#[test]
fn depthwise_is_what_burn_computes() {
    for side in [1, 2, 3, 4, 5, 7, 8, 14, 15, 16, 17, 28, 33] {
        for (kernel, stride) in [(3, 1), (3, 2), (5, 1), (5, 2), (3, 3), (5, 3), (1, 1), (1, 2), (2, 4)] {
            let half = kernel / 2;
            compare(([1, 3, side, side], [3, 1, kernel, kernel], [stride, stride], [half; 4]));
            // TensorFlow's "same".
            let all = (side.div_ceil(stride) - 1) * stride + kernel;
            let (before, after) = (all.saturating_sub(side) / 2, all.saturating_sub(side).div_ceil(2));
            let same = [before, before, after, after];
            compare(([2, 2, side, side], [2, 1, kernel, kernel], [stride, stride], same));
        }
    }
}

#[test]
fn neither_planes_nor_kernels_nor_strides_need_be_square() {
    compare(([1, 2, 9, 20], [2, 1, 3, 5], [1, 2], [1, 0, 0, 3]));
    compare(([1, 2, 20, 9], [2, 1, 5, 3], [2, 1], [0, 3, 1, 0]));
    compare(([2, 2, 6, 1], [2, 1, 2, 4], [3, 1], [0, 2, 0, 3]));
    // All of the plane may lie between the strides.
    compare(([1, 2, 1, 200], [2, 1, 3, 3], [4, 1], [10, 0, 0, 0]));
    // Padding wider than the kernel makes outputs of zeros alone.
    compare(([1, 2, 4, 3], [2, 1, 3, 3], [1, 1], [5, 7, 4, 6]));
    compare(([1, 2, 4, 3], [2, 1, 3, 3], [2, 2], [5, 7, 4, 6]));
}

#[test]
fn planes_of_several_bands_have_no_seams() {
    compare(([1, 2, 112, 112], [2, 1, 5, 5], [1, 1], [2; 4]));
    compare(([1, 2, 225, 225], [2, 1, 3, 3], [2, 2], [0, 0, 1, 1]));
    compare(([1, 1, 3, 5000], [1, 1, 3, 3], [1, 1], [1; 4]));
}

#[test]
fn groups_are_what_burn_computes() {
    for side in [1, 2, 7, 14, 28] {
        for stride in [1, 2] {
            compare(([1, 64, side, side], [64, 16, 3, 3], [stride, stride], [1; 4]));
            // More outputs than inputs, and numbers of them that do not divide into equal blocks.
            compare(([2, 6, side, side], [21, 2, 3, 3], [stride, stride], [0, 0, 2, 2]));
        }
    }
    compare(([1, 3, 32, 32], [13, 3, 3, 3], [2, 2], [0, 0, 1, 1]));
}

#[test]
fn every_instruction_set_computes_the_same() {
    let numbers = |count: usize| (0..count).map(|at| (at * 37 % 19) as f32 - 9.0).collect::<Vec<_>>();
    for (side, stride, channels) in [(7, 1, 1), (14, 2, 1), (33, 1, 1), (17, 1, 13), (20, 2, 13)] {
        let axis = || Axis::new(side, 3, stride, [1, 1]);
        let (weight, bias) = (numbers(channels * channels * 9), numbers(channels));
        let layer = Layer::new(axis(), axis(), channels, channels, &weight, &bias, (0.0, 6.0));
        let input = numbers(layer.group_in());
        let mut usual = vec![0.0; layer.group_out()];
        run(&layer, Some(&input), &mut usual, 1);
        let mut output = vec![0.0; layer.group_out()];
        let (layer, scratch) = (&layer, &mut layer.scratch());
        Simd::vectorize(pulp::Scalar, Group { layer, scratch, input: Some(&input), output: &mut output, group: 0 });
        // Whole numbers, so that nothing is rounded.
        assert_eq!(output, usual, "without vectors, {side} {stride} {channels}");
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            output.fill(0.0);
            Simd::vectorize(simd, Group { layer, scratch, input: Some(&input), output: &mut output, group: 0 });
            assert_eq!(output, usual, "with AVX2, {side} {stride} {channels}");
        }
    }
}

#[test]
fn activations_are_computed_with_it() {
    let (input, weight) = (random([1, 4, 9, 9]) * 5.0, random([4, 1, 3, 3]) * 5.0);
    let run = |range| grouped_conv(input.clone(), weight.clone(), None, [1, 1], [[1; 2]; 2], range);
    let plain = run(EVERYTHING);
    assert_close(run((0.0, f32::INFINITY)), plain.clone().clamp_min(0.0), "ReLU");
    assert_close(run((0.0, 6.0)), plain.clamp(0.0, 6.0), "ReLU6");
}

#[test]
fn an_input_that_others_hold_stays_as_it_is() {
    let input = random([1, 2, 5, 5]);
    let before = input.to_data();
    let other = input.clone();
    grouped_conv(input, random([2, 1, 3, 3]), None, [1, 1], [[1; 2]; 2], EVERYTHING);
    assert_eq!(other.into_data(), before);
}

#[test]
fn a_view_is_read_in_its_own_order() {
    let (wide, weight) = (random([1, 2, 6, 9]), random([2, 1, 3, 3]));
    let view = wide.swap_dims(2, 3).narrow(2, 1, 7);
    let copy = Tensor::from_data(view.to_data(), &Device::flex());
    let run = |input| grouped_conv(input, weight.clone(), None, [1, 1], [[1; 2]; 2], EVERYTHING);
    assert_close(run(view), run(copy), "a view");
}

#[test]
#[should_panic(expected = "does not fit an input of 3")]
fn channels_have_to_fit() {
    grouped_conv(random([1, 3, 5, 5]), random([4, 1, 3, 3]), None, [1, 1], [[1; 2]; 2], EVERYTHING);
}

#[test]
#[should_panic(expected = "does not fit into 2")]
fn a_kernel_has_to_fit() {
    grouped_conv(random([1, 1, 2, 2]), random([1, 1, 3, 3]), None, [1, 1], [[0; 2]; 2], EVERYTHING);
}
