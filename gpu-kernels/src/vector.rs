//! How channels lie: in vectors of four.

use cubecl::prelude::*;

/// Channels in a vector.
pub const VECTOR: usize = 4;

/// Four channels of a pixel, or a weight for each of four channels of the output.
pub type Four = Vector<f32, Const<VECTOR>>;
