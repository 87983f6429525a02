//! What a model takes photos for, and how often it is right.

use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::Device;
use sightline::decoder::{Classifier, Dropout};

use super::inputs::Inputs;
use crate::data::Shown;
use crate::error::TrainError;
use crate::host::to_host;
use crate::trainable_model::TrainableModel;

/// Photos that go through the network together: of a large one, more would take gigabytes.
const PHOTOS_AT_ONCE: usize = 16;

/// What a model takes a photo for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// The photo's row.
    pub row: usize,
    /// What it is.
    pub label: usize,
    pub predicted: usize,
    /// Of what was predicted.
    pub probability: f64,
    /// The negative logarithm of the probability of what it is.
    pub loss: f64,
}

impl Prediction {
    pub fn is_right(&self) -> bool {
        self.label == self.predicted
    }
}

/// What a model takes many photos for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    pub predictions: Vec<Prediction>,
}

impl Evaluation {
    /// Share of the photos that were told right.
    pub fn accuracy(&self) -> f64 {
        self.right() as f64 / self.predictions.len().max(1) as f64
    }

    /// For each photo.
    pub fn loss(&self) -> f64 {
        self.total_loss() / self.predictions.len().max(1) as f64
    }

    pub fn right(&self) -> usize {
        self.predictions.iter().filter(|prediction| prediction.is_right()).count()
    }

    pub fn total_loss(&self) -> f64 {
        self.predictions.iter().map(|prediction| prediction.loss).sum()
    }
}

/// What logits, flat, say of photos; computed in 64 bits.
pub fn predictions(logits: &[f32], rows: &[usize], labels: &[usize]) -> Evaluation {
    let classes = logits.len() / rows.len().max(1);
    let one = |(logits, row): (&[f32], &usize)| {
        let logits: Vec<f64> = logits.iter().map(|logit| f64::from(*logit)).collect();
        // The first of equals. What is no number shows in the loss.
        let predicted = (1..classes).fold(0, |best, class| if logits[class] > logits[best] { class } else { best });
        let greatest = logits[predicted];
        let logarithm = greatest + logits.iter().map(|logit| (logit - greatest).exp()).sum::<f64>().ln();
        let (label, probability) = (labels[*row], (greatest - logarithm).exp());
        Prediction { row: *row, label, predicted, probability, loss: logarithm - logits[label] }
    };
    Evaluation { predictions: logits.chunks(classes.max(1)).zip(rows).map(one).collect() }
}

/// Nothing where somebody wants to stop. `on_photo` gets how many are done.
pub fn evaluate(
    (model, device): (&TrainableModel<Classifier>, &Device),
    inputs: &Inputs,
    rows: &[usize],
    labels: &[usize],
    stop: &AtomicBool,
    on_photo: &mut dyn FnMut(usize),
) -> Result<Option<Evaluation>, TrainError> {
    let mut evaluation = Evaluation::default();
    for rows in rows.chunks(PHOTOS_AT_ONCE) {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let photos: Vec<Shown> = rows.iter().map(|row| Shown::as_it_is(*row)).collect();
        let features = model.features(inputs.get(&photos, device)?);
        let logits = to_host(model.decoder.logits(features, &mut Dropout::none()))?;
        evaluation.predictions.extend(predictions(&logits, rows, labels).predictions);
        on_photo(evaluation.predictions.len());
    }
    Ok(Some(evaluation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_is_the_greatest_logit_with_its_probability() {
        let found = predictions(&[0.0, 1.0, 1000.0, 0.0], &[5, 6], &[9, 9, 9, 9, 9, 0, 0]);
        let [first, second] = found.predictions[..] else { panic!("{found:?}") };
        assert_eq!((first.row, first.label, first.predicted), (5, 0, 1));
        assert!((first.probability - 1.0 / (1.0 + (-1f64).exp())).abs() < 1e-12);
        assert!((first.loss - (1.0 + 1f64.exp()).ln()).abs() < 1e-12);
        assert_eq!((second.predicted, second.probability, second.loss), (0, 1.0, 0.0));
        assert_eq!((found.right(), found.accuracy()), (1, 0.5));
    }
}
