//! What can be wrong with the files that training keeps.

use std::path::Path;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("{path} is damaged; delete it, and it will be made anew")]
    Damaged { path: String },
    #[error("{path} is being written by another process; wait for it, or give this one another folder")]
    Busy { path: String },
}

impl FileError {
    pub fn io(path: &Path) -> impl Fn(std::io::Error) -> Self + '_ {
        move |source| Self::Io { path: path.display().to_string(), source }
    }

    pub fn damaged(path: &Path) -> Self {
        Self::Damaged { path: path.display().to_string() }
    }

    pub fn busy(path: &Path) -> Self {
        Self::Busy { path: path.display().to_string() }
    }
}
