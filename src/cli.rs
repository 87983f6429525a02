//! The native face: `sightline caption`, `alt`, `train`, `eval`, `pack`, `inspect` and `bench`.
//!
//! Results go to stdout, everything else to stderr. The exit code is 0 where all went well, 1 where something failed,
//! 2 where the command was not understood, 130 where Ctrl-C ended it.

mod alt;
mod bench;
#[cfg(feature = "train")]
mod bench_train;
mod caption;
#[cfg(feature = "train")]
mod eval;
mod inspect;
mod pack;
#[cfg(feature = "train")]
mod train;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};

use crate::bundle::{BundleError, Dtype};
use crate::captioner::Captioner;
use crate::device::{self, Choice, DeviceError, Place};

#[derive(Parser)]
#[command(version, about = "Captions photos, on this machine alone, and shows where the model looked")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Caption photos, and all photos in folders
    #[command(after_help = "Example:\n  sightline caption holiday/ --model my-model --csv > captions.csv")]
    Caption(caption::Arguments),
    /// Write an alternative text for every image of a site that has none
    #[command(after_help = alt::AFTER_HELP)]
    Alt(alt::Arguments),
    /// Make a model folder from PyTorch checkpoints (.pth or .safetensors)
    #[command(after_help = "Example:\n  sightline pack --encoder resnet50.pth --decoder decoder.pth \\\n    \
                            --vocabulary wordmap.json --dtype int8 my-model")]
    Pack(pack::Arguments),
    /// Show what a model folder holds, and check all of it
    Inspect(inspect::Arguments),
    /// Train a decoder on photos with captions
    #[cfg(feature = "train")]
    #[command(
        after_help = "Example:\n  sightline train configs/Attention_LSTM.yaml --out runs/first\n  sightline train --resume runs/first\n  sightline train --plot runs/first"
    )]
    Train(train::Arguments),
    /// Score a model's captions against those that people wrote
    #[cfg(feature = "train")]
    #[command(
        after_help = "Example:\n  sightline eval --model my-model --captions captions.txt --images Images --list dev.txt"
    )]
    Eval(eval::Arguments),
    /// Measure how long a caption takes, and how much memory
    Bench(bench::Arguments),
}

/// Where to compute.
#[derive(Args)]
struct DeviceArguments {
    /// What encodes the photo; auto takes a real GPU where there is one
    #[arg(long, value_enum, default_value = "auto")]
    device: DeviceArgument,
    /// What decodes the words; auto takes the processor, which a short step suits better
    #[arg(long, value_enum, default_value = "auto", value_name = "DEVICE")]
    words_device: DeviceArgument,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum DeviceArgument {
    Auto,
    Cpu,
    Wgpu,
    Cuda,
}

impl DeviceArgument {
    fn open(self) -> Result<Place, DeviceError> {
        device::open(match self {
            Self::Auto => Choice::Auto,
            Self::Cpu => Choice::Cpu,
            Self::Wgpu => Choice::Wgpu,
            Self::Cuda => Choice::Cuda,
        })
    }
}

impl DeviceArguments {
    /// The encoder's device, and the decoder's.
    fn open(&self) -> Result<(Place, Place), DeviceError> {
        let encoder = self.device.open()?;
        let decoder = match self.words_device {
            DeviceArgument::Auto | DeviceArgument::Cpu => Place::cpu(),
            DeviceArgument::Wgpu if encoder.kind == device::Kind::Wgpu => encoder.clone(),
            DeviceArgument::Cuda if encoder.kind == device::Kind::Cuda => encoder.clone(),
            other => other.open()?,
        };
        Ok((encoder, decoder))
    }

    fn open_model(&self, folder: &Path) -> anyhow::Result<Captioner> {
        let (encoder, decoder) = self.open()?;
        Captioner::open(folder, &encoder, &decoder).map_err(|error| in_folder(folder, error))
    }
}

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

/// How a command came out when it did not fail altogether.
enum Outcome {
    AllWell,
    /// Something failed and was reported; the rest was done.
    SomeFailed,
    /// Somebody pressed Ctrl-C; what was done is kept.
    #[cfg(feature = "train")]
    Stopped,
}

pub fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Caption(arguments) => caption::run(&arguments),
        Command::Alt(arguments) => alt::run(&arguments),
        Command::Pack(arguments) => pack::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        #[cfg(feature = "train")]
        Command::Eval(arguments) => eval::run(&arguments),
        #[cfg(feature = "train")]
        Command::Train(arguments) => train::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match result {
        Ok(Outcome::AllWell) => ExitCode::SUCCESS,
        Ok(Outcome::SomeFailed) => ExitCode::FAILURE,
        #[cfg(feature = "train")]
        Ok(Outcome::Stopped) => ExitCode::from(130),
        // Whoever reads the results has enough of them, as `head` does.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sightline: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind);
    kinds.into_iter().any(|kind| kind == std::io::ErrorKind::BrokenPipe)
}

/// Says which model folder an error is about, where the error does not.
fn in_folder(folder: &Path, error: BundleError) -> anyhow::Error {
    match &error {
        BundleError::Io { .. } | BundleError::NotFound { .. } => error.into(),
        _ => anyhow::Error::new(error).context(folder.display().to_string()),
    }
}

/// Rows as columns of equal width; the first column on the left, the others on the right.
fn write_table(out: &mut impl Write, rows: &[Vec<String>]) -> std::io::Result<()> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let length = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let lengths: Vec<usize> = (0..columns).map(|column| length(column).unwrap_or(0)).collect();
    for row in rows {
        let cells = row.iter().zip(&lengths).enumerate().map(|(column, (cell, length))| {
            if column == 0 { format!("{cell:<length$}") } else { format!("{cell:>length$}") }
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

/// A bar on stderr, where a person watches and there is something to wait for.
fn progress(count: usize) -> ProgressBar {
    if count < 2 || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(count as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len}  {eta} left  {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Every file that the arguments name, in their order; folders are walked, and what is wanted of them is sorted by name.
fn files_under(paths: &[PathBuf], is_wanted: fn(&Path) -> bool, what: &str) -> Vec<(PathBuf, Result<(), String>)> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push((path.clone(), Ok(())));
            continue;
        }
        let before = files.len();
        let is_shown =
            |entry: &walkdir::DirEntry| entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.');
        for entry in
            walkdir::WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter().filter_entry(is_shown)
        {
            match entry {
                Ok(entry) if entry.file_type().is_file() && is_wanted(entry.path()) => {
                    files.push((entry.into_path(), Ok(())));
                }
                Ok(_) => {}
                Err(error) => {
                    let path = error.path().unwrap_or(path).to_path_buf();
                    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    files.push((path, Err(reason)));
                }
            }
        }
        if files.len() == before {
            files.push((path.clone(), Err(format!("there is no {what} in this folder"))));
        }
    }
    files
}

/// In a folder, what begins like a photo is one, and what is named like one was meant to be one.
fn is_photo(path: &Path) -> bool {
    use std::io::Read;
    let mut head = Vec::new();
    let is_read = std::fs::File::open(path).and_then(|file| file.take(1024).read_to_end(&mut head)).is_ok();
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
    let named = ["jpg", "jpeg", "jfif", "png", "webp", "gif", "bmp", "heic", "heif", "avif", "tif", "tiff", "jxl"];
    extension.is_some_and(|extension| named.contains(&extension.as_str()))
        || (is_read && crate::photo::begins_like_a_photo(&head))
}
