//! A review under way: what its page is answered, and what a person says of a text.
//!
//! It knows no sockets, so that any server can ask it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use sightline_alt::book::{Book, BookError, Review, State};

use super::super::books::SiteBook;
use super::files::file;
use super::guard::Guard;
use super::http::{BODY_LIMIT, Request, Response};
use super::maps::Maps;
use super::photos::{Photo, PhotoFailure, photo};
use super::site::Site;
use super::texts::{Seen, Text, Texts};

pub struct Session {
    site: Site,
    maps: Maps,
    guard: Guard,
    state: Mutex<SessionState>,
}

#[derive(Default)]
struct SessionState {
    /// As it was read last.
    book: Book,
    is_closed: bool,
}

/// What a person says of a text that they saw.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    hash: String,
    seen: Seen,
    review: SaidReview,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
enum SaidReview {
    Accept,
    Correct { text: String },
    Decoration,
    Restore { text: String, state: State },
}

/// A text as it is now, and why it is not as it was asked for.
#[derive(Serialize)]
struct Now<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'static str>,
    text: Text<'a>,
}

impl From<SaidReview> for Review {
    fn from(said: SaidReview) -> Self {
        match said {
            SaidReview::Accept => Self::Accept,
            SaidReview::Correct { text } => Self::Correct(text),
            SaidReview::Decoration => Self::Decoration,
            SaidReview::Restore { text, state } => Self::Restore { text, state },
        }
    }
}

impl Session {
    pub fn new(site: Site, maps: Maps, guard: Guard) -> Self {
        Self { site, maps, guard, state: Mutex::default() }
    }

    pub fn answer(&self, request: &Request) -> Response {
        let answer = self.guard.path(request).and_then(|path| match (path, &*request.method) {
            ("review", "POST") => self.review(request),
            ("review", _) => Err(not_allowed("POST")),
            (_, "GET") => self.get(path),
            _ => Err(not_allowed("GET")),
        });
        answer.unwrap_or_else(|refusal| refusal)
    }

    /// Lets nobody write any more, once what is being written is done.
    pub fn close(&self) {
        self.state().is_closed = true;
    }

    fn get(&self, path: &str) -> Result<Response, Response> {
        match path.split_once('/') {
            None if path == "texts" => self.texts(),
            Some(("photos", hash)) => self.photo(hash).map(|photo| Response::new(photo.content_type, photo.bytes)),
            Some(("maps", hash)) => {
                let looks = self.maps.of(&self.photo(hash)?.bytes);
                looks.map(|looks| Response::json(200, &looks)).map_err(|error| refused(503, format!("{error:#}")))
            }
            _ => file(path).ok_or_else(|| refused(404, "there is no such page")),
        }
    }

    fn texts(&self) -> Result<Response, Response> {
        let mut state = self.state();
        state.book = self.read_book()?;
        let file = self.site.book.display().to_string();
        Ok(Response::json(200, &Texts::of(&state.book, &file, &self.site.apply, &self.site.uses)))
    }

    fn photo(&self, hash: &str) -> Result<Photo, Response> {
        let file = self.state().book.entry(hash).map(|entry| entry.file.clone());
        let photo = file.ok_or(PhotoFailure::Unknown).and_then(|file| photo(&self.site.root, file, hash));
        photo.map_err(|failure| refused(404, failure.to_string()))
    }

    /// Writes what a person says into the file as it is now: somebody may have edited it meanwhile.
    fn review(&self, request: &Request) -> Result<Response, Response> {
        let Said { hash, seen, review } = said(request)?;
        let mut state = self.state();
        if state.is_closed {
            return Err(refused(503, "the review has ended; sightline alt --review begins another"));
        }
        let mut site = SiteBook { path: self.site.book.clone(), book: self.read_book()? };
        let gone = || refused(410, "this picture is not in the book any more");
        let entry = site.book.entry(&hash).ok_or_else(gone)?;
        if !seen.is_still(entry) {
            let error = Some("somebody has changed this text meanwhile");
            return Err(Response::json(409, &Now { error, text: Text::of(&hash, entry, &self.site.uses) }));
        }
        site.book.review(&hash, review.into()).map_err(|error| match error {
            BookError::NoText { .. } => refused(422, error.to_string()),
            _ => refused(400, error.to_string()),
        })?;
        site.save().map_err(|error| refused(500, format!("{error:#}")))?;
        state.book = site.book;
        let entry = state.book.entry(&hash).ok_or_else(gone)?;
        Ok(Response::json(200, &Now { error: None, text: Text::of(&hash, entry, &self.site.uses) }))
    }

    fn read_book(&self) -> Result<Book, Response> {
        Book::read(&self.site.book).map_err(|error| refused(500, error.to_string()))
    }

    fn state(&self) -> MutexGuard<'_, SessionState> {
        // The file is read again before anything is written, so nothing that was left half done counts.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn said(request: &Request) -> Result<Said, Response> {
    if request.content_type.as_deref() != Some("application/json") {
        return Err(refused(415, "a review is sent as application/json"));
    }
    if request.body.len() > BODY_LIMIT {
        return Err(refused(413, format!("a review has at most {BODY_LIMIT} bytes")));
    }
    serde_json::from_slice(&request.body).map_err(|error| refused(400, format!("this is no review: {error}")))
}

fn refused(status: u16, reason: impl Into<String>) -> Response {
    Response::refused(status, reason)
}

fn not_allowed(allow: &'static str) -> Response {
    Response { allow: Some(allow), ..refused(405, format!("this takes {allow} alone")) }
}

#[cfg(test)]
mod tests;
