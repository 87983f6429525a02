//! One object, for programs.

use std::io::{Result, Write};

use serde::Serialize;

use super::finding::{Counts, Finding, Report};

#[derive(Serialize)]
struct Findings<'a> {
    /// Of this format.
    version: u32,
    /// How many were checked.
    files: usize,
    counts: Counts,
    findings: &'a [Finding],
}

pub fn write(report: &Report, out: &mut impl Write) -> Result<()> {
    let Report { files, findings, .. } = report;
    let all = Findings { version: 1, files: files.len(), counts: Counts::of(*findings), findings };
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)
}
