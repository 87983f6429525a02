//! A page in Markdown or MDX → its images.
//!
//! `pulldown-cmark` reads it, because it tells where everything stands and needs time in proportion to the page, whatever
//! is in it. `markdown` knows MDX too, but not where the brackets of an image end, and a few thousand list markers or
//! comments in a row keep it busy for minutes. So what MDX adds is found by `mdx`, and taken out of what is Markdown.

pub mod images;
pub mod mdx;

use std::iter;

use encoding_rs::UTF_8;

use crate::context::Outline;
use crate::html::Html;
use crate::html::tags::Dialect;
use crate::piece::{Part, Piece};
use crate::template::neutral;
use images::{MarkdownPieces, image_spans};
use mdx::Mdx;

pub use mdx::MdxError;

/// What a page in Markdown says, after the pieces that stand before it.
pub fn outline(bytes: &[u8], text: &str, front: Vec<Piece>) -> Outline {
    let neutral = neutral(text.as_bytes());
    // Letters stand in place of some bytes only.
    let text = String::from_utf8_lossy(&neutral.bytes);
    let markdown = MarkdownPieces::new(&text);
    let html = markdown.html();
    let html = html_in(&html, Dialect::Html);
    let templated = templated(neutral.images);
    Outline::of(bytes, front.into_iter().chain(templated).chain(in_order(markdown, html.pieces())))
}

/// The same for MDX, which may be wrong.
pub fn outline_of_mdx(bytes: &[u8], text: &str, front: Vec<Piece>) -> Result<Outline, MdxError> {
    let mdx = Mdx::read(text)?;
    let (markdown, mut html) = (mdx.markdown(), mdx.jsx);
    // In the text of an image, no tag is one.
    image_spans(&markdown).for_each(|span| html[span].fill(b' '));
    let html = html_in(&html, Dialect::Jsx);
    let pieces = in_order(in_order(MarkdownPieces::new(&markdown), html.pieces()), mdx.comments.into_iter());
    Ok(Outline::of(bytes, front.into_iter().chain(templated(mdx.images)).chain(pieces)))
}

fn html_in(bytes: &[u8], dialect: Dialect) -> Html<'_> {
    Html { bytes, encoding: UTF_8, dialect, is_in_markdown: true }
}

fn templated(images: usize) -> impl Iterator<Item = Piece> {
    (0..images).map(|_| Piece { at: 0, part: Part::Templated })
}

/// The pieces of both, as they stand in the page.
fn in_order(one: impl Iterator<Item = Piece>, other: impl Iterator<Item = Piece>) -> impl Iterator<Item = Piece> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    iter::from_fn(move || match (one.peek(), other.peek()) {
        (Some(first), Some(second)) if second.at < first.at => other.next(),
        (Some(_), _) => one.next(),
        (None, _) => other.next(),
    })
}

#[cfg(test)]
mod tests;
