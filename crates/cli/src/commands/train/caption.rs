//! `sightline train` for captions: photos with captions in, a model folder out.

use std::io::Write;

use sightline::device::OpenDevice;
use sightline::humanize::thousands;
use sightline_train::TrainError;
use sightline_train::config::Config;
use sightline_train::data::{CacheError, Item};
use sightline_train::run::{self, Event, Outcome, Progress, RunData, TrainingRun};

use super::command::Command;
use super::screen::Screen;
use crate::status::CommandStatus;
use crate::terminal::stdout;

pub fn run(config: &Config, command: &Command, device: &OpenDevice) -> anyhow::Result<CommandStatus> {
    let Command { dir, is_new, stop } = command;
    let mut screen = Screen::default();
    let data = run::prepare(config, device, *is_new, stop, |done, of| screen.encoding(done, of));
    screen.clear();
    let data = match data {
        Err(error @ TrainError::Cache(CacheError::Stopped { .. })) => {
            say_lines!("{error}");
            return Ok(CommandStatus::Stopped);
        }
        data => data?,
    };
    print_summary(config, &data, &device.name)?;
    let RunData { encoder, teachers, corpus, photos, word_vectors, .. } = &data;
    let run = TrainingRun {
        config,
        encoder,
        teachers,
        corpus,
        photos,
        word_vectors: word_vectors.as_ref().map(|vectors| vectors.values.clone()),
        dir: dir.clone(),
        resume: !is_new,
        stop,
    };
    let outcome = run::train(run, &mut screen);
    screen.clear();
    match outcome {
        Err(TrainError::Cache(CacheError::Stopped { done })) => Ok(command.stopped(&format!(": {done}"))),
        Ok(Outcome::Stopped { step }) => Ok(command.stopped(&format!(" after step {step}"))),
        Err(error) => Err(command.failed(error)),
        Ok(Outcome::Done { best }) => {
            if let Some(best) = best {
                say!("best: epoch {}, CIDEr-D {:.4}", best.epoch, best.cider_d);
            }
            writeln!(stdout(), "{}", dir.model().display())?;
            Ok(CommandStatus::AllWell)
        }
    }
}

fn print_summary(config: &Config, data: &RunData, device: &str) -> anyhow::Result<()> {
    let RunData { encoder, teachers, corpus, left_out, word_vectors, .. } = data;
    left_out.lines().iter().for_each(|line| say!("{line}"));
    let captions = |items: &[Item]| thousands(items.iter().map(|item| item.captions.len()).sum::<usize>());
    say!(
        "{} photos with {} captions to learn from, {} with {} to judge by; {} words",
        thousands(corpus.train.len()),
        captions(&corpus.train),
        thousands(corpus.validation.len()),
        captions(&corpus.validation),
        thousands(corpus.vocabulary.len())
    );
    if !corpus.text.is_empty() {
        say!("{} sentences without photos", thousands(corpus.text.len()));
    }
    if let Some(vectors) = word_vectors {
        say!("word vectors: {vectors}");
    }
    let decoder = config.decoder(corpus.vocabulary.len(), encoder.config.channels())?;
    say!("{} on {device}", decoder.title());
    teachers.iter().for_each(|teacher| say!("with a teacher: {}", teacher.title()));
    Ok(())
}

impl Progress for Screen {
    fn encoding(&mut self, done: usize, of: usize) {
        self.show(done, of, "photos encoded".into());
    }

    fn step(&mut self, event: &Event, batch: usize, batches: usize) {
        let Event::Step { epoch, loss, words_per_second, reward, .. } = event else { return };
        let reward = reward.map_or_else(String::new, |reward| format!("  reward {reward:.3}"));
        self.show(batch, batches, format!("epoch {epoch}  loss {loss:.3}{reward}  {words_per_second:.0} words/s"));
    }

    fn epoch(&mut self, event: &Event) {
        if let Event::TextEpoch { epoch, train_loss, seconds, .. } = event {
            self.clear();
            say!("epoch {epoch:3}  loss {train_loss:.3}, of sentences without photos  {seconds:.0} s");
        }
        let Event::Epoch { epoch, train_loss, validation_loss, scores, is_best, seconds, .. } = event else { return };
        self.clear();
        say!(
            "epoch {epoch:3}  loss {train_loss:.3}, of the validation {validation_loss:.3}  CIDEr-D {:.4}  BLEU-4 {:.4}  {seconds:.0} s{}",
            scores.cider_d,
            scores.bleu_4,
            if *is_best { "  best" } else { "" }
        );
    }
}
