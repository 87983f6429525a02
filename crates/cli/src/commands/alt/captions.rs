//! Pictures → what the book of texts knows them by, and captions of those that it does not know.

use std::collections::HashSet;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;

use sightline::{Caption, CaptionOptions, Captioner, Photo};
use sightline_alt::book::{Draft, Sureness};
use sightline_alt::{House, fitted};

use super::picture::{Picture, PictureFailure, hash_of, photo_in};
use crate::arguments::{DeviceArguments, expect_captions};
use crate::in_order::in_order;
use crate::json_error::JsonError;
use crate::shipped_models::ModelArgument;
use crate::terminal::progress;
use crate::workers::WorkerArguments;

/// A picture that was read.
pub struct Seen {
    pub picture: Picture,
    /// Of its file; nothing for a picture that has none, or cannot be read.
    pub hash: Option<String>,
    /// What the model makes of it, where it was asked.
    pub draft: Option<Result<Draft, JsonError>>,
}

/// What captions pictures, once it is needed.
pub struct CaptionArguments<'a> {
    pub model: &'a ModelArgument,
    pub device: &'a DeviceArguments,
    pub workers: &'a WorkerArguments,
    pub options: CaptionOptions,
    pub house: House,
}

/// Reads a picture, and tells by what the book knows it.
pub fn hashed(picture: Picture) -> Seen {
    match picture.bytes() {
        Ok(bytes) => Seen { hash: Some(hash_of(&bytes)), picture, draft: None },
        Err(failure) => Seen { picture, hash: None, draft: Some(Err(failure.into())) },
    }
}

/// Captions pictures, several at a time, and tells them in order. A picture whose file is known by then is left at that, and
/// the model is opened by the first that can be captioned.
pub fn captioned(
    pictures: Vec<Picture>,
    known: HashSet<String>,
    arguments: &CaptionArguments,
    mut tell: impl FnMut(Seen) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let captioner = OnceLock::new();
    let see = |picture: Picture| -> Result<Seen, String> {
        let bytes = match picture.bytes() {
            Ok(bytes) => bytes,
            Err(failure) => return Ok(Seen { picture, hash: None, draft: Some(Err(failure.into())) }),
        };
        let hash = picture.has_entry().then(|| hash_of(&bytes));
        let draft = match photo_in(&bytes) {
            _ if hash.as_ref().is_some_and(|hash| known.contains(hash)) => None,
            Err(failure) => Some(Err(failure.into())),
            Ok(photo) => {
                let captioner = captioner.get_or_init(|| open(arguments).map_err(|error| format!("{error:#}")));
                let captioner = captioner.as_ref().map_err(String::clone)?;
                Some(draft(captioner, &photo, arguments).map_err(JsonError::from))
            }
        };
        Ok(Seen { picture, hash, draft })
    };
    let bar = progress(pictures.len());
    let (encoder, _) = arguments.device.open()?;
    let workers = arguments.workers.for_photos(pictures.len() == 1, encoder.kind);
    let never = AtomicBool::new(false);
    let tell = |seen: Result<Seen, String>| {
        bar.inc(1);
        bar.suspend(|| tell(seen.map_err(anyhow::Error::msg)?))
    };
    in_order(workers.count, pictures.into_iter(), &never, || workers.begin(&see), tell)?;
    bar.finish_and_clear();
    Ok(())
}

fn open(arguments: &CaptionArguments) -> anyhow::Result<Captioner> {
    let model = &arguments.model.model;
    let captioner = arguments.device.open_model(model)?;
    expect_captions(model, &captioner.model().manifest.decoder)?;
    captioner.check(&arguments.options)?;
    Ok(captioner)
}

fn draft(captioner: &Captioner, photo: &Photo, arguments: &CaptionArguments) -> Result<Draft, PictureFailure> {
    let caption = captioner.caption(photo, &arguments.options)?;
    let model = captioner.model().manifest.name.clone();
    if caption.familiar == Some(false) && !arguments.options.any_photo {
        // The book keeps that it was asked about.
        return Ok(Draft { model, ..Draft::default() });
    }
    // An empty text, or one of marks that nobody hears, would say that the picture is decoration.
    if !caption.text.contains(char::is_alphanumeric) {
        return Err(PictureFailure::NoWords);
    }
    let calibration = captioner.model().manifest.calibration.unwrap_or_default();
    Ok(Draft {
        text: fitted(&caption.hedged, &arguments.house),
        sureness: Some(in_book(caption.sureness)),
        probability: probability_of_a_choice(&caption).map(|probability| calibration.calibrated(probability)),
        model,
        ..Draft::default()
    })
}

/// As the book names it.
fn in_book(sureness: sightline::sureness::Sureness) -> Sureness {
    match sureness {
        sightline::sureness::Sureness::Sure => Sureness::Sure,
        sightline::sureness::Sureness::Unsure => Sureness::Unsure,
        sightline::sureness::Sureness::Hesitant => Sureness::Hesitant,
    }
}

/// In the geometric mean over the words, and over the end where it came by itself.
fn probability_of_a_choice(caption: &Caption) -> Option<f64> {
    let best = caption.candidates.first()?;
    let choices = (best.words.len() + usize::from(best.ended)).max(1);
    Some((f64::from(best.log_probability) / choices as f64).exp())
}
