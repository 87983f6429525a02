//! What goes on inside a captioner: the maps of each stage, the first kernels, and which cells a word needs. Who only
//! captions photos meets none of it.

mod agreement;
mod feature_maps;
mod kernels;
mod needed;

pub use agreement::{cosine_similarity, rank_correlation};
pub use feature_maps::{FeatureMap, LayerTime, StageMaps};
pub use kernels::Kernels;
pub use needed::{BLOCK, Needed, NeededWord, blocks};
