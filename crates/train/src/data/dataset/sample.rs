//! A photo with what people said about it.

use std::path::PathBuf;

use super::split::Split;

#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The name in the captions file, with the subfolder where there is one.
    pub name: String,
    pub path: PathBuf,
    /// At least one, in the order of the file.
    pub captions: Vec<String>,
    pub split: Split,
}
