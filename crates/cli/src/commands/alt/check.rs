//! `--check`: what is wrong with the texts that a site has, in the format of whoever reads it. No model is needed.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use sightline_alt::report::{Finding, Format, Report, RuleInfo, Severity};
use sightline_alt::{RULES, Rules};

use super::arguments::Arguments;
use super::books::{Books, SiteBook};
use super::check_arguments::RULES_FILE;
use super::output::shown;
use super::pages::{ReadPage, read_pages, tell_templated};
use super::picture::written_path;
use crate::escaped::escaped_json;
use crate::status::CommandStatus;
use crate::terminal::stdout;

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let check = &arguments.check;
    let (pages, failed) = read_pages(&arguments.pages, arguments.root.as_deref(), &arguments.front_matter);
    let here = std::env::current_dir().ok();
    let name = |path: &Path| reported_path(path, here.as_deref());
    let mut sites: HashMap<&Path, Rules> = HashMap::new();
    let (mut files, mut findings) = (Vec::new(), Vec::new());
    for ReadPage { place, page } in &pages {
        if !sites.contains_key(&*place.site) {
            sites.insert(&place.site, check.rules(&place.root)?);
        }
        let file = name(&place.path);
        for found in sightline_alt::check(page, &sites[&*place.site]) {
            let picture = found.source.as_deref().map(shown);
            let place = finding(found.rule, found.severity, file.clone(), found.message, picture);
            findings.push(Finding { line: found.line, column: found.column, ..place });
        }
        files.push(file);
    }
    // Of which site they would be, nobody knows.
    let rules = sites.values().next().cloned().map_or_else(|| check.rules(Path::new(".")), Ok)?;
    for (path, reason) in &failed {
        files.push(name(path));
        if let Some(severity) = rules.severity_of("unreadable-page") {
            findings.push(finding("unreadable-page", severity, name(path), reason.clone(), None));
        }
    }
    unreviewed(arguments, &pages, &sites, &mut findings, name)?;
    let format = check.format(arguments.json);
    let report =
        Report { version: env!("CARGO_PKG_VERSION"), rules: &rule_infos(), files: &files, findings: &findings };
    let mut written = Vec::new();
    format.write(&report, &mut written)?;
    let written = String::from_utf8(written)?;
    // The other formats leave such characters out.
    let is_json = matches!(format, Format::Json | Format::Sarif);
    let mut out = stdout();
    out.write_all(if is_json { escaped_json(&written) } else { written.into() }.as_bytes())?;
    out.flush()?;
    tell_templated(&pages);
    let has_errors = findings.iter().any(|finding| finding.severity == Severity::Error);
    Ok(if has_errors { CommandStatus::SomeFailed } else { CommandStatus::AllWell })
}

/// Texts in the books that no person has seen.
fn unreviewed(
    arguments: &Arguments,
    pages: &[ReadPage],
    sites: &HashMap<&Path, Rules>,
    findings: &mut Vec<Finding>,
    name: impl Fn(&Path) -> String,
) -> anyhow::Result<()> {
    let books = Books::open(&arguments.books, pages.iter().map(|page| &page.place))?;
    for (site, SiteBook { path, book }) in books.all() {
        let Some(severity) = sites.get(site).and_then(|rules| rules.severity_of("unreviewed-draft")) else { continue };
        for (_, entry) in book.unreviewed().filter(|(_, entry)| !entry.text.is_empty()) {
            let message = format!("no person has seen the draft of {}: {}", entry.file, entry.text);
            let picture = Some(entry.file.clone());
            findings.push(finding("unreviewed-draft", severity, name(path), message, picture));
        }
    }
    Ok(())
}

fn finding(rule: &str, severity: Severity, file: String, message: String, picture: Option<String>) -> Finding {
    Finding { rule: rule.to_string(), severity, file, line: 0, column: 0, message, picture }
}

fn rule_infos() -> Vec<RuleInfo> {
    let info = |rule: &sightline_alt::Rule| RuleInfo {
        name: rule.name.to_string(),
        severity: rule.severity,
        description: rule.description.to_string(),
        help: format!(
            "--rules {name}=off, {{\"{name}\": \"off\"}} in {RULES_FILE} and <!-- sightline-disable-next-line {name} --> \
             switch it off.",
            name = rule.name
        ),
    };
    RULES.iter().map(info).collect()
}

/// As reports name files: from the folder that the command was called in.
fn reported_path(path: &Path, here: Option<&Path>) -> String {
    let below = here.and_then(|here| path.strip_prefix(here).ok()).unwrap_or(path);
    let below = below.strip_prefix(".").unwrap_or(below);
    written_path(below).map_or_else(|| below.display().to_string(), |path| path.replacen("//", "/", 1))
}
