//! The convolutions whose channels meet few others or none, on the processor: depthwise ones, as EfficientNet-Lite has
//! them, and grouped ones, as RegNet has them.
//!
//! Burn computes them at a small share of the rate of its 1x1 convolutions, so that they would take most of such a
//! network's time; `sightline bench --backbone efficientnet_lite0` shows the rates. What is here is for inference alone: it reads the numbers of its tensors,
//! so on a GPU it would wait for them, and no gradient flows through it.
//!
//! A group's planes are copied into a scratch image with the padding's zeros around them, and there a convolution is a
//! sum over the kernel's taps of one long run of numbers, each shifted by the tap's offset. The run crosses the ends of
//! the rows, so vectors are full however narrow the plane is; what it computes between the rows is left out when the
//! sums are copied out. With a stride, the image is split into its even and its odd columns and rows (into as many
//! parts as the stride says), which makes a run of every tap again.

mod kernel;
mod plan;
#[cfg(test)]
mod tests;

use burn::tensor::{DType, Tensor, TensorData};
use pulp::Arch;

use kernel::Group;
use plan::{Axis, Layer, Scratch};

/// Every number: what comes out is not clamped.
pub const EVERYTHING: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// Convolves groups of channels, whose size is the weight's second: `[out, in a group, height, width]`. `padding` is so
/// many zeros before and after the rows, and the columns. What comes out is clamped to `range` while it is at hand,
/// which is what a ReLU does.
///
/// An `input` that nothing else holds is not copied, and with a stride of 1 the output takes its memory.
///
/// # Panics
///
/// If the shapes do not fit each other, as Burn's convolution does, and if a tensor is not of 32-bit floats.
pub fn grouped_conv(
    input: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    stride: [usize; 2],
    padding: [[usize; 2]; 2],
    range: (f32, f32),
) -> Tensor<4> {
    let device = input.device();
    let [batch, channels, height, width] = input.dims();
    let [channels_out, channels_in, kernel_height, kernel_width] = weight.dims();
    let groups = channels.checked_div(channels_in).unwrap_or(0);
    assert!(
        groups > 0 && groups * channels_in == channels && channels_out.is_multiple_of(groups),
        "a kernel of {channels_out} by {channels_in} channels does not fit an input of {channels}"
    );
    let rows = Axis::new(height, kernel_height, stride[0], padding[0]);
    let columns = Axis::new(width, kernel_width, stride[1], padding[1]);
    let shape = [batch, channels_out, rows.out, columns.out];
    let bias = bias.map_or_else(|| TensorData::zeros::<f32, _>([channels_out]), Tensor::into_data);
    assert_eq!(bias.num_elements(), channels_out, "there is one bias for every channel of the output");
    let weight = weight.into_data();
    let (weight, bias) = (numbers(&weight), numbers(&bias));
    let layer = Layer::new(rows, columns, channels_in, channels_out / groups, weight, bias, range);
    let mut input = input.into_data();
    if layer.group_in() == layer.group_out() {
        // A group is in the scratch image before its first sum is written.
        run(&layer, None, numbers_mut(&mut input), groups);
        return Tensor::from_data(TensorData::from_bytes(input.into_bytes(), shape, DType::F32), &device);
    }
    let mut output = vec![0.0; batch * groups * layer.group_out()];
    run(&layer, Some(numbers(&input)), &mut output, groups);
    Tensor::from_data(TensorData::new(output, shape), &device)
}

/// Why a tensor could be of another type, which it is not: nothing makes one.
const FLOATS: &str = "networks compute in 32-bit floats";

fn numbers(data: &TensorData) -> &[f32] {
    data.as_slice().expect(FLOATS)
}

fn numbers_mut(data: &mut TensorData) -> &mut [f32] {
    data.as_mut_slice().expect(FLOATS)
}

/// Multiplications that are worth a thread's while.
#[cfg(not(target_family = "wasm"))]
const TASK: usize = 1 << 18;

/// Computes `output` of `input`, or of what is in `output`.
#[cfg(not(target_family = "wasm"))]
fn run(layer: &Layer, input: Option<&[f32]>, output: &mut [f32], groups: usize) {
    use rayon::prelude::*;
    let length = layer.group_out().max(1);
    let least = TASK.div_ceil((length * layer.taps.len()).max(1));
    let all = output.par_chunks_mut(length).enumerate().with_min_len(least);
    all.for_each_init(|| layer.scratch(), |scratch, (at, output)| run_group(layer, input, output, scratch, at, groups));
}

/// Computes `output` of `input`, or of what is in `output`.
#[cfg(target_family = "wasm")]
fn run(layer: &Layer, input: Option<&[f32]>, output: &mut [f32], groups: usize) {
    let mut scratch = layer.scratch();
    for (at, output) in output.chunks_mut(layer.group_out().max(1)).enumerate() {
        run_group(layer, input, output, &mut scratch, at, groups);
    }
}

fn run_group(
    layer: &Layer,
    input: Option<&[f32]>,
    output: &mut [f32],
    scratch: &mut Scratch,
    at: usize,
    groups: usize,
) {
    let input = input.map(|input| &input[at * layer.group_in()..][..layer.group_in()]);
    Arch::new().dispatch(Group { layer, scratch, input, output, group: at % groups });
}
