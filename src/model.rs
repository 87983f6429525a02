//! The model folder: `model.json` and safetensors shards. `models/FORMAT.md` specifies it.
//!
//! Nothing of a shard is used before its size and SHA-256 are those of the manifest. A manifest can claim anything; what
//! it claims is bounded before memory is given to it.

mod error;
mod manifest;
mod part;
mod read;
#[cfg(not(target_os = "unknown"))]
mod write;

pub use error::ModelError;
pub use manifest::{ConsensusFile, FORMAT, MANIFEST_FILE, MAX_WEIGHTS, Manifest, PROGRAM, Shard, VERSION};
pub use part::Dtype;
pub use read::{Model, ModelLoader};
#[cfg(not(target_os = "unknown"))]
pub use write::{Overwrite, expect_room, write};

/// Every shard is smaller than this, so that any static host serves it and a broken download loses little.
pub const SHARD_LIMIT: usize = 8 << 20;

/// No manifest is longer, even with a million words in it. While it is read it takes many times as much memory.
#[cfg(not(target_os = "unknown"))]
pub const MANIFEST_LIMIT: u64 = 16 << 20;
