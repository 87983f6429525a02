//! How far a run has come, and the best that it found.

use serde::{Deserialize, Serialize};

use super::phases::Phase;
use crate::optim::schedule::Plateau;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RunPosition {
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
    /// Of the current epoch: the loss of all words, and how many there were.
    pub loss: f64,
    pub words: u64,
    pub seconds: f64,
    pub best: Option<Best>,
    /// Whether the best is a running average of the weights; checkpoints of earlier versions had none.
    #[serde(default)]
    pub is_average: bool,
    /// Epochs since the best one, or since the phase began.
    pub stale: usize,
    pub plateau: Plateau,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    pub epoch: usize,
    pub cider_d: f64,
    pub validation_loss: f64,
}

impl Best {
    /// The loss decides where CIDEr-D cannot, as between two that are worth nothing.
    pub fn is_beaten_by(&self, other: &Self) -> bool {
        let order = other.cider_d.total_cmp(&self.cider_d);
        order.then(self.validation_loss.total_cmp(&other.validation_loss)).is_gt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_scores_are_decided_by_the_loss() {
        let best = Best { epoch: 1, cider_d: 0.0, validation_loss: 3.0 };
        assert!(best.is_beaten_by(&Best { validation_loss: 2.0, ..best }));
        assert!(!best.is_beaten_by(&best));
        assert!(!best.is_beaten_by(&Best { validation_loss: 4.0, ..best }));
        assert!(best.is_beaten_by(&Best { cider_d: 0.1, validation_loss: 4.0, ..best }));
    }
}
