//! A convolution whose weights were packed for the processor.

mod bytes;
mod depthwise;
mod dot;
mod product;
mod shape;
mod vectors;
mod winograd;

use crate::layout::Layout;
pub use bytes::{Added, ByteConv, Bytes, Output};
use depthwise::Depthwise;
#[cfg(test)]
pub use dot::Way;
use product::Product;
use shape::Images;
pub use shape::{ConvShape, EVERYTHING, Epilogue};

/// A convolution with its weights.
#[derive(Debug)]
pub struct Conv {
    shape: ConvShape,
    kind: Kind,
    is_reproducible: bool,
}

#[derive(Debug)]
enum Kind {
    Product(Product),
    Depthwise(Depthwise),
}

impl Conv {
    /// Packs weights that lie as `[outputs, inputs of a group, rows, columns]`, as PyTorch's do. Without a `bias` it is 0.
    ///
    /// # Panics
    /// If there are not as many numbers as the shape says, or groups do not divide the channels.
    pub fn new(shape: ConvShape, weights: &[f32], bias: Option<&[f32]>) -> Self {
        let ConvShape { inputs, outputs, groups, .. } = shape;
        assert!(groups > 0 && inputs % groups == 0 && outputs % groups == 0, "{groups} groups do not divide {shape:?}");
        assert_eq!(weights.len(), outputs * shape.window(), "there is a weight for each number of each window");
        assert!(bias.is_none_or(|bias| bias.len() == outputs), "there is one bias for every channel of the output");
        let is_depthwise = groups > 1 && groups == inputs && groups == outputs;
        let kind = match is_depthwise {
            true => Kind::Depthwise(Depthwise::new(&shape, weights, bias)),
            false => Kind::Product(Product::new(&shape, weights, bias)),
        };
        Self { shape, kind, is_reproducible: false }
    }

    /// As it is, but so that every processor computes the same bits. Those that can add a product with one rounding are
    /// slower then.
    pub fn reproducible(self) -> Self {
        Self { is_reproducible: true, ..self }
    }

    pub fn shape(&self) -> ConvShape {
        self.shape
    }

    /// The weights as they were given.
    pub fn weights(&self) -> Vec<f32> {
        match &self.kind {
            Kind::Product(product) => product.weights(&self.shape),
            Kind::Depthwise(depthwise) => depthwise.weights(&self.shape),
        }
    }

    /// Convolves an image whose border has the zeros of the `padding`, so many above and left of it. What lies in the
    /// border of `output` stays as it is.
    ///
    /// # Panics
    /// If the images do not fit the convolution.
    pub fn run(
        &self,
        (input, input_layout): (&[f32], &Layout),
        padding: [usize; 2],
        epilogue: Epilogue<'_>,
        (output, output_layout): (&mut [f32], &Layout),
    ) {
        if output_layout.is_empty() {
            return;
        }
        assert!(output.len() >= output_layout.len(), "an image is too short");
        self.shape.check(input.len(), input_layout, padding, output_layout);
        if let Some((added, layout)) = epilogue.added {
            let sides = |layout: &Layout| (layout.channels, layout.rows, layout.cols);
            assert!(added.len() >= layout.len() && sides(layout) == sides(output_layout), "what is added does not fit");
        }
        let Self { shape, is_reproducible, .. } = self;
        let is_reproducible = *is_reproducible;
        let images = Images { shape, input, input_layout, padding, epilogue, output_layout, is_reproducible };
        match &self.kind {
            Kind::Product(product) if winograd::pays(&images) => winograd::run(product, &images, output),
            Kind::Product(product) => product.run(&images, output),
            Kind::Depthwise(depthwise) => depthwise.run(&images, output),
        }
    }
}
