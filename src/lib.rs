//! Sightline captions a photo and shows, for every word, where the model looked.
//!
//! A photo's way, which is also the order in which the modules know each other:
//!
//! 1. [`photo`]: a file's bytes → upright pixels → the square that an encoder wants.
//! 2. [`encoder`]: a backbone makes of it a grid of features, 7 by 7 cells of 2,048 numbers for a ResNet-50.
//! 3. [`decoder`]: an LSTM or a Transformer gives, word by word, the probability of every word it knows, and how it
//!    attended to the cells; [`decoder::search`] chooses among them. A classifier is a decoder, too: its one word is the class.
//! 4. [`caption`]: the sentence, and all that explains it.
//!
//! A [`model`] is both networks and their [`vocabulary`] on disk; a [`Captioner`] is one at work. This captions a photo:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (model, photo) = ("models/flickr8k-resnet50", "www/page/samples/meadow.jpg");
//! let cpu = sightline::device::OpenDevice::cpu();
//! let captioner = sightline::Captioner::open(model.as_ref(), &cpu, &cpu)?;
//! let photo = sightline::Photo::decode(&std::fs::read(photo)?, &Default::default())?;
//! let caption = captioner.caption(&photo, &Default::default())?;
//! println!("{}", caption.text);
//! # assert!(caption.text.contains("dog"));
//! # Ok(())
//! # }
//! ```
//!
//! [`Captioner::encode`] and [`Captioner::generate`] do the same step by step: the photo is encoded once, words can be
//! shown as they come, and any step can be the last. `examples/` has two programs.

pub mod bounds;
pub mod caption;
pub mod captioner;
pub mod checkpoint;
pub mod consensus;
pub mod decoder;
pub mod device;
pub mod encoder;
pub mod error_code;
pub mod familiarity;
#[cfg(not(target_os = "unknown"))]
pub mod files;
pub mod floats;
pub mod hash;
pub mod humanize;
pub mod inspection;
pub mod layer_table;
pub mod model;
pub mod options;
pub mod photo;
pub mod sureness;
pub mod synthetic_weights;
pub mod vocabulary;
#[cfg(all(feature = "web", target_os = "unknown"))]
pub mod web;
pub mod weights;

pub use caption::Caption;
pub use captioner::Captioner;
pub use options::CaptionOptions;
pub use photo::Photo;

/// The README's code is code that compiles.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
