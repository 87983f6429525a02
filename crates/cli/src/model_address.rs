//! Models that are named by an address: the program that the npm package runs has them fetched, once, and kept.

use std::path::{Path, PathBuf};

use anyhow::bail;

/// The address that somebody gave in a folder's place.
pub fn address(named: &Path) -> Option<&str> {
    named.to_str().filter(|named| ["https://", "http://"].iter().any(|scheme| named.starts_with(scheme)))
}

/// The folder in which the model of an address is kept.
#[cfg(not(target_os = "wasi"))]
pub fn fetched_folder(address: &str) -> anyhow::Result<PathBuf> {
    bail!("{address}: this command reads models from folders; that of the npm package fetches them")
}

/// The folder in which the model of an address is kept. Node fetches it, for WASI has no connections.
#[cfg(target_os = "wasi")]
pub fn fetched_folder(address: &str) -> anyhow::Result<PathBuf> {
    #[link(wasm_import_module = "sightline")]
    unsafe extern "C" {
        /// Writes the folder's path into `answer` and returns its length, or the reason why there is none and the
        /// negative length of that.
        fn fetch_model(address: *const u8, length: usize, answer: *mut u8, capacity: usize) -> isize;
    }
    let mut answer = vec![0; 4096];
    // SAFETY: both are memory of these lengths, and no more than `capacity` is written.
    let length = unsafe { fetch_model(address.as_ptr(), address.len(), answer.as_mut_ptr(), answer.len()) };
    answer.truncate(length.unsigned_abs());
    let answer = String::from_utf8_lossy(&answer).into_owned();
    if length <= 0 { bail!(answer) } else { Ok(answer.into()) }
}
