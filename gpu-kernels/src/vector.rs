//! How channels lie: in vectors of four.

use cubecl::prelude::*;

/// Channels in a vector.
pub const VECTOR: usize = 4;

/// Four numbers as they are computed with: channels of a pixel, or a weight for each of four channels of the output.
pub type Four = Vector<f32, Const<VECTOR>>;

/// Four channels of a pixel as they lie in memory.
pub type Stored<N> = Vector<N, Const<VECTOR>>;
