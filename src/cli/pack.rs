//! `sightline pack`: PyTorch checkpoints in, a model folder out.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};
use clap::Args;

use super::{DtypeArgument, Outcome, megabytes, thousands};
use crate::bundle::{self, BundleError, Manifest, Overwrite};
use crate::photo::InputSpec;
use crate::vocabulary::Vocabulary;
use crate::weights::{Weight, Weights};
use crate::{checkpoint, decoder, encoder};

#[derive(Args)]
pub struct Arguments {
    /// Checkpoint of a ResNet-50 or ResNet-101 with torchvision's keys; a classifier is left out
    #[arg(long, value_name = "FILE")]
    encoder: PathBuf,
    /// Checkpoint of the decoder; may be the same file
    #[arg(long, value_name = "FILE")]
    decoder: PathBuf,
    /// Heads of a Transformer, which its checkpoint does not tell
    #[arg(long, default_value_t = 8, value_name = "N")]
    heads: usize,
    /// JSON of words and their ids
    #[arg(long, value_name = "FILE")]
    vocabulary: PathBuf,
    /// How to store matrices and convolutions
    #[arg(long, value_enum, default_value = "f16")]
    dtype: DtypeArgument,
    /// The model's name; the folder's where none is given
    #[arg(long)]
    name: Option<String>,
    /// Licence of the weights
    #[arg(long)]
    license: Option<String>,
    /// Side of the square that the encoder was trained on
    #[arg(long, default_value_t = 224, value_name = "PIXELS")]
    size: usize,
    /// Mean of red, green and blue, from 0 to 1
    #[arg(long, num_args = 3, value_names = ["R", "G", "B"], default_values_t = InputSpec::imagenet().mean)]
    mean: Vec<f32>,
    /// Standard deviation of red, green and blue
    #[arg(long, num_args = 3, value_names = ["R", "G", "B"], default_values_t = InputSpec::imagenet().std)]
    std: Vec<f32>,
    /// Replace a model folder that is there already
    #[arg(long)]
    force: bool,
    /// The model folder to write
    #[arg(value_name = "OUT")]
    out: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let Arguments { encoder, decoder, vocabulary, out, .. } = arguments;
    let overwrite = if arguments.force { Overwrite::Replace } else { Overwrite::Refuse };
    // Said before the work, not after it.
    if overwrite == Overwrite::Refuse && out.exists() {
        bail!(BundleError::Exists { path: out.display().to_string() });
    }
    let json = std::fs::read(vocabulary).with_context(|| vocabulary.display().to_string())?;
    let words = Vocabulary::from_json(&json).with_context(|| vocabulary.display().to_string())?;
    let (encoder_config, encoder_weights) =
        encoder::from_checkpoint(checkpoint::read(encoder)?).with_context(|| encoder.display().to_string())?;
    eprintln!("encoder: {}, {} weights", encoder_config.name(), thousands(count(&encoder_weights)));
    let (decoder_config, decoder_weights) = decoder::from_checkpoint(checkpoint::read(decoder)?, arguments.heads)
        .with_context(|| decoder.display().to_string())?;
    eprintln!("decoder: {}, {} weights", decoder_config.name(), thousands(count(&decoder_weights)));
    ensure!(
        decoder_config.words() == words.len(),
        "{} has {} words, and {} was trained with {}; they have to belong together",
        vocabulary.display(),
        words.len(),
        decoder.display(),
        decoder_config.words()
    );
    ensure!(
        decoder_config.features() == encoder_config.channels(),
        "{} gives {} channels, and {} expects {}; they have to belong together",
        encoder.display(),
        encoder_config.channels(),
        decoder.display(),
        decoder_config.features()
    );
    let folder_name = out.file_name().map(|name| name.to_string_lossy().into_owned());
    let triple = |values: &[f32]| <[f32; 3]>::try_from(values).context("three numbers are expected");
    let manifest = Manifest {
        format: bundle::FORMAT.into(),
        version: bundle::VERSION,
        name: arguments.name.clone().or(folder_name).unwrap_or_default(),
        created_by: format!("sightline {}", env!("CARGO_PKG_VERSION")),
        license: arguments.license.clone(),
        input: InputSpec { size: arguments.size, mean: triple(&arguments.mean)?, std: triple(&arguments.std)? },
        encoder: encoder_config,
        decoder: decoder_config,
        scores: Default::default(),
        shards: vec![],
        vocabulary: words.words().to_vec(),
    };
    let prefixed = |part: &'static str, weights: Weights| {
        weights.into_iter().map(move |(name, weight)| (format!("{part}.{name}"), weight))
    };
    let weights = prefixed("encoder", encoder_weights).chain(prefixed("decoder", decoder_weights)).collect();
    let manifest = bundle::write(out, &manifest, &weights, arguments.dtype.into(), overwrite)
        .with_context(|| format!("{} was not written", out.display()))?;
    eprintln!("{}: {} shards, {}", out.display(), manifest.shards.len(), megabytes(manifest.bytes()));
    Ok(Outcome::AllWell)
}

fn count(weights: &Weights) -> usize {
    weights.values().map(|Weight { values, .. }| values.len()).sum()
}
