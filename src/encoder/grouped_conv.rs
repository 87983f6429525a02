//! The convolutions whose channels meet few others or none, on the processor: depthwise ones, as EfficientNet-Lite has
//! them, and grouped ones, as RegNet has them.
//!
//! Burn computes depthwise ones at a sixteenth of the rate of its 1x1 convolutions and grouped ones at a sixth, so they
//! would take most of such a network's time. What is here is for inference alone: it reads the numbers of its tensors,
//! so on a GPU it would wait for them, and no gradient flows through it.
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
        layer.run(None, numbers_mut(&mut input), groups);
        return Tensor::from_data(TensorData::from_bytes(input.into_bytes(), shape, DType::F32), &device);
    }
    let mut output = vec![0.0; batch * groups * layer.group_out()];
    layer.run(Some(numbers(&input)), &mut output, groups);
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

    /// The numbers of a group in the input.
    fn group_in(&self) -> usize {
        self.channels_in * self.rows.size * self.columns.size
    }

    /// The numbers of a group in the output.
    fn group_out(&self) -> usize {
        self.channels_out * self.rows.out * self.columns.out
    }

    /// Computes `output` of `input`, or of what is in `output`.
    #[cfg(not(target_family = "wasm"))]
    fn run(&self, input: Option<&[f32]>, output: &mut [f32], groups: usize) {
        use rayon::prelude::*;
        let length = self.group_out().max(1);
        let least = TASK.div_ceil((length * self.taps.len()).max(1));
        let all = output.par_chunks_mut(length).enumerate().with_min_len(least);
        all.for_each_init(
            || self.scratch(),
            |scratch, (at, output)| self.run_group(input, output, scratch, at, groups),
        );
    }

    /// Computes `output` of `input`, or of what is in `output`.
    #[cfg(target_family = "wasm")]
    fn run(&self, input: Option<&[f32]>, output: &mut [f32], groups: usize) {
        let mut scratch = self.scratch();
        for (at, output) in output.chunks_mut(self.group_out().max(1)).enumerate() {
            self.run_group(input, output, &mut scratch, at, groups);
        }
    }

    fn run_group(&self, input: Option<&[f32]>, output: &mut [f32], scratch: &mut Scratch, at: usize, groups: usize) {
        let input = input.map(|input| &input[at * self.group_in()..][..self.group_in()]);
        Arch::new().dispatch(Group { layer: self, scratch, input, output, group: at % groups });
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
        let (wide, narrow) = (S::F32_LANES == 16, S::F32_LANES == 4);
        while channel < layer.channels_out {
            let output = &mut output[channel * plane..];
            channel += match layer.channels_out - channel {
                // More sums than there are registers would be kept in memory.
                8.. if wide => channels::<S, 8, 2>(simd, layer, scratch, first + channel, output),
                4.. => channels::<S, 4, 2>(simd, layer, scratch, first + channel, output),
                _ if narrow => channels::<S, 1, 4>(simd, layer, scratch, first + channel, output),
                _ => channels::<S, 1, 8>(simd, layer, scratch, first + channel, output),
            };
        }
    }
}

/// Copies a group's planes to where the sums read them.
#[inline(always)]
fn copy_in<S: Simd>(simd: S, layer: &Layer, input: &[f32], image: &mut [f32]) {
    let (rows, columns) = (&layer.rows, &layer.columns);
    // Where a side is 0, there are no planes, and the image is its zeros.
    for (channel, plane) in input.chunks_exact((rows.size * columns.size).max(1)).enumerate() {
        for (y, down) in rows.parts.iter().enumerate() {
            for (x, across) in columns.parts.iter().enumerate() {
                if down.count == 0 || across.count == 0 {
                    continue;
                }
                // A row is written in whole vectors. What it writes too much are zeros, where there are zeros or where
                // numbers are written later.
                let start = channel * layer.plane + (y * columns.stride + x) * layer.part;
                let image = &mut image[start + down.to * layer.pitch + across.to..];
                let plane = &plane[down.from * columns.size + across.from..];
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
    let whole = count - count % S::F32_LANES;
    let (image, rest) = image.split_at_mut(whole);
    let (image, _) = S::as_mut_simd_f32s(image);
    let (numbers, _) = S::as_simd_f32s(&line[..whole]);
    for (to, from) in image.iter_mut().zip(numbers) {
        *to = *from;
    }
    if whole < count {
        let numbers = simd.partial_load_f32s(&line[whole..count]);
        S::as_mut_simd_f32s(&mut rest[..S::F32_LANES]).0[0] = numbers;
    }
}

/// Copies every second number, `count` of them. A loop over pairs is one that compilers make vectors of.
#[inline(always)]
fn copy_every_second(line: &[f32], image: &mut [f32], count: usize) {
    let (pairs, last) = line.as_chunks::<2>();
    let whole = count.min(pairs.len());
    for (to, [from, _]) in image[..whole].iter_mut().zip(&pairs[..whole]) {
        *to = *from;
    }
    if let ([last], true) = (last, whole < count) {
        image[whole] = *last;
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
    if width >= VECTORS * S::F32_LANES {
        // Such rows fill vectors by themselves, and their sums need not be copied.
        for y in 0..height {
            let (image, sums) = (&scratch.image[y * pitch..], &mut output[y * width..]);
            Tile { simd, layer, image, weights, biases, sums, length: height * width }.run::<VECTORS>(width, true);
        }
        return OUTS;
    }
    let length = layer.sums();
    let mut top = 0;
    while top < height {
        let band = layer.band.min(height - top);
        let (image, sums) = (&scratch.image[top * pitch..], &mut scratch.sums);
        let run = (band - 1) * pitch + width;
        Tile { simd, layer, image, weights, biases, sums, length }.run::<VECTORS>(run, false);
        for (out, output) in output.chunks_exact_mut(height * width).take(OUTS).enumerate() {
            copy_out::<S>(layer, &scratch.sums[out * length..][..length], &mut output[top * width..], band);
        }
        top += band;
    }
    OUTS
}

/// A stretch of some output channels.
struct Tile<'a, S, const OUTS: usize> {
    simd: S,
    layer: &'a Layer<'a>,
    image: &'a [f32],
    weights: [&'a [f32]; OUTS],
    biases: [f32; OUTS],
    /// Where the sums go, `length` numbers for each of the channels.
    sums: &'a mut [f32],
    length: usize,
}

impl<S: Simd, const OUTS: usize> Tile<'_, S, OUTS> {
    /// Sums a run of numbers of every output channel. With `exact`, nothing is written after the run: its last vector
    /// begins earlier and is partly summed again.
    #[inline(always)]
    fn run<const VECTORS: usize>(&mut self, run: usize, exact: bool) {
        let mut at = 0;
        while at < run {
            let vectors = match (run - at).div_ceil(S::F32_LANES) {
                vectors if vectors >= VECTORS => VECTORS,
                4.. => 4,
                2.. => 2,
                _ => 1,
            };
            let from = if exact { at.min(run - vectors * S::F32_LANES) } else { at };
            match vectors {
                1 => self.sum::<1>(from),
                2 => self.sum::<2>(from),
                4 => self.sum::<4>(from),
                _ => self.sum::<VECTORS>(from),
            }
            at = from + vectors * S::F32_LANES;
        }
    }

    /// Sums `VECTORS` vectors of every output channel from `at` on.
    #[expect(clippy::needless_range_loop, reason = "a closure that is not inlined would be compiled without vectors")]
    #[inline(always)]
    fn sum<const VECTORS: usize>(&mut self, at: usize) {
        let Self { simd, layer, .. } = *self;
        let mut sums = [[simd.splat_f32s(0.0); VECTORS]; OUTS];
        for out in 0..OUTS {
            sums[out] = [simd.splat_f32s(self.biases[out]); VECTORS];
        }
        let image = &self.image[at..];
        for (tap, offset) in layer.taps.iter().enumerate() {
            let numbers = S::as_simd_f32s(&image[*offset..][..VECTORS * S::F32_LANES]).0;
            for out in 0..OUTS {
                let weight = simd.splat_f32s(self.weights[out][tap]);
                for vector in 0..VECTORS {
                    sums[out][vector] = multiply_add(simd, weight, numbers[vector], sums[out][vector]);
                }
            }
        }
        let (low, high) = layer.range;
        for out in 0..OUTS {
            let kept = &mut self.sums[out * self.length + at..][..VECTORS * S::F32_LANES];
            let kept = S::as_mut_simd_f32s(kept).0;
            for vector in 0..VECTORS {
                kept[vector] = clamp(simd, sums[out][vector], low, high);
            }
        }
    }
}

/// Where there are no vectors, a fused multiplication is a function of the C library, which takes its time.
#[inline(always)]
fn multiply_add<S: Simd>(simd: S, a: S::f32s, b: S::f32s, c: S::f32s) -> S::f32s {
    if S::F32_LANES == 1 { simd.add_f32s(simd.mul_f32s(a, b), c) } else { simd.mul_add_e_f32s(a, b, c) }
}

/// Keeps a NaN; and pulp's own minimum and maximum compute number by number in WebAssembly.
#[inline(always)]
fn clamp<S: Simd>(simd: S, value: S::f32s, low: f32, high: f32) -> S::f32s {
    let (low, high) = (simd.splat_f32s(low), simd.splat_f32s(high));
    let value = simd.select_f32s(simd.less_than_f32s(value, low), low, value);
    simd.select_f32s(simd.less_than_f32s(high, value), high, value)
}

/// Copies the sums of a band of rows to the output, without those between the rows.
#[inline(always)]
fn copy_out<S: Simd>(layer: &Layer, sums: &[f32], output: &mut [f32], band: usize) {
    let (width, lanes) = (layer.columns.out, S::F32_LANES);
    for y in 0..band {
        // A row's last vector reaches into the next row, which overwrites it.
        let mut x = 0;
        while x < width {
            let sums = &sums[y * layer.pitch + x..][..lanes];
            let output = &mut output[y * width + x..];
            match output.get_mut(..lanes) {
                Some(output) => S::as_mut_simd_f32s(output).0[0] = S::as_simd_f32s(sums).0[0],
                None => output.iter_mut().zip(sums).for_each(|(to, from)| *to = *from),
            }
            x += lanes;
        }
    }
}
