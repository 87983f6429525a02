//! Where a text is written in a page, and how.

use std::ops::Range;

/// Bytes of a page that give way to a text, and what stands around it there.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// Empty where a text is put between two bytes.
    pub span: Range<usize>,
    pub before: String,
    pub after: String,
    pub escape: Escape,
}

/// What a text may not hold as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Escape {
    Html {
        quote: char,
        /// Whether the page's encoding has few letters.
        is_ascii: bool,
        /// Whether it stands in Markdown, to which some signs mean something even there.
        is_in_markdown: bool,
    },
    Markdown,
    Yaml,
}

impl Place {
    /// What the bytes of the span become.
    pub fn with(&self, text: &str) -> String {
        let mut written = self.before.clone();
        text.chars().for_each(|char| self.escape.push(&mut written, char));
        written + &self.after
    }
}

impl Escape {
    /// A brace is escaped everywhere: templates and MDX take it for their own.
    fn push(self, text: &mut String, char: char) {
        let code = u32::from(char);
        match (self, char) {
            (Self::Html { .. }, '&') => text.push_str("&amp;"),
            (Self::Html { .. } | Self::Markdown, '<') => text.push_str("&lt;"),
            (Self::Html { .. } | Self::Markdown, '{' | '}') => text.push_str(&format!("&#{code};")),
            // What ends the placeholder of a template that begins before.
            (Self::Html { .. }, '>') if text.ends_with(['%', '?']) => text.push_str("&gt;"),
            // A backslash would not keep these from ending what is open before, or a table's cell.
            (Self::Html { is_in_markdown: true, .. } | Self::Markdown, '>' | '`' | '|') => {
                text.push_str(&format!("&#{code};"));
            }
            (Self::Html { quote, is_ascii, .. }, char) if char == quote || is_ascii && !char.is_ascii() => {
                text.push_str(&format!("&#{code};"));
            }
            (Self::Markdown, '[' | ']' | '\\' | '*' | '_' | '&' | '~' | '^' | '$' | '!') => text.extend(['\\', char]),
            (Self::Yaml, '"' | '\\') => text.extend(['\\', char]),
            (Self::Yaml, '{' | '}') => text.push_str(&format!("\\x{code:02X}")),
            // What YAML may not hold.
            (Self::Yaml, '\u{feff}' | '\u{fffe}' | '\u{ffff}') => text.push_str(&format!("\\u{code:04X}")),
            (_, char) => text.push(char),
        }
    }
}

/// A text as it can stand in every page: in one line, with no space around it.
pub fn one_line(text: &str) -> String {
    let is_space = |char: char| char.is_ascii_whitespace() || char.is_control() || "\u{2028}\u{2029}".contains(char);
    text.split(is_space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Writes texts into their places; nothing where two of these overlap, or are of other bytes.
pub fn written(bytes: &[u8], mut texts: Vec<(&Place, String)>) -> Option<Vec<u8>> {
    // A key of front matter may stand behind the picture that comes next.
    texts.sort_by_key(|(place, _)| place.span.start);
    let mut result = Vec::with_capacity(bytes.len());
    let mut done = 0;
    for (place, text) in texts {
        result.extend(bytes.get(done..place.span.start)?);
        result.extend(place.with(&text).as_bytes());
        done = place.span.end;
    }
    result.extend(bytes.get(done..)?);
    Some(result)
}
