//! `sightline eval`: how close a model's captions come to those that people wrote.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{DeviceArgument, Outcome, in_folder, progress, write_table};
use crate::bundle::Assembly;
use crate::decoder::Decoder;
use crate::decoder::search::{BEAMS, Search, SearchOptions, Sentence, Strategy};
use crate::device::Place;
use crate::encoder::FeatureGrid;
use crate::score::{self, Case, CaseScores, Scores};
use crate::train::dataset::{Broken, Dataset, Lists, Sample, Sources, Split, Splits};
use crate::train::{Depth, Eye, Maps, Seen, decode};
use crate::vocabulary::Marks;
use crate::weights::{Slot, Weights};

#[derive(Args)]
pub struct Arguments {
    /// The model folder
    #[arg(long, value_name = "DIR")]
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
    /// Only this split of the captions file, where it has any
    #[arg(long, value_enum)]
    split: Option<SplitArgument>,
    /// Only the first so many photos
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    /// Sentences that are followed at a time; 1 is greedy
    #[arg(long, default_value_t = BEAMS, value_name = "N")]
    beams: usize,
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
    /// Compare with the captions and scores in this JSON file
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// What encodes the photos; auto takes a real GPU where there is one
    #[arg(long, value_enum, default_value = "auto")]
    device: DeviceArgument,
}

#[derive(Clone, Copy, ValueEnum)]
enum SplitArgument {
    Train,
    Validation,
    Test,
}

/// What `--out` writes.
#[derive(Serialize, Deserialize)]
struct Evaluation {
    model: String,
    beams: usize,
    length_power: f64,
    photos: usize,
    scores: BTreeMap<String, f64>,
    captions: Vec<Told>,
}

#[derive(Serialize, Deserialize)]
struct Told {
    photo: String,
    caption: String,
    /// What the model gave to each word and to the end, in the geometric mean.
    probability: f64,
    scores: BTreeMap<String, f64>,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    let search = SearchOptions {
        strategy: if arguments.beams == 1 { Strategy::Greedy } else { Strategy::Beam { width: arguments.beams } },
        length_power: arguments.length_power,
        max_words: arguments.max_words,
        ..SearchOptions::default()
    };
    search.check(0)?;
    let against = arguments.against.as_ref().map(read_evaluation).transpose()?;
    let mut dataset = dataset(arguments)?;
    let folder = &arguments.model;
    let (manifest, vocabulary, weights) =
        Assembly::read(folder).and_then(Assembly::into_weights).map_err(|error| in_folder(folder, error))?;
    let part = |prefix: &str| -> Weights {
        let inside =
            |(name, weight): (&String, _)| Some((name.strip_prefix(prefix)?.to_string(), Clone::clone(weight)));
        weights.iter().filter_map(inside).collect()
    };
    let place = arguments.device.open()?;
    let eye = Eye::new(manifest.encoder.clone(), part("encoder."), manifest.input.clone(), &place)?;
    let mut of_decoder = part("decoder.");
    drop(weights);
    let take = |slot: &Slot| of_decoder.remove(&slot.name).with_context(|| format!("{} is missing", slot.name));
    // A short step suits the processor better.
    let decoder = manifest.decoder.load(&Place::cpu().device, take)?;

    let maps = encoded(arguments, &eye, &mut dataset)?;
    dataset.report.lines().iter().for_each(|line| eprintln!("{line}"));
    let teller = Teller { decoder: &*decoder, marks: vocabulary.marks(), search };
    let bar = progress(dataset.photos.len());
    bar.set_message("captioned");
    let told = maps
        .par_iter()
        .map(|(maps, place)| {
            let Seen::Grid(grid) = maps.get(&[*place], &decoder.device()) else { bail!("the maps are no grids") };
            let sentence = teller.tell(&grid);
            bar.inc(1);
            sentence
        })
        .collect::<anyhow::Result<Vec<Sentence>>>();
    bar.finish_and_clear();
    let told = told?;
    let words = |sentence: &Sentence| -> Vec<&str> {
        sentence.words.iter().map(|choice| vocabulary.word(choice.word)).collect()
    };
    let case = |(sample, sentence): (&Sample, &Sentence)| Case {
        candidate: score::tokens(&words(sentence).join(" ")),
        references: sample.captions.iter().map(|caption| score::tokens(caption)).collect(),
    };
    let cases: Vec<Case> = dataset.photos.iter().zip(&told).map(case).collect();
    let bar = progress(cases.len());
    bar.set_message("scored");
    let report = score::score(&cases, || bar.inc(1));
    bar.finish_and_clear();

    let named =
        |scores: &CaseScores| -> anyhow::Result<_> { Ok(serde_json::from_value(serde_json::to_value(scores)?)?) };
    let captions = dataset.photos.iter().zip(&told).zip(&report.cases).map(|((sample, sentence), scores)| {
        let caption = vocabulary.sentence(words(sentence));
        let probability = sentence.score(1.0).exp();
        Ok(Told { photo: sample.name.clone(), caption, probability, scores: named(scores)? })
    });
    let evaluation = Evaluation {
        model: manifest.name.clone(),
        beams: arguments.beams,
        length_power: arguments.length_power,
        photos: cases.len(),
        scores: by_name(&report.corpus)?,
        captions: captions.collect::<anyhow::Result<_>>()?,
    };
    if let Some(path) = &arguments.out {
        let json = serde_json::to_vec_pretty(&evaluation)?;
        crate::files::replace(path, &json).with_context(|| path.display().to_string())?;
    }
    print(&evaluation, against.as_ref())?;
    Ok(Outcome::AllWell)
}

fn dataset(arguments: &Arguments) -> anyhow::Result<Dataset> {
    let Arguments { captions, images, .. } = arguments;
    let splits = match (&arguments.list, arguments.split) {
        (Some(list), _) => Splits::Lists(Lists { validation: Some(list.clone()), ..Lists::default() }),
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
    dataset.photos.retain(|sample| sample.split == wanted);
    dataset.photos.truncate(arguments.limit.unwrap_or(usize::MAX));
    ensure!(!dataset.photos.is_empty(), "--limit 0 leaves no photo");
    Ok(dataset)
}

/// Each photo's place among the maps, without those that are broken.
fn encoded(arguments: &Arguments, eye: &Eye, dataset: &mut Dataset) -> anyhow::Result<Places> {
    let photos: Vec<PathBuf> = dataset.photos.iter().map(|sample| sample.path.clone()).collect();
    let temporary = tempfile::tempdir()?;
    let folder = arguments.cache.as_deref().unwrap_or(temporary.path());
    let bar = progress(photos.len());
    bar.set_message("encoded");
    let never = AtomicBool::new(false);
    let maps = Maps::open(folder, eye, Depth::Grid, &photos, &never, |done| bar.set_position(done as u64));
    bar.finish_and_clear();
    let maps = maps?;
    let (broken, places): (Vec<usize>, Vec<usize>) = (0..photos.len()).partition(|place| maps.is_broken(*place));
    let broken = broken.into_iter().map(|place| Broken {
        name: dataset.photos[place].name.clone(),
        reason: decode(&photos[place]).err().unwrap_or_default(),
    });
    let broken: Vec<Broken> = broken.collect();
    dataset.leave_out(broken)?;
    Ok(Places { maps, places, _temporary: temporary })
}

struct Places {
    maps: Maps,
    places: Vec<usize>,
    /// Where the maps are that nobody wants to keep.
    _temporary: tempfile::TempDir,
}

impl Places {
    fn par_iter(&self) -> impl IndexedParallelIterator<Item = (&Maps, &usize)> {
        self.places.par_iter().map(|place| (&self.maps, place))
    }
}

struct Teller<'a> {
    decoder: &'a dyn Decoder,
    marks: Marks,
    search: SearchOptions,
}

impl Teller<'_> {
    fn tell(&self, grid: &FeatureGrid) -> anyhow::Result<Sentence> {
        let mut search = Search::new(self.decoder.read(grid), self.search, self.marks, &[])?;
        while pollster::block_on(search.advance())? {}
        Ok(search.candidates().first().map(|sentence| Sentence::clone(sentence)).unwrap_or_default())
    }
}

fn by_name(scores: &Scores) -> anyhow::Result<BTreeMap<String, f64>> {
    Ok(serde_json::from_value(serde_json::to_value(scores)?)?)
}

fn read_evaluation(path: &PathBuf) -> anyhow::Result<Evaluation> {
    let json = std::fs::read(path).with_context(|| path.display().to_string())?;
    serde_json::from_slice(&json).with_context(|| format!("{} was not written by eval --out", path.display()))
}

fn print(evaluation: &Evaluation, against: Option<&Evaluation>) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    let Evaluation { model, photos, beams, .. } = evaluation;
    let beams = if *beams == 1 { "greedy".to_string() } else { format!("{beams} beams") };
    writeln!(out, "{model}: {photos} photos, {beams}\n")?;
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
        let is_alike = (other.photos, other.beams, other.length_power)
            == (evaluation.photos, evaluation.beams, evaluation.length_power);
        if !is_alike {
            eprintln!("the two were not measured alike: {} photos and {} beams there", other.photos, other.beams);
        }
        let captions: HashMap<&str, &str> = other.captions.iter().map(|told| (&*told.photo, &*told.caption)).collect();
        let both = evaluation.captions.iter().filter_map(|told| Some((&told.caption, captions.get(&*told.photo)?)));
        let (same, all) = both.fold((0, 0), |(same, all), (a, b)| (same + usize::from(a == b), all + 1));
        writeln!(
            out,
            "\nthe same caption for {same} of {all} photos ({:.1} %)",
            100.0 * same as f64 / f64::from(all.max(1))
        )?;
    }
    Ok(())
}
