//! An image of a page: its picture, its text, and what stands around it.

use std::fmt;
use std::sync::Arc;

use crate::place::Place;

#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    pub kind: Kind,
    /// Of the page, from 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// The address of its picture, if it names one.
    pub source: Option<String>,
    /// Nothing where it is missing. An empty one says that the image is decoration, and so do a role and `aria-hidden`;
    /// Markdown cannot say so, and there an empty one is missing.
    pub text: Option<String>,
    pub context: Context,
    pub(crate) place: Option<Place>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Kind {
    /// `<img>`.
    #[default]
    Img,
    /// `<input type=image>`, a button.
    Input,
    /// `<area>`, a link in a map.
    Area,
    /// Any other element with `role=img`.
    Role,
    /// `<svg>` with the role of an image, or with a name.
    Svg,
    /// `![](a.jpg)`.
    Markdown,
    /// A key of the front matter.
    FrontMatter,
}

/// What the W3C's decision tree for alternative texts asks for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Context {
    /// The link or button in which it stands.
    pub link: Option<Arc<Link>>,
    /// What the caption of its figure says.
    pub figcaption: Option<String>,
    /// In pixels, where attributes say so.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Whether an element around it is hidden from those who hear the page.
    pub is_hidden: bool,
    /// Whether the same picture comes earlier in the page.
    pub is_repeated: bool,
    /// The text of the same picture right before or after it.
    pub neighbour: Option<String>,
}

#[derive(Debug, Default, PartialEq)]
pub struct Link {
    pub is_button: bool,
    /// What it says beside its images.
    pub text: String,
    /// Whether it has a name besides: by the text of an image, a title, or another element.
    pub is_named_otherwise: bool,
}

/// Why an image may be decoration. It is for a person to say so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Decoration {
    InLink,
    InButton,
    Captioned,
    Hidden,
    Icon,
    Repeated,
}

/// Smaller pictures are icons.
const ICON_SIDE: u32 = 32;

impl Image {
    /// Whether it lacks a text.
    pub fn is_missing_text(&self) -> bool {
        match self.kind {
            Kind::Img | Kind::Markdown | Kind::FrontMatter => self.text.is_none(),
            // They need a name where somebody meets them. An `<img>` has an alt wherever it stands, as HTML will have it.
            Kind::Input | Kind::Area | Kind::Role | Kind::Svg => {
                !self.context.is_hidden && self.text.as_ref().is_none_or(String::is_empty)
            }
        }
    }

    /// Whether a caption of its picture can be its text. The others say what they do, or have no picture of their own.
    pub fn is_captioned(&self) -> bool {
        matches!(self.kind, Kind::Img | Kind::Markdown | Kind::FrontMatter)
    }

    /// Whether a text can be written for it.
    pub fn takes_text(&self) -> bool {
        self.place.is_some()
    }

    /// What around an image without a text suggests that it is decoration.
    pub fn decoration(&self) -> Option<Decoration> {
        let Context { link, figcaption, width, height, is_hidden, is_repeated, .. } = &self.context;
        let has_words = link.as_ref().is_some_and(|link| !link.text.is_empty());
        match link {
            _ if !self.is_captioned() || self.text.is_some() => None,
            Some(link) if has_words && link.is_button => Some(Decoration::InButton),
            Some(_) if has_words => Some(Decoration::InLink),
            _ if figcaption.is_some() => Some(Decoration::Captioned),
            _ if *is_hidden => Some(Decoration::Hidden),
            // In a link it is all that the link says.
            None if width.is_some_and(|it| it < ICON_SIDE) || height.is_some_and(|it| it < ICON_SIDE) => {
                Some(Decoration::Icon)
            }
            None if *is_repeated => Some(Decoration::Repeated),
            _ => None,
        }
    }
}

impl fmt::Display for Decoration {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::InLink => "it stands in a link that has words",
            Self::InButton => "it stands in a button that has words",
            Self::Captioned => "the caption of its figure may say it already",
            Self::Hidden => "it stands in what is hidden from those who hear the page",
            Self::Icon => "it is shown as small as an icon",
            Self::Repeated => "the same picture comes earlier in the page",
        })
    }
}
