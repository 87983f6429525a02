//! A training run: prepared once, made of phases, epochs and steps, kept in a folder, and resumed as if it had never been
//! stopped.

mod consensus_of;
mod learner;
mod log;
mod phase_span;
mod phases;
pub mod plot;
mod position;
mod prepare;
mod run_dir;
mod train_step;
mod trainer;
pub(crate) mod training_state;
mod validate;

pub use log::Event;
pub(crate) use log::Log;
pub(crate) use phase_span::{PhaseSpan, spans};
pub use phases::Phase;
pub use position::{Best, RunPosition};
pub use prepare::{RunData, prepare};
pub use run_dir::RunDir;
pub use train_step::{PARTS, Regularisation, StepStats, TrainStep, train_step};
pub use trainer::{Outcome, Progress, TrainingRun, train};
pub use training_state::TrainingState;
