//! Whether a file or a folder can be written, asked before the work whose result it is to hold.

use std::path::Path;

use anyhow::{Context, ensure};

/// An error that names the file where it could not be written.
pub fn expect_writable(path: &Path) -> anyhow::Result<()> {
    let name = || path.display().to_string();
    ensure!(!path.is_dir(), "{} is a folder; name a file", path.display());
    // A pipe or a device is written to where it is.
    if path.exists() && !path.is_file() {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    ensure!(folder.is_dir(), "{} cannot be written: there is no folder {}", path.display(), folder.display());
    // Files are written beside their name and renamed, so it is the folder that has to let it happen.
    tempfile::tempdir_in(folder).with_context(name)?;
    Ok(())
}

/// An error that names the folder where it could not be made, or nothing be put into it.
#[cfg(not(target_os = "wasi"))]
pub fn expect_writable_folder(path: &Path) -> anyhow::Result<()> {
    let there = path.ancestors().filter(|folder| !folder.as_os_str().is_empty()).find(|folder| folder.exists());
    let there = there.unwrap_or(if path.is_absolute() { Path::new("/") } else { Path::new(".") });
    ensure!(there.is_dir(), "{} cannot be a folder: {} is none", path.display(), there.display());
    tempfile::tempdir_in(there).with_context(|| path.display().to_string())?;
    Ok(())
}
