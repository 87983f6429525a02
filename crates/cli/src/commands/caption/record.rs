//! What a file of captions holds of each photo: a line of JSON, or a row of Parquet, with the same columns in both.

use std::path::Path;

use anyhow::{bail, ensure};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sightline::model::Manifest;
use sightline::sureness::Sureness;
use sightline::{Caption, CaptionOptions};

use super::names::NameKey;
use crate::inputs::PhotoFailure;

/// `docs/COLLECTIONS.md` says what the columns are for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub photo: String,
    pub caption: Option<String>,
    pub text: Option<String>,
    pub log_probability: Option<f32>,
    pub sureness: Option<Sureness>,
    pub familiar: Option<bool>,
    #[serde(flatten)]
    pub origin: Origin,
    pub error_code: Option<String>,
    pub error_message: Option<String>,
}

impl Record {
    pub fn new(photo: &Path, result: &Result<Caption, PhotoFailure>, origin: &Origin) -> Self {
        let (caption, failure) = (result.as_ref().ok(), result.as_ref().err());
        Self {
            photo: photo.display().to_string(),
            caption: caption.map(|caption| caption.hedged.clone()),
            text: caption.map(|caption| caption.text.clone()),
            log_probability: caption.map(|caption| caption.log_probability),
            sureness: caption.map(|caption| caption.sureness),
            familiar: caption.and_then(|caption| caption.familiar),
            origin: origin.clone(),
            error_code: failure.map(|failure| failure.code().to_string()),
            error_message: failure.map(ToString::to_string),
        }
    }

    pub fn key(&self) -> NameKey {
        NameKey::of(&self.photo)
    }

    pub fn has_failed(&self) -> bool {
        self.error_code.is_some()
    }
}

/// What a caption hangs on besides the photo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Its name.
    pub model: String,
    /// Short for the model's weights and the options: other settings, other digits.
    pub settings: String,
}

impl Origin {
    pub fn new(manifest: &Manifest, options: &CaptionOptions, precision: &str) -> anyhow::Result<Self> {
        // The manifest has the SHA-256 of every weight.
        let all = serde_json::to_vec(&(manifest, options, precision))?;
        let settings = Sha256::digest(all)[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { model: manifest.name.clone(), settings })
    }

    /// An error that says how what a file holds was made otherwise than what would come to it.
    pub fn expect_same(&self, before: &Self, file: &Path) -> anyhow::Result<()> {
        let file = file.display();
        ensure!(
            self.model == before.model,
            "{file}: its captions are by the model {}, and these would be by {}; go on with that model, or name \
             another file",
            before.model,
            self.model
        );
        if self.settings != before.settings {
            bail!(
                "{file}: its captions were made with other options, or by another version of the model {}; go on with \
                 those, or name another file",
                self.model
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_test_support::small_manifest;

    #[test]
    fn settings_are_other_digits_where_anything_is_other() {
        let settings = |manifest: &Manifest, options: &CaptionOptions, precision: &str| {
            Origin::new(manifest, options, precision).unwrap().settings
        };
        let (manifest, options) = (small_manifest(), CaptionOptions::default());
        let first = settings(&manifest, &options, "auto");
        assert_eq!(settings(&manifest, &options, "auto"), first);
        assert!(first.len() == 16 && first.bytes().all(|digit| digit.is_ascii_hexdigit()), "{first}");
        let others = [
            settings(&Manifest { beams: Some(7), ..manifest.clone() }, &options, "auto"),
            settings(&manifest, &CaptionOptions { beams: Some(7), ..options.clone() }, "auto"),
            settings(&manifest, &options, "f32"),
        ];
        assert!(others.iter().all(|other| *other != first), "{others:?}");
    }
}
