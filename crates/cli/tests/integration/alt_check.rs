//! `sightline alt --check`: rules, what switches them off, and the formats of the report.

use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::command::{sightline_in, stderr, stdout};

const PAGE: &str = "<img src=a.jpg>\n<img src=b.jpg alt=IMG_0012.JPG>\n<img src=c.jpg alt='Photo of a cat'>\n";

fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        std::fs::create_dir_all(folder.path().join(path).parent().unwrap()).unwrap();
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    folder
}

fn check(folder: &Path, arguments: &[&str]) -> Output {
    sightline_in(folder, &[&["alt", "--check"], arguments].concat())
}

/// The rules that found something, in order.
fn found(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let output = check(folder, &[&["--json", "."], arguments].concat());
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)));
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["rule"].as_str().unwrap().to_string()).collect()
}

#[test]
fn findings_are_told_in_order_and_errors_decide_on_the_exit_code() {
    let folder = site(&[("index.html", PAGE)]);
    let output = check(folder.path(), &["index.html"]);
    assert_eq!((output.status.code(), stderr(&output).as_str()), (Some(1), ""));
    let text = stdout(&output);
    let places: Vec<&str> = text.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places[..3], ["index.html:1:1", "index.html:2:1", "index.html:3:1"]);
    assert!(text.ends_with("2 errors, 1 warning found in 1 file\n"), "{text}");
    assert_eq!(found(folder.path(), &[]), ["missing-alt", "file-name-alt", "redundant-alt"]);

    let warnings = site(&[("index.html", "<img src=c.jpg alt='Photo of a cat'>")]);
    assert!(check(warnings.path(), &["."]).status.success());
    let clean = site(&[("index.html", "<img src=c.jpg alt='A cat'>")]);
    let output = check(clean.path(), &["."]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(0), "nothing found in 1 file\n"));
}

#[test]
fn rules_are_switched_by_a_flag_a_file_and_a_comment() {
    let folder = site(&[("index.html", PAGE)]);
    let rules = "missing-alt=off,redundant-alt=error";
    assert_eq!(found(folder.path(), &["--rules", rules]), ["file-name-alt", "redundant-alt"]);
    std::fs::write(folder.path().join("alt-rules.json"), r#"{"file-name-alt": "warning", "missing-alt": "off"}"#)
        .unwrap();
    assert!(check(folder.path(), &["."]).status.success(), "only warnings are left");
    assert!(!check(folder.path(), &["--rules", "missing-alt=error", "."]).status.success(), "a flag counts more");
    std::fs::remove_file(folder.path().join("alt-rules.json")).unwrap();
    let page = format!("<!-- sightline-disable-next-line missing-alt -->\n{PAGE}<!-- sightline-disable mising-alt -->");
    std::fs::write(folder.path().join("index.html"), page).unwrap();
    assert_eq!(found(folder.path(), &[]), ["file-name-alt", "redundant-alt", "unknown-rule"]);
}

#[test]
fn settings_that_are_wrong_are_named() {
    let folder = site(&[("index.html", PAGE)]);
    let error = |arguments: &[&str]| stderr(&check(folder.path(), &[arguments, &["."]].concat()));
    assert!(
        error(&["--rules", "mising-alt=off"])
            .contains("--rules: there is no rule \"mising-alt\"; there are missing-alt,")
    );
    assert!(error(&["--rules", "missing-alt=none"]).contains("sets no rule; write long-alt=off"));
    std::fs::write(folder.path().join("alt-rules.json"), "{\"missing-alt\": 3}").unwrap();
    assert!(error(&[]).contains("./alt-rules.json"), "{}", error(&[]));
    assert!(error(&["--front-matter", "image"]).contains("\"image\" does not say which key is a picture"));
}

#[test]
fn reports_come_in_five_formats() {
    let folder = site(&[("sub/index.html", PAGE)]);
    let report = |format: &str| stdout(&check(folder.path(), &["--report", format, "."]));
    assert!(report("text").starts_with("sub/index.html:1:1: error: "));
    let github = report("github");
    assert!(github.starts_with("::error file=sub/index.html,line=1,col=1,title=missing-alt::"), "{github}");
    let sarif: Value = serde_json::from_str(&report("sarif")).unwrap();
    let location = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "sub/index.html");
    let json: Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(json["counts"]["errors"], 2);
    let junit = report("junit");
    assert!(junit.contains("<testsuite name=\"sub/index.html\" tests=\"3\" failures=\"3\""), "{junit}");
}

#[test]
fn pages_that_cannot_be_read_and_drafts_that_nobody_saw_are_found() {
    let book = format!(
        r#"{{"{}": {{"file": "a.jpg", "text": "A dog", "state": "draft", "drafted": "A dog", "used": []}}, "version": 1}}"#,
        "0a".repeat(32)
    );
    let folder =
        site(&[("index.html", "<p>"), ("wide.html", "a\0b"), ("alt-texts.json", &book), ("bad.mdx", "<img {")]);
    assert_eq!(found(folder.path(), &[]), ["unreadable-page", "unreadable-page", "unreviewed-draft"]);
    let rules = "unreadable-page=off,unreviewed-draft=off";
    assert!(found(folder.path(), &["--rules", rules]).is_empty());
}
