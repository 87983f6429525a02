//! SARIF 2.1.0, with what GitHub's code scanning asks for.

use std::collections::HashMap;
use std::io::{Result, Write};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::finding::{Finding, Report, RuleInfo};

/// What relative addresses begin from, by the name that GitHub and others know.
const ROOT: &str = "%SRCROOT%";

/// All but what needs no encoding anywhere in an address, and what parts a path.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

pub fn write(report: &Report, out: &mut impl Write) -> Result<()> {
    let indices: HashMap<&str, usize> = report.rules.iter().enumerate().map(|(i, rule)| (&*rule.name, i)).collect();
    let mut identities = Identities::default();
    let results = report.findings.iter().map(|finding| {
        let mut result = json!({ "ruleId": finding.rule });
        if let Some(index) = indices.get(&*finding.rule) {
            result["ruleIndex"] = json!(index);
        }
        result["level"] = json!(finding.severity);
        // This would be a link, and its text may be a stranger's.
        result["message"] = json!({ "text": finding.message.replace("](", "] (") });
        result["locations"] = json!([{ "physicalLocation": location(finding) }]);
        result["partialFingerprints"] = json!({ "primaryLocationLineHash": identities.of(finding) });
        result
    });
    let results: Vec<Value> = results.collect();
    let rules: Vec<Value> = report.rules.iter().map(rule).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "Sightline", "version": report.version, "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_writer_pretty(&mut *out, &log)?;
    writeln!(out)
}

fn rule(RuleInfo { name, severity, description, help }: &RuleInfo) -> Value {
    json!({
        "id": name,
        "shortDescription": { "text": description },
        "help": { "text": help },
        "defaultConfiguration": { "level": severity },
    })
}

fn location(Finding { file, line, column, .. }: &Finding) -> Value {
    let path = utf8_percent_encode(file, ENCODED).to_string();
    let artifact = match path.starts_with('/') {
        true => json!({ "uri": format!("file://{path}") }),
        false => json!({ "uri": path, "uriBaseId": ROOT }),
    };
    let mut location = json!({ "artifactLocation": artifact });
    if *line > 0 {
        let mut region = Map::from_iter([("startLine".to_string(), json!(line))]);
        if *column > 0 {
            region.insert("startColumn".to_string(), json!(column));
        }
        location["region"] = region.into();
    }
    location
}

/// By what a finding is known when the lines before it have changed: its rule, its picture, and which it is of those
/// that are alike in its file.
#[derive(Default)]
struct Identities<'a> {
    seen: HashMap<[&'a str; 3], usize>,
}

impl<'a> Identities<'a> {
    fn of(&mut self, finding: &'a Finding) -> String {
        let Finding { rule, file, message, picture, .. } = finding;
        let about = picture.as_ref().unwrap_or(message);
        let count = self.seen.entry([rule, file, about]).or_default();
        *count += 1;
        let digest = Sha256::digest(format!("{rule}\0{about}"));
        let start: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        format!("{start}:{count}")
    }
}
