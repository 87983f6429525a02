//! The book of texts: what a site's pictures say, kept in a file that is committed beside the site.
//!
//! A picture is known by the SHA-256 of its file, so it keeps its text when it is renamed and loses it when it is
//! changed. A model drafts texts, people review them, and what a person touched no model writes over. The file is made
//! for git: `book/json.rs` says how.

mod csv;
mod entry;
mod error;
mod json;
mod layout;

use std::collections::btree_map::Entry::{Occupied, Vacant};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

pub use entry::{Entry, State, Suggestion, Sureness};
pub use error::{BookError, BookFileError, EntryError};

use crate::cleaning::cleaned;
use entry::{Entries, check_hash, check_path};
use layout::{Layout, SIZE_LIMIT, decoded};

/// As what a book is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    #[default]
    Json,
    /// For a spreadsheet.
    Csv,
}

/// The texts of a site's pictures.
#[derive(Clone, Debug, Default)]
pub struct Book {
    entries: Entries,
    /// What the file said, to tell whether it has to be written.
    as_read: Entries,
    format: Format,
    /// How the file was written; nothing where there was none.
    layout: Option<Layout>,
}

/// What a model makes of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// Empty where the model has none.
    pub text: String,
    pub sureness: Option<Sureness>,
    /// That of the words, from 0 to 1.
    pub probability: Option<f64>,
    /// The name of the model's folder.
    pub model: String,
    pub suggestion: Option<Suggestion>,
    /// Why that is suggested.
    pub reason: String,
}

/// What a person says of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Review {
    Accept,
    Correct(String),
    /// The picture says nothing, and its `alt` is empty.
    Decoration,
    /// The text is a draft again, as the model wrote it.
    Undo,
    /// As it was before a review that its reviewer takes back.
    Restore {
        text: String,
        state: State,
    },
}

/// What may be written into a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alt<'a> {
    /// By a model, and read by nobody yet.
    Drafted(&'a str),
    /// A person wrote it, or took it as it was.
    Reviewed(&'a str),
    Decoration,
}

impl<'a> Alt<'a> {
    /// What stands in the attribute; empty for decoration.
    pub fn text(self) -> &'a str {
        match self {
            Self::Drafted(text) | Self::Reviewed(text) => text,
            Self::Decoration => "",
        }
    }
}

impl Book {
    /// The book in a file, as CSV where its name ends so; an empty one where there is no file.
    pub fn read(path: &Path) -> Result<Self, BookFileError> {
        let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
        let format = if is_csv { Format::Csv } else { Format::Json };
        let error = |error: BookError| BookFileError { path: path.to_path_buf(), error };
        let mut bytes = Vec::new();
        match File::open(path).and_then(|file| file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)) {
            Ok(_) => Self::decode(&bytes, format).map_err(error),
            Err(fault) if fault.kind() == ErrorKind::NotFound => Ok(Self { format, ..Self::default() }),
            Err(fault) => Err(error(fault.into())),
        }
    }

    pub fn from_json(bytes: &[u8]) -> Result<Self, BookError> {
        Self::decode(bytes, Format::Json)
    }

    pub fn from_csv(bytes: &[u8]) -> Result<Self, BookError> {
        Self::decode(bytes, Format::Csv)
    }

    fn decode(bytes: &[u8], format: Format) -> Result<Self, BookError> {
        let (text, layout) = decoded(bytes)?;
        let entries = match format {
            Format::Json => json::read(text)?,
            Format::Csv => csv::read(text)?,
        };
        Ok(Self { as_read: entries.clone(), entries, format, layout: Some(layout) })
    }

    /// Whether the file says something else than the book. What only looks different, such as indentation, is left to
    /// whoever wrote it so.
    pub fn is_changed(&self) -> bool {
        self.entries != self.as_read
    }

    /// Says that the file was written, and holds what the book says now.
    pub fn saved(&mut self) {
        self.as_read = self.entries.clone();
    }

    /// What belongs into the file that the book was read from.
    pub fn to_bytes(&self) -> Vec<u8> {
        match self.format {
            Format::Json => self.to_json(),
            Format::Csv => self.to_csv(),
        }
    }

    pub fn to_json(&self) -> Vec<u8> {
        let layout = self.layout_of(Format::Json).unwrap_or(Layout { is_crlf: false, has_mark: false });
        layout.marked(json::written(&self.entries, layout.is_crlf))
    }

    /// A new table is written as RFC 4180 has it, and with the mark without which Excel does not take it for UTF-8.
    pub fn to_csv(&self) -> Vec<u8> {
        let layout = self.layout_of(Format::Csv).unwrap_or(Layout { is_crlf: true, has_mark: true });
        layout.marked(csv::written(&self.entries, layout.is_crlf))
    }

    fn layout_of(&self, format: Format) -> Option<Layout> {
        self.layout.filter(|_| self.format == format)
    }

    pub fn entry(&self, hash: &str) -> Option<&Entry> {
        self.entries.get(hash)
    }

    /// All pictures with their hashes, in the order of their files.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Entry)> {
        entry::by_file(&self.entries).into_iter()
    }

    /// The pictures that no person has seen to yet, in the order of their files.
    pub fn unreviewed(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.entries().filter(|(_, entry)| !entry.is_touched())
    }

    /// What may stand in the `alt` of a picture; nothing where nobody has written a text.
    pub fn text_for(&self, hash: &str) -> Option<Alt<'_>> {
        let entry = self.entry(hash)?;
        match entry.state {
            State::Decoration => Some(Alt::Decoration),
            _ if entry.text.is_empty() => None,
            _ if entry.is_touched() => Some(Alt::Reviewed(&entry.text)),
            _ => Some(Alt::Drafted(&entry.text)),
        }
    }

    /// Takes pages out of the lists of where pictures are used, before [`Book::seen`] tells what is in them now.
    pub fn forget_uses(&mut self, mut on_page: impl FnMut(&str) -> bool) {
        for entry in self.entries.values_mut() {
            entry.used.retain(|page| !on_page(page));
        }
    }

    /// Notes that a page shows a picture, and where its file lies. Both are paths from the site's root, with `/` between
    /// their parts. Of several files that are alike the first by name stands for all.
    pub fn seen(&mut self, hash: &str, file: &str, page: &str) -> Result<(), BookError> {
        check_hash(hash).and_then(|()| check_path(file)).and_then(|()| check_path(page))?;
        match self.entries.entry(hash.to_string()) {
            Vacant(vacant) => {
                let used = [page.to_string()].into();
                vacant.insert(Entry { file: file.to_string(), used, ..Entry::default() });
            }
            Occupied(occupied) => {
                let entry = occupied.into_mut();
                if entry.used.is_empty() || file < &*entry.file {
                    entry.file = file.to_string();
                }
                entry.used.insert(page.to_string());
            }
        }
        Ok(())
    }

    /// Puts down what a model makes of a picture that was seen; false where a person has touched the text, which stays.
    pub fn draft(&mut self, hash: &str, draft: Draft) -> Result<bool, BookError> {
        let entry = self.known(hash)?;
        if entry.is_touched() {
            return Ok(false);
        }
        let text = cleaned(&draft.text);
        // Four digits are more than anybody reads, and the same on every device.
        let rounded = |probability: f64| (probability.clamp(0.0, 1.0) * 1e4).round() / 1e4;
        *entry = Entry {
            file: std::mem::take(&mut entry.file),
            drafted: text.clone(),
            text,
            state: State::Draft,
            sureness: draft.sureness,
            probability: draft.probability.filter(|probability| !probability.is_nan()).map(rounded),
            model: cleaned(&draft.model),
            suggestion: draft.suggestion,
            reason: cleaned(&draft.reason),
            notes: std::mem::take(&mut entry.notes),
            used: std::mem::take(&mut entry.used),
        };
        Ok(true)
    }

    pub fn review(&mut self, hash: &str, review: Review) -> Result<(), BookError> {
        let entry = self.known(hash)?;
        let (text, state) = match review {
            Review::Accept if entry.text.is_empty() => (entry.drafted.clone(), State::Reviewed),
            Review::Accept => (entry.text.clone(), State::Reviewed),
            Review::Correct(text) => (cleaned(&text), State::Reviewed),
            Review::Decoration => (String::new(), State::Decoration),
            Review::Undo => (entry.drafted.clone(), State::Draft),
            Review::Restore { text, state } => (cleaned(&text), state),
        };
        if state == State::Reviewed && text.is_empty() {
            return Err(BookError::NoText { file: entry.file.clone() });
        }
        (entry.text, entry.state) = (text, state);
        Ok(())
    }

    /// Takes out the pictures that are gone, and tells how many there were. Until then they stay: a picture may be away
    /// on one branch, and its text is somebody's work.
    pub fn prune(&mut self, mut is_there: impl FnMut(&str) -> bool) -> usize {
        let before = self.entries.len();
        self.entries.retain(|hash, _| is_there(hash));
        before - self.entries.len()
    }

    fn known(&mut self, hash: &str) -> Result<&mut Entry, BookError> {
        self.entries.get_mut(hash).ok_or_else(|| BookError::Unknown { hash: hash.to_string() })
    }
}

#[cfg(test)]
mod tests;
