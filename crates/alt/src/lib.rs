//! A page's bytes → the images in it that have no alternative text, and the page with a text for each.
//!
//! A page is never parsed and written again, because that would change what nobody asked to change: an attribute is put
//! between two bytes, and all bytes stay.

mod address;
pub mod book;
mod cleaning;
mod nesting;
pub mod report;
mod tags;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

pub use address::SitePath;
use tags::{Attribute, Tag, tags};

/// What a page says about its images.
#[derive(Debug, PartialEq)]
pub struct Page {
    encoding: &'static Encoding,
    /// Where addresses begin from, if the page says so.
    base: Option<String>,
    /// The images that lack an `alt`, in order. An empty `alt` says that an image is decoration, and so do a role and
    /// `aria-hidden`.
    pub images: Vec<Image>,
}

#[derive(Debug, PartialEq)]
pub struct Image {
    /// Of the page, from 1.
    pub line: usize,
    /// Nothing where the tag names no picture.
    pub source: Option<Source>,
}

/// The attribute that names an image's picture.
#[derive(Debug, PartialEq)]
pub struct Source {
    pub address: String,
    /// Where it ends, and another attribute can stand: whatever follows an attribute may follow another.
    end: usize,
    quote: char,
}

/// Why a page cannot be edited.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("the page is written in {0}, which cannot be edited here; save it as UTF-8")]
    Encoding(&'static str),
    #[error("there are zero bytes in it, so it is no HTML page, or one in UTF-16; save that as UTF-8")]
    ZeroBytes,
}

impl Page {
    pub fn read(bytes: &[u8]) -> Result<Self, PageError> {
        let mark = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
        if mark.is_none() && bytes[..bytes.len().min(1024)].contains(&0) {
            return Err(PageError::ZeroBytes);
        }
        let tags: Vec<Tag> = tags(bytes).filter(|tag| ["base", "img", "meta"].contains(&&*tag.name)).collect();
        let guess = || if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
        let encoding = mark.or_else(|| tags.iter().find_map(encoding_in)).unwrap_or_else(guess);
        // In the others, a byte that looks like `<` may be half a letter.
        if !encoding.is_ascii_compatible() {
            return Err(PageError::Encoding(encoding.name()));
        }
        let text = Text { bytes, encoding };
        let mut base = None;
        let mut images = Vec::new();
        let (mut line, mut counted) = (1, 0);
        for tag in &tags {
            match &*tag.name {
                "base" => base = base.or_else(|| tag.attribute("href").map(|href| text.of(href))),
                "img" if tag.attribute("alt").is_none() && !text.is_decoration(tag) => {
                    line += bytes[counted..tag.start].iter().filter(|byte| **byte == b'\n').count();
                    counted = tag.start;
                    images.push(Image { line, source: text.source(tag) });
                }
                _ => {}
            }
        }
        Ok(Self { encoding, base, images })
    }

    /// Where the addresses begin from in this page, which lies in a folder.
    pub fn folder(&self, folder: SitePath) -> SitePath {
        self.base.as_ref().map_or(folder.clone(), |base| folder.with_base(base))
    }

    /// The bytes that this was read from, with an alternative text for each image that there is one for.
    pub fn with_texts(&self, bytes: &[u8], texts: &[Option<String>]) -> Vec<u8> {
        let mut result = Vec::with_capacity(bytes.len());
        let mut done = 0;
        for (image, text) in self.images.iter().zip(texts) {
            let (Some(source), Some(text)) = (&image.source, text) else { continue };
            result.extend(&bytes[done..source.end]);
            result.extend(self.attribute(text, source.quote).as_bytes());
            done = source.end;
        }
        result.extend(&bytes[done..]);
        result
    }

    fn attribute(&self, text: &str, quote: char) -> String {
        let mut attribute = format!(" alt={quote}");
        for char in text.chars() {
            match char {
                '&' => attribute.push_str("&amp;"),
                '<' => attribute.push_str("&lt;"),
                char if char == quote || !(char.is_ascii() || self.encoding == UTF_8) => {
                    attribute.push_str(&format!("&#{};", u32::from(char)));
                }
                char => attribute.push(char),
            }
        }
        attribute.push(quote);
        attribute
    }
}

/// What `<meta charset>`, or the longer form of it, says.
fn encoding_in(tag: &Tag) -> Option<&'static Encoding> {
    if tag.name != "meta" {
        return None;
    }
    let label = match tag.attribute("charset") {
        Some(charset) => charset.value.to_ascii_lowercase(),
        None => {
            let content = String::from_utf8_lossy(&tag.attribute("content")?.value).to_ascii_lowercase();
            let (_, label) = content.split_once("charset=")?;
            label.split(';').next()?.trim_matches(['"', '\'', ' ']).into()
        }
    };
    // Whoever could read this far does not read UTF-16, whatever the page says.
    Encoding::for_label(&label).map(Encoding::output_encoding)
}

struct Text<'a> {
    bytes: &'a [u8],
    encoding: &'static Encoding,
}

impl Text<'_> {
    fn of(&self, attribute: &Attribute) -> String {
        // What the tokeniser put in the place of character references is UTF-8.
        let raw = &self.bytes[attribute.span.start..attribute.span.end];
        let encoding = if raw.is_ascii() { UTF_8 } else { self.encoding };
        encoding.decode_without_bom_handling(&attribute.value).0.into_owned()
    }

    /// Lazy loaders have the picture's address in `data-src`, and in `src` a placeholder, or nothing.
    fn source(&self, tag: &Tag) -> Option<Source> {
        let ways: [(&str, AddressReader); 5] = [
            ("data-src", whole),
            ("src", no_placeholder),
            ("srcset", first_candidate),
            ("data-srcset", first_candidate),
            ("src", whole),
        ];
        ways.into_iter().find_map(|(name, address)| {
            let attribute = tag.attribute(name)?;
            let address = address(&self.of(attribute)).filter(|address| !address.is_empty())?;
            let after = self.bytes.get(attribute.span.end).copied().map(char::from);
            let before = self.bytes[attribute.span.start - 1];
            Some(match after.filter(|quote| ['"', '\''].contains(quote) && *quote == char::from(before)) {
                Some(quote) => Source { address, end: attribute.span.end + 1, quote },
                None => Source { address, end: attribute.span.end, quote: '"' },
            })
        })
    }

    fn is_decoration(&self, tag: &Tag) -> bool {
        let says = |name, values: &[&str]| {
            tag.attribute(name)
                .is_some_and(|attribute| values.contains(&self.of(attribute).to_ascii_lowercase().trim()))
        };
        says("role", &["presentation", "none"]) || says("aria-hidden", &["true"])
    }
}

/// What an attribute says about the picture's address.
type AddressReader = fn(&str) -> Option<String>;

fn whole(address: &str) -> Option<String> {
    Some(address.trim().to_string())
}

fn no_placeholder(address: &str) -> Option<String> {
    whole(address).filter(|address| !address.starts_with("data:"))
}

/// The first of the pictures that a browser may choose from.
fn first_candidate(set: &str) -> Option<String> {
    let first = set.trim_start_matches([',', ' ', '\t', '\r', '\n']).split_ascii_whitespace().next()?;
    Some(first.trim_end_matches(',').to_string())
}

#[cfg(test)]
mod golden;
#[cfg(test)]
mod tests;
