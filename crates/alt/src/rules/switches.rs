//! Comments in a page that switch rules off.

use super::catalogue::{RULES, UNKNOWN_RULE, number};
use super::fault::Fault;
use super::settings::Rules;
use crate::context::Remark;
use crate::page::Page;

/// The rules that are off.
pub type Off = [bool; RULES.len()];

#[derive(Clone, Copy, PartialEq)]
enum Switch {
    NextLine,
    Off,
    On,
}

const SWITCHES: [(&str, Switch); 3] = [
    ("sightline-disable-next-line", Switch::NextLine),
    ("sightline-disable", Switch::Off),
    ("sightline-enable", Switch::On),
];

/// What a comment switches, and the names that it gives: none for all rules. What follows `--` is a reason.
fn switch(text: &str) -> Option<(Switch, impl Iterator<Item = &str>)> {
    let mut words = text.split([' ', '\t', '\r', '\n', ',']).filter(|word| !word.is_empty());
    let first = words.next()?;
    let (_, switch) = SWITCHES.into_iter().find(|(name, _)| *name == first)?;
    Some((switch, words.take_while(|word| !word.starts_with("--"))))
}

/// What is off, from image to image.
pub struct Switches<'a> {
    remarks: &'a [Remark],
    off: Off,
    /// The line that something more is off in.
    line: usize,
    off_in_line: Off,
}

impl<'a> Switches<'a> {
    pub fn new(remarks: &'a [Remark]) -> Self {
        let none = [false; RULES.len()];
        Self { remarks, off: none, line: 0, off_in_line: none }
    }

    /// What is off at an image. They are asked for in order.
    pub fn off_at(&mut self, image: usize, line: usize) -> Off {
        while let Some((remark, rest)) = self.remarks.split_first().filter(|(remark, _)| remark.images_before <= image)
        {
            self.remarks = rest;
            self.take(remark);
        }
        let also = |number: usize| line == self.line && self.off_in_line[number];
        std::array::from_fn(|number| self.off[number] || also(number))
    }

    fn take(&mut self, remark: &Remark) {
        let Some((switch, names)) = switch(&remark.text) else { return };
        let names: Vec<&str> = names.collect();
        let numbers = |number: &usize| names.is_empty() || names.contains(&RULES[*number].name);
        if switch == Switch::NextLine && remark.next_line != self.line {
            (self.line, self.off_in_line) = (remark.next_line, [false; RULES.len()]);
        }
        for number in (0..RULES.len()).filter(numbers) {
            match switch {
                Switch::NextLine => self.off_in_line[number] = true,
                Switch::Off => self.off[number] = true,
                Switch::On => self.off[number] = false,
            }
        }
    }
}

/// The names in these comments that no rule has.
pub fn faults(page: &Page, rules: &Rules) -> Vec<Fault> {
    let Some(severity) = number(UNKNOWN_RULE).and_then(|number| rules.severity(number)) else {
        return Vec::new();
    };
    let unknown = page.remarks().iter().flat_map(|remark| {
        let names = switch(&remark.text).into_iter().flat_map(|(_, names)| names);
        names.filter(|name| number(name).is_none()).map(move |name| Fault {
            rule: UNKNOWN_RULE,
            severity,
            line: remark.line,
            column: remark.column,
            message: format!("there is no rule \"{name}\"; leave the name out, or write that of a rule"),
            source: None,
        })
    });
    unknown.collect()
}
