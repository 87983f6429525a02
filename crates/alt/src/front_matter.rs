//! The images that a page names before it begins: in YAML between `---`, by keys that the site chose.
//!
//! No library of YAML tells where a value stands and leaves the rest as it is, so lines are read one by one, and what is
//! not certainly plain block style is left alone. TOML between `+++` is recognised, and left alone altogether.

mod keys;
mod yaml;

use std::borrow::Cow;
use std::ops::Range;

use crate::image::Kind;
use crate::piece::{Found, Part, Piece};
use crate::place::{Escape, Place};
use crate::template::is_templated;
use yaml::{Entry, Value, Yaml};

pub use keys::{FrontMatterKeys, KeysError};

/// What stands before a page.
pub struct FrontMatter {
    span: Range<usize>,
    /// Its images.
    pub pieces: Vec<Piece>,
}

impl FrontMatter {
    pub fn read(bytes: &[u8], keys: &FrontMatterKeys) -> Self {
        let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let found = ["---", "+++"].into_iter().find_map(|fence| Some((fence, block(bytes, start, fence)?)));
        let Some((fence, (inside, end))) = found else { return Self { span: 0..0, pieces: Vec::new() } };
        let pieces = match std::str::from_utf8(&bytes[inside.clone()]) {
            Ok(yaml) if fence == "---" => images(yaml, inside.start, keys),
            Ok(toml) => in_toml(toml, keys),
            Err(_) => Vec::new(),
        };
        Self { span: start..end, pieces }
    }

    /// The page with spaces in its place, so that everything else stands where it stood.
    pub fn blanked<'a>(&self, bytes: &'a [u8]) -> Cow<'a, [u8]> {
        let mut bytes = Cow::Borrowed(bytes);
        if !self.span.is_empty() {
            for byte in bytes.to_mut()[self.span.clone()].iter_mut().filter(|byte| !b"\r\n".contains(byte)) {
                *byte = b' ';
            }
        }
        bytes
    }
}

/// What stands between two fences, and where the second one ends.
fn block(bytes: &[u8], start: usize, fence: &str) -> Option<(Range<usize>, usize)> {
    let mut lines = bytes[start..].split_inclusive(|byte| *byte == b'\n');
    let is_fence = |line: &[u8]| line.trim_ascii_end() == fence.as_bytes();
    let first = lines.next().filter(|line| is_fence(line))?;
    let inside = start + first.len();
    let mut at = inside;
    let mut first_words = None;
    for line in lines {
        if is_fence(line) {
            // Two lines across a page have prose between them.
            let is_data = first_words.is_none_or(|line: &[u8]| match fence {
                "---" => yaml::colon(String::from_utf8_lossy(line).trim_end()).is_some(),
                _ => line.contains(&b'='),
            });
            return is_data.then_some((inside..at, at + line.len()));
        }
        if !matches!(line.trim_ascii().first(), None | Some(b'#')) {
            first_words = first_words.or(Some(line));
        }
        at += line.len();
    }
    None
}

fn images(text: &str, offset: usize, keys: &FrontMatterKeys) -> Vec<Piece> {
    let yaml = Yaml::read(text);
    let pieces = keys.pairs().iter().filter_map(|(picture, words)| {
        let at = |entry: Option<&Entry>| offset + entry.map_or(0, |entry| entry.line.start);
        let (entry, part) = match yaml.entry(picture) {
            Ok(None) => return None,
            Err(()) => (None, Part::Uncertain),
            Ok(Some(entry)) => (Some(entry), image(text, offset, &yaml, entry, words)?),
        };
        Some(Piece { at: at(entry), part })
    });
    let mut pieces: Vec<Piece> = pieces.collect();
    pieces.sort_by_key(|piece| piece.at);
    pieces
}

/// The image that a key names.
fn image(text: &str, offset: usize, yaml: &Yaml, entry: &Entry, words: &[String]) -> Option<Part> {
    let source = match &entry.value {
        Value::Nothing => return None,
        Value::Text(source) if source.trim().is_empty() => return None,
        Value::Text(source) => source.trim().to_string(),
        Value::Unclear => return Some(Part::Uncertain),
    };
    let said = match yaml.entry(words) {
        Ok(said) => said,
        Err(()) => return Some(Part::Uncertain),
    };
    let (alt, span, before) = match said {
        Some(Entry { value: Value::Unclear, .. }) => return Some(Part::Uncertain),
        Some(Entry { value, span, .. }) => {
            let alt = if let Value::Text(alt) = value { Some(alt.clone()) } else { None };
            // Behind the colon of a key that says nothing.
            (alt, span.clone(), if span.is_empty() { " \"".into() } else { "\"".into() })
        }
        // A new line can stand beside the picture's own.
        None => match words.split_last() {
            Some((key, parents)) if parents == &entry.path[..entry.path.len() - 1] => {
                let line = &text[entry.line.clone()];
                let end = entry.line.start + line.trim_end_matches(['\r', '\n']).len();
                let line_break = &text[end..entry.line.end];
                let indent = &line[..line.len() - line.trim_start_matches(' ').len()];
                (None, end..end, format!("{line_break}{indent}{key}: \""))
            }
            _ => return Some(Part::Uncertain),
        },
    };
    // As they are written: a brace that is escaped is no template's.
    if [&entry.span, &span].into_iter().any(|value| is_templated(&text.as_bytes()[value.clone()])) {
        return Some(Part::Templated);
    }
    let span = span.start + offset..span.end + offset;
    let place = Some(Place { span, before, after: "\"".into(), escape: Escape::Yaml });
    Some(Part::Image(Box::new(Found {
        kind: Kind::FrontMatter,
        source: Some(source),
        text: alt,
        place,
        ..Found::default()
    })))
}

/// The keys of pictures are seen, and that is all.
fn in_toml(text: &str, keys: &FrontMatterKeys) -> Vec<Piece> {
    let named = |line: &&str| {
        let Some((key, _)) = line.split_once('=') else { return false };
        keys.pairs().iter().filter_map(|(picture, _)| picture.last()).any(|name| key.trim() == name)
    };
    text.lines().filter(named).map(|_| Piece { at: 0, part: Part::Uncertain }).collect()
}

#[cfg(test)]
mod tests;
