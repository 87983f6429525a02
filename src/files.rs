//! Reading files that may be larger than anybody should read, or may never end; and replacing files as a whole.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::Path;

use tempfile::TempDir;

use crate::humanize::thousands;

/// The bytes of a file; nothing where there are more of them than `most`. What the system tells of the size spares
/// reading what is too long; it is not relied on for the rest, for a device or a pipe has none.
pub fn read_at_most(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    if file.metadata()?.len() > most {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// The bytes of a file that is to be a `kind`, of which none has more than `most`.
pub fn read_kind(path: &Path, most: u64, kind: &str) -> io::Result<Vec<u8>> {
    read_at_most(path, most)?.ok_or_else(|| too_large(most, kind))
}

pub fn too_large(most: u64, kind: &str) -> io::Error {
    let most = thousands(usize::try_from(most).unwrap_or(usize::MAX));
    io::Error::new(ErrorKind::FileTooLarge, format!("it has more than {most} bytes, and no {kind} has"))
}

/// As [`read_kind`], where the bytes are text.
pub fn read_text(path: &Path, most: u64, kind: &str) -> io::Result<String> {
    String::from_utf8(read_kind(path, most, kind)?).map_err(|error| io::Error::new(ErrorKind::InvalidData, error))
}

/// Writes a file beside its name and renames it, so that there is always a whole one, or none. A link goes on leading to
/// the file, which keeps its owner, its group, its permissions and its other names. What is no file, such as a pipe or a
/// device, is written to.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_by(path, |file| file.write_all(bytes))
}

/// As [`replace`], by what writes it bit by bit.
pub fn replace_by<Error: From<io::Error>>(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<(), Error>,
) -> Result<(), Error> {
    if path.metadata().is_ok_and(|former| !former.is_file()) {
        return write(&mut OpenOptions::new().write(true).open(path)?);
    }
    let path = &path.canonicalize().unwrap_or(path.to_path_buf());
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A temporary file would be for its owner alone; in a folder of its own, it has the usual permissions.
    let partial = tempfile::Builder::new().prefix(".sightline-").suffix(".partial").tempdir_in(parent)?;
    let name = partial.path().join("file");
    let mut file = File::create(&name)?;
    write(&mut file)?;
    match path.metadata() {
        Ok(former) if !can_take_place(&file, &former)? => {
            file.sync_all()?;
            return Ok(overwrite(path, partial, &name)?);
        }
        // After it has its owner: whoever gets a file loses some of its permissions.
        Ok(former) => file.set_permissions(former.permissions())?,
        Err(_) => {}
    }
    file.sync_all()?;
    Ok(std::fs::rename(&name, path)?)
}

/// Whether a new file may have the name of the former, and nothing but the bytes is another. It gets the former's owner
/// and group where it may.
#[cfg(unix)]
fn can_take_place(new: &File, former: &Metadata) -> io::Result<bool> {
    use std::os::unix::fs::{MetadataExt, fchown};
    if former.nlink() > 1 {
        return Ok(false);
    }
    let (metadata, owner, group) = (new.metadata()?, former.uid(), former.gid());
    Ok((metadata.uid(), metadata.gid()) == (owner, group) || fchown(new, Some(owner), Some(group)).is_ok())
}

/// WASI tells nothing of owners, permissions and other names.
#[cfg(not(unix))]
fn can_take_place(_: &File, _: &Metadata) -> io::Result<bool> {
    Ok(!cfg!(target_os = "wasi"))
}

/// Writes what is in `new` into the file that is there. It stays beside it until that has all of it, and where it does
/// not come so far.
fn overwrite(path: &Path, partial: TempDir, new: &Path) -> io::Result<()> {
    // In one go, and cut to its length at last: whoever reads it meanwhile seldom meets a part of it, and never nothing.
    let bytes = std::fs::read(new)?;
    let mut former = OpenOptions::new().write(true).open(path)?;
    let mut write = || {
        former.write_all(&bytes)?;
        // What is no file, as others may have made it meanwhile, has no length.
        if former.metadata()?.is_file() {
            former.set_len(bytes.len() as u64)?;
        }
        former.sync_all()
    };
    write().map_err(|error| {
        let kept = partial.keep().join(new.file_name().unwrap_or_default());
        io::Error::new(error.kind(), format!("{error}; all that belongs into it is in {}", kept.display()))
    })
}

/// Whether nobody is to write into a file, by what its owner has said. Some users, such as root, may all the same.
pub fn is_write_protected(file: &Metadata) -> bool {
    #[cfg(unix)]
    let is_protected = std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o200 == 0;
    // Of a file that WASI tells no permissions of, all seem to be missing; whoever may not write into it is told then.
    #[cfg(not(unix))]
    let is_protected = !cfg!(target_os = "wasi") && file.permissions().readonly();
    is_protected
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_written_into_a_file_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let partial = tempfile::tempdir_in(&folder).unwrap();
        let new = partial.path().join("file");
        std::fs::write(&new, "all of it").unwrap();
        let error = overwrite(Path::new("/dev/full"), partial, &new).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert!(error.to_string().ends_with(&format!("; all that belongs into it is in {}", new.display())), "{error}");
        assert_eq!(std::fs::read_to_string(new).unwrap(), "all of it");
    }
}
