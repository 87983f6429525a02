//! How the learning rate moves, by name.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Schedule {
    /// Down to `final_learning_rate` along half a wave
    Cosine,
    /// Times `plateau_factor` whenever `plateau_patience` epochs brought nothing better
    Plateau,
    Constant,
}
