//! Whether a file can be written, asked before the work whose result it is to hold.

use std::path::Path;

use anyhow::{Context, ensure};

/// An error that names the file where it could not be written.
pub fn expect_writable(path: &Path) -> anyhow::Result<()> {
    let name = || path.display().to_string();
    ensure!(!path.is_dir(), "{} is a folder; name a file", path.display());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    ensure!(folder.is_dir(), "{} cannot be written: there is no folder {}", path.display(), folder.display());
    // Files are written beside their name and renamed, so it is the folder that has to let it happen.
    tempfile::tempdir_in(folder).with_context(name)?;
    Ok(())
}
