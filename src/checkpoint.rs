//! Checkpoints: the named tensors that somebody else's program saved, and whether they are what an architecture wants.

#[cfg(feature = "pytorch")]
mod read;

use crate::bounds::FieldError;
use crate::weights::{Slot, Weight, Weights};

#[cfg(feature = "pytorch")]
pub use read::{CHECKPOINT_LIMIT, ReadError, read};

/// Why a checkpoint is not one that this build can read.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum CheckpointError {
    #[error("this is no {expected}: it has no tensor {key}")]
    Unrecognised { expected: &'static str, key: String },
    #[error("tensor {name} is missing")]
    Missing { name: String },
    #[error("tensor {name} has the shape {found:?}; {expected:?} is expected")]
    Shape { name: String, expected: Vec<usize>, found: Vec<usize> },
    #[error("tensor {name} is not part of this architecture")]
    Unexpected { name: String },
    #[error("the checkpoint has no classifier: {key} is missing")]
    NoClassifier { key: String },
    #[error("{0}")]
    Unsupported(String),
    #[error(transparent)]
    Field(#[from] FieldError),
}

/// Checks a checkpoint's tensors against what an architecture wants, to the name and the shape.
pub fn check(weights: &Weights, slots: &[Slot]) -> Result<(), CheckpointError> {
    for slot in slots {
        match weights.get(&slot.name) {
            None => return Err(CheckpointError::Missing { name: slot.name.clone() }),
            Some(weight) if weight.shape != slot.shape => {
                return Err(CheckpointError::Shape {
                    name: slot.name.clone(),
                    expected: slot.shape.clone(),
                    found: weight.shape.clone(),
                });
            }
            Some(_) => {}
        }
    }
    match weights.keys().find(|name| !slots.iter().any(|slot| slot.name == **name)) {
        Some(name) => Err(CheckpointError::Unexpected { name: name.clone() }),
        None => Ok(()),
    }
}

/// What people wrap around a model when they save it.
const WRAPPERS: [&str; 3] = ["state_dict.", "model.", "module."];

/// Takes away what people wrap around a part of a model when they save it, such as `state_dict.module.encoder.`; where
/// a file holds several parts, this leaves the one that is named.
pub fn unwrapped(mut weights: Weights, part: &str) -> Weights {
    let wrappers = WRAPPERS.iter().chain([&part]);
    while let Some(wrapper) = wrappers.clone().find(|wrapper| weights.keys().any(|name| name.starts_with(**wrapper))) {
        let inside = |(name, weight): (String, Weight)| Some((name.strip_prefix(*wrapper)?.to_string(), weight));
        weights = weights.into_iter().filter_map(inside).collect();
    }
    weights
}

/// A tensor's name without such wrappers.
pub fn unwrapped_name<'a>(mut name: &'a str, part: &str) -> &'a str {
    while let Some(inside) = WRAPPERS.iter().chain([&part]).find_map(|wrapper| name.strip_prefix(*wrapper)) {
        name = inside;
    }
    name
}
