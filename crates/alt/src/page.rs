//! A page's bytes → its images, and the page with texts for them.

use encoding_rs::{Encoding, UTF_8};

use crate::address::SitePath;
use crate::context::{Outline, Remark};
use crate::front_matter::{FrontMatter, FrontMatterKeys};
use crate::html::tags::{Dialect, Token, tokens};
use crate::html::{Html, encoding::encoding};
use crate::image::{Image, Kind};
use crate::language::Language;
use crate::markdown::{self, MdxError};
use crate::piece::{Part, Piece};
use crate::place::{one_line, written};
use crate::template::neutral;

/// How pages are read.
#[derive(Clone, Debug, Default)]
pub struct Format {
    pub language: Language,
    /// What of their front matter is about images.
    pub front_matter: FrontMatterKeys,
}

/// What a page says about its images.
#[derive(Debug, PartialEq)]
pub struct Page {
    encoding: &'static Encoding,
    /// Where addresses begin from, if the page says so.
    base: Option<String>,
    /// What there is, in order.
    outline: Outline,
}

/// Why a page cannot be edited.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error("the page is written in {0}, which cannot be edited here; save it as UTF-8")]
    Encoding(&'static str),
    #[error("there are zero bytes in it, so it is no page, or one in UTF-16; save that as UTF-8")]
    ZeroBytes,
    #[error(transparent)]
    Mdx(#[from] MdxError),
    #[error("line {0}: no text can be written for this image; write it by hand")]
    NoPlace(usize),
    #[error("line {0}: the text cannot be written here so that it is read again as it is; write it by hand")]
    Text(usize),
    #[error("the texts would change more of the page than the images; write them by hand")]
    Rest,
}

impl Page {
    pub fn read(bytes: &[u8], format: &Format) -> Result<Self, PageError> {
        let mark = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
        if mark.is_none() && bytes[..bytes.len().min(1024)].contains(&0) {
            return Err(PageError::ZeroBytes);
        }
        let front = FrontMatter::read(bytes, &format.front_matter);
        let body = front.blanked(bytes);
        match format.language {
            Language::Html => Self::read_html(bytes, &body, front.pieces),
            Language::Markdown | Language::Mdx => {
                let Ok(text) = std::str::from_utf8(&body) else {
                    return Err(PageError::Encoding("something that is not UTF-8"));
                };
                let outline = match format.language {
                    Language::Mdx => markdown::outline_of_mdx(bytes, text, front.pieces)?,
                    _ => markdown::outline(bytes, text, front.pieces),
                };
                Ok(Self { encoding: UTF_8, base: None, outline })
            }
        }
    }

    fn read_html(bytes: &[u8], body: &[u8], front: Vec<Piece>) -> Result<Self, PageError> {
        let neutral = neutral(body);
        let encoding = encoding(&neutral.bytes);
        // In the others, a byte that looks like `<` may be half a letter.
        if !encoding.is_ascii_compatible() {
            return Err(PageError::Encoding(encoding.name()));
        }
        let html = Html { bytes: &neutral.bytes, encoding, dialect: Dialect::Html, is_in_markdown: false };
        let templated = (0..neutral.images).map(|_| Piece { at: 0, part: Part::Templated });
        let outline = Outline::of(bytes, front.into_iter().chain(templated).chain(html.pieces()));
        let base = tokens(&neutral.bytes, Dialect::Html).find_map(|token| match token {
            Token::Start(tag) if tag.name == "base" => tag.attribute("href").map(|href| html.text(&href.value)),
            _ => None,
        });
        Ok(Self { encoding, base, outline })
    }

    /// Every image, in order.
    pub fn images(&self) -> &[Image] {
        &self.outline.images
    }

    /// The comments in it.
    pub(crate) fn remarks(&self) -> &[Remark] {
        &self.outline.remarks
    }

    /// How many images were left alone because a template writes their tag, their address or their text.
    pub fn templated(&self) -> usize {
        self.outline.templated
    }

    /// How many images of the front matter were left alone because it is not certain how they are written.
    pub fn uncertain(&self) -> usize {
        self.outline.uncertain
    }

    /// Where the addresses begin from in this page, which lies in a folder.
    pub fn folder(&self, folder: SitePath) -> SitePath {
        self.base.as_ref().map_or(folder.clone(), |base| folder.with_base(base))
    }

    /// The bytes that this was read from, with a text for each image that there is one for, in one line. An empty one
    /// says that the image is decoration. What comes of it is read again: either it says just that, or nothing comes of
    /// it.
    pub fn with_texts(&self, bytes: &[u8], format: &Format, texts: &[Option<String>]) -> Result<Vec<u8>, PageError> {
        let mut news = Vec::new();
        for (image, text) in self.images().iter().zip(texts) {
            let Some(text) = text.as_deref().map(one_line) else { continue };
            news.push((image.place.as_ref().ok_or(PageError::NoPlace(image.line))?, text));
        }
        let result = written(bytes, news).ok_or(PageError::Rest)?;
        let again = Self::read(&result, format).map_err(|_| PageError::Rest)?;
        if !self.differs_only_in_texts(&again) {
            return Err(PageError::Rest);
        }
        for (i, (image, now)) in self.images().iter().zip(again.images()).enumerate() {
            let expected = match texts.get(i).and_then(Option::as_deref).map(one_line) {
                None => image.text.clone(),
                // Markdown has no other way to say that there is none.
                Some(text) if text.is_empty() && image.kind == Kind::Markdown => None,
                Some(text) => Some(text),
            };
            if now.text != expected {
                return Err(PageError::Text(image.line));
            }
        }
        Ok(result)
    }

    fn differs_only_in_texts(&self, other: &Self) -> bool {
        let Outline { images, remarks, templated, uncertain, rest } = &self.outline;
        let same_remarks = remarks.iter().map(|it| &it.text).eq(other.remarks().iter().map(|it| &it.text));
        (images.len(), *templated, *uncertain) == (other.images().len(), other.templated(), other.uncertain())
            && (self.encoding, &self.base, *rest) == (other.encoding, &other.base, other.outline.rest)
            && same_remarks
    }
}
