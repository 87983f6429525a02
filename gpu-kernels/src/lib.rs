//! What a model computes on a GPU, and nothing of networks: convolutions with whatever follows their sums, pooling, and the
//! images in between.
//!
//! Images are NHWC, with channels filled up with zeros to vectors of four. Weights that are stored in bytes stay so, but for
//! those of depthwise convolutions, which are few: a GPU waits for memory more than for arithmetic, and a byte is exact.
//!
//! The programs are written in CubeCL, which calls a thread a unit, and a workgroup a cube.

mod conv;
mod image;
mod numbers;
mod programs;
#[cfg(test)]
mod tests;
mod vector;
mod weights;
mod window;

pub use conv::Conv;
pub use cubecl::client::Client;
pub use image::Image;
pub use numbers::{EVERYTHING, Numbers};
pub use vector::VECTOR;
pub use weights::{ConvShape, Weights};
pub use window::{Window, max_pool};
