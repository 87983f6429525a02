//! The bytes of a book's file → text that can be read, and back to bytes that look as those did.

use super::error::BookError;

/// A text for each of 100,000 pictures.
pub const SIZE_LIMIT: u64 = 64 << 20;

/// What a change of one text must not change in the whole file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layout {
    pub is_crlf: bool,
    /// The mark by which some programs know UTF-8.
    pub has_mark: bool,
}

const MARK: char = '\u{FEFF}';

/// What git leaves at the beginning of a line where it could not merge.
const CONFLICT_MARKS: [&str; 3] = ["<<<<<<< ", "||||||| ", ">>>>>>> "];

/// Whether git would have written a line.
pub fn is_conflict(line: &str) -> bool {
    CONFLICT_MARKS.iter().any(|mark| line.starts_with(mark))
}

/// The text, without the mark.
pub fn decoded(bytes: &[u8]) -> Result<(&str, Layout), BookError> {
    if bytes.len() as u64 > SIZE_LIMIT {
        return Err(BookError::TooLarge { most: SIZE_LIMIT });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = 1 + bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
        BookError::NotUtf8 { line }
    })?;
    if let Some(before) = text.lines().position(is_conflict) {
        return Err(BookError::Conflict { line: before + 1 });
    }
    let is_crlf = text.find('\n').is_some_and(|end| text[..end].ends_with('\r'));
    let unmarked = text.strip_prefix(MARK);
    Ok((unmarked.unwrap_or(text), Layout { is_crlf, has_mark: unmarked.is_some() }))
}

impl Layout {
    pub fn marked(self, text: String) -> Vec<u8> {
        let mark = if self.has_mark { MARK.to_string() } else { String::new() };
        (mark + &text).into_bytes()
    }
}
