//! `sightline look`: what a captioner sees in a photo, as a picture or as numbers. The page's panel shows the same.

mod cell;
mod kernels;
mod needed;
mod overlay;
mod stage;
mod tiles;
mod view;

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use image::DynamicImage;
use sightline::Captioner;
use sightline::encoder::{MutedChannel, stage_named};
use sightline::photo::{Limits, Photo};

use self::stage::Chosen;
use self::view::{Form, View, write_numbers};
use crate::arguments::DeviceArguments;
use crate::inputs::read_photo;
use crate::pictures::write_png;
use crate::shipped_models::ModelArgument;
use crate::status::CommandStatus;
use crate::terminal::stdout;
use crate::writable::expect_writable;

pub const AFTER_HELP: &str = "Example:\n  sightline look photo.jpg --stage layer3 --channels 25 -o layer3.png\n  \
                              sightline look photo.jpg --cell 3,4 -o cell.png\n  \
                              sightline look photo.jpg --needed dog -o dog.safetensors";

#[derive(Args)]
pub struct Arguments {
    /// The photo (JPEG, PNG, WebP, GIF, BMP)
    #[arg(value_name = "PHOTO")]
    photo: PathBuf,
    #[command(flatten)]
    model: ModelArgument,
    #[command(flatten)]
    view: ViewArguments,
    /// How many channels of the stage, the strongest first, or all in their own order [default: 16]
    #[arg(long, value_parser = Chosen::parse, conflicts_with_all = ["channel", "kernels", "cell", "needed"], value_name = "N")]
    channels: Option<Chosen>,
    /// These channels of the stage, such as 3,17
    #[arg(long, value_delimiter = ',', conflicts_with_all = ["kernels", "cell", "needed"], value_name = "CHANNELS")]
    channel: Vec<usize>,
    /// Channels that are 0 for all that follows, such as stem:5,layer3:40
    #[arg(long, value_delimiter = ',', value_parser = Muted::parse, conflicts_with = "kernels", value_name = "STAGE:CHANNEL")]
    mute: Vec<Muted>,
    /// What to write: the picture (.png), or the numbers of it (.safetensors)
    #[arg(short, long, value_name = "OUT")]
    out: PathBuf,
    #[command(flatten)]
    device: DeviceArguments,
}

#[derive(Args)]
#[group(required = true, multiple = false)]
struct ViewArguments {
    /// What a stage of the encoder makes of the photo: stem, stage1 (or layer1) and so on, or grid, which is the last
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// The kernels that the photo meets first
    #[arg(long)]
    kernels: bool,
    /// How much of the photo a cell of the grid sees, and which cells are like it
    #[arg(long, value_parser = cell::parse, value_name = "ROW,COL")]
    cell: Option<[usize; 2]>,
    /// Where the model looked for a word of its caption, and which cells it needed for it
    #[arg(long, value_name = "WORD")]
    needed: Option<String>,
}

/// A channel that is to be silent, of a stage that only the model can number.
#[derive(Clone, Debug)]
struct Muted {
    stage: String,
    channel: usize,
}

impl Muted {
    fn parse(text: &str) -> Result<Self, String> {
        let parts = text.rsplit_once(':').and_then(|(stage, channel)| Some((stage, channel.parse().ok()?)));
        let (stage, channel) = parts.ok_or("a stage and the number of a channel are wanted, such as layer3:40")?;
        Ok(Self { stage: stage.into(), channel })
    }
}

impl Arguments {
    fn muted(&self, captioner: &Captioner) -> anyhow::Result<Vec<MutedChannel>> {
        let stages = captioner.model().encoder.stages();
        let muted = |Muted { stage, channel }: &Muted| {
            Ok(MutedChannel { stage: stage_named(stage, stages).context("--mute")?, channel: *channel })
        };
        self.mute.iter().map(muted).collect()
    }

    fn channels(&self) -> Chosen {
        match self.channel.is_empty() {
            true => self.channels.clone().unwrap_or_default(),
            false => Chosen::Named(self.channel.clone()),
        }
    }

    async fn view(&self, captioner: &Captioner, photo: &Photo) -> anyhow::Result<Box<dyn View>> {
        let muted = self.muted(captioner)?;
        Ok(match &self.view {
            ViewArguments { stage: Some(name), .. } => {
                Box::new(stage::look(captioner, photo, name, &self.channels(), &muted).await?)
            }
            ViewArguments { cell: Some(place), .. } => Box::new(cell::look(captioner, photo, *place, &muted).await?),
            ViewArguments { needed: Some(word), .. } => Box::new(needed::look(captioner, photo, word, &muted).await?),
            ViewArguments { .. } => Box::new(kernels::look(captioner, photo).await?),
        })
    }
}

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let Arguments { photo, out, .. } = arguments;
    let form = Form::of(out)?;
    expect_writable(out)?;
    let photo = read_photo(photo, &Limits::default()).with_context(|| photo.display().to_string())?;
    let captioner = arguments.device.open_model(&arguments.model.model)?;
    let view = pollster::block_on(arguments.view(&captioner, &photo))?;
    match form {
        Form::Picture => write_png(out, &DynamicImage::ImageRgb8(view.picture()))?,
        Form::Numbers => write_numbers(out, &view.numbers())?,
    }
    let mut told = Vec::new();
    view.tell(&mut told)?;
    stdout().write_all(&told)?;
    Ok(CommandStatus::AllWell)
}
