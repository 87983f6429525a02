//! A convolution whose weights lie on a GPU.

use cubecl::client::Client;
use cubecl::prelude::CubeDim;

use crate::image::Image;
use crate::programs::{self, GroupsLaunch};
use crate::weights::{Buffer, ConvShape, PackedWeights, Weights};
use crate::window::Window;

/// Units of a cube along its two axes.
const SIDE: usize = 8;

/// Pixels by vectors that a unit sums, from the best use of what was read to the least work of a unit.
const TILES: [[usize; 2]; 3] = [[8, 2], [4, 2], [4, 1]];

/// Fewer leave a GPU idle. Computed by a processor, a smaller tile takes a third more time.
const LEAST_UNITS: usize = 2048;

/// Pixels that a unit of a convolution channel by channel sums.
const STRIP: usize = 4;

/// A convolution with its weights.
#[derive(Debug)]
pub struct Conv {
    is_blank: bool,
    shape: ConvShape,
    weights: PackedWeights,
    bias: Buffer,
}

impl Conv {
    /// Without a `bias` it is 0.
    ///
    /// # Panics
    /// If there is no program for this shape, or there are not as many numbers as it says.
    pub fn new(client: &Client, shape: ConvShape, weights: Weights<'_>, bias: Option<&[f32]>) -> Self {
        assert!(shape.is_supported(), "there is no program for {shape:?}");
        assert!(bias.is_none_or(|bias| bias.len() == shape.outputs), "there is one bias for every output");
        let weights = PackedWeights::new(client, &shape, weights);
        Self { is_blank: false, shape, weights, bias: Buffer::of_outputs(client, &shape, bias.unwrap_or_default()) }
    }

    /// One without weights, for blank images alone.
    pub fn blank(client: &Client, shape: ConvShape, are_bytes: bool) -> Self {
        let weights = PackedWeights::blank(client, &shape, are_bytes);
        Self { is_blank: true, shape, weights, bias: Buffer::blank(client) }
    }

    /// What it makes of an image, with another added, and clamped to a range: a ReLU is `(0.0, f32::INFINITY)`.
    ///
    /// # Panics
    /// If the images do not fit.
    pub fn run(&self, image: &Image, window: Window, added: Option<&Image>, range: (f32, f32)) -> Image {
        let ConvShape { inputs, outputs, kernel, .. } = self.shape;
        assert_eq!((image.dims()[1], window.kernel), (inputs, kernel), "the channels or the window do not fit");
        assert_eq!(self.is_blank, image.is_blank(), "what is blank goes with what is blank");
        let [rows, cols] = window.sides_after;
        let output = image.output([outputs, rows, cols]);
        assert!(added.is_none_or(|added| added.is_like(&output)), "what is added does not fit");
        match &self.weights {
            PackedWeights::Floats(weights) if self.shape.is_depthwise() => {
                self.run_depthwise(weights, image, window, added, (&output, range));
            }
            _ => self.run_dense(image, window, added, (&output, range)),
        }
        output
    }

    fn run_depthwise(
        &self,
        weights: &Buffer,
        image: &Image,
        window: Window,
        added: Option<&Image>,
        (output, range): (&Image, (f32, f32)),
    ) {
        let [photos, _, rows, cols] = output.dims();
        let (cubes, dim) = output.one_axis(photos * rows * cols.div_ceil(STRIP) * image.vectors());
        // SAFETY: the geometry is that of the images and weights, and there is a unit for each strip.
        unsafe {
            programs::convolve_depthwise::launch_unchecked(
                image.client(),
                cubes,
                dim,
                image.buffer(),
                weights.argument(),
                self.bias.argument(),
                added.map(Image::buffer).into(),
                output.buffer(),
                window.geometry(image, output, range),
                STRIP,
                window.kernel,
                window.stride,
                image.numbers().kind(),
            );
        }
    }

    fn run_dense(&self, image: &Image, window: Window, added: Option<&Image>, (output, range): (&Image, (f32, f32))) {
        let (floats, bytes, scales) = match &self.weights {
            PackedWeights::Floats(weights) => (Some(weights), None, None),
            PackedWeights::Bytes(words, scales) => (None, Some(words), Some(scales)),
        };
        let [floats, bytes, scales] = [floats, bytes, scales].map(|buffer| buffer.map(Buffer::argument));
        let groups = self.shape.groups;
        let [pixels, vectors] = tile(output.pixels(), output.vectors(), self.shape.most_vectors());
        let cubes_in_row = output.vectors().div_ceil(SIDE * vectors);
        let counts = [image.vectors() / groups, output.vectors() / groups, self.shape.columns(), cubes_in_row];
        let [inputs, outputs, columns, in_row] = counts.map(|count| count as u32);
        // SAFETY: the geometry is that of the images and weights, whose columns are filled up to whole tiles.
        unsafe {
            programs::convolve::launch_unchecked(
                image.client(),
                output.cubes(cubes_in_row * output.pixels().div_ceil(SIDE * pixels)),
                CubeDim::new_2d(SIDE as u32, SIDE as u32),
                image.buffer(),
                floats.into(),
                bytes.into(),
                scales.into(),
                self.bias.argument(),
                added.map(Image::buffer).into(),
                output.buffer(),
                window.geometry(image, output, range),
                GroupsLaunch::new(inputs, outputs, columns, in_row),
                pixels,
                vectors,
                window.has_zeros(image),
                image.numbers().kind(),
            );
        }
    }
}

/// The largest tile that leaves enough units, or else the smallest.
fn tile(pixels: usize, vectors: usize, most_vectors: usize) -> [usize; 2] {
    let mut tiles = TILES.iter().filter(|[_, wide]| *wide <= most_vectors);
    let units = |[high, wide]: [usize; 2]| pixels.div_ceil(high) * vectors.div_ceil(wide);
    let enough = tiles.clone().find(|tile| units(**tile) >= LEAST_UNITS);
    *enough.or(tiles.next_back()).expect("there is a tile of one vector")
}
