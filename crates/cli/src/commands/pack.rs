//! `sightline pack`: PyTorch checkpoints, or another model folder, in; a model folder out.

mod calibrate;
mod card;
mod classes;
mod consensus;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use sightline::checkpoint;
use sightline::decoder::{ClassifierConfig, DecoderConfig};
use sightline::encoder::{ActivationRanges, EncoderConfig, HeadWeights};
use sightline::familiarity::Familiarity;
use sightline::files::read_kind;
use sightline::humanize::{megabytes, thousands};
use sightline::model::{self, Dtype, MANIFEST_LIMIT, Manifest, ModelLoader, Overwrite};
use sightline::photo::InputSpec;
use sightline::sureness::Calibration;
use sightline::vocabulary::Vocabulary;
use sightline::weights::{Weight, Weights, prefixed};

use self::calibrate::CalibrateArguments;
use self::classes::{numbered, read_classes};
use self::consensus::ConsensusArguments;
use super::eval::evaluation;
use crate::arguments::in_folder;
use crate::shipped_models::model_folder;
use crate::status::CommandStatus;
use crate::writable::expect_writable_folder;

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
    /// Checkpoint of the encoder, with the keys that its backbone was published with; its classifier is left out where
    /// there is a decoder
    #[arg(long, value_name = "FILE", required_unless_present = "model")]
    encoder: Option<PathBuf>,
    /// Checkpoint of the decoder; may be the same file
    #[arg(long, value_name = "FILE", requires = "vocabulary")]
    decoder: Option<PathBuf>,
    /// Heads of a Transformer, which cannot be seen from its checkpoint
    #[arg(long, default_value_t = 8, value_name = "N")]
    heads: usize,
    /// JSON of words and their ids
    #[arg(long, value_name = "FILE", requires = "decoder")]
    vocabulary: Option<PathBuf>,
    /// Instead of a decoder, names for the classes that the encoder's checkpoint tells apart: one a line, or JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["decoder", "vocabulary", "heads"])]
    classes: Option<PathBuf>,
    /// Instead of all these, a model that is to be stored in another way: its folder, or the name of one that ships
    #[arg(long, value_name = "MODEL", conflicts_with_all = ["encoder", "decoder", "vocabulary", "classes", "heads", "size", "mean", "std", "ink"])]
    model: Option<PathBuf>,
    /// How to store matrices and convolutions
    #[arg(long, value_enum, default_value = "f16")]
    dtype: DtypeArgument,
    #[command(flatten)]
    calibrate: CalibrateArguments,
    #[command(flatten)]
    consensus: ConsensusArguments,
    /// The model's name; the folder's where none is given
    #[arg(long)]
    name: Option<String>,
    /// Licence of the weights
    #[arg(long)]
    license: Option<String>,
    /// Scores and calibration to put into the model folder, as `sightline eval --out` wrote them
    #[arg(long, value_name = "FILE")]
    scores: Option<PathBuf>,
    /// Side of the square that the encoder was trained on [default: that of its backbone; 224 for a ResNet]
    #[arg(long, value_name = "PIXELS")]
    size: Option<usize>,
    /// Mean of red, green and blue, or of grey alone, from 0 to 1 [default: that of its backbone]
    #[arg(long, value_delimiter = ',', value_name = "R,G,B")]
    mean: Option<Vec<f32>>,
    /// Standard deviation of red, green and blue, or of grey alone [default: that of its backbone]
    #[arg(long, value_delimiter = ',', value_name = "R,G,B")]
    std: Option<Vec<f32>>,
    /// Photos are of writing: they become white on black, whatever it was written with and on
    #[arg(long)]
    ink: bool,
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
    model::expect_room(out, overwrite)?;
    expect_writable_folder(out)?;
    let dtype = Dtype::from(arguments.dtype);
    arguments.calibrate.check(dtype)?;
    let Measured { scores, beams, calibration, familiarity } =
        arguments.scores.as_deref().map(read_measured).transpose()?.unwrap_or_default();
    let (manifest, weights, consensus) = match (&arguments.model, &arguments.encoder) {
        (Some(model), _) => {
            let model = &model_folder(model)?;
            let loader = ModelLoader::read(model).map_err(|error| in_folder(model, error))?;
            let consensus = loader.consensus().cloned();
            let Manifest { beams, calibration, familiarity, .. } = loader.manifest();
            let was_measured = beams.is_some() || calibration.is_some() || familiarity.is_some();
            if was_measured && arguments.scores.is_none() {
                say!(
                    "{}: what eval measured of it is left out; --scores takes what it measures of the new one",
                    model.display()
                );
            }
            let (manifest, _, weights) = loader.into_weights().map_err(|error| in_folder(model, error))?;
            (manifest, weights, consensus)
        }
        (None, Some(encoder)) => {
            let (manifest, weights) = from_checkpoints(arguments, encoder)?;
            (manifest, weights, None)
        }
        // clap asks for one of them.
        (None, None) => bail!("--encoder or --model is needed"),
    };
    let folder_name = out.file_name().map(|name| name.to_string_lossy().into_owned());
    let manifest = Manifest {
        name: arguments.name.clone().or(folder_name).unwrap_or_default(),
        created_by: model::PROGRAM.into(),
        license: arguments.license.clone().or(manifest.license),
        // Those of a model that is stored in another way were not measured on this one.
        scores,
        beams,
        calibration,
        familiarity,
        ..manifest
    };
    // They are of no use without weights in bytes.
    let activations = match dtype {
        Dtype::Int8 => arguments.calibrate.ranges(&manifest, &weights)?,
        Dtype::F32 | Dtype::F16 => ActivationRanges::default(),
    };
    let manifest = Manifest { activations, ..manifest };
    let consensus = arguments.consensus.build(&manifest, &weights)?.or(consensus);
    let has_own_card = card::is_as_written(out);
    let manifest = model::write(out, &manifest, &weights, consensus.as_ref(), dtype, overwrite)
        .with_context(|| format!("{} was not written", out.display()))?;
    say!("{}: {} shards, {}", out.display(), manifest.shards.len(), megabytes(manifest.bytes()));
    let is_written = card::write(out, &manifest, has_own_card)
        .with_context(|| format!("{} has its model, but no new {}", out.display(), card::FILE))?;
    if !is_written {
        say!("{}: {} was there and stays as it is", out.display(), card::FILE);
    }
    Ok(CommandStatus::AllWell)
}

fn from_checkpoints(arguments: &Arguments, path: &Path) -> anyhow::Result<(Manifest, Weights)> {
    let said_by = || path.display().to_string();
    // Said before the work, not after it.
    let Arguments { decoder, vocabulary, classes, .. } = arguments;
    ensure!(
        decoder.is_some() || classes.is_some(),
        "--decoder and --vocabulary make a model that captions, --classes names the classes of one that classifies, by \
         the classifier in {}; give the ones or the other",
        path.display()
    );
    let (encoder, encoder_weights) = EncoderConfig::from_checkpoint(read(path)?).with_context(said_by)?;
    say!("encoder: {}, {} weights", encoder.title(), thousands(count(&encoder_weights)));
    let usual = encoder.input();
    let input = InputSpec {
        size: arguments.size.unwrap_or(usual.size),
        mean: arguments.mean.clone().unwrap_or(usual.mean),
        std: arguments.std.clone().unwrap_or(usual.std),
        ink: arguments.ink || usual.ink,
    };
    input.check().context("--size, --mean, --std and --ink")?;
    encoder.check_size(input.size).context("--size")?;
    let (decoder, decoder_weights, words) = match (decoder, vocabulary, classes) {
        (Some(decoder), Some(vocabulary), _) => captioning(arguments, path, &encoder, decoder, vocabulary)?,
        (.., Some(classes)) => classifying(path, &encoder, input.size, classes)?,
        // clap asks for it.
        _ => bail!("--decoder needs a --vocabulary"),
    };
    let manifest = Manifest::new(input, encoder, decoder, &words);
    let weights = prefixed("encoder", encoder_weights).chain(prefixed("decoder", decoder_weights)).collect();
    Ok((manifest, weights))
}

/// What comes behind the encoder, and the words that it knows.
type Behind = (DecoderConfig, Weights, Vocabulary);

/// A decoder that captions, from a checkpoint of its own.
fn captioning(
    arguments: &Arguments,
    encoder_path: &Path,
    encoder: &EncoderConfig,
    path: &Path,
    vocabulary: &Path,
) -> anyhow::Result<Behind> {
    let json = read_kind(vocabulary, MANIFEST_LIMIT, "vocabulary").with_context(|| vocabulary.display().to_string())?;
    let words = Vocabulary::from_json(&json).with_context(|| vocabulary.display().to_string())?;
    let (decoder, weights) =
        DecoderConfig::from_checkpoint(read(path)?, arguments.heads).with_context(|| path.display().to_string())?;
    say!("decoder: {}, {} weights", decoder.title(), thousands(count(&weights)));
    ensure!(
        decoder.vocab_size() == words.len(),
        "{} has {} words, and {} was trained with {}; they have to belong together",
        vocabulary.display(),
        words.len(),
        path.display(),
        decoder.vocab_size()
    );
    ensure!(
        decoder.feature_dim() == encoder.channels(),
        "{} gives {} channels, and {} expects {}; they have to belong together",
        encoder_path.display(),
        encoder.channels(),
        path.display(),
        decoder.feature_dim()
    );
    Ok((decoder, weights, words))
}

/// The classifier that stands behind the encoder in its own checkpoint.
fn classifying(path: &Path, encoder: &EncoderConfig, size: usize, classes: &Path) -> anyhow::Result<Behind> {
    let said_by = || path.display().to_string();
    let mut names = read_classes(classes)?;
    let head = encoder.head();
    // Read once more, for as it is read an encoder's checkpoint loses its classifier; two of them would take more memory.
    let HeadWeights { hidden, classes: count, weights } = head.of_checkpoint(read(path)?).with_context(said_by)?;
    ensure!(
        names.len() == count,
        "{} names {} classes, and {} tells {count} apart; they have to belong together",
        classes.display(),
        names.len(),
        path.display()
    );
    for (before, now) in numbered(&mut names) {
        say!("classes: {before:?} stands more than once, so one of them is called {now:?}");
    }
    let words = Vocabulary::of_classes(&names).with_context(|| classes.display().to_string())?;
    let (feature_dim, cells) = (encoder.channels(), encoder.grid(size).cells());
    let config = ClassifierConfig { vocab_size: words.len(), feature_dim, cells, pooling: head.pooling, hidden };
    let decoder = DecoderConfig::Classifier(config);
    decoder.check().with_context(said_by)?;
    checkpoint::check(&weights, &decoder.slots())
        .with_context(|| format!("the classifier of {} does not fit photos of {size} pixels", path.display()))?;
    say!("decoder: {}, {} weights", decoder.title(), thousands(self::count(&weights)));
    Ok((decoder, weights, words))
}

fn read(path: &Path) -> anyhow::Result<Weights> {
    checkpoint::read(path).with_context(|| path.display().to_string())
}

/// Of what `sightline eval` writes, what goes into a model folder.
#[derive(Default, serde::Deserialize)]
struct Measured {
    scores: BTreeMap<String, f64>,
    beams: Option<usize>,
    calibration: Option<Calibration>,
    familiarity: Option<Familiarity>,
}

fn read_measured(path: &Path) -> anyhow::Result<Measured> {
    let measured: Measured = evaluation::read(path)?;
    if let Some(calibration) = &measured.calibration {
        calibration.check().with_context(|| path.display().to_string())?;
    }
    Ok(measured)
}

fn count(weights: &Weights) -> usize {
    weights.values().map(|Weight { values, .. }| values.len()).sum()
}
