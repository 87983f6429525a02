//! `sightline train` for classes: photos with classes in, a model folder and what it confuses out.

use std::io::Write;

use sightline::device::OpenDevice;
use sightline::humanize::thousands;
use sightline_train::TrainError;
use sightline_train::classify::{self, Backbone, ClassifyData, ClassifyRun, Event, Outcome, Progress};
use sightline_train::config::ClassifyConfig;
use sightline_train::data::{CacheError, LabelledPhotos};

use super::command::Command;
use super::screen::Screen;
use crate::status::CommandStatus;
use crate::terminal::stdout;

pub fn run(config: &ClassifyConfig, command: &Command, device: &OpenDevice) -> anyhow::Result<CommandStatus> {
    let Command { dir, is_new, stop } = command;
    let mut screen = Screen::default();
    let data = classify::prepare(config, device, stop, |done, of| screen.encoding(done, of));
    screen.clear();
    let data = match data {
        Err(error @ TrainError::Cache(CacheError::Stopped { .. })) => {
            say_lines!("{error}");
            return Ok(CommandStatus::Stopped);
        }
        data => data?,
    };
    print_summary(&data, &device.name);
    let run = ClassifyRun { config, data: &data, dir: dir.clone(), resume: !is_new, stop };
    let outcome = classify::train(run, &mut screen);
    screen.clear();
    match outcome {
        Err(TrainError::Cache(CacheError::Stopped { done })) => Ok(command.stopped(&format!(": {done}"))),
        Ok(Outcome::Stopped { step }) => Ok(command.stopped(&format!(" after step {step}"))),
        Err(error) => Err(command.failed(error)),
        Ok(Outcome::Done { report, .. }) => {
            writeln!(stdout(), "{report}")?;
            writeln!(stdout(), "{}", dir.model().display())?;
            Ok(CommandStatus::AllWell)
        }
    }
}

fn print_summary(data: &ClassifyData, device: &str) {
    let ClassifyData { backbone, photos, .. } = data;
    let LabelledPhotos { classes, train, judge, left_out, .. } = photos;
    left_out.lines().iter().for_each(|line| say!("{line}"));
    say!(
        "{} photos to learn from, {} to judge by; {} classes",
        thousands(train.len()),
        thousands(judge.len()),
        thousands(classes.len())
    );
    let how = match backbone {
        Backbone::New(_) => "learnt from nothing",
        Backbone::Given(_) => "as it was learnt elsewhere",
    };
    say!("{}, {how}, on {device}", backbone.config().title());
}

impl Progress for Screen {
    fn encoding(&mut self, done: usize, of: usize) {
        self.show(done, of, "photos read".into());
    }

    fn step(&mut self, event: &Event, batch: usize, batches: usize) {
        self.show(batch, batches, event.to_string());
    }

    fn epoch(&mut self, event: &Event) {
        self.clear();
        say_lines!("{event}");
    }
}
