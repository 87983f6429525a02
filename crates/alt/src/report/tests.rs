use super::*;

fn finding(rule: &str, severity: Severity, file: &str, place: (usize, usize), picture: Option<&str>) -> Finding {
    let about = picture.unwrap_or("<img>");
    Finding {
        rule: rule.into(),
        severity,
        file: file.into(),
        line: place.0,
        column: place.1,
        message: format!("{about} lacks something"),
        picture: picture.map(str::to_string),
    }
}

fn rules() -> Vec<RuleInfo> {
    let rule = |name: &str, severity, description: &str, help: &str| RuleInfo {
        name: name.into(),
        severity,
        description: description.into(),
        help: help.into(),
    };
    vec![
        rule(
            "alt-missing",
            Severity::Error,
            "An image has no alternative text.",
            "Give it an alt, empty for decoration.",
        ),
        rule(
            "alt-is-file-name",
            Severity::Warning,
            "An alternative text is a file's name.",
            "Say what the image shows.",
        ),
        rule("alt-unreviewed", Severity::Note, "Nobody has read a model's text.", "Review it."),
    ]
}

/// Files and messages with all that some format means something by.
fn findings() -> Vec<Finding> {
    let odd = "a b/ü,100%:<&\"'>.html";
    let hostile = Finding {
        message: "50% of \"<img>\" & ]]> more:\r\n::error::over\u{1b}[31m\u{0}\u{FFFF}".into(),
        ..finding("alt-is-file-name", Severity::Warning, odd, (7, 3), None)
    };
    vec![
        finding("alt-missing", Severity::Error, "index.html", (12, 5), Some("photos/dog.jpg")),
        finding("alt-missing", Severity::Error, "index.html", (40, 5), Some("photos/dog.jpg")),
        finding("alt-unreviewed", Severity::Note, "index.html", (51, 0), Some("photos/cat.jpg")),
        hostile,
        finding("unreadable", Severity::Error, "broken.html", (0, 0), None),
    ]
}

fn written(format: Format, findings: &[Finding]) -> String {
    let files = ["index.html", "about.html", "a b/ü,100%:<&\"'>.html"].map(str::to_string);
    let report = Report { version: "1.2.3", rules: &rules(), files: &files, findings };
    let mut bytes = Vec::new();
    format.write(&report, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_format_is_as_it_always_was() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/");
    for format in Format::ALL {
        let golden = format!("{folder}report.{}", if format == Format::Junit { "xml" } else { format.as_str() });
        crate::golden::assert_golden(&golden, written(format, &findings()).as_bytes());
    }
}

#[test]
fn a_site_without_faults_has_a_report_in_every_format() {
    assert_eq!(written(Format::Text, &[]), "nothing found in 3 files\n");
    assert_eq!(written(Format::Github, &[]), "");
    let json: serde_json::Value = serde_json::from_str(&written(Format::Json, &[])).unwrap();
    assert_eq!((&json["files"], json["findings"].as_array().unwrap().len()), (&3.into(), 0));
    let sarif: serde_json::Value = serde_json::from_str(&written(Format::Sarif, &[])).unwrap();
    assert_eq!(sarif["runs"][0]["results"].as_array().unwrap().len(), 0, "looked, and found nothing");
    let junit = written(Format::Junit, &[]);
    assert!(junit.contains("<testsuites name=\"sightline alt\" tests=\"3\" failures=\"0\" errors=\"0\">"), "{junit}");
}

#[test]
fn a_line_of_text_or_of_a_workflow_is_one_line_that_commands_nothing() {
    for format in [Format::Text, Format::Github] {
        let report = written(format, &findings());
        assert!(!report.replace('\n', "").contains(char::is_control), "{report:?}");
        let lines = findings().len() + usize::from(format == Format::Text);
        assert_eq!(report.lines().count(), lines, "{report}");
    }
}

#[test]
fn the_name_of_a_file_is_shown_as_it_is() {
    let doubled = [finding("alt-missing", Severity::Error, "two  spaces.html", (1, 1), None)];
    for format in [Format::Text, Format::Json, Format::Github, Format::Junit] {
        assert!(written(format, &doubled).contains("two  spaces.html"), "{format:?}");
    }
    assert!(written(Format::Sarif, &doubled).contains("two%20%20spaces.html"));
}

#[test]
fn a_finding_keeps_its_fingerprint_when_lines_move() {
    let fingerprints = |findings: &[Finding]| {
        let sarif: serde_json::Value = serde_json::from_str(&written(Format::Sarif, findings)).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap().clone();
        let prints = results.iter().map(|it| it["partialFingerprints"]["primaryLocationLineHash"].to_string());
        prints.collect::<Vec<_>>()
    };
    let before = fingerprints(&findings());
    let mut moved = findings();
    for finding in &mut moved {
        finding.line += 3;
        finding.column += 1;
    }
    assert_eq!(fingerprints(&moved), before);
    let distinct: std::collections::HashSet<&String> = before.iter().collect();
    assert_eq!(distinct.len(), before.len(), "the same picture twice in a page is two findings");
    moved.remove(2);
    assert_eq!(fingerprints(&moved), [&before[..2], &before[3..]].concat(), "one that is mended changes no other");
}

#[test]
fn no_text_of_a_page_becomes_a_link_in_sarif() {
    let mut findings = findings();
    findings[0].message = "the alt is \"[here](https://site.invalid)\"".into();
    let sarif: serde_json::Value = serde_json::from_str(&written(Format::Sarif, &findings)).unwrap();
    let message = &sarif["runs"][0]["results"][0]["message"]["text"];
    assert_eq!(message, "the alt is \"[here] (https://site.invalid)\"");
}

#[test]
fn xml_can_be_read_again_and_counts_what_is_in_it() {
    use quick_xml::events::Event;
    let xml = written(Format::Junit, &findings());
    let mut reader = quick_xml::Reader::from_str(&xml);
    let mut counts = std::collections::HashMap::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                tag.attributes().for_each(|attribute| assert!(attribute.is_ok(), "{attribute:?}"));
                *counts.entry(tag.name().as_ref().to_string()).or_insert(0) += 1;
            }
            _ => {}
        }
    }
    let count = |name: &str| counts.get(name).copied().unwrap_or(0);
    assert_eq!(["testsuite", "testcase", "failure", "skipped", "error"].map(count), [4, 6, 4, 1, 0]);
    assert!(xml.contains("<testsuites name=\"sightline alt\" tests=\"6\" failures=\"4\" errors=\"0\">"), "{xml}");
    assert!(
        xml.contains("<testsuite name=\"index.html\" tests=\"3\" failures=\"2\" errors=\"0\" skipped=\"1\">"),
        "{xml}"
    );
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> Result<usize> {
            Err(std::io::Error::other("full"))
        }
        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }
    let (rules, files, findings) = (rules(), ["index.html".to_string()], findings());
    for format in Format::ALL {
        let report = Report { version: "1", rules: &rules, files: &files, findings: &findings };
        assert_eq!(format.write(&report, &mut Full).unwrap_err().to_string(), "full", "{format:?}");
    }
}
