//! Mappings in the block style of YAML, line by line, as far as it is certain what a line says.

use std::collections::HashMap;
use std::ops::Range;

use super::keys::is_name;

/// No site has keys within more keys; the way to each is kept, which would take long where all are within one another.
const DEEPEST: usize = 16;

#[derive(Default)]
pub struct Yaml<'a> {
    text: &'a str,
    entries: HashMap<Vec<String>, Entry>,
    /// Keys that stand there twice.
    twice: Vec<Vec<String>>,
    /// Whether a line could not be understood, so any key may be in the rest.
    is_broken: bool,
}

pub struct Entry {
    /// The names of the mappings that it is in, and its own.
    pub path: Vec<String>,
    /// Its line, with the line break.
    pub line: Range<usize>,
    /// Where its value stands, with its quotes; nowhere, behind the colon, where there is none.
    pub span: Range<usize>,
    pub value: Value,
}

#[derive(Debug, PartialEq)]
pub enum Value {
    /// No value, or one that says so.
    Nothing,
    Text(String),
    /// A mapping, a list, several lines, an alias and the like.
    Unclear,
}

/// What surrounds a line.
struct Parent {
    indent: usize,
    /// No name for an entry of a list.
    name: Option<String>,
}

impl<'a> Yaml<'a> {
    pub fn read(text: &'a str) -> Self {
        let mut yaml = Self { text, ..Self::default() };
        yaml.is_broken = yaml.take_lines().is_none();
        yaml
    }

    /// What a key says, if it is there; an error where that is not certain.
    pub fn entry(&self, path: &[String]) -> Result<Option<&Entry>, ()> {
        let parents = (1..path.len()).filter_map(|length| self.entries.get(&path[..length]));
        let is_within = parents.into_iter().any(|parent| parent.value == Value::Unclear);
        let may_be_there = self.is_broken && path.last().is_some_and(|name| self.text.contains(name));
        let is_unclear = is_within || may_be_there || self.twice.iter().any(|twice| path.starts_with(twice));
        if is_unclear { Err(()) } else { Ok(self.entries.get(path).filter(|_| !self.is_broken)) }
    }

    /// Nothing where a line cannot be understood.
    fn take_lines(&mut self) -> Option<()> {
        let mut parents: Vec<Parent> = Vec::new();
        // How far the last key is indented that has a value in its line.
        let mut last = None;
        // Lines that are indented further than this are a text.
        let mut text_within = None;
        let mut at = 0;
        for whole in self.text.split_inclusive('\n') {
            let line = at..at + whole.len();
            at = line.end;
            let content = whole.trim_end();
            let indent = content.len() - content.trim_start_matches(' ').len();
            let content = &content[indent..];
            if content.is_empty() || text_within.is_some_and(|within| indent > within) {
                continue;
            }
            text_within = None;
            if content.starts_with('#') {
                continue;
            }
            if content.starts_with(['\t', '?', '%', '{', '[', '"', '\'']) || content.starts_with("...") {
                return None;
            }
            // It goes on in this line, or this line is nonsense.
            if last.take().is_some_and(|within| indent > within) {
                return None;
            }
            while parents.last().is_some_and(|parent| parent.indent >= indent) {
                parents.pop();
            }
            if content == "-" || content.starts_with("- ") {
                parents.push(Parent { indent, name: None });
                // What an entry of a list says is addressed by no key; only a text of several lines could mislead.
                text_within = ends_in_block(content).then_some(indent);
                if content.contains(['"', '\'', '{', '[']) && !is_balanced(content) {
                    return None;
                }
                continue;
            }
            let colon = colon(content)?;
            let name = content[..colon].trim_end();
            let is_near = parents.len() < DEEPEST;
            let path: Option<Vec<String>> =
                parents.iter().take(DEEPEST).map(|parent| parent.name.clone().filter(|_| is_near)).collect();
            let path = path.map(|path| [path, vec![name.to_string()]].concat());
            let behind = line.start + indent + colon + 1;
            let (value, span) = scalar(&content[colon + 1..], behind)?;
            parents.push(Parent { indent, name: Some(name.to_string()) });
            if ends_in_block(content) {
                text_within = Some(indent);
            }
            let Some(path) = path.filter(|_| is_name(name)) else { continue };
            if value != Value::Nothing && text_within.is_none() {
                last = Some(indent);
            }
            let entry = Entry { path: path.clone(), line, span, value };
            if self.entries.insert(path.clone(), entry).is_some() {
                self.twice.push(path);
            }
        }
        Some(())
    }
}

/// The colon that ends a key.
pub fn colon(content: &str) -> Option<usize> {
    let bytes = content.as_bytes();
    let ends = |at: usize| bytes.get(at + 1).is_none_or(|byte| b" \t".contains(byte));
    let colon = (0..bytes.len()).find(|at| bytes[*at] == b':' && ends(*at))?;
    (!content[..colon].contains(" #")).then_some(colon)
}

/// Whether a text of several lines follows.
fn ends_in_block(content: &str) -> bool {
    let content = content.split(" #").next().unwrap_or(content).trim_end();
    let header = content.rsplit([' ', ':']).next().unwrap_or("");
    header.starts_with(['|', '>']) && header.len() < 4 && header[1..].chars().all(|char| "+-123456789".contains(char))
}

/// Whether what a line begins it also ends, as far as can be told.
fn is_balanced(content: &str) -> bool {
    let count = |char| content.matches(char).count();
    count('"') % 2 == 0 && count('\'') % 2 == 0 && count('{') == count('}') && count('[') == count(']')
}

/// The value behind a colon, and where it stands. Nothing where it goes on in the next line.
fn scalar(rest: &str, behind: usize) -> Option<(Value, Range<usize>)> {
    let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let value = rest[space..].trim_end();
    let start = behind + space;
    let nothing = Some((Value::Nothing, behind..behind));
    match value.chars().next() {
        None | Some('#') => nothing,
        Some(quote @ ('"' | '\'')) => {
            let (text, length) = quoted(value, quote)?;
            let after = value[length..].trim_start();
            let is_over = after.is_empty() || after.starts_with('#') && value[length..].starts_with([' ', '\t']);
            let text = text.filter(|_| is_over).map_or(Value::Unclear, Value::Text);
            Some((text, start..start + length))
        }
        Some('{' | '[') if !is_balanced(value) => None,
        Some('{' | '[' | '&' | '*' | '!' | '|' | '>' | '@' | '`' | '%' | '?' | ',') => {
            Some((Value::Unclear, start..start + value.len()))
        }
        Some(_) => {
            let end = value.find(" #").or_else(|| value.find("\t#")).unwrap_or(value.len());
            let text = value[..end].trim_end();
            let said = match text {
                "~" | "null" | "Null" | "NULL" => Value::Nothing,
                // A mapping in a line that has one already, which is an error.
                text if text.contains(": ") || text.ends_with(':') => Value::Unclear,
                text => Value::Text(text.into()),
            };
            Some((said, start..start + text.len()))
        }
    }
}

/// The text between quotes, if every escape in it is one that is known, and the length with its quotes.
fn quoted(value: &str, quote: char) -> Option<(Option<String>, usize)> {
    let mut text = Some(String::new());
    let mut chars = value.char_indices().skip(1).peekable();
    while let Some((at, char)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let char = match char {
            '\'' if quote == '\'' && next == Some('\'') => chars.next().map(|_| '\''),
            char if char == quote => return Some((text, at + 1)),
            '\\' if quote == '"' => {
                let (_, escape) = chars.next()?;
                let digits = match escape {
                    'x' => 2,
                    'u' => 4,
                    'U' => 8,
                    _ => 0,
                };
                let code: String = chars.by_ref().take(digits).map(|(_, digit)| digit).collect();
                match escape {
                    '"' | '\\' | '/' | ' ' => Some(escape),
                    'n' => Some('\n'),
                    't' => Some('\t'),
                    _ => u32::from_str_radix(&code, 16).ok().and_then(char::from_u32),
                }
            }
            char => Some(char),
        };
        match (&mut text, char) {
            (Some(text), Some(char)) => text.push(char),
            _ => text = None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_near_the_top_are_kept() {
        let text: String = (0..1000).map(|depth| " ".repeat(depth) + "a:\n").collect();
        let yaml = Yaml::read(&text);
        assert_eq!((yaml.entries.len(), yaml.is_broken), (DEEPEST, false));
        assert!(yaml.entry(&vec!["a".into(); DEEPEST]).is_ok_and(|entry| entry.is_some()));
    }
}
