//! Folding a norm into the convolution before it, so that it costs nothing when the network runs.

use crate::checkpoint::CheckpointError;
use crate::weights::{Weight, Weights};

/// Folds the BatchNorm called `norm`, with scale `g`, shift `s`, mean `m` and variance `v`, into the convolution called
/// `convolution`: `w' = w * g / sqrt(v + eps)`, `b' = s + (b - m) * g / sqrt(v + eps)`. Computed in 64 bits, so that the
/// two forms differ by one rounding only.
pub fn fold_norm(weights: &mut Weights, convolution: &str, norm: &str, epsilon: f64) -> Result<(), CheckpointError> {
    let mut take = |field: &str| {
        let name = format!("{norm}.{field}");
        weights.remove(&name).ok_or(CheckpointError::Missing { name })
    };
    let (gamma, beta) = (take("weight")?.values, take("bias")?.values);
    let (mean, variance) = (take("running_mean")?.values, take("running_var")?.values);
    let factors: Vec<f64> =
        gamma.iter().zip(&variance).map(|(g, v)| f64::from(*g) / (f64::from(*v) + epsilon).sqrt()).collect();
    let name = format!("{convolution}.weight");
    let Some(weight) = weights.get_mut(&name) else { return Err(CheckpointError::Missing { name }) };
    let per_channel = weight.values.len() / factors.len().max(1);
    for (channel, factor) in weight.values.chunks_mut(per_channel.max(1)).zip(&factors) {
        channel.iter_mut().for_each(|value| *value = (f64::from(*value) * factor) as f32);
    }
    let name = format!("{convolution}.bias");
    // Most convolutions have none beside a norm.
    let before = weights.remove(&name).map_or_else(|| vec![0.0; beta.len()], |bias| bias.values);
    let bias: Vec<f32> = (beta.iter().zip(&mean).zip(&factors).zip(&before))
        .map(|(((beta, mean), factor), before)| {
            (f64::from(*beta) + (f64::from(*before) - f64::from(*mean)) * factor) as f32
        })
        .collect();
    weights.insert(name, Weight { shape: vec![bias.len()], values: bias });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folded_norm_does_what_the_norm_did() {
        let one = |value: f32| Weight { shape: vec![1], values: vec![value] };
        let mut weights = Weights::from([
            ("conv.weight".to_string(), Weight { shape: vec![1, 1, 1, 1], values: vec![3.0] }),
            ("bn.weight".to_string(), one(2.0)),
            ("bn.bias".to_string(), one(0.5)),
            ("bn.running_mean".to_string(), one(1.0)),
            ("bn.running_var".to_string(), one(15.0)),
        ]);
        fold_norm(&mut weights, "conv", "bn", 1.0).unwrap();
        // 2 * (3 x - 1) / 4 + 0.5
        assert_eq!(weights["conv.weight"].values, [1.5]);
        assert_eq!(weights["conv.bias"].values, [0.0]);
        assert_eq!(weights.len(), 2);
    }

    #[test]
    fn a_bias_before_the_norm_is_kept() {
        let names = ["conv.bias", "bn.weight", "bn.bias", "bn.running_mean", "bn.running_var"];
        let values = [5.0, 2.0, 0.5, 1.0, 15.0];
        let one = |(name, value): (&str, f32)| (name.to_string(), Weight { shape: vec![1], values: vec![value] });
        let mut weights: Weights = names.into_iter().zip(values).map(one).collect();
        weights.insert("conv.weight".into(), Weight { shape: vec![1, 1, 1, 1], values: vec![3.0] });
        fold_norm(&mut weights, "conv", "bn", 1.0).unwrap();
        // 2 * (3 x + 5 - 1) / 4 + 0.5
        assert_eq!(weights["conv.bias"].values, [2.5]);
        assert_eq!(weights.len(), 2);
    }
}
