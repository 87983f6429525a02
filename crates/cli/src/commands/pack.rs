//! `sightline pack`: PyTorch checkpoints, or another model folder, in; a model folder out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use sightline::checkpoint;
use sightline::decoder::DecoderConfig;
use sightline::encoder::EncoderConfig;
use sightline::model::{self, Dtype, Manifest, ModelError, ModelLoader, Overwrite};
use sightline::photo::InputSpec;
use sightline::vocabulary::Vocabulary;
use sightline::weights::{Weight, Weights, prefixed};
use sightline_train::humanize::{megabytes, thousands};

use crate::arguments::in_folder;
use crate::status::CommandStatus;

#[derive(Clone, Copy, ValueEnum)]
enum DtypeArgument {
    F32,
    F16,
    Int8,
}

impl From<DtypeArgument> for Dtype {
    fn from(argument: DtypeArgument) -> Self {
        match argument {
            DtypeArgument::F32 => Self::F32,
            DtypeArgument::F16 => Self::F16,
            DtypeArgument::Int8 => Self::Int8,
        }
    }
}

#[derive(Args)]
pub struct Arguments {
    /// Checkpoint of the encoder, with the keys that its backbone was published with; a classifier is left out
    #[arg(long, value_name = "FILE", required_unless_present = "model")]
    encoder: Option<PathBuf>,
    /// Checkpoint of the decoder; may be the same file
    #[arg(long, value_name = "FILE", required_unless_present = "model")]
    decoder: Option<PathBuf>,
    /// Heads of a Transformer, which cannot be seen from its checkpoint
    #[arg(long, default_value_t = 8, value_name = "N")]
    heads: usize,
    /// JSON of words and their ids
    #[arg(long, value_name = "FILE", required_unless_present = "model")]
    vocabulary: Option<PathBuf>,
    /// Instead of all these, a model folder that is to be stored in another way
    #[arg(long, value_name = "DIR", conflicts_with_all = ["encoder", "decoder", "vocabulary", "heads", "size", "mean", "std"])]
    model: Option<PathBuf>,
    /// How to store matrices and convolutions
    #[arg(long, value_enum, default_value = "f16")]
    dtype: DtypeArgument,
    /// The model's name; the folder's where none is given
    #[arg(long)]
    name: Option<String>,
    /// Licence of the weights
    #[arg(long)]
    license: Option<String>,
    /// Scores to put into the model folder, as `sightline eval --out` wrote them
    #[arg(long, value_name = "FILE")]
    scores: Option<PathBuf>,
    /// Side of the square that the encoder was trained on [default: that of its backbone; 224 for a ResNet]
    #[arg(long, value_name = "PIXELS")]
    size: Option<usize>,
    /// Mean of red, green and blue, or of grey alone, from 0 to 1 [default: that of its backbone]
    #[arg(long, num_args = 1..=3, value_name = "MEAN")]
    mean: Option<Vec<f32>>,
    /// Standard deviation of red, green and blue, or of grey alone [default: that of its backbone]
    #[arg(long, num_args = 1..=3, value_name = "STD")]
    std: Option<Vec<f32>>,
    /// Replace a model folder that is there already
    #[arg(long)]
    force: bool,
    /// The model folder to write
    #[arg(value_name = "OUT")]
    out: PathBuf,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let Arguments { out, .. } = arguments;
    let overwrite = if arguments.force { Overwrite::Replace } else { Overwrite::Refuse };
    // Said before the work, not after it.
    if overwrite == Overwrite::Refuse && out.exists() {
        bail!(ModelError::Exists { path: out.display().to_string() });
    }
    let scores = arguments.scores.as_deref().map(read_scores).transpose()?;
    let (manifest, weights) = match (&arguments.model, &arguments.encoder, &arguments.decoder, &arguments.vocabulary) {
        (Some(model), ..) => {
            let read = ModelLoader::read(model).and_then(ModelLoader::into_weights);
            let (manifest, _, weights) = read.map_err(|error| in_folder(model, error))?;
            (manifest, weights)
        }
        (None, Some(encoder), Some(decoder), Some(vocabulary)) => {
            from_checkpoints(arguments, encoder, decoder, vocabulary)?
        }
        // clap asks for them.
        _ => bail!("--encoder, --decoder and --vocabulary are needed, or --model"),
    };
    let folder_name = out.file_name().map(|name| name.to_string_lossy().into_owned());
    let manifest = Manifest {
        name: arguments.name.clone().or(folder_name).unwrap_or_default(),
        created_by: model::PROGRAM.into(),
        license: arguments.license.clone().or(manifest.license),
        // Those of a model that is stored in another way were not measured on this one.
        scores: scores.unwrap_or_default(),
        ..manifest
    };
    let manifest = model::write(out, &manifest, &weights, arguments.dtype.into(), overwrite)
        .with_context(|| format!("{} was not written", out.display()))?;
    eprintln!("{}: {} shards, {}", out.display(), manifest.shards.len(), megabytes(manifest.bytes()));
    Ok(CommandStatus::AllWell)
}

fn from_checkpoints(
    arguments: &Arguments,
    encoder: &Path,
    decoder: &Path,
    vocabulary: &Path,
) -> anyhow::Result<(Manifest, Weights)> {
    let json = std::fs::read(vocabulary).with_context(|| vocabulary.display().to_string())?;
    let words = Vocabulary::from_json(&json).with_context(|| vocabulary.display().to_string())?;
    let read = |path: &Path| checkpoint::read(path).with_context(|| path.display().to_string());
    let (encoder_config, encoder_weights) =
        EncoderConfig::from_checkpoint(read(encoder)?).with_context(|| encoder.display().to_string())?;
    eprintln!("encoder: {}, {} weights", encoder_config.title(), thousands(count(&encoder_weights)));
    let (decoder_config, decoder_weights) = DecoderConfig::from_checkpoint(read(decoder)?, arguments.heads)
        .with_context(|| decoder.display().to_string())?;
    eprintln!("decoder: {}, {} weights", decoder_config.title(), thousands(count(&decoder_weights)));
    ensure!(
        decoder_config.vocab_size() == words.len(),
        "{} has {} words, and {} was trained with {}; they have to belong together",
        vocabulary.display(),
        words.len(),
        decoder.display(),
        decoder_config.vocab_size()
    );
    ensure!(
        decoder_config.feature_dim() == encoder_config.channels(),
        "{} gives {} channels, and {} expects {}; they have to belong together",
        encoder.display(),
        encoder_config.channels(),
        decoder.display(),
        decoder_config.feature_dim()
    );
    let usual = encoder_config.input();
    let input = InputSpec {
        size: arguments.size.unwrap_or(usual.size),
        mean: arguments.mean.clone().unwrap_or(usual.mean),
        std: arguments.std.clone().unwrap_or(usual.std),
        ink: usual.ink,
    };
    input.check().context("--size, --mean and --std")?;
    let manifest = Manifest::new(input, encoder_config, decoder_config, &words);
    let weights = prefixed("encoder", encoder_weights).chain(prefixed("decoder", decoder_weights)).collect();
    Ok((manifest, weights))
}

/// The scores in a file that `sightline eval` wrote.
fn read_scores(path: &Path) -> anyhow::Result<BTreeMap<String, f64>> {
    #[derive(serde::Deserialize)]
    struct Scores {
        scores: BTreeMap<String, f64>,
    }
    let json = std::fs::read(path).with_context(|| path.display().to_string())?;
    let file: Scores =
        serde_json::from_slice(&json).with_context(|| format!("{} was not written by eval --out", path.display()))?;
    Ok(file.scores)
}

fn count(weights: &Weights) -> usize {
    weights.values().map(|Weight { values, .. }| values.len()).sum()
}
