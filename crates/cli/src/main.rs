//! The `sightline` command: `caption`, `classify`, `alt`, `look`, `filter`, `train`, `eval`, `pack`, `inspect` and
//! `bench`.
//!
//! Results go to stdout, everything else to stderr. The exit code is 0 where all went well, 1 where something failed,
//! 2 where the command was not understood, 130 where Ctrl-C ended it.

#![warn(clippy::print_stderr, clippy::print_stdout)]

#[macro_use]
mod say;

mod arguments;
mod commands;
mod escaped;
mod in_order;
mod inputs;
mod interrupt;
mod json_error;
mod lines;
mod model_address;
mod pictures;
mod shipped_models;
mod status;
mod terminal;
mod workers;
mod writable;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use commands::{alt, caption, classify, filter, inspect, look};
#[cfg(not(target_os = "wasi"))]
use commands::{bench, eval, pack, train};
#[cfg(target_os = "wasi")]
use commands::{native_only as bench, native_only as eval, native_only as pack, native_only as train};

#[derive(Parser)]
#[command(
    name = "sightline",
    // Whatever it was started as: Node starts it as a script.
    bin_name = "sightline",
    version,
    about = "Captions photos, on this machine alone, and shows where the model looked"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Caption photos, and all photos in folders
    #[command(after_help = "Example:\n  sightline caption holiday/ --model flickr8k-lite --csv > captions.csv")]
    Caption(caption::Arguments),
    /// Tell which classes photos are of, by a model that classifies
    #[command(after_help = "Example:\n  sightline classify holiday/ --model my-classifier --top 3")]
    Classify(classify::Arguments),
    /// Write an alternative text for every image of a site that has none
    #[command(after_help = alt::AFTER_HELP)]
    Alt(alt::Arguments),
    /// Show what a captioner sees in a photo: maps, kernels, a cell, or which cells a word needed
    #[command(after_help = look::AFTER_HELP)]
    Look(look::Arguments),
    /// Filter a photo by one convolution, as the layers of a network do
    #[command(after_help = filter::AFTER_HELP)]
    Filter(filter::Arguments),
    /// Make a model folder from PyTorch checkpoints (.pth or .safetensors)
    #[command(after_help = "Example:\n  sightline pack --encoder resnet50.pth --decoder decoder.pth \\\n    \
                            --vocabulary wordmap.json --dtype int8 my-model\n  \
                            sightline pack --encoder resnet50.pth --classes imagenet.txt my-classifier")]
    Pack(pack::Arguments),
    /// Show what a model folder holds, and check all of it; or a backbone's table of layers
    #[command(after_help = inspect::AFTER_HELP)]
    Inspect(inspect::Arguments),
    /// Train a decoder on photos with captions, or a classifier on photos with classes
    #[command(after_help = "Example:\n  sightline train configs/Attention_LSTM.yaml --out runs/first\n  \
                      sightline train configs/MNIST.yaml --out runs/digits\n  \
                      sightline train --resume runs/first\n  sightline train --plot runs/first")]
    Train(train::Arguments),
    /// Score a model's captions against those that people wrote
    #[command(
        after_help = "Example:\n  sightline eval --model my-model --captions captions.txt --images Images --list dev.txt"
    )]
    Eval(eval::Arguments),
    /// Measure how long a caption takes, and how much memory
    #[command(
        after_help = "Example:\n  sightline bench --model my-model\n  sightline bench --backbone resnet50,efficientnet_lite0"
    )]
    Bench(bench::Arguments),
}

fn main() -> ExitCode {
    #[cfg(target_os = "wasi")]
    if let Err(error) = begin_where_node_is() {
        say_lines!("sightline: {error:#}");
        return ExitCode::FAILURE;
    }
    let result = match Cli::parse().command {
        Command::Caption(arguments) => caption::run(&arguments),
        Command::Classify(arguments) => classify::run(&arguments),
        Command::Alt(arguments) => alt::run(&arguments),
        Command::Look(arguments) => look::run(&arguments),
        Command::Filter(arguments) => filter::run(&arguments),
        Command::Pack(arguments) => pack::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Train(arguments) => train::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match result {
        Ok(status) => status.into(),
        // Whoever reads the results has enough of them, as `head` does.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            say_lines!("sightline: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// A program under WASI begins in the root; paths that people name begin from where they are.
#[cfg(target_os = "wasi")]
fn begin_where_node_is() -> anyhow::Result<()> {
    use anyhow::Context;
    let folder = std::env::var_os("PWD").context("PWD does not say which folder this is")?;
    std::env::set_current_dir(&folder).with_context(|| folder.display().to_string())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let kinds = error.chain().filter_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind);
    kinds.into_iter().any(|kind| kind == std::io::ErrorKind::BrokenPipe)
}
