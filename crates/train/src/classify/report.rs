//! What a model confuses: for a person as text, for programs as CSV.

use std::fmt::Write;

use sightline::files::replace;

use super::evaluate::{Evaluation, Prediction};
use super::position::Best;
use crate::data::{JudgedBy, LabelledPhotos, Photos};
use crate::error::TrainError;
use crate::file_error::FileError;
use crate::run::RunDir;
use sightline::humanize::thousands;

/// A table of more classes is too wide to read; then only what is confused most is told.
const MAX_COLUMNS: usize = 20;
const MOST_CONFUSED: usize = 10;
const WORST: usize = 10;

/// How often each class was taken for each.
#[derive(Clone, Debug, PartialEq)]
pub struct Confusion<'a> {
    pub classes: &'a [String],
    /// Rows are what the photos are, columns what they were taken for.
    pub counts: Vec<Vec<usize>>,
}

impl<'a> Confusion<'a> {
    pub fn of(evaluation: &Evaluation, classes: &'a [String]) -> Self {
        let mut counts = vec![vec![0; classes.len()]; classes.len()];
        evaluation.predictions.iter().for_each(|one| counts[one.label][one.predicted] += 1);
        Self { classes, counts }
    }

    /// Of a class, how many photos were told right, and how many there are.
    pub fn right(&self, class: usize) -> (usize, usize) {
        (self.counts[class][class], self.counts[class].iter().sum())
    }

    /// Pairs of what a photo is and what it was taken for, with how often: the most frequent first.
    pub fn most_confused(&self) -> Vec<(usize, usize, usize)> {
        let pairs = |(label, row): (usize, &Vec<usize>)| {
            let row = row.iter().enumerate().filter(move |(predicted, count)| *predicted != label && **count > 0);
            row.map(move |(predicted, count)| (label, predicted, *count)).collect::<Vec<_>>()
        };
        let mut pairs: Vec<_> = self.counts.iter().enumerate().flat_map(pairs).collect();
        pairs.sort_by_key(|(label, predicted, count)| (std::cmp::Reverse(*count), *label, *predicted));
        pairs
    }

    pub fn to_csv(&self) -> Result<Vec<u8>, csv::Error> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        csv.write_record(std::iter::once("").chain(self.classes.iter().map(String::as_str)))?;
        for (class, row) in self.classes.iter().zip(&self.counts) {
            csv.write_record(std::iter::once(class.clone()).chain(row.iter().map(ToString::to_string)))?;
        }
        csv.into_inner().map_err(|error| error.into_error().into())
    }
}

/// Writes both beside the run, and returns the report for a person.
pub fn write(dir: &RunDir, evaluation: &Evaluation, photos: &LabelledPhotos, best: Best) -> Result<String, TrainError> {
    let text = text(evaluation, photos, &format!("Epoch {}, the best", best.epoch));
    let csv = Confusion::of(evaluation, &photos.classes).to_csv();
    let csv = csv.map_err(|error| FileError::io(&dir.confusion())(std::io::Error::other(error)))?;
    for (path, bytes) in [(dir.report(), text.as_bytes()), (dir.confusion(), &csv[..])] {
        replace(&path, bytes).map_err(FileError::io(&path))?;
    }
    Ok(text)
}

/// The report for a person. `model` says which model it is about.
fn text(evaluation: &Evaluation, photos: &LabelledPhotos, model: &str) -> String {
    let LabelledPhotos { classes, photos, judged_by, .. } = photos;
    let confusion = Confusion::of(evaluation, classes);
    let what = match judged_by {
        JudgedBy::Validation => "validation",
        JudgedBy::Test => "test",
    };
    let count = thousands(evaluation.predictions.len());
    let (right, loss) = (percent(evaluation.right(), evaluation.predictions.len()), evaluation.loss());
    let mut text = format!("{model}: {right} of {count} {what} photos are told right, loss {loss:.3}\n");
    if classes.len() <= MAX_COLUMNS {
        text += "\nWhat photos are, row by row, and what they were taken for:\n";
        text += &table(&confusion_rows(&confusion));
    } else {
        text += "\nWhat is confused most:\n";
        text += &table(&confused_rows(&confusion));
    }
    text += "\nEach class:\n";
    text += &table(&class_rows(&confusion));
    let worst = worst(evaluation);
    if !worst.is_empty() {
        text += "\nThe surest mistakes:\n";
        text += &table(&worst_rows(&worst, classes, photos));
    }
    text
}

/// Wrong predictions, those that the model was surest of first.
fn worst(evaluation: &Evaluation) -> Vec<&Prediction> {
    let mut wrong: Vec<&Prediction> = evaluation.predictions.iter().filter(|one| !one.is_right()).collect();
    wrong.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.row.cmp(&b.row)));
    wrong.truncate(WORST);
    wrong
}

fn confusion_rows(confusion: &Confusion) -> Vec<Vec<String>> {
    let mut rows = vec![[&[String::new()], confusion.classes].concat()];
    for (class, counts) in confusion.classes.iter().zip(&confusion.counts) {
        rows.push(std::iter::once(class.clone()).chain(counts.iter().map(|count| thousands(*count))).collect());
    }
    rows
}

fn confused_rows(confusion: &Confusion) -> Vec<Vec<String>> {
    let heading = ["class", "taken for", "times"].map(String::from).to_vec();
    let pairs = confusion.most_confused().into_iter().take(MOST_CONFUSED).map(|(label, predicted, count)| {
        vec![confusion.classes[label].clone(), confusion.classes[predicted].clone(), thousands(count)]
    });
    std::iter::once(heading).chain(pairs).collect()
}

fn class_rows(confusion: &Confusion) -> Vec<Vec<String>> {
    let heading = ["class", "accuracy", "right", "photos"].map(String::from).to_vec();
    let row = |(class, name): (usize, &String)| {
        let (right, all) = confusion.right(class);
        vec![name.clone(), percent(right, all), thousands(right), thousands(all)]
    };
    std::iter::once(heading).chain(confusion.classes.iter().enumerate().map(row)).collect()
}

fn worst_rows(worst: &[&Prediction], classes: &[String], photos: &Photos) -> Vec<Vec<String>> {
    let heading = ["photo", "class", "taken for", "probability"].map(String::from).to_vec();
    let row = |one: &&Prediction| {
        let (class, predicted) = (classes[one.label].clone(), classes[one.predicted].clone());
        vec![photos.name(one.row), class, predicted, format!("{:.3}", one.probability)]
    };
    std::iter::once(heading).chain(worst.iter().map(row)).collect()
}

fn percent(part: usize, all: usize) -> String {
    if all == 0 { "–".into() } else { format!("{:.3} %", 100.0 * part as f64 / all as f64) }
}

/// Rows as columns of equal width; the first column on the left, the others on the right.
fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    // Names come from files, and a terminal obeys control characters.
    let shown = |cell: &String| cell.replace(char::is_control, "\u{fffd}");
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column {
            0 => format!("{:<width$}", shown(cell)),
            _ => format!("{:>width$}", shown(cell)),
        });
        let _ = writeln!(text, "{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluation(pairs: &[(usize, usize)]) -> Evaluation {
        let one = |(row, (label, predicted)): (usize, &(usize, usize))| Prediction {
            row,
            label: *label,
            predicted: *predicted,
            probability: 0.5 + row as f64 / 100.0,
            loss: 0.5,
        };
        Evaluation { predictions: pairs.iter().enumerate().map(one).collect() }
    }

    #[test]
    fn rows_are_what_photos_are_and_columns_what_they_were_taken_for() {
        let classes = ["cat", "dog", "a, b"].map(String::from);
        let evaluation = evaluation(&[(0, 0), (0, 1), (0, 1), (1, 1), (2, 0)]);
        let confusion = Confusion::of(&evaluation, &classes);
        assert_eq!(confusion.counts, [[1, 2, 0], [0, 1, 0], [1, 0, 0]]);
        assert_eq!(confusion.most_confused(), [(0, 1, 2), (2, 0, 1)]);
        assert_eq!(confusion.right(0), (1, 3));
        let csv = String::from_utf8(confusion.to_csv().unwrap()).unwrap();
        assert_eq!(csv, ",cat,dog,\"a, b\"\ncat,1,2,0\ndog,0,1,0\n\"a, b\",1,0,0\n");
        let rows = table(&confusion_rows(&confusion));
        assert_eq!(rows, "      cat  dog  a, b\ncat     1    2     0\ndog     0    1     0\na, b    1    0     0\n");
        let worst: Vec<usize> = worst(&evaluation).iter().map(|one| one.row).collect();
        assert_eq!(worst, [4, 2, 1]);
    }
}
