//! Where the model looks for each word of a caption, computed when somebody asks for it.

use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use sightline::caption::Word;
use sightline::{CaptionOptions, Captioner};

use super::super::picture::photo_in;
use crate::arguments::{DeviceArguments, expect_captions};
use crate::shipped_models::ModelArgument;

/// What captions a photo as `sightline alt` does.
pub struct Maps {
    model: ModelArgument,
    device: DeviceArguments,
    options: CaptionOptions,
    /// Opened at the first question. One photo is computed at a time, on all cores.
    captioner: Mutex<Option<Captioner>>,
}

/// The words of the caption, each with where the model looked.
#[derive(Serialize)]
pub struct Looks {
    model: String,
    words: Vec<Word>,
}

impl Maps {
    pub fn new(model: ModelArgument, device: DeviceArguments, options: CaptionOptions) -> Self {
        // A draft that is asked about was written, whatever the picture looks like.
        Self { model, device, options: CaptionOptions { any_photo: true, ..options }, captioner: Mutex::default() }
    }

    pub fn of(&self, photo: &[u8]) -> anyhow::Result<Looks> {
        let photo = photo_in(photo)?;
        // Whatever broke off at another photo has changed nothing here.
        let mut captioner = self.captioner.lock().unwrap_or_else(PoisonError::into_inner);
        let captioner = match &mut *captioner {
            Some(captioner) => captioner,
            none => none.insert(self.open()?),
        };
        let caption = captioner.caption(&photo, &self.options)?;
        Ok(Looks { model: captioner.model().manifest.name.clone(), words: caption.words })
    }

    fn open(&self) -> anyhow::Result<Captioner> {
        let captioner = self.device.open_model(&self.model.model)?;
        expect_captions(&self.model.model, &captioner.model().manifest.decoder)?;
        captioner.check(&self.options)?;
        Ok(captioner)
    }
}
