//! A file with one JSON object a line, which grows as captions come and can be gone on with.
//!
//! A line is written at once, so that whoever kills the program leaves whole lines and at most one half at the end,
//! which is cut off before the next is written.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufReader, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use sightline::files::replace_by;

use super::super::names::{DoneNames, NameKey};
use super::super::record::{Origin, Record};
use super::before::Before;
use crate::lines::{Line, LineError, Lines};

/// Many times what a caption takes. What has longer lines is another file.
const LONGEST: usize = 1 << 20;

/// What every line begins with.
const BEGIN: &[u8] = br#"{"photo":"#;

pub struct JsonlFile {
    file: File,
    path: PathBuf,
    origin: Origin,
}

impl JsonlFile {
    pub fn open(path: &Path, before: Before, origin: Origin) -> anyhow::Result<(Self, DoneNames)> {
        let name = || path.display().to_string();
        ensure!(!path.is_dir(), "{} is a folder; name a file", path.display());
        ensure!(
            before != Before::Refuse || !path.exists(),
            "{} is there already; go on with it by --resume, or name another file",
            path.display()
        );
        // Not truncated: what is there is read first.
        let open = || OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path);
        let mut file = open().with_context(name)?;
        lock(&file, path)?;
        let Found { done, failed, end } = read(&file, path, before, &origin)?;
        file.set_len(end).with_context(name)?;
        if failed > 0 && before == Before::RetryFailed {
            drop_failed(&file, path)?;
            file = open().with_context(name)?;
            lock(&file, path)?;
        }
        file.seek(SeekFrom::End(0)).with_context(name)?;
        Ok((Self { file, path: path.into(), origin }, done))
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub fn write(&mut self, record: &Record) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        self.file.write_all(&line).with_context(|| self.path.display().to_string())
    }

    pub fn finish(self) -> anyhow::Result<()> {
        self.file.sync_all().with_context(|| self.path.display().to_string())
    }
}

/// Two that write to one file would spoil it. Where a file system has no locks, nobody is kept from it.
fn lock(file: &File, path: &Path) -> anyhow::Result<()> {
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => bail!("{}: another sightline caption writes to it", path.display()),
        Ok(()) | Err(TryLockError::Error(_)) => Ok(()),
    }
}

/// What a file holds.
struct Found {
    /// Photos that need not be captioned again.
    done: DoneNames,
    failed: usize,
    /// Where the last whole line ends.
    end: u64,
}

fn read(file: &File, path: &Path, before: Before, origin: &Origin) -> anyhow::Result<Found> {
    let mut keys: Vec<NameKey> = Vec::new();
    let (mut failed, mut end) = (0, 0);
    for_each_line(file, path, |line| {
        if !line.is_ended {
            let is_ours = line.bytes.starts_with(BEGIN) || BEGIN.starts_with(&line.bytes);
            ensure!(is_ours, "{}, line {}: it was not written by sightline caption", path.display(), line.number);
            return Ok(());
        }
        let record = parse(&line, path)?;
        origin.expect_same(&record.origin, path)?;
        failed += usize::from(record.has_failed());
        if before == Before::Keep || !record.has_failed() {
            keys.push(record.key());
        }
        end += line.bytes.len() as u64 + 1;
        Ok(())
    })?;
    Ok(Found { done: keys.into_iter().collect(), failed, end })
}

/// Replaces the file by one without the photos that failed.
fn drop_failed(file: &File, path: &Path) -> anyhow::Result<()> {
    replace_by(path, |kept| {
        let mut kept = BufWriter::new(kept);
        for_each_line(file, path, |line| {
            if !parse(&line, path)?.has_failed() {
                kept.write_all(&line.bytes)?;
                kept.write_all(b"\n")?;
            }
            Ok(())
        })?;
        Ok(kept.flush()?)
    })
}

fn for_each_line(mut file: &File, path: &Path, mut each: impl FnMut(Line) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let name = || path.display().to_string();
    file.rewind().with_context(name)?;
    let mut lines = Lines::new(BufReader::new(file), b'\n', LONGEST);
    loop {
        match lines.next() {
            Ok(Some(line)) => each(line)?,
            Ok(None) => return Ok(()),
            Err(error @ LineError::TooLong { .. }) => {
                return Err(error).with_context(|| format!("{}: it was not written by sightline caption", name()));
            }
            Err(error) => return Err(error).with_context(name),
        }
    }
}

fn parse(line: &Line, path: &Path) -> anyhow::Result<Record> {
    serde_json::from_slice(&line.bytes).map_err(|error| {
        anyhow::anyhow!("{}, line {}: it was not written by sightline caption: {error}", path.display(), line.number)
    })
}
