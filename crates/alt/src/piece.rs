//! What all kinds of pages are made of, as far as images are concerned.

use crate::image::Kind;
use crate::place::Place;

/// A part of a page, in the order of the page.
pub struct Piece {
    /// Where it begins; a comment where it ends.
    pub at: usize,
    pub part: Part,
}

#[derive(Hash)]
pub enum Part {
    Start(Element),
    End(String),
    Text(String),
    Comment(String),
    Image(Box<Found>),
    /// An image that is not literal.
    Templated,
    /// An image that may be one or not, and is better left alone.
    Uncertain,
}

#[derive(Default, Hash)]
pub struct Element {
    pub name: String,
    pub id: Option<String>,
    /// What `aria-label` says.
    pub label: Option<String>,
    /// Whether `aria-labelledby` or `title` name it.
    pub is_named: bool,
    /// Whether it leads somewhere, as not every `<a>` does.
    pub has_address: bool,
    /// Whether it and all that is in it are hidden from those who hear the page.
    pub is_hidden: bool,
    /// The picture that it offers to the image beside it, as `<source>` does.
    pub offer: Option<String>,
    /// Whether it has no end of its own.
    pub is_void: bool,
    /// Everything else that it says.
    pub attributes: Vec<(String, String)>,
}

/// An image before it is known what stands around it.
#[derive(Default)]
pub struct Found {
    pub kind: Kind,
    pub source: Option<String>,
    pub text: Option<String>,
    /// Ids of the elements that name it, where it has no other text.
    pub labelled_by: Option<String>,
    /// Whether it is one only with a name.
    pub needs_name: bool,
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub place: Option<Place>,
}

/// All but its text and where that stands, which are what changes when one is written.
impl std::hash::Hash for Found {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (self.kind as u8, &self.source, self.width, self.height).hash(state);
    }
}
