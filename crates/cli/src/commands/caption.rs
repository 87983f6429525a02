//! `sightline caption`: photos in, captions out, in the order in which the photos were named.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use sightline::captioner::Captioner;
use sightline::photo::Limits;
use sightline::{Caption, CaptionOptions};

use crate::arguments::{ConsensusArgument, DeviceArguments, beams_help};
use crate::inputs::{PhotoFailure, files_under, is_photo, read_photo};
use crate::json_error::JsonError;
use crate::shipped_models::ModelArgument;
use crate::status::CommandStatus;
use crate::terminal::progress;

#[derive(Args)]
pub struct Arguments {
    /// Photos (JPEG, PNG, WebP, GIF, BMP) and folders of photos
    #[arg(required = true, value_name = "PHOTO")]
    photos: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelArgument,
    #[arg(long, value_name = "N", help = beams_help())]
    beams: Option<usize>,
    #[command(flatten)]
    consensus: ConsensusArgument,
    /// Draw the words by chance: below 1 safer, above 1 bolder
    #[arg(long, value_name = "T", conflicts_with = "beams")]
    temperature: Option<f64>,
    /// Draw only from the most probable words that together reach this share
    #[arg(long, value_name = "P", conflicts_with = "beams")]
    top_p: Option<f64>,
    /// Draw the words by chance, the same ones for the same seed
    #[arg(long, value_name = "N", conflicts_with = "beams")]
    seed: Option<u64>,
    /// Least number of words
    #[arg(long, default_value_t = 1, value_name = "N")]
    min_words: usize,
    /// Greatest number of words
    #[arg(long, default_value_t = 30, value_name = "N")]
    max_words: usize,
    /// Let the model say a word twice in a row, or three words twice
    #[arg(long)]
    allow_repeats: bool,
    /// Words that the caption begins with
    #[arg(long, default_value = "", hide_default_value = true, value_name = "WORDS")]
    prefix: String,
    /// The only cells of the grid to look at, such as 0,1,7,8
    #[arg(long, value_delimiter = ',', value_name = "CELLS")]
    cells: Option<Vec<usize>>,
    /// Give every cell of the grid the mean of all: what the photo shows, and nothing of where
    #[arg(long)]
    averaged: bool,
    /// Tell the caption even of a picture that looks like no photo that the model knows
    #[arg(long)]
    any_photo: bool,
    /// One JSON object a line, with attention, alternatives and candidates
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// A table with the columns photo, caption, log_probability and error
    #[arg(long)]
    csv: bool,
    /// Largest photo to take, in megapixels
    #[arg(long, default_value_t = 100, value_name = "N")]
    max_megapixels: u64,
    /// Largest photo to take, in MiB decoded
    #[arg(long, default_value_t = 512, value_name = "N")]
    max_decoded: u64,
    #[command(flatten)]
    device: DeviceArguments,
}

impl Arguments {
    fn options(&self) -> CaptionOptions {
        CaptionOptions {
            beams: self.beams,
            temperature: self.temperature,
            top_p: self.top_p,
            seed: self.seed,
            min_words: Some(self.min_words),
            max_words: Some(self.max_words),
            length_power: None,
            allow_repeats: self.allow_repeats,
            prefix: self.prefix.split_whitespace().map(str::to_string).collect(),
            cells: self.cells.clone(),
            averaged: self.averaged,
            consensus: self.consensus.option(),
            any_photo: self.any_photo,
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            side: Limits::default().side,
            pixels: self.max_megapixels.saturating_mul(1_000_000),
            bytes: self.max_decoded.saturating_mul(1 << 20),
        }
    }
}

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let options = arguments.options();
    let captioner = arguments.device.open_model(&arguments.model.model)?;
    captioner.check(&options)?;
    let photos = files_under(&arguments.photos, is_photo, "photo");
    let mut output = Output::new(arguments, photos.len() == 1 && !arguments.photos[0].is_dir())?;
    let bar = progress(photos.len());
    let mut status = CommandStatus::AllWell;
    for (path, found) in photos {
        bar.set_message(path.display().to_string());
        let result = match found {
            Ok(()) => caption(&captioner, &path, &options, &arguments.limits()),
            Err(reason) => Err(PhotoFailure::Unreadable(reason)),
        };
        if let Err(failure) = &result {
            status = CommandStatus::SomeFailed;
            bar.suspend(|| eprintln!("{}: {failure}", path.display()));
        }
        bar.suspend(|| output.write(&path, &result))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(status)
}

fn caption(
    captioner: &Captioner,
    path: &Path,
    options: &CaptionOptions,
    limits: &Limits,
) -> Result<Caption, PhotoFailure> {
    Ok(captioner.caption(&read_photo(path, limits)?, options)?)
}

/// How results are written.
enum Output {
    /// The caption alone: the answer to one photo.
    Caption,
    /// `photo: caption`, for several.
    Lines,
    Json,
    Csv(Box<csv::Writer<std::io::Stdout>>),
}

#[derive(Serialize)]
struct Line<'a> {
    photo: &'a str,
    #[serde(flatten)]
    caption: Option<&'a Caption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JsonError>,
}

impl Output {
    fn new(arguments: &Arguments, is_single: bool) -> anyhow::Result<Self> {
        Ok(match () {
            () if arguments.json => Self::Json,
            () if arguments.csv => {
                let mut writer = csv::Writer::from_writer(std::io::stdout());
                writer.write_record(["photo", "caption", "log_probability", "error"])?;
                Self::Csv(Box::new(writer))
            }
            () if is_single => Self::Caption,
            () => Self::Lines,
        })
    }

    fn write(&mut self, path: &Path, result: &Result<Caption, PhotoFailure>) -> std::io::Result<()> {
        let photo = path.display().to_string();
        let mut stdout = std::io::stdout().lock();
        match (self, result) {
            (Self::Caption, Ok(caption)) => writeln!(stdout, "{}", caption.hedged),
            (Self::Lines, Ok(caption)) => writeln!(stdout, "{photo}: {}", caption.hedged),
            (Self::Caption | Self::Lines, Err(_)) => Ok(()),
            (Self::Json, result) => {
                let error = result.as_ref().err();
                let error = error.map(|error| JsonError { code: error.code(), message: error.to_string() });
                serde_json::to_writer(&mut stdout, &Line { photo: &photo, caption: result.as_ref().ok(), error })?;
                writeln!(stdout)
            }
            (Self::Csv(writer), result) => {
                drop(stdout);
                let (text, log_probability, error) = match result {
                    Ok(caption) => (caption.hedged.clone(), caption.log_probability.to_string(), String::new()),
                    Err(failure) => (String::new(), String::new(), failure.to_string()),
                };
                writer.write_record([photo, text, log_probability, error]).map_err(|error| {
                    match error.into_kind() {
                        csv::ErrorKind::Io(error) => error,
                        other => std::io::Error::other(format!("{other:?}")),
                    }
                })?;
                writer.flush()
            }
        }
    }
}
