//! The steps of a packed network, each of which does one or several layers in one go.

use sightline_kernels::{Added, Border, ByteConv, Conv, ConvShape, Epilogue, Layout, MaxPool, Output, max_pool};

use super::image::{Form, Image, Memory};
use crate::encoder::description::Padding;

/// What is done in one go.
#[derive(Debug)]
pub struct Step {
    pub work: Work,
    /// What puts out what it gets; nothing stands for the photo.
    pub inputs: Vec<Option<usize>>,
    /// The nodes that it does, in their order; the last puts out what comes of it.
    pub nodes: Vec<usize>,
}

#[derive(Debug)]
pub enum Work {
    /// The second of the inputs, where there is one, is added to what comes out, which is clamped to the range.
    Conv {
        conv: PackedConv,
        padding: Padding,
        range: (f32, f32),
    },
    MaxPool(MaxPool),
    Clamp((f32, f32)),
    Add,
    Concat,
}

/// A convolution in floats, or in bytes.
#[derive(Debug)]
pub enum PackedConv {
    Floats(Conv),
    Bytes(ByteConv),
}

impl PackedConv {
    pub fn shape(&self) -> ConvShape {
        match self {
            Self::Floats(conv) => conv.shape(),
            Self::Bytes(conv) => conv.shape(),
        }
    }
}

impl Step {
    /// The node that puts out what comes of it.
    pub fn output(&self) -> usize {
        *self.nodes.last().expect("a step does something")
    }

    /// Whether it takes what this node puts out in bytes.
    pub fn convolves_bytes_of(&self, node: usize) -> bool {
        self.is_in_bytes() && self.inputs[0] == Some(node)
    }

    /// Whether it adds what this node puts out to sums of bytes, for which either form will do.
    pub fn adds_to_bytes(&self, node: usize) -> bool {
        self.is_in_bytes() && self.inputs[0] != Some(node)
    }

    fn is_in_bytes(&self) -> bool {
        matches!(self.work, Work::Conv { conv: PackedConv::Bytes(_), .. })
    }

    /// What comes of the inputs.
    pub fn run(&self, inputs: &[&Image], layout: Layout, form: Form, memory: &mut Memory) -> Image {
        if let (
            Work::Conv { conv: PackedConv::Bytes(conv), padding, range },
            Form { floats: false, bytes: Some(quantization) },
        ) = (&self.work, form)
        {
            let mut bytes = memory.bytes(&layout, quantization.zero);
            let output = Output::Bytes(&mut bytes, quantization);
            convolve_bytes(conv, *padding, *range, inputs, (output, &layout));
            return Image::of_bytes(layout, bytes, quantization);
        }
        let mut floats = memory.floats(&layout);
        self.run_to_floats(inputs, &mut floats, &layout);
        Image::of_floats(layout, floats, form, memory)
    }

    fn run_to_floats(&self, inputs: &[&Image], to: &mut [f32], layout: &Layout) {
        let first = || floats(inputs[0]);
        match &self.work {
            Work::Conv { conv: PackedConv::Bytes(conv), padding, range } => {
                convolve_bytes(conv, *padding, *range, inputs, (Output::Floats(to), layout));
            }
            Work::Conv { conv: PackedConv::Floats(conv), padding, range } => {
                let added = inputs.get(1).map(|image| floats(image));
                let padding = zeros_before(&conv.shape(), *padding, &inputs[0].layout);
                conv.run(first(), padding, Epilogue { added, range: *range }, (to, layout));
            }
            Work::MaxPool(pool) => max_pool(*pool, first(), (to, layout)),
            Work::Clamp((low, high)) => each_pixel(first(), (to, layout), |from, to| {
                // What is not a number stays so.
                let clamp = |value: f32| {
                    if value < *low {
                        *low
                    } else if value > *high {
                        *high
                    } else {
                        value
                    }
                };
                to.iter_mut().zip(from).for_each(|(to, from)| *to = clamp(*from));
            }),
            Work::Add => {
                each_pixel(first(), (to, layout), |from, to| to.copy_from_slice(from));
                for more in &inputs[1..] {
                    let add = |from: &[f32], to: &mut [f32]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
                    each_pixel(floats(more), (to, layout), add);
                }
            }
            Work::Concat => {
                let mut channel = 0;
                for part in inputs {
                    let channels = channel..channel + part.layout.channels;
                    channel = channels.end;
                    each_pixel(floats(part), (to, layout), |from, to| to[channels.clone()].copy_from_slice(from));
                }
            }
        }
    }
}

fn convolve_bytes(conv: &ByteConv, padding: Padding, range: (f32, f32), inputs: &[&Image], to: (Output<'_>, &Layout)) {
    let input = inputs[0].bytes().expect("it was planned to be in bytes");
    // Floats have lost less.
    let added = inputs.get(1).and_then(|image| {
        let floats = image.floats().map(|(floats, layout)| Added::Floats(floats, layout));
        floats.or_else(|| image.bytes().map(Added::Bytes))
    });
    let padding = zeros_before(&conv.shape(), padding, input.layout);
    conv.run(input, padding, added, range, to);
}

fn floats(image: &Image) -> (&[f32], &Layout) {
    image.floats().expect("it was planned to be in floats")
}

/// Zeros before the rows and the columns.
pub fn zeros_before(shape: &ConvShape, padding: Padding, layout: &Layout) -> [usize; 2] {
    [layout.rows, layout.cols].map(|side| padding.along(side, shape.kernel[0], shape.stride)[0])
}

/// The zeros around an image of these sides that a convolution wants.
pub fn border(shape: &ConvShape, padding: Padding, sides: [usize; 2]) -> Border {
    let [[top, bottom], [left, right]] = sides.map(|side| padding.along(side, shape.kernel[0], shape.stride));
    Border { top, bottom, left, right }
}

/// The channels of each pixel of two images.
fn each_pixel(
    (from, from_layout): (&[f32], &Layout),
    (to, to_layout): (&mut [f32], &Layout),
    mut each: impl FnMut(&[f32], &mut [f32]),
) {
    for row in 0..to_layout.rows {
        for col in 0..to_layout.cols {
            let pixel = &from[from_layout.at(row, col)..][..from_layout.channels];
            each(pixel, &mut to[to_layout.at(row, col)..][..to_layout.channels]);
        }
    }
}
