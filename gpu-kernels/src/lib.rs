//! What a model computes on a GPU, and nothing of networks: convolutions with whatever follows their sums, pooling, and the
//! images in between.
//!
//! Images lie pixel by pixel, in vectors of four channels. Weights that are stored in bytes stay so: a GPU waits for memory
//! more than for arithmetic, and a byte is exact.

mod conv;
mod image;
mod programs;
mod range;
#[cfg(test)]
mod tests;
mod vector;
mod weights;
mod window;

pub use conv::Conv;
pub use cubecl::client::Client;
pub use cubecl::server::Handle;
pub use image::Image;
pub use range::EVERYTHING;
pub use vector::VECTOR;
pub use weights::{ConvShape, Weights};
pub use window::{Window, max_pool};
