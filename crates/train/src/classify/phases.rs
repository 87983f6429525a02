//! Which phases a run has.

use serde::{Deserialize, Serialize};

use crate::config::ClassifyConfig;
use crate::run::{PhaseSpan, spans};

/// What a part of a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The whole network learns, from nothing.
    Network,
    /// What stands behind an encoder learns, which stays as it is.
    Head,
    /// So do the encoder's last stages.
    FineTuning,
}

pub fn phase_spans(config: &ClassifyConfig) -> Vec<PhaseSpan<Phase>> {
    let first = if config.data.encoder.is_some() { Phase::Head } else { Phase::Network };
    let training = &config.training;
    spans([(first, training.epochs), (Phase::FineTuning, training.fine_tuning.epochs)])
}
