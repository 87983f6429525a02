//! `sightline bench`: how long each part of a caption takes, the first time and after that, and how much memory.

use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use image::RgbImage;

use super::{DeviceArguments, Outcome, write_table};
use crate::bundle::{Manifest, Model};
use crate::caption::Devices;
use crate::captioner::{CaptionOptions, Captioner};
use crate::decoder::search::{SearchOptions, Strategy};
use crate::decoder::{Attention, AttentionLstmConfig, DecoderConfig};
use crate::encoder::{EncoderConfig, ResNetConfig};
use crate::figures::megabytes;
use crate::formula;
use crate::photo::{InputSpec, Limits, Photo};
use crate::vocabulary::{END, PAD, START, UNKNOWN, Vocabulary};
use crate::weights::Slot;

/// Every caption has this many words, so that runs and models compare.
const WORDS: usize = 12;

#[derive(Args)]
pub struct Arguments {
    /// The model folder; without one, a ResNet-50 with an LSTM of 10,000 words and weights by a formula
    #[arg(long, value_name = "DIR")]
    model: Option<PathBuf>,
    /// The photo; without one, a drawn JPEG of 12 megapixels
    #[arg(long, value_name = "FILE")]
    photo: Option<PathBuf>,
    /// Warm runs; their median is reported
    #[arg(long, default_value_t = 10, value_name = "N")]
    runs: usize,
    /// Measure training instead: photos encoded and words learnt in a second, by every decoder
    #[cfg(feature = "train")]
    #[arg(long, conflicts_with_all = ["model", "photo"])]
    train: bool,
    #[command(flatten)]
    device: DeviceArguments,
}

/// Milliseconds of one run.
struct Run {
    decode: f64,
    resize: f64,
    encode: f64,
    greedy_word: f64,
    beam_word: f64,
}

type Part = (&'static str, fn(&Run) -> f64);

const PARTS: [Part; 5] = [
    ("decode the file", |run| run.decode),
    ("resize", |run| run.resize),
    ("encode", |run| run.encode),
    ("a word, greedy", |run| run.greedy_word),
    ("a word, 3 beams", |run| run.beam_word),
];

pub fn run(arguments: &Arguments) -> anyhow::Result<Outcome> {
    ensure!(arguments.runs > 0, "--runs has to be at least 1");
    #[cfg(feature = "train")]
    if arguments.train {
        return super::bench_train::run(arguments.runs, &arguments.device.open()?.0);
    }
    let bytes = match &arguments.photo {
        Some(path) => std::fs::read(path).with_context(|| path.display().to_string())?,
        None => drawn_photo()?,
    };
    let (encoder, decoder) = arguments.device.open()?;
    let begin = Instant::now();
    let captioner = match &arguments.model {
        Some(folder) => Captioner::open(folder, &encoder, &decoder).map_err(|error| super::in_folder(folder, error))?,
        None => Captioner::new(formula_model(&encoder, &decoder)),
    };
    let load = milliseconds(begin);
    let after_load = peak_memory();
    let named = || arguments.photo.as_ref().map_or_else(|| "the drawn photo".into(), |path| path.display().to_string());
    let cold = measure(&captioner, &bytes).with_context(named)?;
    let after_cold = peak_memory();
    let warm: Vec<Run> = (0..arguments.runs).map(|_| measure(&captioner, &bytes)).collect::<Result<_, _>>()?;

    let mut out = std::io::stdout().lock();
    let manifest = &captioner.model().manifest;
    writeln!(out, "{}: {}, {}", manifest.name, manifest.encoder.name(), manifest.decoder.name())?;
    writeln!(out, "encoder on {}, words on {}", encoder.name, decoder.name)?;
    writeln!(out, "milliseconds; warm is the median of {} runs\n", arguments.runs)?;
    let mut rows = vec![vec!["".to_string(), "cold".into(), "warm".into()]];
    let load_name = if arguments.model.is_some() { "load the model" } else { "make the model" };
    rows.push(vec![load_name.into(), format!("{load:.0}")]);
    for (name, part) in PARTS {
        let warm = median(warm.iter().map(part).collect());
        rows.push(vec![name.into(), format!("{:.1}", part(&cold)), format!("{warm:.1}")]);
    }
    if let (Some(after_load), Some(after_cold), Some(after_warm)) = (after_load, after_cold, peak_memory()) {
        rows.push(vec!["peak memory".into(), megabytes(after_cold), megabytes(after_warm)]);
        rows.push(vec!["  of it after loading".into(), megabytes(after_load)]);
    }
    write_table(&mut out, &rows)?;
    Ok(Outcome::AllWell)
}

fn measure(captioner: &Captioner, bytes: &[u8]) -> anyhow::Result<Run> {
    let photo = Photo::decode(bytes, &Limits::default())?;
    let view = pollster::block_on(captioner.look(&photo))?;
    let per_word = |strategy| -> anyhow::Result<f64> {
        let search = SearchOptions { strategy, min_words: WORDS, max_words: WORDS, ..SearchOptions::default() };
        let options = CaptionOptions { search, ..CaptionOptions::default() };
        let begin = Instant::now();
        let mut telling = captioner.tell(&view, &options)?;
        while pollster::block_on(telling.advance())? {}
        Ok(milliseconds(begin) / WORDS as f64)
    };
    Ok(Run {
        decode: view.timings().decode,
        resize: view.timings().resize,
        encode: view.timings().encode,
        greedy_word: per_word(Strategy::Greedy)?,
        beam_word: per_word(Strategy::Beam { width: 3 })?,
    })
}

pub(super) fn milliseconds(begin: Instant) -> f64 {
    begin.elapsed().as_secs_f64() * 1000.0
}

pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

/// The size of network that Sightline is made for; what the weights are changes nothing about the time.
fn formula_model(encoder: &crate::device::Place, decoder: &crate::device::Place) -> Model {
    let config = EncoderConfig::ResNet(ResNetConfig::resnet50());
    let lstm = DecoderConfig::AttentionLstm(AttentionLstmConfig {
        attention: Attention::Additive { size: 512 },
        words: 10_000,
        features: config.channels(),
        embedding: 300,
        hidden: 512,
    });
    let words =
        [PAD, START, END, UNKNOWN].map(str::to_string).into_iter().chain((4..lstm.words()).map(|id| format!("w{id}")));
    let words: Vec<String> = words.collect();
    let by_formula = |slot: &Slot| Ok::<_, std::convert::Infallible>(formula::weight(slot));
    let Ok(loaded_encoder) = config.load(&encoder.device, by_formula);
    let Ok(loaded_decoder) = lstm.load(&decoder.device, by_formula);
    let vocabulary = Vocabulary::new(words).expect("the words are all different, and the marks among them");
    Model {
        manifest: Manifest {
            name: "weights by formula".into(),
            ..Manifest::new(InputSpec::imagenet(), config, lstm, &vocabulary)
        },
        vocabulary,
        encoder: loaded_encoder,
        decoder: loaded_decoder,
        devices: Devices { encoder: encoder.kind, decoder: decoder.kind },
    }
}

/// Something with as much detail as a photo, as large as a phone makes them.
fn drawn_photo() -> anyhow::Result<Vec<u8>> {
    let image = RgbImage::from_fn(4000, 3000, |x, y| {
        let wave = |scale: f32, offset: f32| {
            let height = (x as f32 / scale + offset).sin()
                + (y as f32 / (scale * 0.7)).cos()
                + (x as f32 * y as f32 / 2e5).sin();
            (128.0 + 40.0 * height) as u8
        };
        let grain = ((x * 7919 + y * 104_729) % 23) as u8;
        image::Rgb([wave(97.0, 0.0), wave(61.0, 1.0), wave(211.0, 2.0)].map(|value| value.saturating_add(grain)))
    });
    let mut bytes = Vec::new();
    image::codecs::jpeg::JpegEncoder::new_with_quality(Cursor::new(&mut bytes), 85).encode_image(&image)?;
    Ok(bytes)
}

/// The most memory that this process ever had, where the system tells.
fn peak_memory() -> Option<u64> {
    #[cfg(unix)]
    {
        let usage = nix::sys::resource::getrusage(nix::sys::resource::UsageWho::RUSAGE_SELF).ok()?;
        // Apple counts bytes, the others kibibytes.
        let unit = if cfg!(target_vendor = "apple") { 1 } else { 1024 };
        u64::try_from(usage.max_rss()).ok().map(|size| size * unit)
    }
    #[cfg(not(unix))]
    None
}
