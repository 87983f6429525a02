//! `sightline bench`: how long each part of a caption takes, the first time and after that, and how much memory.

mod backbones;
mod median;
mod training;

use std::convert::Infallible;
use std::io::{Cursor, Write};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, ensure};
use clap::Args;
use image::RgbImage;
use sightline::caption::milliseconds;
use sightline::decoder::{Attention, AttentionLstmConfig, DecoderConfig};
use sightline::device::{Devices, OpenDevice};
use sightline::encoder::{EncoderConfig, ResNetConfig};
use sightline::humanize::megabytes;
use sightline::model::{Manifest, Model};
use sightline::photo::{Limits, Photo};
use sightline::vocabulary::{SPECIAL, Vocabulary};
use sightline::weights::Slot;
use sightline::{CaptionOptions, Captioner};

use self::median::median;
use crate::arguments::{DeviceArguments, in_folder};
use crate::escaped::escaped;
use crate::inputs::photo_bytes;
use crate::shipped_models::model_folder;
use crate::status::CommandStatus;
use crate::terminal::{stdout, write_table};

/// Every caption has this many words, so that runs and models compare.
const WORDS: usize = 12;

#[derive(Args)]
pub struct Arguments {
    /// The model: a folder, or one that ships, by its name; without one, a ResNet-50 with an LSTM of 10,000 words and synthetic weights
    #[arg(long, value_name = "MODEL")]
    model: Option<PathBuf>,
    /// The photo; without one, a drawn JPEG of 12 megapixels
    #[arg(long, value_name = "FILE")]
    photo: Option<PathBuf>,
    /// Warm runs; their median is reported
    #[arg(long, default_value_t = 10, value_name = "N")]
    runs: usize,
    /// Measure training instead: photos encoded and words learnt in a second, by every decoder
    #[arg(long, conflicts_with_all = ["model", "photo"])]
    train: bool,
    /// Measure backbones instead, side by side: their names with commas between, or all
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with_all = ["model", "photo", "train"])]
    backbone: Vec<String>,
    /// One JSON object for each backbone
    #[arg(long, requires = "backbone")]
    json: bool,
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

const TIMED_PARTS: [Part; 5] = [
    ("decode the file", |run| run.decode),
    ("resize", |run| run.resize),
    ("encode", |run| run.encode),
    ("a word, greedy", |run| run.greedy_word),
    ("a word, 3 beams", |run| run.beam_word),
];

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    ensure!(arguments.runs > 0, "--runs has to be at least 1");
    if arguments.train {
        return training::run(arguments.runs, &arguments.device.open()?.0);
    }
    if !arguments.backbone.is_empty() {
        let Arguments { backbone, runs, json, .. } = arguments;
        return backbones::run(backbone, *runs, *json, &arguments.device.open()?.0);
    }
    let bytes = match &arguments.photo {
        Some(path) => photo_bytes(path, &Limits::default()).with_context(|| path.display().to_string())?,
        None => drawn_photo()?,
    };
    let (encoder, decoder) = arguments.device.open()?;
    let begin = Instant::now();
    let captioner = match &arguments.model {
        Some(model) => {
            let folder = model_folder(model)?;
            Captioner::open(&folder, &encoder, &decoder).map_err(|error| in_folder(&folder, error))?
        }
        None => Captioner::new(synthetic_model(&encoder, &decoder)),
    };
    let load = milliseconds(begin.elapsed());
    let after_load = peak_memory();
    let named = || arguments.photo.as_ref().map_or_else(|| "the drawn photo".into(), |path| path.display().to_string());
    let cold = measure(&captioner, &bytes).with_context(named)?;
    let after_cold = peak_memory();
    let warm: Vec<Run> = (0..arguments.runs).map(|_| measure(&captioner, &bytes)).collect::<Result<_, _>>()?;

    let mut out = stdout();
    let manifest = &captioner.model().manifest;
    writeln!(out, "{}: {}, {}", escaped(&manifest.name), manifest.encoder.title(), manifest.decoder.title())?;
    writeln!(out, "encoder on {}, words on {}", encoder.name, decoder.name)?;
    writeln!(out, "milliseconds; warm is the median of {} runs\n", arguments.runs)?;
    let mut rows = vec![vec!["".to_string(), "cold".into(), "warm".into()]];
    let load_name = if arguments.model.is_some() { "load the model" } else { "make the model" };
    rows.push(vec![load_name.into(), format!("{load:.0}")]);
    for (name, part) in TIMED_PARTS {
        let warm = median(warm.iter().map(part).collect());
        rows.push(vec![name.into(), format!("{:.1}", part(&cold)), format!("{warm:.1}")]);
    }
    if let (Some(after_load), Some(after_cold), Some(after_warm)) = (after_load, after_cold, peak_memory()) {
        rows.push(vec!["peak memory".into(), megabytes(after_cold), megabytes(after_warm)]);
        rows.push(vec!["  of it after loading".into(), megabytes(after_load)]);
    }
    write_table(&mut out, &rows)?;
    Ok(CommandStatus::AllWell)
}

fn measure(captioner: &Captioner, bytes: &[u8]) -> anyhow::Result<Run> {
    let photo = Photo::decode(bytes, &Limits::default())?;
    let encoded = pollster::block_on(captioner.encode(&photo))?;
    let per_word = |beams| -> anyhow::Result<f64> {
        let words = Some(WORDS);
        let options =
            CaptionOptions { beams: Some(beams), min_words: words, max_words: words, ..CaptionOptions::default() };
        let begin = Instant::now();
        let mut generation = captioner.generate(&encoded, &options)?;
        // A classifier is through after one word.
        let mut words = 1;
        while pollster::block_on(generation.advance())? {
            words += 1;
        }
        Ok(milliseconds(begin.elapsed()) / f64::from(words))
    };
    Ok(Run {
        decode: encoded.timings().decode,
        resize: encoded.timings().resize,
        encode: encoded.timings().encode,
        greedy_word: per_word(1)?,
        beam_word: per_word(3)?,
    })
}

/// The size of network that Sightline is made for; what the weights are changes nothing about the time.
fn synthetic_model(encoder: &OpenDevice, decoder: &OpenDevice) -> Model {
    let config = EncoderConfig::ResNet(ResNetConfig::resnet50());
    let lstm = DecoderConfig::AttentionLstm(AttentionLstmConfig {
        attention: Attention::Additive { size: 512 },
        sentinel: false,
        vocab_size: 10_000,
        feature_dim: config.channels(),
        embedding: 300,
        hidden: 512,
    });
    let words = SPECIAL.map(str::to_string).into_iter().chain((4..lstm.vocab_size()).map(|id| format!("w{id}")));
    let vocabulary =
        Vocabulary::new(words.collect()).expect("the words are all different, and the special tokens there");
    let devices = Devices { encoder: encoder.kind, decoder: decoder.kind };
    let synthetic = |slot: &Slot| Ok::<_, Infallible>(config.synthetic_weight(slot));
    let Ok(encoder) = config.load(&encoder.handle, synthetic);
    let decoder = lstm.synthetic(&decoder.handle);
    let manifest =
        Manifest { name: "synthetic weights".into(), ..Manifest::new(config.input(), config, lstm, &vocabulary) };
    Model { manifest, vocabulary, encoder, decoder, consensus: None, devices }
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
