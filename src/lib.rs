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
#[cfg(feature = "cli")]
mod figures;
#[cfg(not(target_family = "wasm"))]
mod files;
pub mod formula;
pub mod photo;
pub mod vocabulary;
pub mod weights;

#[cfg(feature = "cli")]
mod checkpoint;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(feature = "cli")]
mod html;
#[cfg(feature = "train")]
pub mod score;
#[cfg(feature = "train")]
pub mod train;
#[cfg(all(feature = "web", target_family = "wasm"))]
pub mod web;

pub use caption::Caption;
pub use captioner::{CaptionOptions, Captioner};
pub use photo::Photo;
