//! Reading files that may be larger than anybody should read, or may never end.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// The bytes of a file; nothing where there are more of them than `most`. The size that the system tells is not relied
/// on: a device or a pipe has none.
pub fn read_at_most(path: &Path, most: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}
