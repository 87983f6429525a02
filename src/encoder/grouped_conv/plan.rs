//! Where the numbers of a grouped convolution lie: how planes are laid out in the scratch image, and where each tap reads.

/// One of a plane's two directions.
#[derive(Clone, Debug)]
pub struct Axis {
    pub size: usize,
    pub out: usize,
    pub kernel: usize,
    pub stride: usize,
    /// Where each of the `stride` parts takes its numbers from and puts them.
    pub parts: Vec<Part>,
    /// How many places of a part are read.
    pub reach: usize,
}

/// Every `stride`-th number from `from` on, `count` of them, which lie at `to` and after it.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub from: usize,
    pub to: usize,
    pub count: usize,
}

impl Axis {
    pub fn new(size: usize, kernel: usize, stride: usize, [before, after]: [usize; 2]) -> Self {
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
    pub fn pitch(&self) -> usize {
        let parts = self.parts.iter().filter(|part| part.count > 0);
        let end = parts.clone().map(|part| part.to + part.count).max().unwrap_or(0);
        let zeros = parts.map(|part| part.to).min().unwrap_or(self.reach);
        end.max(self.reach - zeros).max(self.out)
    }
}

/// What all groups have in common.
#[derive(Debug)]
pub struct Layer<'a> {
    pub rows: Axis,
    pub columns: Axis,
    pub channels_in: usize,
    pub channels_out: usize,
    pub weight: &'a [f32],
    pub bias: &'a [f32],
    pub range: (f32, f32),
    pub pitch: usize,
    /// The length of one part of a plane in the scratch image, and of all of them.
    pub part: usize,
    pub plane: usize,
    /// Where the numbers for the first output lie in the scratch image, for each weight of an output channel.
    pub taps: Vec<usize>,
    /// How many rows are summed before they are copied out, so that the sums stay in the fastest cache.
    pub band: usize,
}

/// As many sums as the fastest cache has room for beside the image.
pub const BAND: usize = 4096;
/// The longest run that is summed at once, in numbers: 8 vectors of the widest kind.
pub const SLACK: usize = 8 * 16;

impl<'a> Layer<'a> {
    pub fn new(
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
    pub fn group_in(&self) -> usize {
        self.channels_in * self.rows.size * self.columns.size
    }

    /// The numbers of a group in the output.
    pub fn group_out(&self) -> usize {
        self.channels_out * self.rows.out * self.columns.out
    }

    pub fn scratch(&self) -> Scratch {
        let image = vec![0.0; self.channels_in * self.plane + SLACK];
        Scratch { image, sums: vec![0.0; OUTS.min(self.channels_out) * self.sums()] }
    }

    /// The room for a band's sums of one output channel.
    pub fn sums(&self) -> usize {
        self.band * self.pitch + SLACK
    }
}

/// How many output channels are summed side by side, at most, so that each number that is read serves all of them.
pub const OUTS: usize = 8;

#[derive(Debug)]
pub struct Scratch {
    /// The group's planes with their padding, whose zeros stay from group to group.
    pub image: Vec<f32>,
    pub sums: Vec<f32>,
}
