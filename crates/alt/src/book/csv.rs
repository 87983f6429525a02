//! The book as a table for spreadsheets: a row for each picture, after RFC 4180.
//!
//! A spreadsheet takes some cells for formulas, and some lines look like what git leaves where it cannot merge. They
//! get an apostrophe in front, which reading takes off again. What people noted under names of their own has columns of
//! its own.

use std::borrow::Cow;
use std::collections::BTreeSet;

use csv::{ReaderBuilder, StringRecord, Terminator, WriterBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::entry::{Entries, Entry, HASH_COLUMN, by_file, check_hash};
use super::error::BookError;
use super::layout::is_conflict;
use crate::cleaning::cleaned;

/// What people look for stands first.
const COLUMNS: [&str; 11] = [
    "file",
    "text",
    "state",
    "drafted",
    "sureness",
    "probability",
    "model",
    "suggestion",
    "reason",
    "used",
    HASH_COLUMN,
];

/// What stands before a note that is no plain text, or would be taken for one that is none.
const AS_JSON: &str = "json:";

pub fn written(entries: &Entries, is_crlf: bool) -> String {
    let noted: BTreeSet<&str> = entries.values().flat_map(|entry| entry.notes.keys().map(|key| &**key)).collect();
    let terminator = if is_crlf { Terminator::CRLF } else { Terminator::Any(b'\n') };
    let mut writer = WriterBuilder::new().terminator(terminator).from_writer(Vec::new());
    let mut write = |cells: Vec<Cow<str>>| {
        writer.write_record(cells.iter().map(|cell| guarded(cell))).expect("rows of one length, in memory");
    };
    write(COLUMNS.into_iter().chain(noted.iter().copied()).map(Cow::from).collect());
    for (hash, entry) in by_file(entries) {
        let notes = noted.iter().map(|key| entry.notes.get(*key).map_or(Cow::from(""), note_cell));
        write(cells(hash, entry).into_iter().chain(notes).collect());
    }
    String::from_utf8(writer.into_inner().expect("in memory")).expect("of strings")
}

/// In the order of the columns.
fn cells<'a>(hash: &'a str, entry: &'a Entry) -> [Cow<'a, str>; COLUMNS.len()] {
    let used: Vec<&str> = entry.used.iter().map(|page| &**page).collect();
    [
        (&*entry.file).into(),
        (&*entry.text).into(),
        name(&entry.state).into(),
        (&*entry.drafted).into(),
        name(&entry.sureness).into(),
        entry.probability.map(|probability| probability.to_string()).unwrap_or_default().into(),
        (&*entry.model).into(),
        name(&entry.suggestion).into(),
        (&*entry.reason).into(),
        used.join("\n").into(),
        hash.into(),
    ]
}

pub fn read(text: &str) -> Result<Entries, BookError> {
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    let mut rows = reader.records();
    let mut entries = Entries::new();
    let Some(header) = rows.next().transpose().map_err(unreadable)? else { return Ok(entries) };
    let columns = columns(&header).map_err(|reason| BookError::Damaged { line: 1, reason })?;
    for row in rows {
        let row = row.map_err(unreadable)?;
        // Spreadsheets leave rows like this behind what was taken out.
        if row.iter().all(str::is_empty) {
            continue;
        }
        let line = row.position().map_or(0, csv::Position::line) as usize;
        let damaged = |reason| BookError::Damaged { line, reason };
        let (hash, entry) = entry(&columns, &row).map_err(damaged)?;
        if entries.contains_key(&hash) {
            return Err(damaged(format!("the picture {hash} stands here a second time")));
        }
        entries.insert(hash, entry);
    }
    Ok(entries)
}

/// The names of the columns, without what guards them.
fn columns(header: &StringRecord) -> Result<Vec<String>, String> {
    let columns: Vec<String> = header.iter().map(bare).collect();
    let mut seen = BTreeSet::new();
    if let Some(column) = columns.iter().find(|column| !column.is_empty() && !seen.insert(*column)) {
        return Err(format!("there are two columns {}", cleaned(column)));
    }
    match ["file", HASH_COLUMN].into_iter().find(|column| !seen.contains(&column.to_string())) {
        Some(column) => Err(format!("there is no column {column}; the columns have names, with commas between them")),
        None => Ok(columns),
    }
}

fn entry(columns: &[String], row: &StringRecord) -> Result<(String, Entry), String> {
    let mut hash = String::new();
    let mut entry = Entry::default();
    for (column, cell) in columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
        let cell = &*bare(cell);
        match &**column {
            "file" => entry.file = cell.to_string(),
            "text" => entry.text = cleaned(cell),
            "state" => entry.state = named(cell)?,
            "drafted" => entry.drafted = cleaned(cell),
            "sureness" => entry.sureness = Some(named(cell)?),
            "probability" => {
                entry.probability = Some(cell.parse().map_err(|_| format!("\"{}\" is no probability", cleaned(cell)))?);
            }
            "model" => entry.model = cleaned(cell),
            "suggestion" => entry.suggestion = Some(named(cell)?),
            "reason" => entry.reason = cleaned(cell),
            "used" => entry.used = cell.lines().map(str::to_string).collect(),
            HASH_COLUMN => hash = cell.to_string(),
            "" => return Err("a column has cells and no name".to_string()),
            _ => {
                entry.notes.insert(column.clone(), note(cell)?);
            }
        }
    }
    check_hash(&hash).and_then(|()| entry.check()).map_err(|error| error.to_string())?;
    Ok((hash, entry))
}

fn unreadable(error: csv::Error) -> BookError {
    let line = error.position().map_or(1, csv::Position::line) as usize;
    let reason = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the row has {len} cells, and the first row has {expected_len}")
        }
        _ => error.to_string(),
    };
    BookError::Damaged { line, reason }
}

/// A name as JSON has it; empty for none.
fn name(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_string()
}

fn named<T: DeserializeOwned>(cell: &str) -> Result<T, String> {
    serde_json::from_value(cell.into()).map_err(|error| cleaned(&error.to_string()))
}

fn note_cell(note: &Value) -> Cow<'_, str> {
    match note {
        Value::String(text) if !text.is_empty() && !text.starts_with(AS_JSON) => text.into(),
        other => format!("{AS_JSON}{other}").into(),
    }
}

fn note(cell: &str) -> Result<Value, String> {
    let Some(json) = cell.strip_prefix(AS_JSON) else { return Ok(cell.into()) };
    serde_json::from_str(json).map_err(|_| format!("what follows \"{AS_JSON}\" is no JSON"))
}

fn guarded(cell: &str) -> String {
    let lines: Vec<_> = cell.split('\n').map(|line| with_apostrophe(line, is_conflict)).collect();
    with_apostrophe(&lines.join("\n"), is_formula).into_owned()
}

fn bare(cell: &str) -> String {
    let lines = without_apostrophe(cell, is_formula).split('\n');
    lines.map(|line| without_apostrophe(line, is_conflict)).collect::<Vec<_>>().join("\n")
}

/// What has apostrophes in front of something that gets one does so as well, so that none is taken off that a person
/// wrote.
fn with_apostrophe(text: &str, needs_one: impl Fn(&str) -> bool) -> Cow<'_, str> {
    if needs_one(text.trim_start_matches('\'')) { format!("'{text}").into() } else { text.into() }
}

fn without_apostrophe(text: &str, needs_one: impl Fn(&str) -> bool) -> &str {
    text.strip_prefix('\'').filter(|rest| needs_one(rest.trim_start_matches('\''))).unwrap_or(text)
}

/// Whether a spreadsheet would take a cell for a formula.
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
}
