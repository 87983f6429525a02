//! How an encoder wants its input, as the manifest says it.

use serde::{Deserialize, Serialize};

use crate::bounds::{FieldError, within};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputSpec {
    /// Side of the square in pixels.
    pub size: usize,
    /// Of each channel, of values from 0 to 1: three for red, green and blue, one for grey.
    pub mean: Vec<f32>,
    pub std: Vec<f32>,
    /// Whether it is writing that is wanted: white on black with no grey between, whatever it was written with and on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ink: bool,
}

impl InputSpec {
    /// What the networks of torchvision were trained with.
    pub fn imagenet() -> Self {
        Self { size: 224, mean: vec![0.485, 0.456, 0.406], std: vec![0.229, 0.224, 0.225], ink: false }
    }

    /// What networks for MNIST's handwritten digits are trained with.
    pub fn digit(size: usize) -> Self {
        Self { size, mean: vec![0.1307], std: vec![0.3081], ink: true }
    }

    pub fn channels(&self) -> usize {
        self.mean.len()
    }

    pub fn check(&self) -> Result<(), FieldError> {
        let Self { size, mean, std, ink } = self;
        let wrong = |field, value: String, wanted: &str| Err(FieldError { field, value, wanted: wanted.into() });
        within("input.size", *size, 16, 2048)?;
        if !matches!(mean.len(), 1 | 3) {
            return wrong(
                "input.mean",
                format!("{mean:?}"),
                "one number (grey) or three (red, green, blue) are allowed",
            );
        }
        if std.len() != mean.len() {
            return wrong("input.std", format!("{std:?}"), "it has to have as many numbers as input.mean");
        }
        if !mean.iter().all(|mean| mean.is_finite()) {
            return wrong("input.mean", format!("{mean:?}"), "finite numbers are allowed");
        }
        if !std.iter().all(|std| std.is_finite() && *std > 0.0) {
            return wrong("input.std", format!("{std:?}"), "numbers above 0 are allowed");
        }
        if *ink && mean.len() != 1 {
            return wrong("input.ink", "true".into(), "ink is grey, so input.mean and input.std have one number each");
        }
        Ok(())
    }
}
