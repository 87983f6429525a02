//! What can be wrong with the files that training keeps.

use std::path::Path;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{path}: {reason}")]
    Io { path: String, reason: std::io::Error },
    #[error("{path} is damaged; put a copy of it in its place, or begin the run anew in another folder")]
    Damaged { path: String },
    #[error("{path} is being written by another process; wait for it, or give this one another folder")]
    Busy { path: String },
}

impl FileError {
    pub fn io(path: &Path) -> impl Fn(std::io::Error) -> Self + '_ {
        move |reason| Self::Io { path: path.display().to_string(), reason }
    }

    pub fn damaged(path: &Path) -> Self {
        Self::Damaged { path: path.display().to_string() }
    }

    pub fn busy(path: &Path) -> Self {
        Self::Busy { path: path.display().to_string() }
    }
}
