//! `sightline train`: photos with captions or with classes in, a model folder out. What each is about is in a file of its
//! own.

mod caption;
mod classify;
mod command;
mod screen;

use std::io::Write;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use sightline::model::{self, Overwrite};
use sightline_train::TaskConfig;
use sightline_train::run::{RunDir, plot};

use command::Command;

use crate::arguments::DeviceArgument;
use crate::interrupt::stop_on_interrupt;
use crate::status::CommandStatus;
use crate::terminal::stdout;
use crate::writable::expect_writable_folder;

#[derive(Args)]
pub struct Arguments {
    /// The configuration; `configs/` has one for each decoder, and some for classifiers
    #[arg(value_name = "CONFIG", required_unless_present_any = ["resume", "plot"])]
    config: Option<PathBuf>,
    /// Folder for the run: checkpoints, log and the model folder
    #[arg(long, value_name = "RUN", required_unless_present_any = ["resume", "plot"])]
    out: Option<PathBuf>,
    /// Set a key of the configuration to another value; can be given several times
    #[arg(long, value_name = "SECTION.KEY=VALUE")]
    set: Vec<String>,
    /// Go on with a run that was stopped, or that is over and gets more epochs by --set
    #[arg(long, value_name = "RUN", conflicts_with_all = ["config", "out", "plot"])]
    resume: Option<PathBuf>,
    /// Draw a run's loss and scores, or its accuracy, to RUN/log.svg
    #[arg(long, value_name = "RUN", conflicts_with_all = ["config", "out", "set"])]
    plot: Option<PathBuf>,
    /// What to compute on; auto takes a real GPU where there is one
    #[arg(long, value_enum, default_value = "auto")]
    device: DeviceArgument,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    if let Some(run) = &arguments.plot {
        let svg = run.join("log.svg");
        plot::draw(&RunDir(run.clone()).log(), &svg)?;
        writeln!(stdout(), "{}", svg.display())?;
        return Ok(CommandStatus::AllWell);
    }
    let Begin { dir, config, is_new } = begin(arguments)?;
    // Said before the work, not after it.
    expect_writable_folder(&dir.0)?;
    model::expect_room(&dir.model(), Overwrite::Replace)?;
    if arguments.resume.is_some() {
        expect_inputs(&dir, &config)?;
    }
    let device = arguments.device.open()?;
    let stop = stop_on_interrupt("stopping after this step; once more to stop at once, without saving")?;
    let command = Command { dir, is_new, stop };
    match config {
        TaskConfig::Caption(config) => caption::run(&config, &command, &device),
        TaskConfig::Classify(config) => classify::run(&config, &command, &device),
    }
}

/// Otherwise the data would be called missing, in a folder where nobody has put any.
fn expect_inputs(dir: &RunDir, config: &TaskConfig) -> anyhow::Result<()> {
    match config.missing_inputs().into_iter().find(|path| path.is_relative()) {
        None => Ok(()),
        Some(missing) => bail!(
            "{}: there is none here, and {} names it as seen from where the run was begun; go on there, or give others \
             with --set",
            missing.display(),
            dir.config().display()
        ),
    }
}

/// What a run begins or goes on with.
struct Begin {
    dir: RunDir,
    config: TaskConfig,
    is_new: bool,
}

fn begin(arguments: &Arguments) -> anyhow::Result<Begin> {
    match (&arguments.resume, &arguments.config, &arguments.out) {
        (Some(run), _, _) => {
            let dir = RunDir(run.clone());
            let is_new = dir.was_only_begun();
            if !is_new && !dir.last().is_file() {
                bail!(
                    "{}: there is no checkpoint in it; put a copy of its last.safetensors there, or begin a run in \
                     another folder, with --out",
                    run.display()
                );
            }
            let config = TaskConfig::read(&dir.config(), &arguments.set)?;
            Ok(Begin { dir, config, is_new })
        }
        (None, Some(config), Some(out)) => {
            let dir = RunDir(out.clone());
            dir.expect_new()?;
            Ok(Begin { dir, config: TaskConfig::read(config, &arguments.set)?, is_new: true })
        }
        // clap asks for them.
        _ => bail!("a configuration and --out are needed"),
    }
}
