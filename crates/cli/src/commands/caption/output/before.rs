//! What to do with captions that are there already.

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Before {
    Refuse,
    Keep,
    /// Keep those that did not fail.
    RetryFailed,
}
