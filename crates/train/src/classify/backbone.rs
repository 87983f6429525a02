//! What stands before the classes: an encoder that was learnt elsewhere, or one that is still to be learnt.

use burn::tensor::Device;
use sightline::device::{DeviceKind, OpenDevice};
use sightline::encoder::{Encoder, EncoderConfig, Norms};
use sightline::photo::InputSpec;

use crate::config::{ClassifyConfig, known_backbone};
use crate::error::TrainError;
use crate::frozen_encoder::FrozenEncoder;

#[derive(Debug)]
pub enum Backbone {
    Given(Box<FrozenEncoder>),
    New(Box<NewBackbone>),
}

/// One that is still to be learnt.
#[derive(Debug)]
pub struct NewBackbone {
    config: EncoderConfig,
    input: InputSpec,
    device: OpenDevice,
}

impl Backbone {
    pub fn open(config: &ClassifyConfig, device: &OpenDevice) -> Result<Self, TrainError> {
        let name = &config.model.backbone;
        match &config.data.encoder {
            Some(path) => Ok(Self::Given(Box::new(FrozenEncoder::of_backbone(path, name, device)?))),
            None => {
                let ink = config.data.ink;
                let config = known_backbone(name)?;
                let input = config.input();
                let input = InputSpec { ink: ink.unwrap_or(input.ink), ..input };
                Ok(Self::New(Box::new(NewBackbone { input, config, device: device.clone() })))
            }
        }
    }

    pub fn config(&self) -> &EncoderConfig {
        match self {
            Self::Given(encoder) => &encoder.config,
            Self::New(new) => &new.config,
        }
    }

    pub fn input(&self) -> &InputSpec {
        match self {
            Self::Given(encoder) => &encoder.input,
            Self::New(new) => &new.input,
        }
    }

    pub fn device(&self) -> &OpenDevice {
        match self {
            Self::Given(encoder) => encoder.device(),
            Self::New(new) => &new.device,
        }
    }

    pub fn given(&self) -> Option<&FrozenEncoder> {
        match self {
            Self::Given(encoder) => Some(encoder),
            Self::New(_) => None,
        }
    }

    /// The network that is to be learnt, with its norms; nothing where one was given.
    pub fn network(&self, device: &Device) -> Option<Encoder> {
        match self {
            Self::Given(_) => None,
            Self::New(new) => Some(new.config.init(Norms::Separate, device)),
        }
    }

    /// Parts of a batch that are learnt side by side. A norm has to see the whole batch.
    pub fn parts(&self) -> usize {
        match self {
            Self::Given(encoder) if encoder.device().kind == DeviceKind::Cpu => crate::run::PARTS,
            _ => 1,
        }
    }

    /// What distinguishes it from every other.
    pub fn fingerprint(&self) -> String {
        match self {
            Self::Given(encoder) => encoder.fingerprint().to_string(),
            Self::New(new) => format!("{:?} {}", new.config, new.input.ink),
        }
    }
}
