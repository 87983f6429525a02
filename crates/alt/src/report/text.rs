//! For people, and editors that know how compilers write: file, line, column, what is wrong.

use std::io::{Result, Write};

use super::finding::{Counts, Finding, Report};
use crate::cleaning::{cleaned, harmless};

pub fn write(report: &Report, out: &mut impl Write) -> Result<()> {
    for finding in report.findings {
        let Finding { rule, severity, message, .. } = finding;
        writeln!(out, "{}: {}: {} [{rule}]", place(finding), severity.as_str(), cleaned(message))?;
    }
    writeln!(out, "{}", summary(report))
}

/// Where an editor finds it.
pub fn place(Finding { file, line, column, .. }: &Finding) -> String {
    let file = harmless(file);
    match (line, column) {
        (0, _) => file,
        (line, 0) => format!("{file}:{line}"),
        (line, column) => format!("{file}:{line}:{column}"),
    }
}

fn summary(report: &Report) -> String {
    let Counts { errors, warnings, notes } = Counts::of(report.findings);
    let counted = [(errors, "error"), (warnings, "warning"), (notes, "note")];
    let found: Vec<String> = counted.iter().filter(|it| it.0 > 0).map(|(count, name)| several(*count, name)).collect();
    let found = if found.is_empty() { "nothing".to_string() } else { found.join(", ") };
    format!("{found} found in {}", several(report.files.len(), "file"))
}

fn several(count: usize, name: &str) -> String {
    if count == 1 { format!("1 {name}") } else { format!("{count} {name}s") }
}
