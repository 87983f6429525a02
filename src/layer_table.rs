//! The table of a network's layers, as people print it to see what a network consists of.

use serde::Serialize;

/// One line of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Layer {
    pub name: String,
    /// What comes out, without the axis of photos.
    pub output: Vec<usize>,
    pub parameters: usize,
}
