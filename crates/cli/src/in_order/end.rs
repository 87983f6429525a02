//! How it ended where nothing failed.

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    Complete,
    /// `stop` was set. What had been begun was told.
    Stopped,
}
