//! `sightline train`: photos with captions in, a model folder out.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, bail};
use clap::Args;
use indicatif::ProgressBar;
use sightline_train::TrainError;
use sightline_train::config::Config;
use sightline_train::data::{CacheError, Item};
use sightline_train::humanize::thousands;
use sightline_train::run::{self, Event, Outcome, Progress, RunData, RunDir, TrainingRun, plot};

use crate::arguments::DeviceArgument;
use crate::status::CommandStatus;
use crate::terminal::progress;

#[derive(Args)]
pub struct Arguments {
    /// The configuration; `configs/` has one for each decoder
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
    /// Draw a run's loss and scores to RUN/log.svg
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
        println!("{}", svg.display());
        return Ok(CommandStatus::AllWell);
    }
    let (dir, config) = run_dir_and_config(arguments)?;
    let device = arguments.device.open()?;
    let stop = stop_on_interrupt()?;
    let mut screen = Screen::default();
    let is_new = arguments.resume.is_none();
    let data = run::prepare(&config, &device, is_new, &stop, |done, of| screen.encoding(done, of));
    screen.clear();
    let data = match data {
        Err(error @ TrainError::Cache(CacheError::Stopped { .. })) => {
            eprintln!("{error}");
            return Ok(CommandStatus::Stopped);
        }
        data => data?,
    };
    print_summary(&config, &data, &device.name)?;
    let RunData { encoder, corpus, photos, word_vectors, .. } = &data;
    let run = TrainingRun {
        config: &config,
        encoder,
        corpus,
        photos,
        word_vectors: word_vectors.as_ref().map(|vectors| vectors.values.clone()),
        dir: dir.clone(),
        resume: arguments.resume.is_some(),
        stop: &stop,
    };
    let outcome = run::train(run, &mut screen);
    screen.clear();
    let resume = format!("go on with: sightline train --resume {}", dir.0.display());
    let outcome = match outcome {
        Err(TrainError::Cache(CacheError::Stopped { done })) => {
            eprintln!("stopped: {done}; {resume}");
            return Ok(CommandStatus::Stopped);
        }
        outcome => outcome.with_context(|| dir.0.display().to_string())?,
    };
    match outcome {
        Outcome::Stopped { step } => {
            eprintln!("stopped after step {step}; {resume}");
            return Ok(CommandStatus::Stopped);
        }
        Outcome::Done { best } => {
            if let Some(best) = best {
                eprintln!("best: epoch {}, CIDEr-D {:.4}", best.epoch, best.cider_d);
            }
            println!("{}", dir.model().display());
        }
    }
    Ok(CommandStatus::AllWell)
}

fn run_dir_and_config(arguments: &Arguments) -> anyhow::Result<(RunDir, Config)> {
    match (&arguments.resume, &arguments.config, &arguments.out) {
        (Some(run), _, _) => {
            let dir = RunDir(run.clone());
            if !dir.last().is_file() {
                bail!("{}: there is no checkpoint in it; begin the run anew, with --out", run.display());
            }
            let config = Config::read(&dir.config(), &arguments.set)?;
            Ok((dir, config))
        }
        (None, Some(config), Some(out)) => {
            let dir = RunDir(out.clone());
            if dir.last().exists() {
                bail!(
                    "{0}: there is a run in it; go on with it by --resume {0}, or name another folder",
                    out.display()
                );
            }
            Ok((dir, Config::read(config, &arguments.set)?))
        }
        // clap asks for them.
        _ => bail!("a configuration and --out are needed"),
    }
}

fn print_summary(config: &Config, data: &RunData, device: &str) -> anyhow::Result<()> {
    let RunData { encoder, corpus, left_out, word_vectors, .. } = data;
    left_out.lines().iter().for_each(|line| eprintln!("{line}"));
    let captions = |items: &[Item]| thousands(items.iter().map(|item| item.captions.len()).sum());
    eprintln!(
        "{} photos with {} captions to learn from, {} with {} to judge by; {} words",
        thousands(corpus.train.len()),
        captions(&corpus.train),
        thousands(corpus.validation.len()),
        captions(&corpus.validation),
        thousands(corpus.vocabulary.len())
    );
    if let Some(vectors) = word_vectors {
        eprintln!("word vectors: {vectors}");
    }
    let decoder = config.decoder(corpus.vocabulary.len(), encoder.config.channels())?;
    eprintln!("{} on {device}", decoder.title());
    Ok(())
}

/// The first Ctrl-C asks for a stop, the second does not ask.
fn stop_on_interrupt() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let handler = stop.clone();
    ctrlc::set_handler(move || {
        if handler.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
        eprintln!("\nstopping after this step; once more to stop at once, without saving");
    })?;
    Ok(stop)
}

/// How the run goes, for a person who watches.
#[derive(Default)]
struct Screen {
    bar: Option<ProgressBar>,
}

impl Screen {
    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    fn bar(&mut self, length: usize) -> &ProgressBar {
        if self.bar.as_ref().is_some_and(|bar| bar.length() != Some(length as u64)) {
            self.clear();
        }
        self.bar.get_or_insert_with(|| progress(length))
    }
}

impl Progress for Screen {
    fn encoding(&mut self, done: usize, of: usize) {
        let bar = self.bar(of);
        bar.set_message("photos encoded");
        bar.set_position(done as u64);
    }

    fn step(&mut self, event: &Event, batch: usize, batches: usize) {
        let Event::Step { epoch, loss, words_per_second, reward, .. } = event else { return };
        let reward = reward.map_or_else(String::new, |reward| format!("  CIDEr-D {reward:.3}"));
        let bar = self.bar(batches);
        bar.set_message(format!("epoch {epoch}  loss {loss:.3}{reward}  {words_per_second:.0} words/s"));
        bar.set_position(batch as u64);
    }

    fn epoch(&mut self, event: &Event) {
        let Event::Epoch { epoch, train_loss, validation_loss, scores, is_best, seconds, .. } = event else { return };
        self.clear();
        eprintln!(
            "epoch {epoch:3}  loss {train_loss:.3}, of the validation {validation_loss:.3}  CIDEr-D {:.4}  BLEU-4 {:.4}  {seconds:.0} s{}",
            scores.cider_d,
            scores.bleu_4,
            if *is_best { "  best" } else { "" }
        );
    }
}
