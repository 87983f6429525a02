//! How far it is, for a person who watches, and what came of it in the end.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use indicatif::ProgressBar;
use sightline::Caption;

use crate::escaped::escaped;
use crate::inputs::PhotoFailure;
use crate::status::CommandStatus;
use crate::terminal::{count_up, progress};

pub struct Progress {
    bar: ProgressBar,
    begin: Instant,
    photos: u64,
    failed: u64,
    /// Photos that were done before.
    pub skipped: Arc<AtomicU64>,
}

impl Progress {
    pub fn new(count: Option<usize>) -> Self {
        let bar = count.map_or_else(count_up, progress);
        Self { bar, begin: Instant::now(), photos: 0, failed: 0, skipped: Arc::default() }
    }

    /// Tells one photo, whose result is written by `write`.
    pub fn tell(
        &mut self,
        photo: &Path,
        result: &Result<Caption, PhotoFailure>,
        write: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        self.photos += 1;
        self.bar.set_message(escaped(&photo.to_string_lossy()).into_owned());
        if let Err(failure) = result {
            self.failed += 1;
            self.bar.suspend(|| say!("{}: {failure}", photo.display()));
        }
        self.bar.suspend(write)?;
        self.bar.inc(1);
        Ok(())
    }

    pub fn status(&self) -> CommandStatus {
        if self.failed == 0 { CommandStatus::AllWell } else { CommandStatus::SomeFailed }
    }

    /// One line about all of it.
    pub fn report(&self, status: CommandStatus) {
        self.bar.finish_and_clear();
        let seconds = self.begin.elapsed().as_secs_f64();
        let Self { photos, failed, .. } = self;
        let skipped = self.skipped.load(Ordering::Relaxed);
        let rate = *photos as f64 / seconds.max(f64::MIN_POSITIVE);
        say!("{photos} photos in {seconds:.1} s, {rate:.1} a second; {failed} failed, {skipped} were done before");
        if status == CommandStatus::Stopped {
            say!("stopped; go on with the same command and --resume");
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
