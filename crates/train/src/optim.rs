//! How weights move: gradients by name, the optimiser, and its learning rate over time.

mod adam;
mod gradients;
pub mod schedule;

pub use adam::{Adam, Rates};
pub use gradients::Gradients;
