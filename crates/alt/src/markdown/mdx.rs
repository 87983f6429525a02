//! What MDX adds to Markdown, and what is left when it is taken out.
//!
//! It is found by its shape: modules are not compiled and expressions not evaluated. What is no MDX by its shape is an
//! error, which names the line.

mod javascript;
mod tag;

use std::collections::HashMap;

use pulldown_cmark::{CodeBlockKind, Event, Tag as MarkdownTag};

use super::images::{FILLER, events};
use crate::piece::{Part, Piece};
use crate::template::images_in;
use javascript::JavaScript;
use tag::{Tag, tag};

/// Lists in lists may hide text that is indented again; nobody goes deeper.
const DEEPEST: usize = 8;

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum MdxError {
    #[error("line {0}: what begins with < is no tag of JSX; write \\< for the sign itself")]
    Tag(usize),
    #[error("line {0}: MDX has no comments of HTML; write {{/* … */}}")]
    Comment(usize),
    #[error("line {0}: the brace is never closed; write \\{{ for the sign itself")]
    Brace(usize),
    #[error("line {line}: <{name}> is never closed")]
    Open { name: String, line: usize },
    #[error("line {line}: </{name}> closes nothing that is open there")]
    Close { name: String, line: usize },
}

/// A page in MDX, taken apart.
pub struct Mdx {
    markdown: Vec<u8>,
    /// Its tags, with spaces in place of everything else. Those of components are left out: what these do is not known.
    pub jsx: Vec<u8>,
    pub comments: Vec<Piece>,
    /// Images that stand in expressions.
    pub images: usize,
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    mdx: Mdx,
    /// The tags that are open.
    open: Vec<(&'a str, usize)>,
    /// Where the last run of so many backticks stands in a paragraph that ends there.
    backticks: (usize, HashMap<usize, usize>),
    /// Whether a paragraph may begin here.
    is_fresh: bool,
}

impl Mdx {
    pub fn read(text: &str) -> Result<Self, MdxError> {
        let (markdown, jsx) = (text.as_bytes().to_vec(), vec![b' '; text.len()]);
        let mdx = Self { markdown, jsx, comments: Vec::new(), images: 0 };
        let mut reader = Reader { text, at: 0, mdx, open: Vec::new(), backticks: (0, HashMap::new()), is_fresh: true };
        reader.read()?;
        Ok(reader.mdx)
    }

    /// The page as Markdown. MDX has no code by indentation, so what would be some is told to be none.
    pub fn markdown(&self) -> String {
        let mut markdown = String::from_utf8_lossy(&self.markdown).into_owned();
        for _ in 0..DEEPEST {
            let code = events(&markdown).filter_map(|(event, span)| match event {
                Event::Start(MarkdownTag::CodeBlock(CodeBlockKind::Indented)) => Some(span),
                _ => None,
            });
            let mut bytes = markdown.as_bytes().to_vec();
            for span in code {
                // The first line begins behind its indentation.
                let mut start = markdown[..span.start].rfind('\n').map_or(0, |line_break| line_break + 1);
                for line in markdown[start..span.end].split_inclusive('\n') {
                    let indent = line.len() - line.trim_start().len();
                    if (1..line.len()).contains(&indent) && bytes[start + indent - 1].is_ascii_whitespace() {
                        bytes[start + indent - 1] = FILLER as u8;
                    }
                    start += line.len();
                }
            }
            if bytes == markdown.as_bytes() {
                break;
            }
            markdown = String::from_utf8_lossy(&bytes).into_owned();
        }
        markdown
    }
}

impl<'a> Reader<'a> {
    fn read(&mut self) -> Result<(), MdxError> {
        let mut is_line_start = true;
        while let Some(byte) = self.text.as_bytes().get(self.at).copied() {
            if is_line_start && (self.module() || self.fence()) {
                continue;
            }
            is_line_start = byte == b'\n';
            match byte {
                b'\\' => self.at += if self.text[self.at + 1..].starts_with(['\r', '\n']) { 1 } else { 2 },
                b'`' => self.code(),
                b'<' => self.tag()?,
                b'{' => self.expression()?,
                _ => self.at += 1,
            }
            // A letter of several bytes may stand behind the backslash.
            while !self.text.is_char_boundary(self.at.min(self.text.len())) {
                self.at += 1;
            }
        }
        match self.open.pop() {
            Some((name, at)) => Err(MdxError::Open { name: name.into(), line: self.line(at) }),
            None => Ok(()),
        }
    }

    fn line(&self, at: usize) -> usize {
        1 + self.text.as_bytes()[..at.min(self.text.len())].iter().filter(|byte| **byte == b'\n').count()
    }

    /// Goes on behind this, which is no Markdown.
    fn leave_out(&mut self, end: usize) {
        self.mdx.markdown[self.at..end].iter_mut().filter(|byte| !b"\r\n".contains(byte)).for_each(|byte| {
            *byte = FILLER as u8;
        });
        self.at = end;
    }

    /// `import` and `export`, up to an empty line outside of braces.
    fn module(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let line = rest.split('\n').next().unwrap_or("");
        let is_module = ["import", "export"]
            .into_iter()
            .any(|word| line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '{', '*', '"', '\'', '\t'])));
        let is_fresh = std::mem::replace(&mut self.is_fresh, line.trim().is_empty());
        if !(is_fresh && is_module) {
            return false;
        }
        let length = JavaScript::new(rest).module();
        self.mdx.images += images_in(&rest.as_bytes()[..length]);
        self.leave_out(self.at + length);
        self.is_fresh = true;
        true
    }

    /// A block of code, if one begins in this line.
    fn fence(&mut self) -> bool {
        let rest = &self.text[self.at..];
        let line = rest.split_inclusive('\n').next().unwrap_or("");
        let content = behind_markers(line);
        let Some(mark) = content.chars().next().filter(|mark| ['`', '~'].contains(mark)) else { return false };
        let length = content.len() - content.trim_start_matches(mark).len();
        if length < 3 || mark == '`' && content[length..].contains('`') {
            return false;
        }
        let is_quoted = line.trim_start().starts_with('>');
        let begin = line.len() - content.len();
        let mut end = line.len();
        for line in rest[end..].split_inclusive('\n') {
            if is_quoted && !line.trim_start().starts_with('>') {
                break;
            }
            end += line.len();
            let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
            if line.len() >= length && line.chars().all(|char| char == mark) {
                break;
            }
        }
        self.at += begin;
        self.leave_out(self.at + end - begin);
        true
    }

    /// A span of code, if these backticks begin one.
    fn code(&mut self) {
        let rest = &self.text[self.at..];
        let length = rest.len() - rest.trim_start_matches('`').len();
        if self.backticks.0 <= self.at {
            self.backticks = backticks(self.text, self.at);
        }
        let (end, last) = &self.backticks;
        if last.get(&length).is_none_or(|last| *last <= self.at) {
            self.at += length;
            return;
        }
        let found = runs(self.text, self.at + length, *end).find(|(_, other)| *other == length);
        let end = found.map_or(self.at + length, |(at, _)| at + length);
        self.leave_out(end);
    }

    fn tag(&mut self) -> Result<(), MdxError> {
        let rest = &self.text[self.at..];
        if rest[1..].starts_with([' ', '\t', '\r', '\n']) || rest.len() == 1 {
            self.at += 1;
            return Ok(());
        }
        if rest.starts_with("<!--") {
            return Err(MdxError::Comment(self.line(self.at)));
        }
        let Tag { name, length, is_end, is_self_closing, braces } =
            tag(rest).ok_or_else(|| MdxError::Tag(self.line(self.at)))?;
        match is_end {
            true => match self.open.pop() {
                Some((open, _)) if open == name => {}
                _ => return Err(MdxError::Close { name: name.into(), line: self.line(self.at) }),
            },
            false if !is_self_closing => self.open.push((name, self.at)),
            false => {}
        }
        if name.starts_with(|char: char| char.is_ascii_lowercase()) && !name.contains(['.', ':']) {
            let copy = &mut self.mdx.jsx[self.at..self.at + length];
            copy.copy_from_slice(&rest.as_bytes()[..length]);
            for brace in &braces {
                let inside = brace.start + 1..brace.end - 1;
                copy[inside].iter_mut().filter(|byte| !byte.is_ascii_alphanumeric()).for_each(|byte| *byte = b'x');
            }
        }
        self.mdx.images += braces.iter().map(|brace| images_in(&rest.as_bytes()[brace.clone()])).sum::<usize>();
        self.leave_out(self.at + length);
        Ok(())
    }

    fn expression(&mut self) -> Result<(), MdxError> {
        let rest = &self.text[self.at..];
        let length = JavaScript::new(rest).braces().ok_or_else(|| MdxError::Brace(self.line(self.at)))?;
        let inside = rest[1..length - 1].trim();
        match inside.strip_prefix("/*").and_then(|text| text.strip_suffix("*/")) {
            Some(text) if !text.contains("*/") => {
                let part = Part::Comment(text.trim().into());
                self.mdx.comments.push(Piece { at: self.at + length, part });
            }
            _ => self.mdx.images += images_in(inside.as_bytes()),
        }
        self.leave_out(self.at + length);
        Ok(())
    }
}

/// What of a line stands behind the marks of quotes and lists.
fn behind_markers(line: &str) -> &str {
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '>']);
        let number = rest.trim_start_matches(|char: char| char.is_ascii_digit());
        let behind = match number.strip_prefix(['.', ')']) {
            Some(behind) if number.len() < rest.len() => behind,
            _ => match rest.strip_prefix(['-', '*', '+']) {
                Some(behind) => behind,
                None => return rest,
            },
        };
        if !behind.starts_with([' ', '\t']) {
            return rest;
        }
        rest = behind;
    }
}

/// Where the paragraph ends, and the last run of backticks of each length in it begins.
fn backticks(text: &str, start: usize) -> (usize, HashMap<usize, usize>) {
    let mut end = start;
    for (i, line) in text[start..].split_inclusive('\n').enumerate() {
        if i > 0 && line.trim().is_empty() {
            break;
        }
        end += line.len();
    }
    (end, runs(text, start, end).map(|(at, length)| (length, at)).collect())
}

/// The runs of backticks, and their lengths.
fn runs(text: &str, start: usize, end: usize) -> impl Iterator<Item = (usize, usize)> {
    let mut at = start;
    std::iter::from_fn(move || {
        let begin = at + text[at..end].find('`')?;
        let length = text[begin..end].len() - text[begin..end].trim_start_matches('`').len();
        at = begin + length;
        Some((begin, length))
    })
}

#[cfg(test)]
mod tests;
