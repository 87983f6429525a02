//! The steps of a packed network, each of which does one or several layers in one go.

use sightline_kernels::{Added, Border, ByteConv, Conv, ConvShape, Epilogue, Layout, MaxPool, Output, max_pool};

use super::image::{Form, Image, Memory};
use crate::encoder::description::{self, Padding};
use crate::encoder::steps::{Step, Work};

/// A convolution whose weights are packed.
#[derive(Debug)]
pub struct PackedConv {
    pub kernel: PackedKernel,
    pub padding: Padding,
}

/// Which computes in floats, or in bytes.
#[derive(Debug)]
pub enum PackedKernel {
    Floats(Conv),
    Bytes(ByteConv),
}

impl PackedConv {
    pub fn shape(&self) -> ConvShape {
        match &self.kernel {
            PackedKernel::Floats(conv) => conv.shape(),
            PackedKernel::Bytes(conv) => conv.shape(),
        }
    }

    /// Zeros before the rows and the columns.
    pub fn zeros_before(&self, layout: &Layout) -> [usize; 2] {
        self.zeros([layout.rows, layout.cols]).map(|[before, _]| before)
    }

    /// The zeros around an image of these sides that it wants.
    pub fn border(&self, sides: [usize; 2]) -> Border {
        let [[top, bottom], [left, right]] = self.zeros(sides);
        Border { top, bottom, left, right }
    }

    fn zeros(&self, sides: [usize; 2]) -> [[usize; 2]; 2] {
        let ConvShape { kernel: [kernel, _], stride, .. } = self.shape();
        sides.map(|side| self.padding.along(side, kernel, stride))
    }

    /// Convolves the first of the images, and adds the second, if there is one.
    fn run(&self, range: (f32, f32), inputs: &[&Image], (output, layout): (Output<'_>, &Layout)) {
        let padding = self.zeros_before(&inputs[0].layout);
        match (&self.kernel, output) {
            (PackedKernel::Bytes(conv), output) => {
                let input = inputs[0].bytes().expect("it was planned to be in bytes");
                // Floats have lost less.
                let added = inputs.get(1).and_then(|image| {
                    let floats = image.floats().map(|(floats, layout)| Added::Floats(floats, layout));
                    floats.or_else(|| image.bytes().map(Added::Bytes))
                });
                conv.run(input, padding, added, range, (output, layout));
            }
            (PackedKernel::Floats(conv), Output::Floats(to)) => {
                let added = inputs.get(1).map(|image| floats(image));
                conv.run(floats(inputs[0]), padding, Epilogue { added, range }, (to, layout));
            }
            (PackedKernel::Floats(_), Output::Bytes(..)) => unreachable!("floats put out floats"),
        }
    }
}

impl Step<PackedConv> {
    /// Whether it takes what this node puts out in bytes.
    pub fn convolves_bytes_of(&self, node: usize) -> bool {
        self.is_in_bytes() && self.inputs[0] == Some(node)
    }

    /// Whether it adds what this node puts out to sums of bytes, for which either form will do.
    pub fn adds_to_bytes(&self, node: usize) -> bool {
        self.is_in_bytes() && self.inputs[0] != Some(node)
    }

    fn is_in_bytes(&self) -> bool {
        matches!(&self.work, Work::Conv { conv: PackedConv { kernel: PackedKernel::Bytes(_), .. }, .. })
    }

    /// What comes of the inputs.
    pub fn run(&self, inputs: &[&Image], layout: Layout, form: Form, memory: &mut Memory) -> Image {
        if let (Work::Conv { conv, range }, Form { floats: false, bytes: Some(quantization) }) = (&self.work, form)
            && self.is_in_bytes()
        {
            let mut bytes = memory.bytes(&layout, quantization.zero);
            conv.run(*range, inputs, (Output::Bytes(&mut bytes, quantization), &layout));
            return Image::of_bytes(layout, bytes, quantization);
        }
        let mut floats = memory.floats(&layout);
        self.run_to_floats(inputs, &mut floats, &layout);
        Image::of_floats(layout, floats, form, memory)
    }

    fn run_to_floats(&self, inputs: &[&Image], to: &mut [f32], layout: &Layout) {
        let first = || floats(inputs[0]);
        match &self.work {
            Work::Conv { conv, range } => conv.run(*range, inputs, (Output::Floats(to), layout)),
            Work::MaxPool(description::MaxPool { kernel, stride, padding, .. }) => {
                let pool = MaxPool { kernel: *kernel, stride: *stride, padding: *padding };
                max_pool(pool, first(), (to, layout));
            }
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

fn floats(image: &Image) -> (&[f32], &Layout) {
    image.floats().expect("it was planned to be in floats")
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
