//! What every run has, whatever it learns: a folder, and somebody who may stop it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sightline_train::run::RunDir;

use crate::status::CommandStatus;

/// What a run is told, whatever it learns.
pub struct Command {
    pub dir: RunDir,
    pub is_new: bool,
    pub stop: Arc<AtomicBool>,
}

impl Command {
    /// Says how to go on.
    pub fn stopped(&self, when: &str) -> CommandStatus {
        eprintln!("stopped{when}; go on with: sightline train --resume {}", self.dir.0.display());
        CommandStatus::Stopped
    }
}

/// The first Ctrl-C asks for a stop, the second does not ask.
pub fn stop_on_interrupt() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let handler = stop.clone();
    ctrlc::set_handler(move || {
        if handler.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\nstopping after this step; once more to stop at once, without saving");
    })?;
    Ok(stop)
}
