//! Training of classifiers: a network that is learnt from nothing, or layers behind an encoder that was learnt elsewhere.
//!
//! [`prepare`] finds the photos; [`train`] learns, epoch by epoch, in a folder of its own that a run can be resumed from,
//! and ends with a model folder and a [`report`] of what the model confuses.

mod backbone;
mod batches;
mod evaluate;
mod inputs;
mod learner;
mod log;
mod model_folder;
mod phases;
mod position;
mod prepare;
pub mod report;
mod trainer;

pub use backbone::{Backbone, NewBackbone};
pub use evaluate::{Evaluation, Prediction};
pub use log::Event;
pub use phases::Phase;
pub use position::{Best, Position};
pub use prepare::{ClassifyData, prepare};
pub use trainer::{ClassifyRun, Outcome, Progress, train};
