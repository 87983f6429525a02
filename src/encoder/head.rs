//! What a backbone was published with behind its grid: how it tells classes apart. A captioner leaves it out; the table of
//! layers shows it, and a model that classifies keeps it.

use serde::{Deserialize, Serialize};

/// How a grid becomes one row of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// The mean of all cells: `channels` numbers.
    Average,
    /// Every number of the grid, channel by channel: `channels * cells`.
    Flatten,
    /// The greatest of each two by two cells, then every number: `channels * cells / 4`.
    Max,
}

/// Linear layers over the pooled grid, with a ReLU between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub pooling: Pooling,
    /// The layers' keys in the published weights, without the last part, such as `classifier.1`; and how many numbers
    /// each puts out.
    pub layers: Vec<(String, usize)>,
}
