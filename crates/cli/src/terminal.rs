//! What people see: tables on stdout, progress bars on stderr.

use std::io::{Error, IsTerminal, Result, StdoutLock, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::escaped::{escaped, escaped_json};

/// The standard output, of whose errors it is said that they are its.
pub struct Stdout(StdoutLock<'static>);

/// Others wait until it is dropped.
pub fn stdout() -> Stdout {
    Stdout(std::io::stdout().lock())
}

impl Stdout {
    /// Whether a person reads it, and no file or program.
    pub fn is_terminal(&self) -> bool {
        self.0.is_terminal()
    }
}

impl Write for Stdout {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0.write(bytes).map_err(of_stdout)
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush().map_err(of_stdout)
    }
}

fn of_stdout(error: Error) -> Error {
    Error::new(error.kind(), format!("the standard output cannot be written: {error}"))
}

/// One line of JSON.
pub fn write_json(out: &mut impl Write, value: &impl Serialize) -> Result<()> {
    writeln!(out, "{}", escaped_json(&serde_json::to_string(value)?))
}

/// JSON over several lines, which a person can read too.
pub fn write_json_pretty(out: &mut impl Write, value: &impl Serialize) -> Result<()> {
    writeln!(out, "{}", escaped_json(&serde_json::to_string_pretty(value)?))
}

/// Rows as columns of equal width; the first column on the left, the others on the right.
pub fn write_table(out: &mut impl Write, rows: &[Vec<String>]) -> Result<()> {
    let escape = |row: &Vec<String>| row.iter().map(|cell| escaped(cell).into_owned()).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(escape).collect();
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let length = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let lengths: Vec<usize> = (0..columns).map(|column| length(column).unwrap_or(0)).collect();
    for row in &rows {
        let cells = row.iter().zip(&lengths).enumerate().map(|(column, (cell, length))| {
            if column == 0 { format!("{cell:<length$}") } else { format!("{cell:>length$}") }
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// A bar on stderr, where a person watches and there is something to wait for.
pub fn progress(count: usize) -> ProgressBar {
    if count < 2 {
        return ProgressBar::hidden();
    }
    shown(ProgressBar::new(count as u64), "{bar:30} {pos}/{len}  {eta} left  {wide_msg}")
}

/// What stands there where nobody knows how many there are.
pub fn count_up() -> ProgressBar {
    shown(ProgressBar::no_length(), "{spinner} {pos}  {per_sec}  {wide_msg}")
}

fn shown(bar: ProgressBar, template: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    // It takes a thread, of which each costs a worker there.
    if cfg!(not(target_os = "wasi")) {
        bar.enable_steady_tick(Duration::from_millis(200));
    }
    bar
}
