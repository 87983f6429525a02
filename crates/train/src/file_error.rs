//! What can be wrong with the files that training keeps.

use std::path::Path;

#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{path}: {reason}")]
    Io { path: String, reason: std::io::Error },
    #[error("{path} is damaged; put a copy of it in its place, or begin the run anew in another folder")]
    Damaged { path: String },
    #[error(
        "{path} is damaged; put a copy of it in its place, or begin anew in another folder, which leaves alone what is in \
         {folder}, the weights of the best epoch among it: sightline train {folder}/config.yaml --out OTHER"
    )]
    DamagedState { path: String, folder: String },
    #[error("{folder}: there is a run in it; go on with it by --resume {folder}, or name another folder")]
    HasRun { folder: String },
    #[error("{folder}: there is {name} of another run in it, which would be overwritten; name another folder")]
    HasRemains { folder: String, name: String },
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

    /// All that a run would need to go on.
    pub fn damaged_state(path: &Path) -> Self {
        let folder = path.parent().unwrap_or(Path::new("")).display().to_string();
        Self::DamagedState { path: path.display().to_string(), folder }
    }

    pub fn busy(path: &Path) -> Self {
        Self::Busy { path: path.display().to_string() }
    }
}
