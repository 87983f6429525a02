//! What is learnt from: captions and photos as people distribute them, made numbers that steps can take.

mod batches;
mod corpus;
pub mod dataset;
mod feature_cache;
pub mod glove;
mod idx;
mod labelled;
mod photo_list;
mod sentences;
mod view;
mod view_cache;

pub use batches::{CaptionOf, caption_batches, photo_batches, sentence_batches};
pub use corpus::{Corpus, CorpusError, Item};
pub use dataset::DatasetError;
pub use feature_cache::{CacheError, CachedFeatures, FeatureCache};
pub use glove::GloveError;
pub use idx::{IdxError, IdxImages, read_labels};
pub use labelled::{JudgedBy, LabelledError, LabelledPhotos, Photos};
pub use photo_list::{PhotoList, decode};
pub use sentences::read_sentences;
pub use view::{Shown, View, by_chance};
pub use view_cache::ViewCache;
