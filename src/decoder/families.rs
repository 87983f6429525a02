//! The families of decoders, a line for each. Everything that has to know all of them follows from this list.

mod attention_lstm;
mod classifier;
mod lstm;
mod rnn;
mod transformer;

use std::convert::Infallible;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::activations::is_plain_cpu;
use super::family::{DecoderFamily, DecoderSettings, DecoderSizes, ModelKind, TensorShapes, WithDecoder};
use super::family_enum::decoders;
use super::session::{Decoder, TrainableDecoder};
use crate::bounds::{FieldError, MAX_SIZE, within};
use crate::checkpoint::{CheckpointError, check, unwrapped};
use crate::layer_table::Layer;
use crate::synthetic_weights;
use crate::weights::{self, Slot, StoredWeight, Weight, Weights};

pub use attention_lstm::{Attention, AttentionLstmConfig};
pub use classifier::{Classifier, ClassifierConfig};
pub use lstm::LstmConfig;
pub use rnn::{Rnn, RnnConfig};
pub use transformer::TransformerConfig;

decoders! {
    // Variant: the manifest's "architecture", which is also what a training configuration calls it; the sizes.
    Rnn: "rnn", RnnConfig;
    Lstm: "lstm", LstmConfig;
    AttentionLstm: "attention_lstm", AttentionLstmConfig;
    Transformer: "transformer", TransformerConfig;
    Classifier: "classifier", ClassifierConfig;
}

impl DecoderConfig {
    /// Recognises the decoder of a checkpoint. `heads` are those of a Transformer, which cannot be seen from its checkpoint.
    pub fn from_checkpoint(weights: Weights, heads: usize) -> Result<(Self, Weights), CheckpointError> {
        let weights = unwrapped(weights, "decoder.");
        let tensors = TensorShapes(&weights);
        // What all have that are recognised, so that its lack is what is reported.
        tensors.size("embedding.weight", 1)?;
        let config = Self::recognised(tensors, heads)?.ok_or_else(|| CheckpointError::Unrecognised {
            expected: "decoder's checkpoint",
            key: "decode_step.weight_hh".into(),
        })?;
        config.check()?;
        check(&weights, &config.slots())?;
        Ok((config, weights))
    }

    pub fn check(&self) -> Result<(), FieldError> {
        within("decoder.words", self.vocab_size(), 1, MAX_SIZE)?;
        within("decoder.features", self.feature_dim(), 1, MAX_SIZE)?;
        self.family().check()
    }

    /// The name that people know it by, such as `LSTM with additive attention`.
    pub fn title(&self) -> String {
        self.family().title()
    }

    /// What it says of a photo.
    pub fn kind(&self) -> ModelKind {
        self.family().kind()
    }

    /// Whether it can show where it looks.
    pub fn has_attention(&self) -> bool {
        self.family().has_attention()
    }

    pub fn vocab_size(&self) -> usize {
        self.family().vocab_size()
    }

    /// Channels that it expects of the grid.
    pub fn feature_dim(&self) -> usize {
        self.family().feature_dim()
    }

    /// Cells that it expects of the grid, where that matters to it.
    pub fn cells(&self) -> Option<usize> {
        self.family().cells()
    }

    /// Whether it can do with some cells of the grid instead of all.
    pub fn takes_some_cells(&self) -> bool {
        self.family().takes_some_cells()
    }

    /// The checkpoint's keys and shapes, without allocating a tensor.
    pub fn slots(&self) -> Vec<Slot> {
        struct Slots;

        impl WithDecoder for Slots {
            type Output = Vec<Slot>;

            fn run<D: TrainableDecoder>(self, init: impl Fn(&Device) -> D) -> Vec<Slot> {
                weights::slots(&init(&crate::device::cpu()))
            }
        }

        self.with_decoder(Slots)
    }

    /// The table of layers, for a grid of `cells` cells.
    pub fn layers(&self, cells: usize) -> Vec<Layer> {
        let mut layers: Vec<Layer> = Vec::new();
        for slot in &self.slots() {
            let name = slot.name.rsplit_once('.').map_or(slot.name.as_str(), |(layer, _)| layer);
            match layers.last_mut().filter(|layer| layer.name == name) {
                Some(layer) => layer.parameters += slot.elements(),
                None => {
                    let output = self.family().layer_output(slot.layer(), slot.shape[0], cells);
                    layers.push(Layer { name: name.to_string(), output, parameters: slot.elements() });
                }
            }
        }
        layers
    }

    /// A decoder with weights from `take`.
    pub fn load<W: Into<StoredWeight>, E>(
        &self,
        device: &Device,
        take: impl FnMut(&Slot) -> Result<W, E>,
    ) -> Result<Box<dyn Decoder>, E> {
        struct Load<'a, F>(&'a Device, F);

        impl<W: Into<StoredWeight>, E, F: FnMut(&Slot) -> Result<W, E>> WithDecoder for Load<'_, F> {
            type Output = Result<Box<dyn Decoder>, E>;

            fn run<D: TrainableDecoder + 'static>(self, init: impl Fn(&Device) -> D) -> Self::Output {
                let Self(device, take) = self;
                let decoder = init(device);
                let Some(matrices) = decoder.matrices().filter(|_| is_plain_cpu(device)).cloned() else {
                    return Ok(Box::new(weights::fill(decoder, device, take)?));
                };
                let (decoder, in_bytes) = weights::fill_but_matrices(decoder, device, take)?;
                matrices.set(in_bytes);
                Ok(Box::new(decoder))
            }
        }

        self.with_decoder(Load(device, take))
    }

    /// The weight that [`synthetic_weights`] gives for a tensor of this network.
    pub fn synthetic_weight(&self, slot: &Slot) -> Weight {
        synthetic_weights::weight(slot, self.family().synthetic_gain(slot.layer()))
    }

    /// A decoder with the weights of [`synthetic_weights`].
    pub fn synthetic(&self, device: &Device) -> Box<dyn Decoder> {
        let Ok(decoder) = self.load(device, |slot| Ok::<_, Infallible>(self.synthetic_weight(slot)));
        decoder
    }
}
