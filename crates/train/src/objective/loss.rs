//! How far a decoder is from the captions of a batch.

use burn::tensor::activation::log_softmax;
use burn::tensor::{Int, Tensor, TensorData};
use sightline::decoder::DecoderOutput;

use super::batch::CaptionBatch;

/// Summed over all places of a batch.
#[derive(Debug)]
pub struct Loss {
    /// What is learnt from: of it, an equal share goes to every word.
    pub smoothed: Tensor<1>,
    /// The negative log-likelihood of the captions alone, for the log. Outside of what is learnt.
    pub nll: Tensor<1>,
}

/// The cross-entropy with a batch's targets, each place as heavy as the batch says. Of `smoothing`, an equal share goes to
/// every word.
pub fn cross_entropy(logits: Tensor<3>, batch: &CaptionBatch, smoothing: f64) -> Loss {
    let device = logits.device();
    let [_, _, vocab_size] = logits.dims();
    let weights = batch.weights_on(&device);
    let logits = match batch.banned.is_empty() {
        true => logits,
        false => {
            let banned = (0..vocab_size as u32).map(|word| if batch.banned.contains(&word) { -1e9 } else { 0.0 });
            let banned: Vec<f32> = banned.collect();
            logits + Tensor::from_data(TensorData::new(banned, [1, 1, vocab_size]), &device)
        }
    };
    weighted_cross_entropy(logits, batch.targets_on(&device), weights, smoothing)
}

/// The cross-entropy with targets, `[rows, places]`, each as heavy as its weight. Of `smoothing`, an equal share goes to
/// every word.
pub fn weighted_cross_entropy(logits: Tensor<3>, targets: Tensor<2, Int>, weights: Tensor<2>, smoothing: f64) -> Loss {
    let log_probabilities = log_softmax(logits, 2);
    let of_targets = log_probabilities.clone().gather(2, targets.unsqueeze_dim::<3>(2)).squeeze_dim::<2>(2);
    let nll = -(of_targets.clone().inner() * weights.clone().inner()).sum();
    let expected = match smoothing {
        0.0 => of_targets,
        _ => of_targets * (1.0 - smoothing) + log_probabilities.mean_dim(2).squeeze_dim::<2>(2) * smoothing,
    };
    Loss { smoothed: -(expected * weights).sum(), nll }
}

/// The doubly stochastic regularisation of Show, Attend and Tell (section 4.2.1): the mean of (1 - what a cell got over
/// the whole caption)². Nothing for a decoder without attention.
pub fn attention_penalty(output: &DecoderOutput, batch: &CaptionBatch) -> Option<Tensor<1>> {
    let attention = output.attention.clone()?;
    let [rows, length, _] = attention.dims();
    let mask: Vec<f32> = batch.mask.iter().flatten().map(|is_there| f32::from(*is_there)).collect();
    let mask = Tensor::<3>::from_data(TensorData::new(mask, [rows, length, 1]), &attention.device());
    let got = (attention * mask).sum_dim(1);
    Some((got * -1.0 + 1.0).square().mean())
}
