//! The convolutions whose channels meet few others or none, on the processor: depthwise ones, as EfficientNet-Lite has
//! them, and grouped ones, as RegNet has them.
//!
//! Burn's own run at a sixth to a sixteenth of the rate of its 1x1 convolutions there and would take most of such a
//! network's time. This one is for inference alone: it reads the numbers of its tensors, so on a GPU it would wait for
//! them, and no gradient flows through it.
//!
//! A group's planes are copied into a scratch image with the padding's zeros around them, and there a convolution is a
//! sum over the kernel's taps of one long run of numbers, each shifted by the tap's offset. The run crosses the ends of
//! the rows, so vectors are full however narrow the plane is; what it computes between the rows is left out when the
//! sums are copied out. With a stride, the image is split into its even and its odd columns and rows (into as many
//! parts as the stride says), which makes a run of every tap again.

#[cfg(test)]
mod tests;

use burn::tensor::{DType, Tensor, TensorData};
use pulp::{Arch, Simd, WithSimd};

/// Every number: what comes out is not clamped.
pub const EVERYTHING: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// Convolves groups of channels, whose size is the weight's second: `[out, in a group, height, width]`. `padding` is so many
/// zeros before and after the rows, and the columns. What comes out is clamped to `range` while it is at hand, which is
/// what a ReLU does.
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
    let group_in = channels_in * height * width;
    let group_out = layer.channels_out * layer.rows.out * layer.columns.out;
    if group_in == group_out {
        // A group is in the scratch image before its first sum is written.
        layer.run(numbers_mut(&mut input), group_out, groups, |_| None);
        return Tensor::from_data(TensorData::from_bytes(input.into_bytes(), shape, DType::F32), &device);
    }
    let input = numbers(&input);
    let mut output = vec![0.0; batch * groups * group_out];
    layer.run(&mut output, group_out, groups, |at| input.get(at * group_in..(at + 1) * group_in));
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

/// One of a plane's two directions.
#[derive(Clone, Debug)]
struct Axis {
    size: usize,
    out: usize,
    kernel: usize,
    stride: usize,
    /// Where each of the `stride` parts takes its numbers from and puts them.
    parts: Vec<Part>,
    /// How many places of a part are read.
    reach: usize,
}

/// Every `stride`-th number from `from` on, `count` of them, which lie at `to` and after it.
#[derive(Clone, Copy, Debug)]
struct Part {
    from: usize,
    to: usize,
    count: usize,
}

impl Axis {
    fn new(size: usize, kernel: usize, stride: usize, [before, after]: [usize; 2]) -> Self {
        let padded = before + size + after;
        assert!(kernel > 0 && stride > 0, "neither a kernel nor a stride is 0");
        assert!(padded >= kernel, "a kernel of {kernel} does not fit into {padded}");
        let out = (padded - kernel) / stride + 1;
        let reach = out + (kernel - 1) / stride;
        let parts = (0..stride).map(|part| {
            let from = (part + stride - before % stride) % stride;
            let to = (from + before) / stride;
            let count = size.saturating_sub(from).div_ceil(stride).min(reach.saturating_sub(to));
            Part { from, to, count }
        });
        Self { size, out, kernel, stride, parts: parts.collect(), reach }
    }

    /// The distance between the beginnings of two rows. The zeros that end one row also begin the next.
    fn pitch(&self) -> usize {
        let parts = self.parts.iter().filter(|part| part.count > 0);
        let end = parts.clone().map(|part| part.to + part.count).max().unwrap_or(0);
        let zeros = parts.map(|part| part.to).min().unwrap_or(self.reach);
        end.max(self.reach - zeros).max(self.out)
    }
}

/// What all groups have in common.
#[derive(Debug)]
struct Layer<'a> {
    rows: Axis,
    columns: Axis,
    channels_in: usize,
    channels_out: usize,
    weight: &'a [f32],
    bias: &'a [f32],
    range: (f32, f32),
    pitch: usize,
    /// The length of one part of a plane in the scratch image, and of all of them.
    part: usize,
    plane: usize,
    /// Where the numbers for the first output lie in the scratch image, for each weight of an output channel.
    taps: Vec<usize>,
    /// How many rows are summed before they are copied out, so that the sums stay in the fastest cache.
    band: usize,
}

/// As many sums as the fastest cache has room for beside the image.
const BAND: usize = 4096;
/// The longest run that is summed at once, in numbers: 8 vectors of the widest kind.
const SLACK: usize = 8 * 16;
/// Multiplications that are worth a thread's while.
#[cfg(not(target_family = "wasm"))]
const TASK: usize = 1 << 18;

impl<'a> Layer<'a> {
    fn new(
        rows: Axis,
        columns: Axis,
        channels_in: usize,
        channels_out: usize,
        weight: &'a [f32],
        bias: &'a [f32],
        range: (f32, f32),
    ) -> Self {
        let pitch = columns.pitch();
        let part = (rows.reach * pitch).max((rows.reach - 1) * pitch + columns.reach);
        let plane = part * rows.stride * columns.stride;
        let mut taps = Vec::with_capacity(channels_in * rows.kernel * columns.kernel);
        for channel in 0..channels_in {
            for y in 0..rows.kernel {
                for x in 0..columns.kernel {
                    let parts = y % rows.stride * columns.stride + x % columns.stride;
                    taps.push(channel * plane + parts * part + y / rows.stride * pitch + x / columns.stride);
                }
            }
        }
        let band = (BAND / pitch).clamp(1, rows.out);
        Self { rows, columns, channels_in, channels_out, weight, bias, range, pitch, part, plane, taps, band }
    }

    #[cfg(not(target_family = "wasm"))]
    fn run<'b>(
        &self,
        output: &mut [f32],
        group_out: usize,
        groups: usize,
        input: impl Fn(usize) -> Option<&'b [f32]> + Sync,
    ) {
        use rayon::prelude::*;
        if group_out == 0 {
            return;
        }
        let arch = Arch::new();
        let work = (group_out * self.taps.len()).max(1);
        let chunks = output.par_chunks_mut(group_out).enumerate().with_min_len(TASK.div_ceil(work));
        chunks.for_each_init(
            || self.scratch(),
            |scratch, (at, output)| {
                arch.dispatch(Group { layer: self, scratch, input: input(at), output, group: at % groups });
            },
        );
    }

    #[cfg(target_family = "wasm")]
    fn run<'b>(&self, output: &mut [f32], group_out: usize, groups: usize, input: impl Fn(usize) -> Option<&'b [f32]>) {
        if group_out == 0 {
            return;
        }
        let (arch, mut scratch) = (Arch::new(), self.scratch());
        for (at, output) in output.chunks_mut(group_out).enumerate() {
            let scratch = &mut scratch;
            arch.dispatch(Group { layer: self, scratch, input: input(at), output, group: at % groups });
        }
    }

    fn scratch(&self) -> Scratch {
        let image = vec![0.0; self.channels_in * self.plane + SLACK];
        Scratch { image, sums: vec![0.0; OUTS.min(self.channels_out) * self.sums()] }
    }

    /// The room for a band's sums of one output channel.
    fn sums(&self) -> usize {
        self.band * self.pitch + SLACK
    }
}

/// How many output channels are summed side by side, at most, so that each number that is read serves all of them.
const OUTS: usize = 8;

#[derive(Debug)]
struct Scratch {
    /// The group's planes with their padding, whose zeros stay from group to group.
    image: Vec<f32>,
    sums: Vec<f32>,
}

/// One group of one image.
struct Group<'a> {
    layer: &'a Layer<'a>,
    scratch: &'a mut Scratch,
    /// None where it lies in `output`.
    input: Option<&'a [f32]>,
    output: &'a mut [f32],
    group: usize,
}

impl WithSimd for Group<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { layer, scratch, input, output, group } = self;
        copy_in(simd, layer, input.unwrap_or(output), &mut scratch.image);
        let first = group * layer.channels_out;
        let plane = layer.rows.out * layer.columns.out;
        let mut channel = 0;
        // More sums than there are registers would be kept in memory.
        let wide = S::F32_LANES == 16;
        while channel < layer.channels_out {
            let output = &mut output[channel * plane..];
            let left = layer.channels_out - channel;
            channel += match left {
                8.. if wide => channels::<S, 8, 2>(simd, layer, scratch, first + channel, output),
                4.. => channels::<S, 4, 2>(simd, layer, scratch, first + channel, output),
                _ => channels::<S, 1, 8>(simd, layer, scratch, first + channel, output),
            };
        }
    }
}

/// Copies a group's planes to where the sums read them.
#[inline(always)]
fn copy_in<S: Simd>(simd: S, layer: &Layer, input: &[f32], image: &mut [f32]) {
    let (rows, columns) = (&layer.rows, &layer.columns);
    for (channel, plane) in input.chunks_exact(rows.size * columns.size).enumerate() {
        for (y, down) in rows.parts.iter().enumerate() {
            for (x, across) in columns.parts.iter().enumerate() {
                let start = channel * layer.plane + (y * columns.stride + x) * layer.part;
                // A row is written in whole vectors, whose surplus is zeros and reaches only what is written later.
                let image = &mut image[start + down.to * layer.pitch + across.to..];
                let plane = plane.get(down.from * columns.size + across.from..).unwrap_or_default();
                for row in 0..down.count {
                    let image = &mut image[row * layer.pitch..];
                    let line = &plane[row * rows.stride * columns.size..];
                    match columns.stride {
                        1 => copy_line(simd, line, image, across.count),
                        2 => copy_every_second(line, image, across.count),
                        stride => {
                            let line = line.iter().step_by(stride).take(across.count);
                            image.iter_mut().zip(line).for_each(|(to, from)| *to = *from);
                        }
                    }
                }
            }
        }
    }
}

/// Copies `count` numbers, and zeros up to the end of the last vector.
#[inline(always)]
fn copy_line<S: Simd>(simd: S, line: &[f32], image: &mut [f32], count: usize) {
    let lanes = S::F32_LANES;
    for x in (0..count).step_by(lanes) {
        let image = &mut image[x..];
        if count - x >= lanes {
            S::as_mut_simd_f32s(&mut image[..lanes]).0[0] = S::as_simd_f32s(&line[x..][..lanes]).0[0];
        } else {
            let numbers = simd.partial_load_f32s(&line[x..count]);
            S::as_mut_simd_f32s(&mut image[..lanes]).0[0] = numbers;
        }
    }
}

/// Copies every second number, `count` of them, and zeros up to the end of the last block.
#[inline(always)]
fn copy_every_second(line: &[f32], image: &mut [f32], count: usize) {
    const BLOCK: usize = 8;
    let (mut line, mut image, mut count) = (line, image, count);
    while count > 0 {
        let (numbers, rest) = match line.split_first_chunk::<{ 2 * BLOCK }>() {
            Some((numbers, rest)) => (*numbers, rest),
            None => {
                let mut numbers = [0.0; 2 * BLOCK];
                numbers[..line.len()].copy_from_slice(line);
                (numbers, &[][..])
            }
        };
        let Some((to, after)) = image.split_first_chunk_mut::<BLOCK>() else { return };
        if count >= BLOCK {
            *to = std::array::from_fn(|at| numbers[2 * at]);
        } else {
            *to = std::array::from_fn(|at| if at < count { numbers[2 * at] } else { 0.0 });
        }
        (line, image, count) = (rest, after, count.saturating_sub(BLOCK));
    }
}

/// Computes `OUTS` output channels and returns how many these are.
#[inline(always)]
fn channels<S: Simd, const OUTS: usize, const VECTORS: usize>(
    simd: S,
    layer: &Layer,
    scratch: &mut Scratch,
    channel: usize,
    output: &mut [f32],
) -> usize {
    let taps = layer.taps.len();
    let weights: [&[f32]; OUTS] = std::array::from_fn(|out| &layer.weight[(channel + out) * taps..][..taps]);
    let biases: [f32; OUTS] = std::array::from_fn(|out| layer.bias[channel + out]);
    let (height, width, pitch) = (layer.rows.out, layer.columns.out, layer.pitch);
    let length = layer.sums();
    let mut top = 0;
    while top < height {
        let band = layer.band.min(height - top);
        let image = &scratch.image[top * pitch..];
        let run = (band - 1) * pitch + width;
        let mut tile = Tile { simd, layer, image, weights, biases, sums: &mut scratch.sums, length };
        let mut at = 0;
        while at < run {
            let vectors = (run - at).div_ceil(S::F32_LANES);
            at += if vectors >= VECTORS {
                tile.sum::<VECTORS>(at)
            } else if VECTORS > 4 && vectors >= 4 {
                tile.sum::<4>(at)
            } else if VECTORS > 2 && vectors >= 2 {
                tile.sum::<2>(at)
            } else {
                tile.sum::<1>(at)
            };
        }
        for (out, output) in output.chunks_exact_mut(height * width).take(OUTS).enumerate() {
            let sums = &scratch.sums[out * length..][..length];
            copy_out(simd, layer, sums, &mut output[top * width..], band);
        }
        top += band;
    }
    OUTS
}

struct Tile<'a, S, const OUTS: usize> {
    simd: S,
    layer: &'a Layer<'a>,
    image: &'a [f32],
    weights: [&'a [f32]; OUTS],
    biases: [f32; OUTS],
    sums: &'a mut [f32],
    length: usize,
}

impl<S: Simd, const OUTS: usize> Tile<'_, S, OUTS> {
    /// Sums `VECTORS` vectors of every output channel from `at` on, and returns how many numbers these are.
    #[inline(always)]
    fn sum<const VECTORS: usize>(&mut self, at: usize) -> usize {
        let lanes = S::F32_LANES;
        let mut sums = self.biases.map(|bias| [self.simd.splat_f32s(bias); VECTORS]);
        let image = &self.image[at..];
        for (tap, offset) in self.layer.taps.iter().enumerate() {
            let numbers = &image[*offset..][..VECTORS * lanes];
            let numbers: [S::f32s; VECTORS] = std::array::from_fn(|vector| S::as_simd_f32s(numbers).0[vector]);
            for (sums, weights) in sums.iter_mut().zip(&self.weights) {
                let weight = self.simd.splat_f32s(weights[tap]);
                for (sum, numbers) in sums.iter_mut().zip(numbers) {
                    *sum = multiply_add(self.simd, weight, numbers, *sum);
                }
            }
        }
        for (out, sums) in sums.into_iter().enumerate() {
            let kept = &mut self.sums[out * self.length + at..][..VECTORS * lanes];
            S::as_mut_simd_f32s(kept).0.copy_from_slice(&sums);
        }
        VECTORS * lanes
    }
}

/// Where there are no vectors, a fused multiplication is a function of the C library, which takes its time.
#[inline(always)]
fn multiply_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    if S::F32_LANES == 1 { simd.add_f32s(simd.mul_f32s(a, b), c) } else { simd.mul_add_e_f32s(a, b, c) }
}

/// Copies the sums of a band of rows to the output, without those between the rows.
#[inline(always)]
fn copy_out<S: Simd>(simd: S, layer: &Layer, sums: &[f32], output: &mut [f32], band: usize) {
    let (width, lanes) = (layer.columns.out, S::F32_LANES);
    let (low, high) = (simd.splat_f32s(layer.range.0), simd.splat_f32s(layer.range.1));
    for y in 0..band {
        // A row's last vector reaches into the next row, which overwrites it.
        for x in (0..width).step_by(lanes) {
            let sums = S::as_simd_f32s(&sums[y * layer.pitch + x..][..lanes]).0[0];
            let values = simd.min_f32s(simd.max_f32s(sums, low), high);
            let output = &mut output[y * width + x..];
            match output.get_mut(..lanes) {
                Some(output) => S::as_mut_simd_f32s(output).0[0] = values,
                None => simd.partial_store_f32s(output, values),
            }
        }
    }
}
