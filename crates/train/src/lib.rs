//! From photos with captions to a model, and how good a model's captions are.
//!
//! The modules know each other in this order: [`score`] compares captions with those that people wrote;
//! [`error_analysis`] counts how they err; [`config`] describes a run; [`data`] reads captions and encodes photos,
//! once; [`consensus`] says what is kept of them; [`objective`] says what is to be learnt; [`teacher`] reads the models
//! that it is learnt from beside people; [`optim`] moves weights towards it; [`evaluate`] captions many photos and
//! scores them; [`deletion`] hides from a decoder what words needed; [`familiarity_fit`] says which pictures are like them; [`run`] joins all of it into a training run that
//! can be stopped and resumed; [`classify`] does the same for models that tell classes apart.

pub mod classify;
pub mod config;
pub mod consensus;
pub mod data;
pub mod deletion;
pub mod error;
pub mod error_analysis;
pub mod evaluate;
pub mod familiarity_fit;
pub mod file_error;
pub mod frozen_encoder;
mod host;
pub mod objective;
pub mod optim;
mod rng;
pub mod run;
pub mod score;
pub mod teacher;
pub mod trainable_model;

pub use config::Config;
pub use config::any_task::TaskConfig;
pub use error::TrainError;
pub use frozen_encoder::{CachePoint, FrozenEncoder};
pub use trainable_model::TrainableModel;
