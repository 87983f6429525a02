//! Writing into the files that people keep: pages, and the book of texts.

use std::path::Path;

use anyhow::ensure;
use sightline::files::{is_write_protected, replace};

/// Replaces what is in a file, unless its owner lets nobody write into it.
pub fn rewrite(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    expect_open(path)?;
    Ok(replace(path, bytes)?)
}

/// An error where a file is there and write-protected.
pub fn expect_open(path: &Path) -> anyhow::Result<()> {
    ensure!(
        !path.metadata().is_ok_and(|file| is_write_protected(&file)),
        "it is write-protected; let its owner write into it, or leave it out"
    );
    Ok(())
}
