//! Workflow commands of GitHub Actions, a line for each finding.
//!
//! They are escaped as GitHub's own toolkit escapes them: in a message what ends a line, in a property also what ends
//! the property, and the percent sign in both. GitHub shows the first ten of each severity that a step writes.

use std::io::{Result, Write};

use super::finding::{Finding, Report, Severity};
use crate::cleaning::is_command;

pub fn write(report: &Report, out: &mut impl Write) -> Result<()> {
    for Finding { rule, severity, file, line, column, message, .. } in report.findings {
        let command = match severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        write!(out, "::{command} file={}", property(file))?;
        for (name, number) in [("line", line), ("col", column)].into_iter().filter(|(_, number)| **number > 0) {
            write!(out, ",{name}={number}")?;
        }
        writeln!(out, ",title={}::{}", property(rule), data(message))?;
    }
    Ok(())
}

/// The log of a workflow obeys what commands a terminal, so that is left out.
fn data(text: &str) -> String {
    let shown = text.replace(|char: char| is_command(char) && !['\r', '\n'].contains(&char), "");
    shown.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
