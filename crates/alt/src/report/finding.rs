//! What a report is made of.

use serde::Serialize;

/// All that was found, and in how many files nothing was.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// Of the program that looked.
    pub version: &'a str,
    /// Those that were asked, whether they found anything or not.
    pub rules: &'a [RuleInfo],
    /// All files that were checked.
    pub files: &'a [String],
    pub findings: &'a [Finding],
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// Its name.
    pub rule: String,
    pub severity: Severity,
    /// The path with `/` between its parts, from the folder that reports name files from: a repository's root.
    pub file: String,
    /// From 1; 0 where it is about the file as a whole.
    #[serde(skip_serializing_if = "is_zero")]
    pub line: usize,
    /// In characters, from 1; 0 where nobody knows it.
    #[serde(skip_serializing_if = "is_zero")]
    pub column: usize,
    pub message: String,
    /// The path or address of the picture that it is about; short, for some addresses have a whole picture in them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
}

/// The gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
    /// What nobody has to act upon.
    Note,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RuleInfo {
    pub name: String,
    pub severity: Severity,
    /// What the rule finds, in a sentence.
    pub description: String,
    /// What to do about it.
    pub help: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Counts {
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Self {
        findings.into_iter().fold(Self::default(), |mut counts, finding| {
            match finding.severity {
                Severity::Error => counts.errors += 1,
                Severity::Warning => counts.warnings += 1,
                Severity::Note => counts.notes += 1,
            }
            counts
        })
    }
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}
