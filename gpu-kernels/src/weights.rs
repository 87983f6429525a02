//! What a convolution joins, and how its weights lie on a GPU.

use cubecl::client::Client;
use cubecl::prelude::BufferArg;
use cubecl::server::Handle;

use crate::vector::VECTOR;

/// What a convolution joins.
#[derive(Clone, Copy, Debug)]
pub struct ConvShape {
    pub inputs: usize,
    pub outputs: usize,
    /// Rows and columns of a window.
    pub kernel: usize,
    /// Each group of input channels goes to a group of output channels of its own.
    pub groups: usize,
}

impl ConvShape {
    /// Whether there is a program for it: groups of several channels have to be whole vectors.
    pub fn is_supported(&self) -> bool {
        let is_whole = |channels: usize| (channels / self.groups).is_multiple_of(VECTOR);
        self.groups == 1 || self.is_depthwise() || (is_whole(self.inputs) && is_whole(self.outputs))
    }

    /// Whether each channel is a group of its own.
    pub(crate) fn is_depthwise(&self) -> bool {
        self.groups > 1 && self.groups == self.inputs && self.groups == self.outputs
    }

    /// Vectors that a tile may be wide, which lies within one group.
    pub(crate) fn most_vectors(&self) -> usize {
        if self.groups == 1 || (self.outputs / self.groups).is_multiple_of(2 * VECTOR) { 2 } else { 1 }
    }

    /// Vectors of all outputs, filled up to whole tiles.
    pub(crate) fn columns(&self) -> usize {
        self.outputs.div_ceil(VECTOR).next_multiple_of(self.most_vectors())
    }

    /// Weights that an output has.
    fn per_output(&self) -> usize {
        self.inputs / self.groups * self.kernel * self.kernel
    }

    /// `[rows, columns, inputs of a group, outputs]`, with inputs and outputs filled up, of PyTorch's
    /// `[outputs, inputs of a group, rows, columns]`.
    fn dense<T: Copy + Default>(&self, weights: &[T]) -> Vec<T> {
        let (taps, inputs) = (self.kernel * self.kernel, self.inputs / self.groups);
        let row_length = self.columns() * VECTOR;
        let tap_length = inputs.next_multiple_of(VECTOR) * row_length;
        let mut dense = vec![T::default(); taps * tap_length];
        for (tap, of_tap) in dense.chunks_exact_mut(tap_length).enumerate() {
            for (input, row) in of_tap.chunks_exact_mut(row_length).take(inputs).enumerate() {
                for (output, weight) in row[..self.outputs].iter_mut().enumerate() {
                    *weight = weights[(output * inputs + input) * taps + tap];
                }
            }
        }
        dense
    }

    /// `[rows, columns, channels]`, filled up.
    fn depthwise(&self, weights: &[f32]) -> Vec<f32> {
        let (taps, row_length) = (self.kernel * self.kernel, self.columns() * VECTOR);
        let mut lie = vec![0.0; taps * row_length];
        for (at, weight) in weights.iter().enumerate() {
            lie[at % taps * row_length + at / taps] = *weight;
        }
        lie
    }
}

/// Weights as PyTorch has them, `[outputs, inputs of a group, rows, columns]`.
#[derive(Clone, Copy, Debug)]
pub enum Weights<'a> {
    Floats(&'a [f32]),
    /// With a scale for each output.
    Bytes(&'a [i8], &'a [f32]),
}

/// On a GPU.
#[derive(Debug)]
pub enum PackedWeights {
    Floats(Buffer),
    /// Four in a word, and a scale for each output.
    Bytes(Buffer, Buffer),
}

impl PackedWeights {
    /// # Panics
    /// If there are not as many as the shape says.
    pub fn new(client: &Client, shape: &ConvShape, weights: Weights<'_>) -> Self {
        let (given, scaled) = match weights {
            Weights::Floats(floats) => (floats.len(), shape.outputs),
            Weights::Bytes(bytes, scales) => (bytes.len(), scales.len()),
        };
        let wanted = shape.outputs * shape.per_output();
        assert!(given == wanted && scaled == shape.outputs, "{given} weights for {shape:?}");
        match weights {
            weights if shape.is_depthwise() => {
                Self::Floats(Buffer::floats(client, &shape.depthwise(&weights.in_floats(shape))))
            }
            Weights::Floats(floats) => Self::Floats(Buffer::floats(client, &shape.dense(floats))),
            Weights::Bytes(bytes, scales) => {
                let bytes: Vec<u8> = shape.dense(bytes).into_iter().map(|byte| byte as u8).collect();
                let words = Buffer { handle: client.create_from_slice(&bytes), length: bytes.len() / VECTOR };
                Self::Bytes(words, Buffer::of_outputs(client, shape, scales))
            }
        }
    }

    /// None, for what reads no number.
    pub fn blank(client: &Client, shape: &ConvShape, are_bytes: bool) -> Self {
        match are_bytes && !shape.is_depthwise() {
            true => Self::Bytes(Buffer::blank(client), Buffer::blank(client)),
            false => Self::Floats(Buffer::blank(client)),
        }
    }
}

impl Weights<'_> {
    fn in_floats(&self, shape: &ConvShape) -> Vec<f32> {
        match *self {
            Self::Floats(floats) => floats.to_vec(),
            Self::Bytes(bytes, scales) => {
                let rows = bytes.chunks(shape.per_output().max(1)).zip(scales);
                rows.flat_map(|(row, scale)| row.iter().map(move |byte| f32::from(*byte) * scale)).collect()
            }
        }
    }
}

/// Words on a GPU.
#[derive(Clone, Debug)]
pub struct Buffer {
    handle: Handle,
    length: usize,
}

impl Buffer {
    fn floats(client: &Client, floats: &[f32]) -> Self {
        let bytes: Vec<u8> = floats.iter().flat_map(|number| number.to_ne_bytes()).collect();
        Self { handle: client.create_from_slice(&bytes), length: floats.len() }
    }

    /// A number for each output, filled up with zeros.
    pub fn of_outputs(client: &Client, shape: &ConvShape, numbers: &[f32]) -> Self {
        let mut filled = numbers.to_vec();
        filled.resize(shape.columns() * VECTOR, 0.0);
        Self::floats(client, &filled)
    }

    /// That nobody reads.
    pub fn blank(client: &Client) -> Self {
        Self::floats(client, &[0.0; VECTOR])
    }

    pub fn argument(&self) -> BufferArg {
        // SAFETY: it is as long as what it was made of.
        unsafe { BufferArg::from_raw_parts(self.handle.clone(), self.length) }
    }
}
