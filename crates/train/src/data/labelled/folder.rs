//! A folder with a folder of photos for each class.

use std::io::Read;
use std::path::{Path, PathBuf};

use sightline::photo::begins_like_a_photo;

use super::error::LabelledError;

/// Of files with these endings somebody believes that they are photos; whether they can be decoded shows later.
const EXTENSIONS: [&str; 8] = ["jpg", "jpeg", "jfif", "png", "webp", "gif", "bmp", "heic"];

/// The classes with their photos, both by name.
pub fn classes(folder: &Path) -> Result<Vec<(String, Vec<PathBuf>)>, LabelledError> {
    let mut classes = Vec::new();
    for class in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        let name = class.file_name().and_then(|name| name.to_str()).map(str::to_string);
        let name = name.ok_or_else(|| LabelledError::ClassName { folder: class.clone() })?;
        let photos: Vec<PathBuf> = entries(&class)?.into_iter().filter(|path| is_photo(path)).collect();
        if photos.is_empty() {
            return Err(LabelledError::EmptyClass { place: folder.to_path_buf(), class: name });
        }
        classes.push((name, photos));
    }
    match classes.is_empty() {
        true => Err(LabelledError::NoClass { folder: folder.to_path_buf() }),
        false => Ok(classes),
    }
}

/// By name, without those that are hidden.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, LabelledError> {
    let io = |reason| LabelledError::Io { path: folder.to_path_buf(), reason };
    let mut entries = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}

/// Other files lie about in folders of photos.
fn is_photo(path: &Path) -> bool {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let begins_like_one = || {
        let mut head = Vec::new();
        let is_read = std::fs::File::open(path).and_then(|file| file.take(1024).read_to_end(&mut head)).is_ok();
        is_read && begins_like_a_photo(&head)
    };
    path.is_file() && (extension.is_some_and(|extension| EXTENSIONS.contains(&&*extension)) || begins_like_one())
}
