//! What the log of a run tells, for programs; and its line for a person.

use std::fmt;

use serde::Serialize;

use super::phases::Phase;
use crate::data::JudgedBy;

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    Step {
        step: u64,
        epoch: usize,
        /// For each photo, with what dropout leaves.
        loss: f64,
        /// Share of the photos that were told right.
        accuracy: f64,
        learning_rate: f64,
        /// Before the gradient was clipped.
        gradient_norm: f64,
        photos_per_second: f64,
    },
    Epoch {
        step: u64,
        epoch: usize,
        /// Of all phases.
        epochs: usize,
        phase: Phase,
        train_loss: f64,
        train_accuracy: f64,
        /// Of the photos that judge, whichever they are.
        validation_loss: f64,
        validation_accuracy: f64,
        judged_by: JudgedBy,
        is_best: bool,
        /// Of training, without the validation.
        seconds: f64,
    },
}

/// An epoch as lectures print it: `Epoch 1/10 - Training Loss: 0.358 - …`
impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Step { epoch, loss, photos_per_second, .. } => {
                write!(f, "epoch {epoch}  loss {loss:.3}  {photos_per_second:.0} photos/s")
            }
            Self::Epoch {
                epoch,
                epochs,
                train_loss,
                train_accuracy,
                validation_loss,
                validation_accuracy,
                judged_by,
                ..
            } => write!(
                f,
                "Epoch {epoch}/{epochs} - Training Loss: {train_loss:.3} - Training Accuracy: {:.3} - \
                 {judged_by} Loss: {validation_loss:.3} - {judged_by} Accuracy: {:.3}",
                100.0 * train_accuracy,
                100.0 * validation_accuracy
            ),
        }
    }
}
