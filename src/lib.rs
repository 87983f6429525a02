//! Sightline captions a photo and shows, for every word, where the model looked.
//!
//! The data goes one way: [`photo`] → [`encoder`] → [`decoder`] → [`caption`]. A [`bundle`] is a model on disk,
//! a [`captioner`] is one at work. `ARCHITECTURE.md` tells why the rooms are cut as they are.

pub mod bundle;
pub mod caption;
pub mod captioner;
pub mod decoder;
pub mod device;
pub mod encoder;
pub mod formula;
pub mod photo;
pub mod vocabulary;
pub mod weights;

#[cfg(feature = "cli")]
pub mod cli;

pub use caption::Caption;
pub use captioner::{CaptionOptions, Captioner};
pub use photo::Photo;
