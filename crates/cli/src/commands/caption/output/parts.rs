//! A folder of Parquet files, each of which is whole: a Parquet file cannot be read before its end is written, so a new
//! one is begun after so many photos.

use std::fs::create_dir_all;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use sightline::files::replace_by;

use super::super::names::{DoneNames, NameKey, Shard};
use super::super::record::{Origin, Record};
use super::before::Before;
use super::parquet::{read_records, write_records};

pub struct PartsFolder {
    folder: PathBuf,
    /// What the names of its files begin with. Shards may share a folder.
    prefix: String,
    origin: Origin,
    /// Of the file that is written next.
    number: usize,
    rows: Vec<Record>,
    rows_per_file: usize,
}

impl PartsFolder {
    pub fn open(
        folder: &Path,
        before: Before,
        origin: Origin,
        shard: Option<Shard>,
        rows_per_file: usize,
    ) -> anyhow::Result<(Self, DoneNames)> {
        ensure!(!folder.is_file(), "{} is a file; --parquet takes the name of a folder", folder.display());
        create_dir_all(folder).with_context(|| folder.display().to_string())?;
        let prefix = match shard {
            Some(Shard { number, count }) => format!("captions-{number}-of-{count}-"),
            None => "captions-".to_string(),
        };
        let parts = parts(folder, &prefix)?;
        ensure!(
            before != Before::Refuse || parts.is_empty(),
            "{} holds captions already; go on with them by --resume, or name another folder",
            folder.display()
        );
        let mut keys = Vec::new();
        for (_, path) in &parts {
            keys.extend(read_part(path, before, &origin)?);
        }
        let number = parts.iter().map(|(number, _)| number + 1).max().unwrap_or(0);
        let folder = folder.to_path_buf();
        Ok((Self { folder, prefix, origin, number, rows: Vec::new(), rows_per_file }, keys.into_iter().collect()))
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub fn write(&mut self, record: Record) -> anyhow::Result<()> {
        self.rows.push(record);
        if self.rows.len() >= self.rows_per_file { self.write_part() } else { Ok(()) }
    }

    pub fn finish(mut self) -> anyhow::Result<()> {
        if self.rows.is_empty() { Ok(()) } else { self.write_part() }
    }

    fn write_part(&mut self) -> anyhow::Result<()> {
        let path = self.folder.join(format!("{}{:05}.parquet", self.prefix, self.number));
        ensure!(
            !path.exists(),
            "{}: another sightline caption writes to this folder; give each its own, or its own --shard",
            path.display()
        );
        write_part(&path, &self.rows)?;
        self.rows.clear();
        self.number += 1;
        Ok(())
    }
}

/// The files that were written before, by their numbers.
fn parts(folder: &Path, prefix: &str) -> anyhow::Result<Vec<(usize, PathBuf)>> {
    let mut parts = Vec::new();
    for entry in folder.read_dir().with_context(|| folder.display().to_string())? {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let number = name.and_then(|name| name.strip_prefix(prefix)?.strip_suffix(".parquet")?.parse().ok());
        if let Some(number) = number {
            parts.push((number, path));
        }
    }
    parts.sort();
    Ok(parts)
}

/// The photos in a file that need not be captioned again; those that are to be go from it.
fn read_part(path: &Path, before: Before, origin: &Origin) -> anyhow::Result<Vec<NameKey>> {
    let records = read_records(path).with_context(|| path.display().to_string())?;
    let count = records.len();
    for record in &records {
        origin.expect_same(&record.origin, path)?;
    }
    let is_kept = |record: &Record| before != Before::RetryFailed || !record.has_failed();
    let kept: Vec<Record> = records.into_iter().filter(is_kept).collect();
    match kept.len() {
        0 if count > 0 => std::fs::remove_file(path).with_context(|| path.display().to_string())?,
        left if left < count => write_part(path, &kept)?,
        _ => {}
    }
    Ok(kept.iter().map(Record::key).collect())
}

fn write_part(path: &Path, records: &[Record]) -> anyhow::Result<()> {
    replace_by(path, |file| anyhow::Ok(write_records(file, records)?)).with_context(|| path.display().to_string())
}
