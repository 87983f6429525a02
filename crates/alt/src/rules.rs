//! What can be wrong with the texts of images, and what to do about it.

mod catalogue;
mod fault;
mod settings;
mod switches;

use crate::page::Page;
use catalogue::Subject;
use switches::{Switches, faults};

pub use catalogue::{RULES, Rule};
pub use fault::Fault;
pub use settings::{Level, RuleConfig, RuleError, Rules};

/// Everything that is wrong with the images of a page, in order.
pub fn check(page: &Page, rules: &Rules) -> Vec<Fault> {
    let mut findings = faults(page, rules);
    let mut switches = Switches::new(page.remarks());
    for (i, image) in page.images().iter().enumerate() {
        let off = switches.off_at(i, image.line);
        let subject = Subject { image, before: i.checked_sub(1).map(|before| &page.images()[before]) };
        for (number, rule) in RULES.iter().enumerate().filter(|(number, _)| !off[*number]) {
            let Some(severity) = rules.severity(number) else { continue };
            let Some(message) = (rule.check)(&subject) else { continue };
            let (line, column, source) = (image.line, image.column, image.source.clone());
            findings.push(Fault { rule: rule.name, severity, line, column, message, source });
        }
    }
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings
}

#[cfg(test)]
mod tests;
