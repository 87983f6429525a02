//! The book of texts as the page gets it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sightline_alt::book::{Book, Entry, State, Suggestion, Sureness};

use super::uses::{Use, Uses};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Texts<'a> {
    /// The book's file, as it was named.
    book: &'a str,
    /// What writes the texts into the pages.
    apply: &'a str,
    texts: Vec<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Text<'a> {
    hash: &'a str,
    file: &'a str,
    text: &'a str,
    state: State,
    is_reviewed: bool,
    drafted: &'a str,
    sureness: Option<Sureness>,
    probability: Option<f64>,
    suggestion: Option<Suggestion>,
    reason: &'a str,
    pages: &'a BTreeSet<String>,
    uses: &'a [Use],
}

/// What a text and its state were when a person saw them.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    pub text: String,
    pub state: State,
}

impl Seen {
    pub fn is_still(&self, entry: &Entry) -> bool {
        (&self.text, self.state) == (&entry.text, entry.state)
    }
}

impl<'a> Texts<'a> {
    pub fn of(book: &'a Book, file: &'a str, apply: &'a str, uses: &'a Uses) -> Self {
        let texts = book.entries().map(|(hash, entry)| Text::of(hash, entry, uses)).collect();
        Self { book: file, apply, texts }
    }
}

impl<'a> Text<'a> {
    pub fn of(hash: &'a str, entry: &'a Entry, uses: &'a Uses) -> Self {
        Self {
            hash,
            file: &entry.file,
            text: &entry.text,
            state: entry.state,
            is_reviewed: entry.is_touched(),
            drafted: &entry.drafted,
            sureness: entry.sureness,
            probability: entry.probability,
            suggestion: entry.suggestion,
            reason: &entry.reason,
            pages: &entry.used,
            uses: uses.get(&entry.file).map_or(&[], Vec::as_slice),
        }
    }
}
