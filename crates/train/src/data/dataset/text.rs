//! What text files have in common: line ends, and names of photos.

use std::path::{Component, Path};

const PHOTO_EXTENSIONS: [&str; 6] = ["jpg", "jpeg", "png", "webp", "gif", "bmp"];

/// Without the mark that Windows puts in front of UTF-8.
pub fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// The lines that are not blank, with their numbers, counted from 1.
pub fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let lines = without_bom(bytes).split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.enumerate().map(|(place, line)| (place + 1, line)).filter(|(_, line)| !line.trim_ascii().is_empty())
}

/// A name as it stands for a file in the image folder; nothing where it leads out of the folder.
pub fn safe_name(name: &str) -> Option<String> {
    let mut parts = Vec::new();
    for part in Path::new(name.trim()).components() {
        match part {
            Component::CurDir => {}
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// A photo's name without its extension; nothing where the name has no extension of a photo.
pub fn stem(name: &str) -> Option<&str> {
    let (stem, extension) = name.rsplit_once('.')?;
    PHOTO_EXTENSIONS.iter().any(|known| extension.eq_ignore_ascii_case(known)).then_some(stem)
}

/// A name without its folders.
pub fn file_name(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, name)| name)
}
