//! The images around a convolution in integers.

use crate::layout::Layout;
use crate::quantized::Quantization;

/// An image in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Bytes<'a> {
    pub bytes: &'a [u8],
    pub layout: &'a Layout,
    pub quantization: Quantization,
}

/// An image that is added to what comes out.
#[derive(Clone, Copy, Debug)]
pub enum Added<'a> {
    Bytes(Bytes<'a>),
    Floats(&'a [f32], &'a Layout),
}

/// What comes out is written to.
#[derive(Debug)]
pub enum Output<'a> {
    Bytes(&'a mut [u8], Quantization),
    Floats(&'a mut [f32]),
}
