//! The contract of a family of backbones: all that the rest of Sightline asks of one. `contract.rs` holds every known
//! backbone to it.

use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::description::{Builder, Value};
use crate::bounds::FieldError;
use crate::checkpoint::CheckpointError;
use crate::photo::InputSpec;
use crate::weights::Weights;

/// Whether a network still has its norms.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Norms {
    /// As it is trained: a convolution, then the norm.
    Separate,
    /// As it runs: each norm folded into the weight and the bias of the convolution before it.
    Folded,
}

/// The sizes of a network of which there is one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoSizes {}

/// The sizes of a backbone, and its network.
pub trait BackboneConfig: Debug {
    /// The members that have a name, as training configurations write it.
    fn known() -> Vec<(&'static str, Self)>
    where
        Self: Sized;

    /// What a checkpoint of it is called in errors, and its first key.
    fn checkpoint() -> (&'static str, &'static str)
    where
        Self: Sized;

    /// The key that the network has for one that people save under another name.
    fn published_name(name: String) -> String
    where
        Self: Sized,
    {
        name
    }

    /// Whether a tensor belongs to nothing that leads to the grid, beside the classifier.
    fn is_left_out(_name: &str) -> bool
    where
        Self: Sized,
    {
        false
    }

    /// The sizes of a checkpoint, by its keys and shapes; the tensors have no values here. Whether they are all there is
    /// checked afterwards.
    fn recognise(shapes: &Weights) -> Result<Self, CheckpointError>
    where
        Self: Sized;

    /// As people write it, such as `ResNet-50`.
    fn title(&self) -> String;

    fn check(&self) -> Result<(), FieldError> {
        Ok(())
    }

    /// How photos are prepared for it, where a model says nothing else.
    fn input(&self) -> InputSpec;

    /// The layers from the photo, `x`, to the grid, with names that are the published weights' keys. The stem's end and
    /// each stage's is marked.
    fn trunk(&self, net: &mut Builder, x: Value) -> Value;

    /// The layers from the grid, `x`, to the classes, as they were published.
    fn head(&self, net: &mut Builder, x: Value) -> Value;

    /// How much more, or less, than others a layer amplifies in networks of `synthetic_weights`; `layer` is its tensors'
    /// key without the last part.
    fn synthetic_gain(&self, _layer: &str) -> f64 {
        1.0
    }
}
