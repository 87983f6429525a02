//! What a configuration is about, which its first key says.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// To write captions of photos
    #[default]
    Caption,
    /// To tell classes of photos apart
    Classify,
}
