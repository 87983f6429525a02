//! Which phases a run has.

use serde::Serialize;

use crate::config::ClassifyConfig;

/// What a part of a run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The whole network learns, from nothing.
    Network,
    /// What stands behind an encoder learns, which stays as it is.
    Head,
    /// So do the encoder's last stages.
    FineTuning,
}

/// The epochs of a phase, counted over the whole run.
#[derive(Clone, Copy, Debug)]
pub struct PhaseSpan {
    pub phase: Phase,
    pub begin: usize,
    pub end: usize,
}

impl PhaseSpan {
    pub fn contains(&self, epoch: usize) -> bool {
        (self.begin..self.end).contains(&epoch)
    }
}

pub fn phase_spans(config: &ClassifyConfig) -> Vec<PhaseSpan> {
    let first = if config.data.encoder.is_some() { Phase::Head } else { Phase::Network };
    let before = config.training.epochs;
    let all = before + config.training.fine_tuning.epochs;
    let spans = [
        PhaseSpan { phase: first, begin: 0, end: before },
        PhaseSpan { phase: Phase::FineTuning, begin: before, end: all },
    ];
    spans.into_iter().filter(|span| span.begin < span.end).collect()
}
