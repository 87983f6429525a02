//! Reading files that may be larger than anybody should read, or may never end; and replacing files as a whole.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

/// The bytes of a file; nothing where there are more of them than `most`. The size that the system tells is not relied
/// on: a device or a pipe has none.
pub fn read_at_most(path: &Path, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// Writes a file beside its name and renames it, so that there is always a whole one, or none. A link goes on leading to
/// the file, and the file keeps its permissions.
pub fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    replace_by(path, |file| file.write_all(bytes))
}

/// As [`replace`], by what writes it bit by bit.
pub fn replace_by<Error: From<std::io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), Error>,
) -> Result<(), Error> {
    let path = &path.canonicalize().unwrap_or(path.to_path_buf());
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A temporary file would be for its owner alone; in a folder of its own, it has the usual permissions.
    let partial = tempfile::Builder::new().prefix(".sightline-").suffix(".partial").tempdir_in(parent)?;
    let name = partial.path().join("file");
    let mut file = File::create(&name)?;
    write(&mut file)?;
    match path.metadata() {
        // WASI knows no permissions, so the file itself gets the bytes, which stay beside it until it has all of them.
        Ok(_) if cfg!(target_os = "wasi") => {
            file.sync_all()?;
            let mut former = File::create(path)?;
            std::io::copy(&mut File::open(&name)?, &mut former)?;
            return Ok(former.sync_all()?);
        }
        Ok(former) => file.set_permissions(former.permissions())?,
        Err(_) => {}
    }
    file.sync_all()?;
    Ok(std::fs::rename(&name, path)?)
}
