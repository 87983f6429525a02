//! Arguments that several commands have.

use std::path::Path;

use anyhow::ensure;
use clap::{Args, ValueEnum};
use sightline::decoder::search::BEAMS;
use sightline::decoder::{DecoderConfig, ModelKind};
use sightline::device::{self, DeviceError, DeviceKind, DeviceRequest, OpenDevice, Precision};
use sightline::model::ModelError;
use sightline::{CaptionOptions, Captioner};

use crate::shipped_models::model_folder;

/// Where to compute.
#[derive(Args, Clone)]
pub struct DeviceArguments {
    /// What encodes the photo; auto takes a real GPU where there is one
    #[arg(long, value_enum, default_value = "auto")]
    device: DeviceArgument,
    /// What decodes the words; auto takes the processor, which a short step suits better
    #[arg(long, value_enum, default_value = "auto", value_name = "DEVICE")]
    words_device: DeviceArgument,
    #[command(flatten)]
    pub precision: PrecisionArgument,
}

/// In what the processor computes.
#[derive(Args, Clone)]
pub struct PrecisionArgument {
    /// In what the processor computes; auto takes 8-bit integers for a model that was calibrated for them
    #[arg(long, value_enum, default_value = "auto")]
    precision: PrecisionName,
}

#[derive(Clone, Copy, ValueEnum)]
enum PrecisionName {
    Auto,
    F32,
}

impl PrecisionArgument {
    /// As it is named.
    pub fn name(&self) -> &'static str {
        match self.precision {
            PrecisionName::Auto => "auto",
            PrecisionName::F32 => "f32",
        }
    }

    pub fn of(&self, device: OpenDevice) -> OpenDevice {
        device.with_precision(match self.precision {
            PrecisionName::Auto => Precision::Auto,
            PrecisionName::F32 => Precision::F32,
        })
    }
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
pub enum DeviceArgument {
    Auto,
    Cpu,
    Wgpu,
    Cuda,
}

impl DeviceArgument {
    pub fn open(self) -> Result<OpenDevice, DeviceError> {
        device::open(match self {
            Self::Auto => DeviceRequest::Auto,
            Self::Cpu => DeviceRequest::Cpu,
            Self::Wgpu => DeviceRequest::Wgpu,
            Self::Cuda => DeviceRequest::Cuda,
        })
    }
}

impl DeviceArguments {
    /// The encoder's device, and the decoder's.
    pub fn open(&self) -> Result<(OpenDevice, OpenDevice), DeviceError> {
        let encoder = self.device.open()?;
        let decoder = match self.words_device {
            DeviceArgument::Auto | DeviceArgument::Cpu => OpenDevice::cpu(),
            DeviceArgument::Wgpu if encoder.kind == DeviceKind::Wgpu => encoder.clone(),
            DeviceArgument::Cuda if encoder.kind == DeviceKind::Cuda => encoder.clone(),
            other => other.open()?,
        };
        Ok((self.precision.of(encoder), self.precision.of(decoder)))
    }

    pub fn open_model(&self, folder: &Path) -> anyhow::Result<Captioner> {
        let folder = model_folder(folder)?;
        let (encoder, decoder) = self.open()?;
        Captioner::open(&folder, &encoder, &decoder).map_err(|error| in_folder(&folder, error))
    }
}

/// What writes sentences cannot do it with a model that knows classes.
pub fn expect_captions(folder: &Path, decoder: &DecoderConfig) -> anyhow::Result<()> {
    ensure!(
        decoder.kind() == ModelKind::Captions,
        "{}: this model tells classes apart and writes no captions; use sightline classify",
        folder.display()
    );
    Ok(())
}

/// Says which model folder an error is about, where the error does not.
pub fn in_folder(folder: &Path, error: ModelError) -> anyhow::Error {
    match &error {
        ModelError::Io { .. } | ModelError::NotFound { .. } => error.into(),
        _ => anyhow::Error::new(error).context(folder.display().to_string()),
    }
}

pub fn beams_help() -> String {
    format!(
        "Sentences that are followed at a time; 1 is greedy [default: as many as the model was measured with, or {BEAMS}]"
    )
}

/// How many sentences a search follows, and which of them is taken.
#[derive(Args)]
pub struct BeamArguments {
    #[arg(long, value_name = "N", help = beams_help())]
    beams: Option<usize>,
    #[command(flatten)]
    consensus: ConsensusArgument,
}

impl BeamArguments {
    pub fn options(&self) -> CaptionOptions {
        CaptionOptions { beams: self.beams, consensus: self.consensus.option(), ..CaptionOptions::default() }
    }
}

#[derive(Args)]
pub struct ConsensusArgument {
    /// Order the sentences of a beam search by the model alone, not by what people wrote of similar photos as well
    #[arg(long)]
    no_consensus: bool,
}

impl ConsensusArgument {
    pub fn option(&self) -> Option<bool> {
        self.no_consensus.then_some(false)
    }
}
