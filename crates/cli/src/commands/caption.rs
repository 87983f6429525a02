//! `sightline caption`: photos in, captions out, in the order in which the photos were named.

mod names;
mod output;
mod photos;
mod progress;
mod record;

use std::path::PathBuf;

use clap::Args;
use sightline::photo::Limits;
use sightline::{Caption, CaptionOptions};

use self::output::OutputArguments;
use self::photos::{NamedPhoto, PhotoArguments, without};
use self::progress::Progress;
use self::record::Origin;

use crate::arguments::{ConsensusArgument, DeviceArguments, beams_help};
use crate::in_order::{End, in_order};
use crate::inputs::{ListError, PhotoFailure, read_photo};
use crate::interrupt::stop_on_interrupt;
use crate::shipped_models::ModelArgument;
use crate::status::CommandStatus;
use crate::workers::WorkerArguments;

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    photos: PhotoArguments,
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
    #[command(flatten)]
    output: OutputArguments,
    #[command(flatten)]
    workers: WorkerArguments,
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

/// A photo's name and its caption, or why there is none.
type Captioned = Result<(PathBuf, Result<Caption, PhotoFailure>), ListError>;

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let options = arguments.options();
    let limits = arguments.limits();
    let photos = arguments.photos.open()?;
    let captioner = arguments.device.open_model(&arguments.model.model)?;
    captioner.check(&options)?;
    let origin = Origin::new(&captioner.model().manifest, &options, arguments.device.precision.name())?;
    let is_single = arguments.photos.is_single();
    let is_kept = arguments.output.is_kept();
    let (mut output, done) = arguments.output.open(origin, arguments.photos.shard, is_single)?;
    let stop = stop_on_interrupt("stopping after the photos at hand; once more to stop at once")?;
    let mut progress = Progress::new(arguments.photos.count());
    let photos = without(photos, done, progress.skipped.clone());

    let caption = |photo: NamedPhoto| -> Captioned {
        let (path, found) = photo?;
        let caption = match found {
            Ok(()) if is_kept && path.to_str().is_none() => Err(PhotoFailure::NameNotUtf8),
            Ok(()) => read_photo(&path, &limits).and_then(|photo| Ok(captioner.caption(&photo, &options)?)),
            Err(reason) => Err(PhotoFailure::Unreadable(reason)),
        };
        Ok((path, caption))
    };
    let workers = arguments.workers.for_photos(is_single, captioner.about().device.encoder);
    let told = in_order(
        workers.count,
        photos,
        &stop,
        || workers.begin(&caption),
        |captioned: Captioned| {
            let (path, result) = captioned?;
            progress.tell(&path, &result, || output.write(&path, &result))
        },
    );
    // What was told before an error is kept as well.
    let finished = output.finish();
    let status = match told? {
        End::Stopped => CommandStatus::Stopped,
        End::Complete => progress.status(),
    };
    finished?;
    if is_kept {
        progress.report(status);
    }
    Ok(status)
}
