//! `sightline eval`: how close a model's captions come to those that people wrote.

mod calibrate;
pub mod evaluation;
mod report;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use serde::Serialize;
use sightline::CaptionOptions;
use sightline::consensus::Consensus;
use sightline::decoder::Decoder;
use sightline::decoder::search::BEAMS;
use sightline::device::cpu;
use sightline::familiarity;
use sightline::files::replace;
use sightline::model::{Manifest, ModelLoader};
use sightline::vocabulary::Vocabulary;
use sightline::weights::{Slot, part_of};
use sightline_train::data::dataset::{Broken, Dataset, Lists, Sample, Sources, Split, Splits};
use sightline_train::data::{FeatureCache, decode};
use sightline_train::deletion::{self, DeletionCurves, DeletionPoint};
use sightline_train::error_analysis::{CalibrationFit, ErrorAnalysis, JudgedCaption};
use sightline_train::evaluate::Evaluator;
use sightline_train::familiarity_fit;
use sightline_train::score;
use sightline_train::{CachePoint, FrozenEncoder};

use self::evaluation::{Evaluation, ScoredCaption};
use self::report::Evaluated;
use crate::arguments::{BeamArguments, DeviceArgument, PrecisionArgument, expect_captions, in_folder};
use crate::escaped::escaped;
use crate::shipped_models::{model_folder, model_help};
use crate::status::CommandStatus;
use crate::terminal::{progress, stdout, write_table};
use crate::writable::expect_writable;

#[derive(Args)]
pub struct Arguments {
    #[arg(long, value_name = "MODEL", help = model_help())]
    model: PathBuf,
    /// Captions: Flickr's captions.txt or .token.txt, COCO's JSON, or Karpathy's split JSON
    #[arg(long, value_name = "FILE")]
    captions: PathBuf,
    /// The folder of photos
    #[arg(long, value_name = "DIR")]
    images: PathBuf,
    /// Only the photos that this file names
    #[arg(long, value_name = "FILE", conflicts_with = "split")]
    list: Option<PathBuf>,
    /// The photos that the model was trained on, to count captions that stand word for word among theirs
    #[arg(long, value_name = "FILE", requires = "list")]
    train_list: Option<PathBuf>,
    /// Only this split of the captions file, where it has any
    #[arg(long, value_enum)]
    split: Option<SplitArgument>,
    /// Only the first so many photos
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    beams: BeamArguments,
    /// A beam's sentences are compared by log-probability / length ^ this
    #[arg(long, default_value_t = 1.0, value_name = "X")]
    length_power: f64,
    /// Greatest number of words
    #[arg(long, default_value_t = 30, value_name = "N")]
    max_words: usize,
    /// Keep here what the encoder computed, for the next time
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Write captions and scores to this JSON file
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a page of HTML that shows how the model errs
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Fit what the probabilities mean, for `pack --scores`: from where on the model is to be called sure
    #[arg(long)]
    calibrate: bool,
    /// Hide from the decoder the cells that each word needed most, and those that it looked at most, and tell how probable
    /// words stay
    #[arg(long)]
    deletion: bool,
    /// Compare with the captions and scores in this JSON file
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// What encodes the photos; auto takes a real GPU where there is one
    #[arg(long, value_enum, default_value = "auto")]
    device: DeviceArgument,
    #[command(flatten)]
    precision: PrecisionArgument,
}

#[derive(Clone, Copy, ValueEnum)]
enum SplitArgument {
    Train,
    Validation,
    Test,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let options = CaptionOptions {
        length_power: Some(arguments.length_power),
        max_words: Some(arguments.max_words),
        ..arguments.beams.options()
    };
    // What no model would take is refused before anything is read.
    options.search(BEAMS)?.check(0)?;
    let against = arguments.against.as_deref().map(evaluation::read).transpose()?;
    [&arguments.out, &arguments.report].into_iter().flatten().try_for_each(|path| expect_writable(path))?;
    let (mut dataset, training) = dataset(arguments)?;
    let LoadedModel { manifest, vocabulary, encoder, decoder, consensus } = load(arguments)?;
    ensure!(
        !arguments.deletion || (manifest.decoder.has_attention() && manifest.grid().cells() > 1),
        "--deletion: this model does not look at some cells more than at others"
    );
    let search = options.search(manifest.usual_beams())?;
    let is_reranked = options.consensus.unwrap_or(true) && search.strategy.beams() > 1;
    let consensus = consensus.filter(|_| is_reranked);
    let cached = encoded(arguments, &encoder, &mut dataset)?;
    dataset.left_out.lines().iter().for_each(|line| say!("{line}"));
    let evaluator = Evaluator { decoder: &*decoder, vocabulary: &vocabulary, search, consensus: consensus.as_ref() };
    let bar = progress(dataset.photos.len());
    bar.set_message("captioned");
    let captions = evaluator.caption(&cached.features, &cached.rows, || bar.inc(1));
    bar.finish_and_clear();
    let captions = captions?;
    let bar = progress(captions.len());
    bar.set_message("scored");
    let report = evaluator.score(&captions, dataset.photos.iter().map(in_words), || bar.inc(1));
    bar.finish_and_clear();

    let scored = dataset.photos.iter().zip(&captions).zip(&report.cases).map(|((sample, caption), scores)| {
        Ok(ScoredCaption {
            photo: sample.name.clone(),
            caption: vocabulary.sentence(evaluator.words(caption)),
            probability: caption.probability(),
            scores: by_name(scores)?,
        })
    });
    let judged = dataset.photos.iter().zip(&captions).zip(&report.cases).map(|((sample, caption), scores)| {
        let words = score::tokens(&evaluator.words(caption).collect::<Vec<_>>().join(" "));
        let probability = caption.probability();
        JudgedCaption { words, references: in_words(sample), cider_d: scores.cider_d, probability }
    });
    let judged: Vec<JudgedCaption> = judged.collect();
    let fit = arguments.calibrate.then(|| CalibrationFit::of(&judged));
    let familiarity = arguments.calibrate.then(|| familiarity_fit::fit(&profiles(&cached, &manifest)));
    let fitted = fit.as_ref().map(|fit| fit.calibration);
    let calibration = fitted.or(manifest.calibration).unwrap_or_default();
    let errors = ErrorAnalysis::of(&judged, training.as_ref(), calibration);
    let evaluation = Evaluation {
        model: manifest.name.clone(),
        beams: search.strategy.beams(),
        length_power: arguments.length_power,
        reranked: consensus.is_some(),
        photos: captions.len(),
        scores: by_name(&report.corpus)?,
        captions: scored.collect::<anyhow::Result<_>>()?,
        calibration: fitted,
        familiarity: familiarity.flatten(),
        held_out: fit.as_ref().map(|fit| fit.held_out.clone()),
        errors: Some(errors),
    };
    if let Some(path) = &arguments.out {
        let json = serde_json::to_vec_pretty(&evaluation)?;
        replace(path, &json).with_context(|| path.display().to_string())?;
    }
    if let (Some(path), Some(errors)) = (&arguments.report, &evaluation.errors) {
        let evaluated = Evaluated {
            evaluation: &evaluation,
            errors,
            photos: &dataset.photos,
            captions: &captions,
            evaluator: &evaluator,
            features: &cached.features,
            rows: &cached.rows,
            grid: manifest.grid(),
        };
        report::write(path, &evaluated)?;
    }
    print(&evaluation, against.as_ref())?;
    if arguments.deletion {
        let bar = progress(captions.len());
        bar.set_message("looked into");
        let grid = manifest.grid();
        let curves = deletion::measure(&evaluator, &cached.features, &cached.rows, &captions, grid, || bar.inc(1));
        bar.finish_and_clear();
        print_deletion(&curves?)?;
    }
    if let (Some(fit), Some(errors)) = (&fit, &evaluation.errors) {
        calibrate::print(fit, &errors.sureness)?;
        calibrate::print_familiarity(evaluation.familiarity.as_ref())?;
    }
    Ok(CommandStatus::AllWell)
}

/// A model in two halves, as training has them.
struct LoadedModel {
    manifest: Manifest,
    vocabulary: Vocabulary,
    encoder: FrozenEncoder,
    decoder: Box<dyn Decoder>,
    consensus: Option<Consensus>,
}

fn load(arguments: &Arguments) -> anyhow::Result<LoadedModel> {
    let folder = &model_folder(&arguments.model)?;
    let loader = ModelLoader::read(folder).map_err(|error| in_folder(folder, error))?;
    let consensus = loader.consensus().cloned();
    let (manifest, vocabulary, mut weights) = loader.into_stored_weights().map_err(|error| in_folder(folder, error))?;
    expect_captions(folder, &manifest.decoder)?;
    let device = arguments.precision.of(arguments.device.open()?);
    let encoder = FrozenEncoder::of_model(&manifest, part_of(&mut weights, "encoder"), &device)?;
    let mut of_decoder = part_of(&mut weights, "decoder");
    let take = |slot: &Slot| {
        let weight = of_decoder.remove(&slot.name).with_context(|| format!("{} is missing", slot.name))?;
        anyhow::Ok(weight.in_precision(device.precision))
    };
    // A short step suits the processor better.
    let decoder = manifest.decoder.load(&cpu(), take)?;
    Ok(LoadedModel { manifest, vocabulary, encoder, decoder, consensus })
}

/// The photos to caption, and the captions that the model learnt from where it is said which they are.
fn dataset(arguments: &Arguments) -> anyhow::Result<(Dataset, Option<HashSet<Vec<String>>>)> {
    let Arguments { captions, images, .. } = arguments;
    let splits = match (&arguments.list, arguments.split) {
        (Some(list), _) => {
            Splits::Lists(Lists { train: arguments.train_list.clone(), validation: Some(list.clone()), test: None })
        }
        (None, Some(_)) => Splits::Own,
        (None, None) => Splits::Whole(Split::Validation),
    };
    let wanted = match arguments.split {
        Some(SplitArgument::Train) => Split::Train,
        Some(SplitArgument::Test) => Split::Test,
        Some(SplitArgument::Validation) | None => Split::Validation,
    };
    let mut dataset = Dataset::read(&Sources { captions: captions.clone(), images: images.clone(), splits })?;
    dataset.require(wanted)?;
    let mut training = dataset.split(Split::Train).filter(|sample| sample.split != wanted).peekable();
    let training = training.peek().is_some().then(|| training.flat_map(in_words).collect());
    dataset.photos.retain(|sample| sample.split == wanted);
    dataset.photos.truncate(arguments.limit.unwrap_or(usize::MAX));
    ensure!(!dataset.photos.is_empty(), "--limit 0 leaves no photo");
    Ok((dataset, training))
}

/// What people wrote of a photo, in tokens.
fn in_words(sample: &Sample) -> Vec<Vec<String>> {
    sample.captions.iter().map(|caption| score::tokens(caption)).collect()
}

/// Encodes the photos, and leaves out those that are broken.
fn encoded(arguments: &Arguments, encoder: &FrozenEncoder, dataset: &mut Dataset) -> anyhow::Result<Cached> {
    let photos: Vec<PathBuf> = dataset.photos.iter().map(|sample| sample.path.clone()).collect();
    let temporary = tempfile::tempdir()?;
    let folder = arguments.cache.as_deref().unwrap_or(temporary.path());
    let bar = progress(photos.len());
    bar.set_message("encoded");
    let (never, point) = (AtomicBool::new(false), CachePoint::Features);
    let features =
        FeatureCache::open(folder, encoder, point, &photos[..], &never, |done| bar.set_position(done as u64));
    bar.finish_and_clear();
    let features = features?;
    let (broken, rows): (Vec<usize>, Vec<usize>) = (0..photos.len()).partition(|row| features.is_broken(*row));
    let broken = broken.into_iter().map(|row| Broken {
        name: dataset.photos[row].name.clone(),
        reason: decode(&photos[row]).err().unwrap_or_default(),
    });
    let broken: Vec<Broken> = broken.collect();
    dataset.leave_out(broken)?;
    Ok(Cached { features, rows, _temporary: temporary })
}

struct Cached {
    features: FeatureCache,
    /// Of the photos that are not broken.
    rows: Vec<usize>,
    /// Where the features are that nobody wants to keep.
    _temporary: tempfile::TempDir,
}

/// Those of the photos that are not broken.
fn profiles(cached: &Cached, manifest: &Manifest) -> Vec<Vec<f32>> {
    let channels = manifest.encoder.channels();
    let of_photo = |row: &usize| familiarity::profile(&cached.features.values(*row), channels);
    cached.rows.iter().map(of_photo).collect()
}

/// A row for each number of cells that are hidden.
fn print_deletion(DeletionCurves { words, points }: &DeletionCurves) -> std::io::Result<()> {
    let mut out = stdout();
    writeln!(out, "\nhow probable {words} words stay in the mean, with so many cells hidden\n")?;
    let mut rows = vec![["hidden", "needed most", "looked at most", "by chance"].map(String::from).to_vec()];
    rows.extend(points.iter().map(|DeletionPoint { hidden, needed, looked, random }| {
        let probabilities = [needed, looked, random].map(|probability| format!("{probability:.4}"));
        std::iter::once(hidden.to_string()).chain(probabilities).collect()
    }));
    write_table(&mut out, &rows)
}

fn by_name(scores: &impl Serialize) -> anyhow::Result<BTreeMap<String, f64>> {
    Ok(serde_json::from_value(serde_json::to_value(scores)?)?)
}

fn print(evaluation: &Evaluation, against: Option<&Evaluation>) -> anyhow::Result<()> {
    let mut out = stdout();
    let Evaluation { model, photos, .. } = evaluation;
    writeln!(out, "{}: {photos} photos, {}\n", escaped(model), evaluation.search())?;
    let mut rows = Vec::new();
    if let Some(other) = against {
        rows.push(vec![String::new(), model.clone(), other.model.clone(), "difference".into()]);
    }
    for (name, score) in &evaluation.scores {
        let mut row = vec![name.clone(), format!("{score:.4}")];
        if let Some(other) = against.and_then(|other| other.scores.get(name)) {
            row.extend([format!("{other:.4}"), format!("{:+.4}", score - other)]);
        }
        rows.push(row);
    }
    write_table(&mut out, &rows)?;
    if let Some(other) = against {
        let measured = |one: &Evaluation| (one.photos, one.beams, one.length_power, one.reranked);
        let is_alike = measured(other) == measured(evaluation);
        if !is_alike {
            say!("the two were not measured alike: {} photos and {} there", other.photos, other.search());
        }
        let captions: HashMap<&str, &str> = other.captions.iter().map(|one| (&*one.photo, &*one.caption)).collect();
        let both = evaluation.captions.iter().filter_map(|one| Some((&one.caption, captions.get(&*one.photo)?)));
        let (same, all) = both.fold((0, 0), |(same, all), (a, b)| (same + usize::from(a == b), all + 1));
        writeln!(
            out,
            "\nthe same caption for {same} of {all} photos ({:.1} %)",
            100.0 * same as f64 / f64::from(all.max(1))
        )?;
    }
    Ok(())
}
