//! What was found in a site's pages, as people read it or another program does.

mod finding;
mod github;
mod json;
mod junit;
mod sarif;
mod text;

use std::io::{Result, Write};

pub use finding::{Counts, Finding, Report, RuleInfo, Severity};

/// As what a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// A line for each finding, as compilers write them.
    #[default]
    Text,
    Json,
    /// Commands by which GitHub Actions shows findings beside the lines of a pull request.
    Github,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// For what shows the results of tests.
    Junit,
}

impl Format {
    pub const ALL: [Self; 5] = [Self::Text, Self::Json, Self::Github, Self::Sarif, Self::Junit];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Github => "github",
            Self::Sarif => "sarif",
            Self::Junit => "junit",
        }
    }

    /// Writes a report to the end of its last line.
    pub fn write(self, report: &Report, out: &mut impl Write) -> Result<()> {
        match self {
            Self::Text => text::write(report, out),
            Self::Json => json::write(report, out),
            Self::Github => github::write(report, out),
            Self::Sarif => sarif::write(report, out),
            Self::Junit => junit::write(report, out),
        }
    }
}

#[cfg(test)]
mod tests;
