//! A page's tags, words and comments as browsers see them, and the bytes at which they and the attributes stand.
//!
//! `html5gum` does it, because it is the one HTML tokeniser that tells where an attribute ends: `html5ever` tells only
//! lines, and `lol_html` writes a tag anew when an attribute is added.

use std::mem::take;
use std::ops::Range;

use html5gum::emitters::callback::{Callback, CallbackEmitter, CallbackEvent};
use html5gum::{Emitter, ForwardingEmitter, Span, State, Tokenizer};

use super::nesting::Nesting;

pub enum Token {
    Start(Tag),
    End {
        /// In lower case.
        name: String,
        at: usize,
    },
    /// What a reader may see: none of scripts and the like.
    Text(Encoded),
    Comment(Encoded),
}

/// Bytes as they mean, in the encoding of the page.
#[derive(Default)]
pub struct Encoded {
    /// With characters in place of their names; these are UTF-8, whatever the page is.
    pub value: Vec<u8>,
    /// Where they stand in the page. No bytes stand nowhere.
    pub span: Range<usize>,
}

#[derive(Default)]
pub struct Tag {
    /// In lower case.
    pub name: String,
    pub start: usize,
    pub is_self_closing: bool,
    pub attributes: Vec<Attribute>,
}

pub struct Attribute {
    /// In lower case.
    pub name: Vec<u8>,
    /// Where its name ends.
    pub name_end: usize,
    /// Without its quotes.
    pub value: Encoded,
}

impl Tag {
    /// The attribute of this name; of several, the first is the one that counts.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name == name.as_bytes())
    }
}

/// Whose tags they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Dialect {
    #[default]
    Html,
    /// Every `<a/>` ends where it begins.
    Jsx,
}

/// Everything that is there: no tags in comments, scripts and the like, and none that the page breaks off.
pub fn tokens(page: &[u8], dialect: Dialect) -> impl Iterator<Item = Token> {
    let mut emitter = CallbackEmitter::default();
    let collector: &mut Collector = emitter.callback_mut();
    collector.dialect = dialect;
    Tokenizer::new_with_emitter(page, TreeRules(emitter)).map(|Ok(token)| token)
}

#[derive(Default)]
struct Collector {
    dialect: Dialect,
    tag: Tag,
    nesting: Nesting,
    /// How the tokeniser has to read what follows the tag.
    next: Option<State>,
    /// Whether what follows the tag is a script or the like.
    is_hidden: bool,
}

impl Callback<Token, usize> for Collector {
    fn handle_event(&mut self, event: CallbackEvent<'_>, span: Span<usize>) -> Option<Token> {
        let encoded = |value: &[u8]| Encoded { value: value.to_vec(), span: span.start..span.end };
        match event {
            CallbackEvent::OpenStartTag { name } => {
                let name = String::from_utf8_lossy(name).into_owned();
                self.tag = Tag { name, start: span.start, ..Tag::default() };
            }
            CallbackEvent::AttributeName { name } => {
                let attribute = Attribute { name: name.to_vec(), name_end: span.end, value: Encoded::default() };
                self.tag.attributes.push(attribute);
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some(attribute) = self.tag.attributes.last_mut() {
                    attribute.value = encoded(value);
                }
            }
            CallbackEvent::CloseStartTag { self_closing } => {
                let is_html = self.nesting.begin(&self.tag.name, self_closing);
                let is_over = self_closing && self.dialect == Dialect::Jsx;
                self.next = if is_over { None } else { after(&self.tag.name, is_html, self_closing) };
                self.is_hidden = self.next.is_some();
                self.tag.is_self_closing = self_closing && (self.dialect == Dialect::Jsx || !is_html);
                return Some(Token::Start(take(&mut self.tag)));
            }
            CallbackEvent::EndTag { name } => {
                let name = String::from_utf8_lossy(name).into_owned();
                self.nesting.end(&name);
                self.is_hidden = false;
                return Some(Token::End { name, at: span.start });
            }
            CallbackEvent::String { value } if !self.is_hidden => return Some(Token::Text(encoded(value))),
            CallbackEvent::Comment { value } => return Some(Token::Comment(encoded(value))),
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
struct TreeRules(CallbackEmitter<Collector, Token, usize>);

impl ForwardingEmitter for TreeRules {
    type Token = Token;

    fn inner(&mut self) -> &mut impl Emitter<Token = Token> {
        &mut self.0
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.0.emit_current_tag().or_else(|| self.0.callback_mut().next.take())
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.0.callback_mut().nesting.is_foreign()
    }
}
