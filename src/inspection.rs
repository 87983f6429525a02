//! What goes on inside a captioner: the maps of each stage, the first kernels, and which cells a word needs. Who only
//! captions photos meets none of it.

mod agreement;
mod feature_maps;
mod hidden_cells;
mod kernels;
mod needed;

pub use agreement::{cosine_similarity, rank_correlation};
pub use feature_maps::{FeatureMap, LayerTime, StageMaps};
pub use hidden_cells::HiddenCells;
pub use kernels::Kernels;
pub use needed::{BLOCK, Needed, NeededWord, blocks};
