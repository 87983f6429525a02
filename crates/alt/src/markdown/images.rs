//! Markdown → its images, its links and its words.

use std::collections::VecDeque;
use std::ops::Range;

use pulldown_cmark::{Event, LinkType, OffsetIter, Options, Parser, Tag, TagEnd};

use crate::image::Kind;
use crate::piece::{Element, Found, Part, Piece};
use crate::place::{Escape, Place, one_line};
use crate::template::is_templated;

/// Stands in place of what is no Markdown: a letter to Markdown, and none that anybody writes.
pub const FILLER: char = '\u{1}';

/// What GitHub, Jekyll, Hugo and Eleventy read, as far as it changes what is an image.
const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_TASKLISTS);

pub fn events(text: &str) -> OffsetIter<'_> {
    Parser::new_ext(text, OPTIONS).into_offset_iter()
}

/// Where images stand, with what is within them.
pub fn image_spans(text: &str) -> impl Iterator<Item = Range<usize>> {
    events(text).filter_map(|(event, span)| matches!(event, Event::Start(Tag::Image { .. })).then_some(span))
}

pub struct MarkdownPieces<'a> {
    text: &'a str,
    events: OffsetIter<'a>,
    /// Whether what comes is code.
    is_code: bool,
    /// What comes before the next event.
    words: VecDeque<Piece>,
}

impl<'a> MarkdownPieces<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, events: events(text), is_code: false, words: VecDeque::new() }
    }

    /// What is HTML in the page, with spaces in place of everything else.
    pub fn html(&self) -> Vec<u8> {
        let mut html = vec![b' '; self.text.len()];
        let mut image_end = 0;
        for (event, span) in events(self.text) {
            match event {
                Event::Start(Tag::Image { .. }) => image_end = image_end.max(span.end),
                // In the text of an image, it is none.
                Event::Html(_) | Event::InlineHtml(_) if span.start >= image_end => {
                    html[span.clone()].copy_from_slice(&self.text.as_bytes()[span]);
                }
                _ => {}
            }
        }
        html
    }

    fn part(&mut self, event: Event<'a>, span: Range<usize>) -> Option<Part> {
        Some(match event {
            Event::Start(Tag::Image { link_type, dest_url, .. }) => {
                self.image(&span, link_type, dest_url.into_string())
            }
            Event::Start(Tag::Link { .. }) => {
                Part::Start(Element { name: "a".into(), has_address: true, ..Element::default() })
            }
            Event::End(TagEnd::Link) => Part::End("a".into()),
            Event::Start(Tag::CodeBlock(_)) => {
                self.is_code = true;
                return None;
            }
            Event::End(TagEnd::CodeBlock) => {
                self.is_code = false;
                return None;
            }
            Event::Text(_) if self.text[span.clone()].contains(FILLER) => {
                self.split(span);
                return None;
            }
            Event::Text(text) if !self.is_code => Part::Text(text.into_string()),
            Event::Code(text) => Part::Text(text.into_string()),
            // A word ends with its block.
            Event::SoftBreak | Event::HardBreak | Event::End(_) => Part::Text(" ".into()),
            _ => return None,
        })
    }

    /// Words with tags between them.
    fn split(&mut self, span: Range<usize>) {
        let mut at = span.start;
        for words in self.text[span].split(FILLER) {
            if !words.is_empty() {
                self.words.push_back(Piece { at, part: Part::Text(words.into()) });
            }
            at += words.len() + FILLER.len_utf8();
        }
    }

    fn image(&mut self, span: &Range<usize>, kind: LinkType, address: String) -> Part {
        let (alt, end) = self.alt(span.start + 2);
        // Only space is left before the bracket.
        let close = end + self.text[end..span.end].find(']').unwrap_or(0);
        let old = &self.text[span.start + 2..close];
        // As it is written: a brace that is escaped is no template's.
        if is_templated(address.as_bytes()) || is_templated(old.as_bytes()) {
            return Part::Templated;
        }
        let alt = one_line(&alt.replace(FILLER, ""));
        let (end, after) = match kind {
            // The text is the name of the picture too, which has to stay.
            LinkType::Shortcut => (close, format!("][{old}")),
            LinkType::Collapsed => (close + 2, format!("][{old}")),
            _ => (close, String::new()),
        };
        let place = Place { span: span.start + 2..end, before: String::new(), after, escape: Escape::Markdown };
        Part::Image(Box::new(Found {
            kind: Kind::Markdown,
            source: Some(address).filter(|address| !address.is_empty()),
            text: Some(alt).filter(|alt| !alt.is_empty()),
            place: Some(place),
            ..Found::default()
        }))
    }

    /// The words of an image, and where the last thing in its brackets ends.
    fn alt(&mut self, mut end: usize) -> (String, usize) {
        let mut alt = String::new();
        let mut depth = 1;
        for (event, span) in self.events.by_ref() {
            match event {
                Event::Start(Tag::Image { .. }) => depth += 1,
                Event::End(TagEnd::Image) => depth -= 1,
                Event::Text(text) | Event::Code(text) => alt.push_str(&text),
                Event::SoftBreak | Event::HardBreak => alt.push(' '),
                _ => {}
            }
            if depth == 0 {
                break;
            }
            end = end.max(span.end);
        }
        (alt, end)
    }
}

impl Iterator for MarkdownPieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        loop {
            if let Some(piece) = self.words.pop_front() {
                return Some(piece);
            }
            let (event, span) = self.events.next()?;
            let at = if let Event::End(_) = event { span.end } else { span.start };
            if let Some(part) = self.part(event, span) {
                return Some(Piece { at, part });
            }
        }
    }
}
