//! Pictures → what the book of texts knows them by, and captions of those that it does not know.

use std::collections::HashSet;
use std::sync::atomic::AtomicBool;

use sightline::{Caption, CaptionOptions, Captioner};
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

/// Captions pictures, several at a time, and tells them in order. A picture whose file is known by then is left at that.
pub fn captioned(
    pictures: Vec<Picture>,
    known: HashSet<String>,
    arguments: &CaptionArguments,
    mut tell: impl FnMut(Seen) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let model = &arguments.model.model;
    let captioner = arguments.device.open_model(model)?;
    expect_captions(model, &captioner.model().manifest.decoder)?;
    captioner.check(&arguments.options)?;
    let is_single = pictures.len() == 1;
    let bar = progress(pictures.len());
    let see = |picture: Picture| match picture.bytes() {
        Ok(bytes) => {
            let hash = picture.has_entry().then(|| hash_of(&bytes));
            let is_known = hash.as_ref().is_some_and(|hash| known.contains(hash));
            let draft = (!is_known).then(|| draft(&captioner, &bytes, arguments).map_err(JsonError::from));
            Seen { picture, hash, draft }
        }
        Err(failure) => Seen { picture, hash: None, draft: Some(Err(failure.into())) },
    };
    let workers = arguments.workers.for_photos(is_single, captioner.about().device.encoder);
    let never = AtomicBool::new(false);
    in_order(
        workers.count,
        pictures.into_iter(),
        &never,
        || workers.begin(&see),
        |seen: Seen| {
            bar.inc(1);
            bar.suspend(|| tell(seen))
        },
    )?;
    bar.finish_and_clear();
    Ok(())
}

fn draft(captioner: &Captioner, bytes: &[u8], arguments: &CaptionArguments) -> Result<Draft, PictureFailure> {
    let caption = captioner.caption(&photo_in(bytes)?, &arguments.options)?;
    let model = captioner.model().manifest.name.clone();
    if caption.familiar == Some(false) && !arguments.options.any_photo {
        // The book keeps that it was asked about.
        return Ok(Draft { model, ..Draft::default() });
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
