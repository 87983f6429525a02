//! Why a log cannot be drawn.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    #[error("{}: {reason}", file.display())]
    Io { file: PathBuf, reason: std::io::Error },
    #[error("{}: line {line} is no entry of a training log: {reason}", log.display())]
    Line { log: PathBuf, line: usize, reason: String },
    #[error("{}: no step in it has a loss; give the log of a training that has begun", log.display())]
    NoSteps { log: PathBuf },
    #[error("{}: could not be drawn: {reason}", log.display())]
    Drawing { log: PathBuf, reason: String },
}
