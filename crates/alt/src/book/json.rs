//! The book as JSON that git can merge.
//!
//! A picture is a block of lines, and the blocks stand in the order of the pictures' files: people who add different
//! pictures add lines at different places. The version stands last, so that every block ends with the same comma and
//! none is changed because another follows.

use std::fmt;

use serde::de::{Error as _, IgnoredAny, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::entry::{Entries, Entry, by_file, check_hash};
use super::error::BookError;

const VERSION: u64 = 1;
const VERSION_KEY: &str = "version";

pub fn read(text: &str) -> Result<Entries, BookError> {
    // First, as what follows may be another in another version.
    let Version { version } = serde_json::from_str(text).map_err(damaged)?;
    if version != VERSION {
        return Err(BookError::Version(version));
    }
    serde_json::from_str::<Blocks>(text).map(|blocks| blocks.0).map_err(damaged)
}

pub fn written(entries: &Entries, is_crlf: bool) -> String {
    let json = serde_json::to_string_pretty(&Sorted(entries)).expect("all keys are strings") + "\n";
    // A line feed in a text is `\n`, so all that are here end a line.
    if is_crlf { json.replace('\n', "\r\n") } else { json }
}

fn damaged(error: serde_json::Error) -> BookError {
    let (line, message) = (error.line(), error.to_string());
    let place = format!(" at line {line} column {}", error.column());
    BookError::Damaged { line, reason: message.strip_suffix(&place).unwrap_or(&message).to_string() }
}

#[derive(Deserialize)]
struct Version {
    version: u64,
}

struct Blocks(Entries);

impl<'de> Deserialize<'de> for Blocks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(BlocksVisitor).map(Self)
    }
}

struct BlocksVisitor;

impl<'de> Visitor<'de> for BlocksVisitor {
    type Value = Entries;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object with a key for each picture")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
        let mut entries = Entries::new();
        while let Some(key) = map.next_key::<String>()? {
            if key == VERSION_KEY {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            check_hash(&key).map_err(A::Error::custom)?;
            if entries.contains_key(&key) {
                return Err(A::Error::custom(format!("the picture {key} stands here a second time")));
            }
            let entry: Entry = map.next_value()?;
            entry.check().map_err(A::Error::custom)?;
            entries.insert(key, entry);
        }
        Ok(entries)
    }
}

struct Sorted<'a>(&'a Entries);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (hash, entry) in by_file(self.0) {
            map.serialize_entry(hash, entry)?;
        }
        map.serialize_entry(VERSION_KEY, &VERSION)?;
        map.end()
    }
}
