//! What a rule finds.

use crate::report::Severity;

/// Something that is wrong with an image.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    pub rule: &'static str,
    pub severity: Severity,
    /// Of the page, from 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    pub message: String,
    /// The address of its picture.
    pub source: Option<String>,
}
