//! What becomes of one image.

use sightline_alt::book::{Alt, Book, Draft, Entry, Sureness};
use sightline_alt::{Image, Kind};

use super::output::Judgement;
use super::picture::PictureFailure;
use crate::json_error::JsonError;

/// What is known of an image's picture.
pub enum Found {
    /// The book knows it by this hash.
    InBook(String),
    /// It has no place in the book, as it is no file.
    Draft(Draft),
    Failed(JsonError),
}

/// What may be written into pages.
#[derive(Clone, Copy)]
pub enum Allowed {
    /// What people reviewed.
    Reviewed,
    /// That, and texts of which the model was at least so sure, but for images that may be decoration.
    Least(Sureness),
    All,
}

pub enum Decision {
    Leave,
    Write(String, Judgement),
    /// A person has to see it first.
    Draft(String, Judgement),
    Fail(JsonError),
}

/// Whether a caption is looked for.
pub fn lacks_caption(image: &Image) -> bool {
    image.is_captioned() && image.is_missing_text()
}

pub fn decide(image: &Image, found: &Found, book: &Book, allowed: Allowed) -> Decision {
    let decision = match found {
        Found::InBook(hash) => match book.entry(hash) {
            Some(entry) if lacks_caption(image) => of_entry(image, entry, book.text_for(hash), allowed),
            Some(entry) => corrected(image, entry, book.text_for(hash)),
            None => Decision::Leave,
        },
        _ if !lacks_caption(image) => Decision::Leave,
        Found::Draft(draft) if draft.text.is_empty() => Decision::Fail(PictureFailure::Unfamiliar.into()),
        Found::Draft(draft) => {
            of_draft(image, &draft.text, judgement(image, draft.sureness, draft.probability), allowed)
        }
        Found::Failed(error) => Decision::Fail(error.clone()),
    };
    match (decision, allowed) {
        (Decision::Write(..), _) if !image.takes_text() => Decision::Fail(PictureFailure::NoPlace.into()),
        (Decision::Draft(..) | Decision::Fail(_), Allowed::Reviewed) => Decision::Leave,
        (decision, _) => decision,
    }
}

fn of_entry(image: &Image, entry: &Entry, alt: Option<Alt>, allowed: Allowed) -> Decision {
    match alt {
        // Markdown has no other way to say so.
        Some(Alt::Decoration) if image.kind == Kind::Markdown => Decision::Leave,
        Some(Alt::Decoration) => Decision::Write(String::new(), Judgement::default()),
        Some(Alt::Reviewed(text)) => Decision::Write(text.to_string(), Judgement::default()),
        Some(Alt::Drafted(text)) => of_draft(image, text, judgement(image, entry.sureness, entry.probability), allowed),
        None => Decision::Fail(PictureFailure::Unfamiliar.into()),
    }
}

fn of_draft(image: &Image, text: &str, judgement: Judgement, allowed: Allowed) -> Decision {
    let is_allowed = match allowed {
        Allowed::Reviewed => false,
        // Whether an image is decoration is for a person to say.
        Allowed::Least(least) => {
            image.decoration().is_none() && judgement.sureness.is_some_and(|sureness| sureness >= least)
        }
        Allowed::All => true,
    };
    match is_allowed {
        true => Decision::Write(text.to_string(), judgement),
        false => Decision::Draft(text.to_string(), judgement),
    }
}

/// A text that a model wrote gives way to what a person made of it.
fn corrected(image: &Image, entry: &Entry, alt: Option<Alt>) -> Decision {
    match alt {
        Some(alt @ (Alt::Reviewed(_) | Alt::Decoration))
            if is_drafted(image, entry) && image.text.as_deref() != Some(alt.text()) =>
        {
            Decision::Write(alt.text().to_string(), Judgement::default())
        }
        _ => Decision::Leave,
    }
}

/// Whether an image says what a model wrote of it.
fn is_drafted(image: &Image, entry: &Entry) -> bool {
    !entry.drafted.is_empty() && image.text.as_deref() == Some(&*entry.drafted)
}

fn judgement(image: &Image, sureness: Option<Sureness>, probability: Option<f64>) -> Judgement {
    Judgement { sureness, probability, decoration: image.decoration().map(|reason| reason.to_string()) }
}
