//! JUnit's XML: a suite for each file, and in it a test for each finding, or one that passed.
//!
//! Errors and warnings are failures. What nobody has to act upon is a test that was skipped, as a failure would turn a
//! build red. Written by `quick-xml`, which escapes, and not by a crate for JUnit: the one that is kept up brings a clock
//! and identifiers along, and has no count of what was skipped.

use std::collections::HashMap;
use std::io::{Result, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::ElementWriter;

use super::finding::{Counts, Finding, Report, Severity};
use super::text::place;
use crate::cleaning::{cleaned, harmless};

pub fn write(report: &Report, out: &mut impl Write) -> Result<()> {
    let suites = suites(report);
    let tests = suites.iter().map(|(_, findings)| tests(findings)).sum();
    let mut writer = Writer::new_with_indent(out, b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("testsuites")
        .with_attribute(("name", "sightline alt"))
        // What is common of JUnit's schemas counts no skipped tests here.
        .with_attributes(pairs(&counted(tests, Counts::of(report.findings))).filter(|(name, _)| *name != "skipped"))
        .write_inner_content(|writer| suites.iter().try_for_each(|(file, findings)| suite(writer, file, findings)))?;
    writeln!(writer.get_mut())
}

/// The findings of each file, in the order of the files.
fn suites<'a>(report: &Report<'a>) -> Vec<(&'a str, Vec<&'a Finding>)> {
    let mut suites: Vec<(&str, Vec<&Finding>)> = Vec::new();
    let mut indices = HashMap::new();
    let checked = report.files.iter().map(|file| (&**file, None));
    for (file, finding) in checked.chain(report.findings.iter().map(|finding| (&*finding.file, Some(finding)))) {
        let index = *indices.entry(file).or_insert_with(|| {
            suites.push((file, Vec::new()));
            suites.len() - 1
        });
        suites[index].1.extend(finding);
    }
    suites
}

/// How many tests a file makes.
fn tests(findings: &[&Finding]) -> usize {
    findings.len().max(1)
}

fn suite(writer: &mut Writer<impl Write>, file: &str, findings: &[&Finding]) -> Result<()> {
    let counts = Counts::of(findings.iter().copied());
    let file = shown(file);
    let element = writer.create_element("testsuite").with_attribute(("name", &*file));
    let element = element.with_attributes(pairs(&counted(tests(findings), counts)));
    element.write_inner_content(|writer| {
        if findings.is_empty() {
            test(writer, &file, "nothing found").write_empty()?;
        }
        let mut names = HashMap::new();
        for finding in findings {
            let name = match &finding.picture {
                Some(picture) => format!("{}: {}", shown(&finding.rule), shown(picture)),
                None => shown(&finding.rule),
            };
            // Programs that compare runs know a test by its name.
            let count = names.entry(name.clone()).and_modify(|count| *count += 1).or_insert(1);
            let name = if *count == 1 { name } else { format!("{name} ({count})") };
            test(writer, &file, &name).write_inner_content(|writer| outcome(writer, finding))?;
        }
        Ok(())
    })?;
    Ok(())
}

fn test<'a, W: Write>(writer: &'a mut Writer<W>, file: &str, name: &str) -> ElementWriter<'a, W> {
    writer.create_element("testcase").with_attribute(("name", name)).with_attribute(("classname", file))
}

fn outcome(writer: &mut Writer<impl Write>, finding: &Finding) -> Result<()> {
    let message = shown(&cleaned(&finding.message));
    if finding.severity == Severity::Note {
        writer.create_element("skipped").with_attribute(("message", &*message)).write_empty()?;
    } else {
        let place = shown(&place(finding));
        writer
            .create_element("failure")
            .with_attribute(("message", &*message))
            .with_attribute(("type", finding.severity.as_str()))
            .write_text_content(BytesText::new(&format!("{place}: {message}")))?;
    }
    Ok(())
}

/// A finding says what is wrong with a page; that the program went wrong is an error of its own.
fn counted(tests: usize, Counts { errors, warnings, notes }: Counts) -> [(&'static str, String); 4] {
    [("tests", tests), ("failures", errors + warnings), ("errors", 0), ("skipped", notes)]
        .map(|(name, count)| (name, count.to_string()))
}

fn pairs<'a>(attributes: &'a [(&'static str, String)]) -> impl Iterator<Item = (&'a str, &'a str)> {
    attributes.iter().map(|(name, value)| (*name, &**value))
}

/// Without what XML has no way to say.
fn shown(text: &str) -> String {
    harmless(text).replace(['\u{FFFE}', '\u{FFFF}'], "")
}
