//! What a model computes on the processor: convolutions with their bias, what is added to them and their activation in
//! one go, and max-pooling.
//!
//! Written by hand because Burn's processor device unfolds a 3×3 convolution into a matrix nine times its size, packs
//! weights anew at every call and writes each sum before it is clamped, so a browser would wait twice as long for a grid.
//!
//! Images lie pixel by pixel, the channels of a pixel together, with the zeros around them that the next convolution wants
//! (`layout.rs`). So whatever a row of a window covers is one run of numbers, and a convolution is a sum of products of
//! such runs with panels of weights that were packed once (`conv.rs`), or, where channels do not meet, of vectors of
//! channels (`depthwise.rs`). Windows of 3×3 take fewer products (`winograd.rs`).
//!
//! And what a decoder does at every word: products of matrices in bytes (`matrix.rs`), and the functions of what comes of
//! them (`activations.rs`).

mod activations;
mod conv;
mod layout;
mod matrix;
mod pool;
mod quantized;
mod tasks;
#[cfg(test)]
mod tests;

pub use activations::{gated, log_softmax, lstm, tanh_of};
pub use conv::{Added, ByteConv, Bytes, Conv, ConvShape, EVERYTHING, Epilogue, Output};
pub use layout::{Border, Layout};
pub use matrix::Matrix;
pub use pool::{MaxPool, max_pool};
pub use quantized::{MOST, Quantization};
