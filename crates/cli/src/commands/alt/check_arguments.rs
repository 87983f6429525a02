//! What `--check` is told: the rules that count, and the format of its report.

use std::path::Path;

use anyhow::Context;
use clap::{Args, ValueEnum};
use sightline::files::read_at_most;
use sightline_alt::report::Format;
use sightline_alt::{RuleConfig, Rules};

/// Beside the book of texts: rules that are off, or count more or less, as in {"long-alt": "off"}.
pub const RULES_FILE: &str = "alt-rules.json";
const RULES_LIMIT: u64 = 1 << 20;

#[derive(Args)]
pub struct CheckArguments {
    /// Change nothing, and tell what is wrong with the texts of images
    #[arg(long)]
    check: bool,
    /// As what --check tells it
    #[arg(long, value_enum, default_value = "text", requires = "check")]
    report: ReportFormat,
    /// Rules that are off, or count more or less, such as long-alt=off,redundant-alt=error; alt-rules.json where the site
    /// begins has them too
    #[arg(long, value_name = "RULES", requires = "check")]
    rules: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum ReportFormat {
    Text,
    Json,
    Github,
    Sarif,
    Junit,
}

impl CheckArguments {
    pub fn is_asked(&self) -> bool {
        self.check
    }

    pub fn format(&self, is_json: bool) -> Format {
        match self.report {
            ReportFormat::Text if is_json => Format::Json,
            ReportFormat::Text => Format::Text,
            ReportFormat::Json => Format::Json,
            ReportFormat::Github => Format::Github,
            ReportFormat::Sarif => Format::Sarif,
            ReportFormat::Junit => Format::Junit,
        }
    }

    /// The rules of a site: as they are, as its file says, and as the command was told.
    pub fn rules(&self, root: &Path) -> anyhow::Result<Rules> {
        let mut rules = Rules::default();
        let path = root.join(RULES_FILE);
        if path.exists() {
            let name = || path.display().to_string();
            let text = read_at_most(&path, RULES_LIMIT).with_context(name)?;
            let text = text.context("it has more than a megabyte, and no list of rules has").with_context(name)?;
            let config: RuleConfig = serde_json::from_slice(&text).with_context(name)?;
            rules.configure(&config).with_context(name)?;
        }
        self.rules.iter().try_for_each(|text| rules.set(text)).context("--rules")?;
        Ok(rules)
    }
}
