//! How a run goes, for a person who watches.

use indicatif::ProgressBar;

use crate::terminal::progress;

#[derive(Default)]
pub struct Screen {
    bar: Option<ProgressBar>,
}

impl Screen {
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    /// So much of it is done.
    pub fn show(&mut self, done: usize, of: usize, message: String) {
        if self.bar.as_ref().is_some_and(|bar| bar.length() != Some(of as u64)) {
            self.clear();
        }
        let bar = self.bar.get_or_insert_with(|| progress(of));
        bar.set_message(message);
        bar.set_position(done as u64);
    }
}
