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

/// What teachers expect at each place, `[rows, length, vocab_size]`, and how much of what is learnt it is.
pub type SoftTargets = (Tensor<3>, f64);

/// The cross-entropy with a batch's targets, each place as heavy as the batch says. Of `smoothing`, an equal share goes to
/// every word.
pub fn cross_entropy(logits: Tensor<3>, batch: &CaptionBatch, smoothing: f64) -> Loss {
    imitating_cross_entropy(logits, batch, smoothing, None)
}

/// The same, of which a share gives way to the cross-entropy with what teachers expect.
pub fn imitating_cross_entropy(
    logits: Tensor<3>,
    batch: &CaptionBatch,
    smoothing: f64,
    soft: Option<SoftTargets>,
) -> Loss {
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
    loss(logits, batch.targets_on(&device), weights, smoothing, soft)
}

/// The cross-entropy with targets, `[rows, places]`, each as heavy as its weight. Of `smoothing`, an equal share goes to
/// every word.
pub fn weighted_cross_entropy(logits: Tensor<3>, targets: Tensor<2, Int>, weights: Tensor<2>, smoothing: f64) -> Loss {
    loss(logits, targets, weights, smoothing, None)
}

fn loss(
    logits: Tensor<3>,
    targets: Tensor<2, Int>,
    weights: Tensor<2>,
    smoothing: f64,
    soft: Option<SoftTargets>,
) -> Loss {
    let log_probabilities = log_softmax(logits, 2);
    let of_targets = log_probabilities.clone().gather(2, targets.unsqueeze_dim::<3>(2)).squeeze_dim::<2>(2);
    let nll = -(of_targets.clone().inner() * weights.clone().inner()).sum();
    let expected = match smoothing {
        0.0 => of_targets,
        _ => of_targets * (1.0 - smoothing) + log_probabilities.clone().mean_dim(2).squeeze_dim::<2>(2) * smoothing,
    };
    let expected = match soft {
        None => expected,
        Some((probabilities, share)) => {
            let by_teachers = (log_probabilities * probabilities).sum_dim(2).squeeze_dim::<2>(2);
            expected * (1.0 - share) + by_teachers * share
        }
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

#[cfg(test)]
mod tests {
    use burn::tensor::activation::softmax;
    use sightline::vocabulary::SpecialTokens;

    use super::*;

    fn value(tensor: Tensor<1>) -> f64 {
        f64::from(tensor.into_data().iter::<f32>().next().unwrap())
    }

    #[test]
    fn a_share_of_the_loss_is_what_teachers_expect() {
        let special = SpecialTokens { pad: 0, start: 1, end: 2, unknown: 3 };
        let batch = CaptionBatch::new(&[&[4, 5], &[5]], special, 20);
        let device = sightline::device::cpu();
        let tensor = |seed: f32| {
            let values: Vec<f32> = (0..2 * 3 * 6).map(|i| (i as f32 * seed).sin()).collect();
            Tensor::<3>::from_data(TensorData::new(values, [2, 3, 6]), &device)
        };
        let (logits, other) = (tensor(0.7), softmax(tensor(1.9), 2));
        let with = |soft| imitating_cross_entropy(logits.clone(), &batch, 0.1, soft);
        let people = value(cross_entropy(logits.clone(), &batch, 0.1).smoothed);
        assert_eq!(value(with(Some((other.clone(), 0.0))).smoothed), people);
        let own = softmax(logits.clone(), 2);
        let sum = |of: Tensor<3>| value((of.sum_dim(2).squeeze_dim::<2>(2) * batch.weights_on(&device)).sum());
        let entropy = -sum(own.clone() * own.clone().log());
        assert!((value(with(Some((own.clone(), 1.0))).smoothed) - entropy).abs() < 1e-5);
        // By hand, of two teachers of which one is the student.
        let mean = (own.clone() + other) / 2.0;
        let expected = 0.7 * people - 0.3 * sum(mean.clone() * own.log());
        let Loss { smoothed, nll } = with(Some((mean, 0.3)));
        assert!((value(smoothed) - expected).abs() < 1e-5);
        assert_eq!(value(nll), value(cross_entropy(logits, &batch, 0.0).nll), "the log tells people's words alone");
    }
}
