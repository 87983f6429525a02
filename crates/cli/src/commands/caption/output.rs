//! Where captions go: to the standard output, to a file of lines, or to a folder of Parquet files.

mod before;
mod jsonl;
#[cfg(not(target_os = "wasi"))]
mod parquet;
#[cfg(not(target_os = "wasi"))]
mod parts;
mod printed;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::Args;
use sightline::Caption;

use self::before::Before;
use self::jsonl::JsonlFile;
#[cfg(not(target_os = "wasi"))]
use self::parts::PartsFolder;
use self::printed::Printed;
use super::names::{DoneNames, Shard};
use super::record::{Origin, Record};
use crate::inputs::PhotoFailure;

#[derive(Args)]
pub struct OutputArguments {
    /// One JSON object a line, with attention, alternatives and candidates
    #[arg(long, group = "form")]
    json: bool,
    /// A table with the columns photo, caption, log_probability and error
    #[arg(long, group = "form")]
    csv: bool,
    /// Write one JSON object a line to this file as captions come, without attention and the like
    #[arg(long, group = "form", group = "kept", value_name = "FILE")]
    jsonl: Option<PathBuf>,
    /// Write the same as Parquet files into this folder as captions come
    #[arg(long, group = "form", group = "kept", value_name = "FOLDER")]
    parquet: Option<PathBuf>,
    /// Photos in each Parquet file; so many are in memory, and are captioned again after a crash
    #[arg(long, default_value = "10000", value_name = "N", requires = "parquet")]
    #[cfg_attr(target_os = "wasi", allow(dead_code, reason = "no Parquet is written there"))]
    rows_per_file: NonZeroUsize,
    /// Go on with --jsonl or --parquet: leave out the photos that are there, and append the others
    #[arg(long, requires = "kept")]
    resume: bool,
    /// With --resume, try photos again that failed before
    #[arg(long, requires = "resume")]
    retry_failed: bool,
}

pub enum Output {
    Printed(Printed),
    Jsonl(JsonlFile),
    #[cfg(not(target_os = "wasi"))]
    Parquet(PartsFolder),
}

impl OutputArguments {
    /// Whether captions go to a file, which can be gone on with.
    pub fn is_kept(&self) -> bool {
        self.jsonl.is_some() || self.parquet.is_some()
    }

    /// Opens what is to be written, and reads what is there already.
    pub fn open(&self, origin: Origin, shard: Option<Shard>, is_single: bool) -> anyhow::Result<(Output, DoneNames)> {
        let before = match (self.resume, self.retry_failed) {
            (false, _) => Before::Refuse,
            (true, false) => Before::Keep,
            (true, true) => Before::RetryFailed,
        };
        if let Some(path) = &self.jsonl {
            let (file, done) = JsonlFile::open(path, before, origin)?;
            return Ok((Output::Jsonl(file), done));
        }
        if let Some(folder) = &self.parquet {
            return self.open_parquet(folder, before, origin, shard);
        }
        Ok((Output::Printed(Printed::new(self.json, self.csv, is_single)?), DoneNames::default()))
    }

    #[cfg(not(target_os = "wasi"))]
    fn open_parquet(
        &self,
        folder: &Path,
        before: Before,
        origin: Origin,
        shard: Option<Shard>,
    ) -> anyhow::Result<(Output, DoneNames)> {
        let (folder, done) = PartsFolder::open(folder, before, origin, shard, self.rows_per_file.get())?;
        Ok((Output::Parquet(folder), done))
    }

    #[cfg(target_os = "wasi")]
    fn open_parquet(&self, _: &Path, _: Before, _: Origin, _: Option<Shard>) -> anyhow::Result<(Output, DoneNames)> {
        anyhow::bail!("--parquet is in the native command, and not in this one; take --jsonl")
    }
}

impl Output {
    pub fn write(&mut self, photo: &Path, result: &Result<Caption, PhotoFailure>) -> anyhow::Result<()> {
        match self {
            Self::Printed(printed) => Ok(printed.write(photo, result)?),
            Self::Jsonl(file) => file.write(&Record::new(photo, result, file.origin())),
            #[cfg(not(target_os = "wasi"))]
            Self::Parquet(folder) => folder.write(Record::new(photo, result, folder.origin())),
        }
    }

    /// Writes what is still in memory.
    pub fn finish(self) -> anyhow::Result<()> {
        match self {
            Self::Printed(_) => Ok(()),
            Self::Jsonl(file) => file.finish(),
            #[cfg(not(target_os = "wasi"))]
            Self::Parquet(folder) => folder.finish(),
        }
    }
}
