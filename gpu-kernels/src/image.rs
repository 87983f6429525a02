//! Images on a GPU: NHWC, in vectors of four channels, the last of which may end in zeros.

use std::fmt::{self, Debug, Formatter};

use cubecl::client::Client;
use cubecl::prelude::{BufferArg, CubeCount, CubeDim};
use cubecl::server::Handle;

use crate::numbers::{EVERYTHING, Numbers};
use crate::programs::{self, PartLaunch, PlanesLaunch};
use crate::vector::VECTOR;

/// Units of a cube that has one axis.
const UNITS: usize = 64;

/// Cubes along an axis; WebGPU promises no more.
const MOST_CUBES: usize = 65_535;

/// Images of several photos, all of one size.
#[derive(Clone)]
pub struct Image {
    client: Client,
    /// `[photos, rows, columns, channels]`, filled up to whole vectors. Nobody reads or writes a blank's.
    memory: Handle,
    numbers: Numbers,
    /// `[photos, channels, rows, columns]`, not filled up.
    dims: [usize; 4],
    is_blank: bool,
}

impl Image {
    /// Of planes, `[photos, channels, rows, columns]`, that lie so many numbers apart.
    pub fn from_planes(
        client: &Client,
        planes: Handle,
        dims: [usize; 4],
        strides: [usize; 4],
        numbers: Numbers,
    ) -> Self {
        let [_, channels, rows, cols] = dims;
        let is_image = strides == [rows * cols * channels, 1, cols * channels, channels];
        if is_image && channels.is_multiple_of(VECTOR) && numbers == Numbers::F32 {
            return Self { client: client.clone(), memory: planes, numbers, dims, is_blank: false };
        }
        let image = Self::empty(client, dims, numbers);
        let reach: usize = dims.iter().zip(strides).map(|(side, stride)| side.saturating_sub(1) * stride).sum();
        let length = planes.size_in_used() / size_of::<f32>() as u64;
        assert!(length > reach as u64, "{length} numbers are not enough for {dims:?}");
        // SAFETY: they are that long.
        let planes = unsafe { BufferArg::from_raw_parts(planes, reach + 1) };
        image.take_planes(planes, strides);
        image
    }

    /// One of these sides that has no numbers. What is done to it makes the GPU compile its programs, and nothing else.
    pub fn blank(client: &Client, dims: [usize; 4], numbers: Numbers) -> Self {
        let image = Self { client: client.clone(), memory: nothing(client), numbers, dims, is_blank: true };
        // SAFETY: that is its length.
        let planes = unsafe { BufferArg::from_raw_parts(nothing(client), VECTOR) };
        image.take_planes(planes, [0; 4]);
        image
    }

    /// For what comes of this one.
    pub(crate) fn output(&self, [channels, rows, cols]: [usize; 3]) -> Self {
        self.output_in([self.dims[0], channels, rows, cols], self.numbers)
    }

    fn output_in(&self, dims: [usize; 4], numbers: Numbers) -> Self {
        match self.is_blank {
            // WebGPU binds no memory for reading and for writing at once.
            true => Self { client: self.client.clone(), memory: nothing(&self.client), numbers, dims, is_blank: true },
            false => Self::empty(&self.client, dims, numbers),
        }
    }

    fn empty(client: &Client, dims @ [photos, channels, rows, cols]: [usize; 4], numbers: Numbers) -> Self {
        let count = photos * rows * cols * channels.next_multiple_of(VECTOR);
        Self { client: client.clone(), memory: client.empty(count * numbers.bytes()), numbers, dims, is_blank: false }
    }

    fn take_planes(&self, planes: BufferArg, strides: [usize; 4]) {
        let [_, channels, rows, cols] = self.dims.map(|side| side as u32);
        let [photo, channel, row, col] = strides.map(|stride| stride as u32);
        let lie = PlanesLaunch::new(photo, channel, row, col, channels, rows, cols, self.pixels_at_work());
        let (cubes, dim) = self.one_axis(self.pixels() * self.vectors());
        // SAFETY: what is read lies within the planes, by their strides, and there is a unit for each vector.
        unsafe {
            programs::from_planes::launch_unchecked(
                &self.client,
                cubes,
                dim,
                planes,
                self.buffer(),
                lie,
                self.numbers.kind(),
            );
        }
    }

    /// Photos, channels, rows and columns.
    pub fn dims(&self) -> [usize; 4] {
        self.dims
    }

    /// Its numbers in 32 bits, `[photos, rows, columns, channels]`, with channels filled up to whole vectors.
    pub fn into_floats(self) -> Handle {
        if self.numbers == Numbers::F32 {
            return self.memory;
        }
        let floats = self.output_in(self.dims, Numbers::F32);
        floats.write(&self, None, EVERYTHING, 0);
        floats.memory
    }

    /// With another added, and clamped to a range.
    pub fn combined(&self, added: Option<&Self>, range: (f32, f32)) -> Self {
        let [_, shape @ ..] = self.dims;
        let output = self.output(shape);
        output.write(self, added, range, 0);
        output
    }

    /// The channels of one image after those of another.
    ///
    /// # Panics
    /// If there is none, or channels of one are no whole vectors.
    pub fn side_by_side(parts: &[&Self]) -> Self {
        let [_, _, rows, cols] = parts[0].dims;
        assert!(parts.iter().all(|part| part.dims[1].is_multiple_of(VECTOR)), "channels are no whole vectors");
        let output = parts[0].output([parts.iter().map(|part| part.dims[1]).sum(), rows, cols]);
        let mut offset = 0;
        for part in parts {
            output.write(part, None, EVERYTHING, offset);
            offset += part.vectors();
        }
        output
    }

    /// `part`, to which `added` is added and which is clamped to a range, into the vectors from `offset` on.
    fn write(&self, part: &Self, added: Option<&Self>, range: (f32, f32), offset: usize) {
        let dims_but_channels = |image: &Self| [image.dims[0], image.dims[2], image.dims[3]];
        assert_eq!(dims_but_channels(self), dims_but_channels(part), "the images do not fit");
        assert!(added.is_none_or(|added| added.is_like(part)), "what is added does not fit");
        let (low, high) = self.numbers.within(range);
        let [vectors, out_vectors, offset] = [part.vectors(), self.vectors(), offset].map(|count| count as u32);
        let arguments = PartLaunch::new(vectors, out_vectors, offset, self.pixels_at_work(), low, high);
        let (cubes, dim) = self.one_axis(part.pixels() * part.vectors());
        let added = added.map(Self::buffer).into();
        // SAFETY: all images have these pixels, and there is a unit for each vector of the part.
        unsafe {
            programs::combine::launch_unchecked(
                &self.client,
                cubes,
                dim,
                part.buffer(),
                added,
                self.buffer(),
                arguments,
                [part.numbers.kind(), self.numbers.kind()],
            );
        }
    }

    pub(crate) fn numbers(&self) -> Numbers {
        self.numbers
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.is_blank
    }

    pub(crate) fn is_like(&self, other: &Self) -> bool {
        (self.dims, self.numbers, self.is_blank) == (other.dims, other.numbers, other.is_blank)
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn buffer(&self) -> BufferArg {
        let length = if self.is_blank { VECTOR } else { self.pixels() * self.vectors() * VECTOR };
        // SAFETY: it was made that long.
        unsafe { BufferArg::from_raw_parts(self.memory.clone(), length) }
    }

    /// Of all photos.
    pub(crate) fn pixels(&self) -> usize {
        let [photos, _, rows, cols] = self.dims;
        photos * rows * cols
    }

    /// Those that are computed.
    pub(crate) fn pixels_at_work(&self) -> u32 {
        if self.is_blank { 0 } else { self.pixels() as u32 }
    }

    /// Of a pixel.
    pub(crate) fn vectors(&self) -> usize {
        self.dims[1].div_ceil(VECTOR)
    }

    /// At least so many cubes, of which those that are too many do nothing.
    pub(crate) fn cubes(&self, count: usize) -> CubeCount {
        let count = if self.is_blank { 1 } else { count };
        let rows = count.div_ceil(MOST_CUBES).max(1);
        CubeCount::Static(count.div_ceil(rows) as u32, rows as u32, 1)
    }

    /// Enough cubes for so many units, and how many units each has.
    pub(crate) fn one_axis(&self, units: usize) -> (CubeCount, CubeDim) {
        (self.cubes(units.div_ceil(UNITS)), CubeDim::new_1d(UNITS as u32))
    }
}

/// What a blank has for its numbers.
fn nothing(client: &Client) -> Handle {
    client.create_from_slice(&[0; VECTOR * size_of::<f32>()])
}

impl Debug for Image {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Image")
            .field("dims", &self.dims)
            .field("numbers", &self.numbers)
            .field("is_blank", &self.is_blank)
            .finish_non_exhaustive()
    }
}
