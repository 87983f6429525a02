//! The bytes that are HTML, and what they mean.

use encoding_rs::{Encoding, UTF_8};

use super::tags::{Dialect, Encoded};

/// HTML, or what of it stands in another language.
#[derive(Clone, Copy, Debug)]
pub struct Html<'a> {
    pub bytes: &'a [u8],
    pub encoding: &'static Encoding,
    pub dialect: Dialect,
    /// Whether it stands in Markdown.
    pub is_in_markdown: bool,
}

impl Html<'_> {
    pub fn text(self, text: &Encoded) -> String {
        // What the tokeniser put in the place of character references is UTF-8.
        let encoding = match self.bytes.get(text.span.clone()) {
            Some(raw) if !raw.is_ascii() => self.encoding,
            _ => UTF_8,
        };
        encoding.decode_without_bom_handling(&text.value).0.into_owned()
    }
}
