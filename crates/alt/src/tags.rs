//! A page's start tags as browsers see them, and the bytes at which they and their attributes stand.
//!
//! `html5gum` does it, because it is the one HTML tokeniser that tells where an attribute ends: `html5ever` tells only
//! lines, and `lol_html` writes a tag anew when an attribute is added.

use std::mem::take;

use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Span, State, Tokenizer};

use super::nesting::Nesting;

#[derive(Default)]
pub struct Tag {
    /// In lower case.
    pub name: String,
    pub start: usize,
    attributes: Vec<Attribute>,
}

pub struct Attribute {
    name: Vec<u8>,
    /// With characters in place of their names; these are UTF-8, whatever the page is.
    pub value: Vec<u8>,
    /// Where the value stands in the page, without its quotes. An empty one stands nowhere.
    pub span: Span<usize>,
}

impl Tag {
    /// The attribute of this name; of several, the first is the one that counts.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name.as_bytes())
    }
}

/// Every start tag that is one: none in comments, scripts and the like, and none that the page breaks off.
pub fn tags(page: &[u8]) -> impl Iterator<Item = Tag> {
    Tokenizer::new_with_emitter(page, TreeRules(CallbackEmitter::default())).map(|Ok(tag)| tag)
}

#[derive(Default)]
struct Collector {
    tag: Tag,
    nesting: Nesting,
    /// How the tokeniser has to read what follows the tag.
    next: Option<State>,
}

impl Callback<Tag, usize> for Collector {
    fn handle_event(&mut self, event: CallbackEvent<'_>, span: Span<usize>) -> Option<Tag> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag =
                    Tag { name: String::from_utf8_lossy(name).into_owned(), start: span.start, attributes: Vec::new() };
            }
            CallbackEvent::AttributeName { name } => {
                self.tag.attributes.push(Attribute { name: name.to_vec(), value: Vec::new(), span });
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some(attribute) = self.tag.attributes.last_mut() {
                    (attribute.value, attribute.span) = (value.to_vec(), span);
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                let is_html = self.nesting.begin(&self.tag.name, self_closing);
                self.next = after(&self.tag.name, is_html, self_closing);
                return Some(take(&mut self.tag));
            }
            CallbackEvent::EndTag { name } => self.nesting.end(&String::from_utf8_lossy(name)),
            _ => {}
        }
        None
    }
}

/// How the content of an element has to be read, where it is no markup. That of `<noscript>` is: it is written for those
/// without scripts.
fn after(name: &str, is_html: bool, is_self_closing: bool) -> Option<State> {
    match name {
        // In an SVG they could hold markup, but what looks like a tag there was never meant as one.
        "script" if is_html || !is_self_closing => Some(State::ScriptData),
        "style" if is_html || !is_self_closing => Some(State::RawText),
        "iframe" | "noembed" | "noframes" | "xmp" if is_html => Some(State::RawText),
        "textarea" | "title" if is_html => Some(State::RcData),
        "plaintext" if is_html => Some(State::PlainText),
        _ => None,
    }
}

/// What the standard leaves to whoever knows the elements that are open.
struct TreeRules(CallbackEmitter<Collector, Tag, usize>);

impl ForwardingEmitter for TreeRules {
    type Token = Tag;

    fn inner(&mut self) -> &mut impl Emitter<Token = Tag> {
        &mut self.0
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.0.emit_current_tag().or_else(|| self.0.callback_mut().next.take())
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.0.callback_mut().nesting.is_foreign()
    }
}
