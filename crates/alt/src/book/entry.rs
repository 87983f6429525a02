//! What the book knows of one picture.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::error::EntryError;
use crate::cleaning::cleaned;

/// By the SHA-256 of the picture's file, in lower case.
pub type Entries = BTreeMap<String, Entry>;

/// What the hash is called where it stands beside the fields.
pub const HASH_COLUMN: &str = "sha256";

/// The fields in the order in which they are written. What is empty is left out, but for what people look for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The picture, as a path from the site's root.
    pub file: String,
    #[serde(default, deserialize_with = "clean")]
    pub text: String,
    #[serde(default)]
    pub state: State,
    /// What the model wrote, by which a text that a person changed is told from one that nobody did.
    #[serde(default, deserialize_with = "clean", skip_serializing_if = "String::is_empty")]
    pub drafted: String,
    /// How sure the model was of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sureness: Option<Sureness>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// The name of the model's folder.
    #[serde(default, deserialize_with = "clean", skip_serializing_if = "String::is_empty")]
    pub model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<Suggestion>,
    #[serde(default, deserialize_with = "clean", skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// What people wrote beside it under names of their own; numbers as 64 bits hold them.
    #[serde(flatten)]
    pub notes: Map<String, Value>,
    /// The pages that show it, as paths from the site's root. Last, and always there, so that every entry ends alike.
    #[serde(default)]
    pub used: BTreeSet<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    #[default]
    Draft,
    Reviewed,
    Decoration,
}

/// As the library names it, the least sure first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sureness {
    Hesitant,
    Unsure,
    Sure,
}

/// What a person might say of a picture in place of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suggestion {
    Decoration,
}

impl Entry {
    /// Whether a person had a hand in it, so that no model may write over it. Whoever empties a draft asks for another.
    pub fn is_touched(&self) -> bool {
        self.state != State::Draft || !(self.text.is_empty() || self.text == self.drafted)
    }

    /// What the types of the fields let through and no entry has.
    pub fn check(&self) -> Result<(), EntryError> {
        check_path(&self.file)?;
        self.used.iter().try_for_each(|page| check_path(page))?;
        if let Some(name) = ["", HASH_COLUMN].into_iter().find(|name| self.notes.contains_key(*name)) {
            return Err(EntryError::Note(name));
        }
        if self.state == State::Reviewed && self.text.is_empty() {
            return Err(EntryError::NoText);
        }
        match self.probability {
            Some(probability) if !(0.0..=1.0).contains(&probability) => Err(EntryError::Probability(probability)),
            _ => Ok(()),
        }
    }
}

/// The entries in the order in which they are written.
pub fn by_file(entries: &Entries) -> Vec<(&str, &Entry)> {
    let mut sorted: Vec<_> = entries.iter().map(|(hash, entry)| (&**hash, entry)).collect();
    sorted.sort_by(|(_, one), (_, other)| one.file.cmp(&other.file));
    sorted
}

pub fn check_hash(hash: &str) -> Result<(), EntryError> {
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hash { Ok(()) } else { Err(EntryError::Hash(cleaned(hash))) }
}

/// A path stays below the site's root, and has a line to itself in a table.
pub fn check_path(path: &str) -> Result<(), EntryError> {
    let is_path = path.split('/').all(|part| !matches!(part, "" | "." | "..")) && !path.contains(char::is_control);
    if is_path { Ok(()) } else { Err(EntryError::Path(cleaned(path))) }
}

fn clean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    String::deserialize(deserializer).map(|text| cleaned(&text))
}
