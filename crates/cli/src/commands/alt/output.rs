//! How results are written, and how all of it came out.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use sightline_alt::Image;
use sightline_alt::book::Sureness;

use super::pages::SitePage;
use crate::escaped::escaped;
use crate::json_error::JsonError;
use crate::status::CommandStatus;
use crate::terminal::{stdout, write_json};

/// How much of an address is shown; a whole picture may be in it.
const SHOWN: usize = 100;

pub struct Output {
    pub is_json: bool,
    pub status: CommandStatus,
    /// Texts that wait for a person.
    pub drafts: usize,
}

/// An image, or a page that cannot be worked on.
#[derive(Default, Serialize)]
struct Line<'a> {
    page: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    src: Option<&'a str>,
    /// What was written into the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    alt: Option<&'a str>,
    /// What was not, and waits in the book.
    #[serde(skip_serializing_if = "Option::is_none")]
    draft: Option<&'a str>,
    #[serde(flatten)]
    judgement: Judgement,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JsonError>,
}

/// What the model thinks of its text, and of the image.
#[derive(Clone, Default, Serialize)]
pub struct Judgement {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sureness: Option<Sureness>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
    /// Why the image may be decoration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decoration: Option<String>,
}

impl Output {
    pub fn new(is_json: bool) -> Self {
        Self { is_json, status: CommandStatus::AllWell, drafts: 0 }
    }

    pub fn written(&mut self, page: &SitePage, image: &Image, text: &str, judgement: Judgement) -> std::io::Result<()> {
        self.line(Line { alt: Some(text), judgement, ..Line::of(page, image) }, text)
    }

    /// An image whose text is only a draft, so that it has none yet.
    pub fn drafted(&mut self, page: &SitePage, image: &Image, text: &str, judgement: Judgement) -> std::io::Result<()> {
        self.status = CommandStatus::SomeFailed;
        self.drafts += 1;
        let shown = match &judgement.decoration {
            Some(reason) => format!("draft: {text} (or alt=\"\": {reason})"),
            None => format!("draft: {text}"),
        };
        self.line(Line { draft: Some(text), judgement, ..Line::of(page, image) }, &shown)
    }

    pub fn image_failed(&mut self, page: &SitePage, image: &Image, error: JsonError) -> std::io::Result<()> {
        self.error(Line::of(page, image), error)
    }

    pub fn failed(&mut self, path: &Path, message: String) -> std::io::Result<()> {
        let line = Line { page: path.display().to_string(), ..Line::default() };
        self.error(line, JsonError { code: "page", message })
    }

    fn error(&mut self, line: Line, error: JsonError) -> std::io::Result<()> {
        self.status = CommandStatus::SomeFailed;
        say!("{}: {}", line.location(), error.message);
        if self.is_json { self.line(Line { error: Some(error), ..line }, "") } else { Ok(()) }
    }

    fn line(&mut self, line: Line, text: &str) -> std::io::Result<()> {
        let mut out = stdout();
        if self.is_json {
            write_json(&mut out, &line)
        } else {
            writeln!(out, "{}: {}", escaped(&line.location()), escaped(text))
        }
    }
}

impl<'a> Line<'a> {
    fn of(page: &SitePage, image: &'a Image) -> Self {
        let src = image.source.as_deref();
        Self { page: page.path.display().to_string(), line: Some(image.line), src, ..Self::default() }
    }

    /// Where a person finds it.
    fn location(&self) -> String {
        let Self { page, line: Some(line), src, .. } = self else { return self.page.clone() };
        format!("{page}:{line}: {}", shown(src.unwrap_or("<img>")))
    }
}

/// An address, or the beginning of a long one.
pub fn shown(address: &str) -> String {
    match address.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &address[..end]),
        None => address.to_string(),
    }
}
