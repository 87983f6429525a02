//! How far a run has come, and the best that it found.

use serde::{Deserialize, Serialize};

use super::phases::Phase;
use crate::optim::schedule::Plateau;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Position {
    /// Steps of the optimiser, of all phases.
    pub step: u64,
    /// What is being learnt; checkpoints of earlier versions do not say.
    #[serde(default)]
    pub phase: Option<Phase>,
    /// Steps of the optimiser since the phase began.
    pub phase_step: u64,
    /// Epochs that are complete.
    pub epoch: usize,
    /// Batches of the current epoch that are done.
    pub batch: usize,
    /// Of the current epoch: the loss of all photos, how many were told right, and how many there were.
    pub loss: f64,
    pub right: u64,
    pub photos: u64,
    pub seconds: f64,
    pub best: Option<Best>,
    /// Epochs since the best one, or since the phase began.
    pub stale: usize,
    pub plateau: Plateau,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    pub epoch: usize,
    /// Share of the photos that were told right.
    pub accuracy: f64,
    pub loss: f64,
}

impl Best {
    /// The loss decides where the accuracy cannot, as where all is right.
    pub fn is_beaten_by(&self, other: &Self) -> bool {
        other.accuracy.total_cmp(&self.accuracy).then(self.loss.total_cmp(&other.loss)).is_gt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_accuracies_are_decided_by_the_loss() {
        let best = Best { epoch: 1, accuracy: 1.0, loss: 0.3 };
        assert!(best.is_beaten_by(&Best { loss: 0.2, ..best }));
        assert!(!best.is_beaten_by(&best));
        assert!(!best.is_beaten_by(&Best { accuracy: 0.9, loss: 0.1, ..best }));
    }
}
