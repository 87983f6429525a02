//! What of a training's log is drawn.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;

use super::error::PlotError;

/// A loss above it says only that the training failed, and the axis is for the others.
const MAX_SIZE: f64 = 1e5;

/// No entry has more bytes.
const LONGEST: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(tag = "event", rename_all = "lowercase")]
enum LogLine {
    Step(Step),
    Epoch(Epoch),
    #[serde(other)]
    Other,
}

// JSON has no NaN; a number that is none is written as null.
#[derive(Deserialize)]
pub struct Step {
    pub step: u32,
    pub loss: Option<f64>,
    /// Only self-critical steps have it. Their loss is of another kind.
    reward: Option<f64>,
}

#[derive(Deserialize)]
pub struct Epoch {
    pub epoch: u32,
    pub step: Option<u32>,
    pub validation_loss: Option<f64>,
    pub cider_d: Option<f64>,
    pub bleu_4: Option<f64>,
    /// Shares; only classifiers have them.
    pub train_accuracy: Option<f64>,
    pub validation_accuracy: Option<f64>,
}

/// What is drawn of a log.
#[derive(Default)]
pub struct History {
    pub steps: Vec<Step>,
    pub epochs: Vec<Epoch>,
}

impl History {
    pub fn read(log: &Path) -> Result<Self, PlotError> {
        let io = |reason| PlotError::Io { file: log.to_path_buf(), reason };
        let mut reader = BufReader::new(File::open(log).map_err(io)?);
        let (mut history, mut bytes, mut line) = (Self::default(), Vec::new(), 0);
        while reader.by_ref().take(LONGEST).read_until(b'\n', &mut bytes).map_err(io)? > 0 {
            line += 1;
            let is_whole = bytes.ends_with(b"\n");
            match serde_json::from_slice(bytes.trim_ascii()) {
                _ if bytes.trim_ascii().is_empty() => {}
                Ok(event) => history.push(event),
                Err(_) if bytes.len() as u64 == LONGEST => {
                    return Err(PlotError::Line { log: log.to_path_buf(), line, reason: "it has no end".into() });
                }
                // The training is writing it at this moment, or was ended while it did.
                Err(_) if !is_whole => {}
                Err(error) => {
                    return Err(PlotError::Line { log: log.to_path_buf(), line, reason: reason(&error) });
                }
            }
            bytes.clear();
        }
        if history.steps.iter().all(|step| drawable(step.loss).is_none()) {
            return Err(PlotError::NoSteps { log: log.to_path_buf() });
        }
        Ok(history)
    }

    /// A training that is taken up again goes back to its last checkpoint; what it does again counts.
    fn push(&mut self, event: LogLine) {
        match event {
            LogLine::Step(mut step) => {
                step.loss = step.loss.filter(|_| step.reward.is_none());
                self.steps.truncate(self.steps.partition_point(|before| before.step < step.step));
                self.steps.push(step);
            }
            LogLine::Epoch(epoch) => {
                self.epochs.truncate(self.epochs.partition_point(|before| before.epoch < epoch.epoch));
                self.epochs.push(epoch);
            }
            LogLine::Other => {}
        }
    }
}

/// Without the place, which serde_json counts within the one line that it was given.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason).to_string()
}

/// A loss or a score that has a place on an axis.
pub fn drawable(number: Option<f64>) -> Option<f64> {
    number.filter(|number| number.abs() <= MAX_SIZE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(log: &str) -> Result<History, PlotError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log.jsonl");
        std::fs::write(&file, log).unwrap();
        History::read(&file)
    }

    fn error(log: &str) -> String {
        let error = read(log).map(|_| ()).unwrap_err().to_string();
        error.split_once("log.jsonl: ").unwrap().1.to_string()
    }

    #[test]
    fn ignores_what_it_does_not_draw() {
        let log = "{\"event\":\"start\",\"seed\":1}\r\n\n\
            {\"event\":\"step\",\"step\":10,\"loss\":3.5,\"new\":[]}\n\
            {\"event\":\"epoch\",\"epoch\":1,\"cider_d\":0.3}\n";
        let history = read(log).unwrap();
        assert_eq!(history.steps[0].loss, Some(3.5));
        assert_eq!(history.epochs[0].cider_d, Some(0.3));
        assert_eq!(history.epochs[0].bleu_4, None);
    }

    #[test]
    fn a_last_line_that_is_cut_off_is_ignored() {
        let whole = "{\"event\":\"step\",\"step\":1,\"loss\":3}\n";
        let history = read(&format!("{whole}{{\"event\":\"st")).unwrap();
        assert_eq!(history.steps.len(), 1);
        assert_eq!(read(whole.trim_end()).unwrap().steps.len(), 1);
    }

    #[test]
    fn a_broken_line_is_named() {
        let whole = "{\"event\":\"step\",\"step\":1,\"loss\":3}\n";
        let message = "line 2 is no entry of a training log: ";
        assert_eq!(error(&format!("{whole}{{\"event\n{whole}")), format!("{message}EOF while parsing a string"));
        assert_eq!(error(&format!("{whole}{{\"step\":1}}\n")), format!("{message}missing field `event`"));
        assert!(error(&format!("{whole}\u{0}\n")).starts_with(message));
    }

    #[test]
    fn a_log_without_a_loss_is_refused() {
        let message = "no step in it has a loss; give the log of a training that has begun";
        assert_eq!(error(""), message);
        assert_eq!(error("{\"event\":\"step\",\"step\":1,\"loss\":null}\n"), message);
    }

    #[test]
    fn what_is_done_again_counts() {
        let step = |step: u32, loss: f64| format!("{{\"event\":\"step\",\"step\":{step},\"loss\":{loss}}}\n");
        let history = read(&[step(10, 5.0), step(20, 4.0), step(30, 3.0), step(20, 4.5)].concat()).unwrap();
        let steps: Vec<_> = history.steps.iter().map(|step| (step.step, step.loss.unwrap())).collect();
        assert_eq!(steps, [(10, 5.0), (20, 4.5)]);
    }
}
