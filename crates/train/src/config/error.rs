//! What is wrong with a configuration.

use sightline::bounds::FieldError;

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{path}: {reason}")]
    Io { path: String, reason: std::io::Error },
    #[error("{path}: {reason}")]
    Syntax { path: String, reason: String },
    #[error("{override_}: {reason}; write it as section.key=value, such as training.epochs=3")]
    Override { override_: String, reason: String },
    #[error("{key} is {value}; {wanted}")]
    Value { key: String, value: String, wanted: String },
}

impl ConfigError {
    /// A decoder's own bounds, in the words of this file.
    pub(super) fn of_decoder(error: FieldError) -> Self {
        let key = match error.field {
            "decoder.words" => "data.min_count".into(),
            "decoder.features" => "model.backbone".into(),
            "decoder.embedding" => "model.wordvec_dim".into(),
            "decoder.hidden" => "model.hidden_dim".into(),
            "decoder.attention.size" => "model.attention_size".into(),
            own => own.replace("decoder.", "model."),
        };
        Self::Value { key, value: error.value, wanted: error.wanted }
    }

    /// The same of what stands behind a grid and tells classes apart.
    pub(super) fn of_classifier(error: FieldError) -> Self {
        let key = match error.field {
            "decoder.words" => "data.images",
            "decoder.hidden" => "model.hidden",
            _ => "model.backbone",
        };
        Self::Value { key: key.into(), value: error.value, wanted: error.wanted }
    }
}
