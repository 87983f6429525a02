//! A page in HTML → its pieces.

pub mod encoding;
mod nesting;
mod pictures;
mod source;
pub mod tags;

use crate::piece::{Element, Part, Piece};
use crate::template::{is_templated, is_templated_name};
use pictures::{LAZY, LAZY_SETS, Pictures};
pub use source::Html;
use tags::{Attribute, Tag, Token, tokens};

/// Elements without an end.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// The attributes that say what an image shows, besides those of lazy loaders.
const ABOUT_IMAGE: [&str; 8] = ["alt", "aria-hidden", "aria-label", "aria-labelledby", "role", "src", "srcset", "type"];

impl<'a> Html<'a> {
    pub fn pieces(self) -> impl Iterator<Item = Piece> + 'a {
        tokens(self.bytes, self.dialect).flat_map(move |token| self.pieces_of(token))
    }

    /// A tag that is an image comes twice: as an image, and as the beginning of an element.
    fn pieces_of(self, token: Token) -> impl Iterator<Item = Piece> {
        let (at, image, part) = match token {
            Token::Start(tag) => (tag.start, self.image(&tag), Part::Start(self.element(&tag))),
            Token::End { name, at } => (at, None, Part::End(name)),
            Token::Text(text) => (text.span.start, None, Part::Text(self.text(&text))),
            Token::Comment(text) => (text.span.end, None, Part::Comment(self.text(&text))),
        };
        image.into_iter().chain([part]).map(move |part| Piece { at, part })
    }

    fn image(self, tag: &Tag) -> Option<Part> {
        let pictures = Pictures { html: self, tag };
        let found = pictures.found()?;
        let is_literal = |attribute: &Attribute| {
            let mut names = ABOUT_IMAGE.iter().chain(&LAZY).chain(&LAZY_SETS);
            let is_about_image = names.any(|name| attribute.name == name.as_bytes());
            // As it is written: a brace that is escaped is no template's.
            let value = self.bytes.get(attribute.value.span.clone()).unwrap_or_default();
            let waits = is_templated_name(&attribute.name) || is_bound(&attribute.name);
            !(waits || is_about_image && is_templated(value))
        };
        Some(match tag.attributes.iter().all(is_literal) {
            true => Part::Image(Box::new(found)),
            false => Part::Templated,
        })
    }

    fn element(self, tag: &Tag) -> Element {
        let said = |name| tag.attribute(name).map(|attribute| self.text(&attribute.value));
        let is_void = tag.is_self_closing || VOID.contains(&&*tag.name);
        // The text of an image is told by itself.
        let rest = tag.attributes.iter().filter(|attribute| !(is_void && attribute.name == b"alt"));
        let rest = rest.map(|attribute| (String::from_utf8_lossy(&attribute.name).into(), self.text(&attribute.value)));
        Element {
            id: said("id"),
            label: said("aria-label"),
            is_named: ["aria-labelledby", "title"]
                .into_iter()
                .any(|name| said(name).is_some_and(|it| !it.trim().is_empty())),
            has_address: tag.attribute("href").is_some(),
            is_hidden: is_hidden(tag),
            offer: Pictures { html: self, tag }.offer(),
            is_void,
            attributes: rest.collect(),
            name: tag.name.clone(),
        }
    }
}

/// Whether nobody sees or hears what is in it, unless a script shows it.
fn is_hidden(tag: &Tag) -> bool {
    tag.attribute("hidden").is_some() || tag.attribute("aria-hidden").is_some_and(|it| it.value.value == b"true")
}

/// Whether Vue, Alpine, Angular or Svelte compute what the attribute says.
fn is_bound(name: &[u8]) -> bool {
    let name = name.strip_suffix(b"]").unwrap_or(name);
    ["src", "alt", "srcset"].iter().any(|bound| match name.strip_suffix(bound.as_bytes()) {
        Some([.., last]) => b":[.".contains(last),
        _ => false,
    })
}

#[cfg(test)]
mod tests;
