//! A tag → the image that it is.

use crate::image::Kind;
use crate::piece::Found;
use crate::place::{Escape, Place};
use crate::template::is_templated;

use super::source::Html;
use super::tags::{Attribute, Tag};

/// Where lazy loaders have the address of a picture; in `src` they have a placeholder, or nothing.
pub const LAZY: [&str; 4] = ["data-src", "data-original", "data-lazy-src", "data-lazy"];
pub const LAZY_SETS: [&str; 2] = ["data-srcset", "data-lazy-srcset"];

/// A tag that may be an image.
pub struct Pictures<'a> {
    pub html: Html<'a>,
    pub tag: &'a Tag,
}

impl Pictures<'_> {
    pub fn found(&self) -> Option<Found> {
        let role = self.said("role").map(|role| role.trim().to_ascii_lowercase()).unwrap_or_default();
        let is_image = ["img", "image", "graphics-document", "graphics-symbol"].contains(&&*role);
        let kind = match &*self.tag.name {
            "img" => Kind::Img,
            "input" if self.said("type").is_some_and(|kind| kind.trim().eq_ignore_ascii_case("image")) => Kind::Input,
            "area" if self.tag.attribute("href").is_some() => Kind::Area,
            "svg" => Kind::Svg,
            _ if is_image => Kind::Role,
            _ => return None,
        };
        let is_hidden = self.said("aria-hidden").is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
        let is_decoration = is_hidden || ["presentation", "none"].contains(&&*role);
        if is_decoration && kind != Kind::Img {
            return None;
        }
        let (source, behind) = match kind {
            Kind::Img | Kind::Input => self.source().unzip(),
            Kind::Area => (None, self.tag.attribute("href")),
            _ => (None, None),
        };
        let alt = self.tag.attribute("alt").filter(|_| !matches!(kind, Kind::Role | Kind::Svg));
        let named = |name| self.said(name).filter(|text| !text.trim().is_empty());
        let label = || named("aria-label");
        // Of an `<img>` it is advice, and hardly ever says what the picture shows.
        let title = || named("title").filter(|_| matches!(kind, Kind::Input | Kind::Area | Kind::Role));
        let decoration = || is_decoration.then(String::new);
        let place = match (kind, alt) {
            (Kind::Role | Kind::Svg, _) => None,
            (_, Some(alt)) => Some(self.value_of(alt)),
            (Kind::Img, _) => Some(behind.map_or_else(|| self.behind_name(), |attribute| self.behind(attribute))),
            _ => behind.map(|attribute| self.behind(attribute)),
        };
        Some(Found {
            kind,
            source,
            text: alt.map(|alt| self.html.text(&alt.value)).or_else(decoration).or_else(label).or_else(title),
            labelled_by: self.said("aria-labelledby"),
            needs_name: kind == Kind::Svg && !is_image,
            width: self.pixels("width"),
            height: self.pixels("height"),
            place,
        })
    }

    fn said(&self, name: &str) -> Option<String> {
        self.tag.attribute(name).map(|attribute| self.html.text(&attribute.value))
    }

    fn pixels(&self, name: &str) -> Option<u32> {
        let size = self.said(name)?;
        let size = size.trim();
        // As JSX has it.
        let size = size.strip_prefix('{').and_then(|size| size.strip_suffix('}')).unwrap_or(size);
        size.strip_suffix("px").unwrap_or(size).parse().ok()
    }

    /// What a `<source>` offers to the `<img>` beside it.
    pub fn offer(&self) -> Option<String> {
        let attribute = self.tag.attribute("srcset").filter(|_| self.tag.name == "source")?;
        first_candidate(&self.html.text(&attribute.value)).filter(|address| !is_templated(address.as_bytes()))
    }

    /// What names its picture, and the attribute that does.
    fn source(&self) -> Option<(String, &Attribute)> {
        let lazy = LAZY.map(|name| (name, of_file as AddressReader));
        let sets = LAZY_SETS.map(|name| (name, first_candidate as AddressReader));
        let ways = lazy.into_iter().chain([("src", no_placeholder as AddressReader), ("srcset", first_candidate)]);
        ways.chain(sets).chain([("src", whole as AddressReader)]).find_map(|(name, address)| {
            let attribute = self.tag.attribute(name)?;
            let address = address(&self.html.text(&attribute.value)).filter(|address| !address.is_empty())?;
            Some((address, attribute))
        })
    }

    /// A new attribute: whatever follows one may follow another.
    fn behind(&self, attribute: &Attribute) -> Place {
        let (end, quote) = match self.written(attribute) {
            Written::Quoted { end, quote, .. } => (end, quote),
            Written::Bare { end, .. } | Written::Nothing { end } => (end, '"'),
        };
        Place { span: end..end, before: format!(" alt={quote}"), after: quote.into(), escape: self.escape(quote) }
    }

    /// A first attribute.
    fn behind_name(&self) -> Place {
        let end = self.tag.start + "<".len() + self.tag.name.len();
        Place { span: end..end, before: " alt=\"".into(), after: "\"".into(), escape: self.escape('"') }
    }

    /// Another value in place of the one that is there.
    fn value_of(&self, attribute: &Attribute) -> Place {
        let (span, quote, before) = match self.written(attribute) {
            Written::Quoted { start, end, quote } => (start..end, quote, String::from(quote)),
            Written::Bare { start, end } => (start..end, '"', "\"".into()),
            Written::Nothing { end } => (end..end, '"', "=\"".into()),
        };
        Place { span, before, after: quote.into(), escape: self.escape(quote) }
    }

    fn escape(&self, quote: char) -> Escape {
        let Html { encoding, is_in_markdown, .. } = self.html;
        Escape::Html { quote, is_ascii: encoding != encoding_rs::UTF_8, is_in_markdown }
    }

    /// How the value of an attribute is written.
    fn written(&self, attribute: &Attribute) -> Written {
        let bytes = self.html.bytes;
        let space = |from: usize| {
            from + bytes[from.min(bytes.len())..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
        };
        let equals = space(attribute.name_end);
        if bytes.get(equals) != Some(&b'=') {
            return Written::Nothing { end: attribute.name_end };
        }
        let start = space(equals + 1);
        match bytes.get(start) {
            Some(quote @ (b'"' | b'\'')) => {
                let length = bytes[start + 1..].iter().take_while(|byte| *byte != quote).count();
                Written::Quoted { start, end: start + length + 2, quote: char::from(*quote) }
            }
            _ => {
                let is_value = |byte: &&u8| !byte.is_ascii_whitespace() && **byte != b'>';
                Written::Bare {
                    start,
                    end: start + bytes[start.min(bytes.len())..].iter().take_while(is_value).count(),
                }
            }
        }
    }
}

/// How a value is written, and where: with its quotes, if it has any.
enum Written {
    Quoted { start: usize, end: usize, quote: char },
    Bare { start: usize, end: usize },
    Nothing { end: usize },
}

/// What an attribute says about the picture's address.
type AddressReader = fn(&str) -> Option<String>;

fn whole(address: &str) -> Option<String> {
    Some(address.trim().to_string())
}

/// Others than lazy loaders have a word there, such as "true".
fn of_file(address: &str) -> Option<String> {
    whole(address).filter(|address| address.contains('.') && !address.contains(char::is_whitespace))
}

fn no_placeholder(address: &str) -> Option<String> {
    whole(address).filter(|address| !address.starts_with("data:"))
}

/// The first of the pictures that a browser may choose from.
fn first_candidate(set: &str) -> Option<String> {
    let first = set.trim_start_matches([',', ' ', '\t', '\r', '\n']).split_ascii_whitespace().next()?;
    Some(first.trim_end_matches(',').to_string())
}
