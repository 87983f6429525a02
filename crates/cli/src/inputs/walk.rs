//! Folders, walked as far as somebody asks: of each folder on the way the names are in memory, sorted, and no more.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

/// A file, or why there is none.
pub type Found = (PathBuf, Result<(), String>);

/// What a path names: itself, or the files in a folder that are wanted, sorted by name, those of its folders in
/// between.
pub fn files_at(
    path: PathBuf,
    is_wanted: fn(&Path) -> bool,
    what: &'static str,
) -> Box<dyn Iterator<Item = Found> + Send> {
    match path.is_dir() {
        true => Box::new(files_in(path, is_wanted, what)),
        false => Box::new(std::iter::once((path, Ok(())))),
    }
}

/// Folders that hold what others wrote, for programs.
const PACKAGES: [&str; 2] = ["node_modules", "bower_components"];

/// Whether a folder is walked into, or a file looked at, where only a folder above was named.
fn is_shown(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0 || !(name.starts_with('.') || PACKAGES.contains(&&*name))
}

fn files_in(folder: PathBuf, is_wanted: fn(&Path) -> bool, what: &'static str) -> impl Iterator<Item = Found> + Send {
    let walk = WalkDir::new(&folder).follow_links(true).sort_by_file_name();
    let mut entries = Some(walk.into_iter().filter_entry(is_shown));
    let mut is_empty = true;
    std::iter::from_fn(move || {
        let found = entries.as_mut()?.find_map(|entry| match entry {
            Ok(entry) => {
                let is_file = entry.file_type().is_file() && is_wanted(entry.path());
                is_file.then(|| (entry.into_path(), Ok(())))
            }
            // What it leads to was walked before.
            Err(error) if error.loop_ancestor().is_some() => None,
            Err(error) => {
                let path = error.path().unwrap_or(&folder).to_path_buf();
                let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                Some((path, Err(reason)))
            }
        });
        if found.is_none() {
            entries = None;
            return is_empty.then(|| (folder.clone(), Err(format!("there is no {what} in this folder"))));
        }
        is_empty = false;
        found
    })
}
