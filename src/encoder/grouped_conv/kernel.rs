//! The sums of a grouped convolution, in vectors of whatever width there is.

use pulp::{Simd, WithSimd};

use super::plan::{Layer, Scratch};

/// One group of one image.
pub struct Group<'a> {
    pub layer: &'a Layer<'a>,
    pub scratch: &'a mut Scratch,
    /// None where it lies in `output`.
    pub input: Option<&'a [f32]>,
    pub output: &'a mut [f32],
    pub group: usize,
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
    pub simd: S,
    pub layer: &'a Layer<'a>,
    pub image: &'a [f32],
    pub weights: [&'a [f32]; OUTS],
    pub biases: [f32; OUTS],
    /// Where the sums go, `length` numbers for each of the channels.
    pub sums: &'a mut [f32],
    pub length: usize,
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
