//! A checkpoint of a backbone: recognising it, and bringing it into the form that runs.

use super::description::{Description, Op};
use super::family::{BackboneConfig, Norms};
use super::fold_norm::fold_norm;
use super::network::Encoder;
use crate::checkpoint::{CheckpointError, check, unwrapped};
use crate::weights::{self, Weight, Weights};

/// The family's member that the checkpoint holds, if it is one of this family.
pub(super) fn recognised<C: BackboneConfig>(weights: &Weights) -> Result<C, CheckpointError> {
    let (expected, key) = C::checkpoint();
    let shape =
        |(name, weight): (&String, &Weight)| (name.clone(), Weight { shape: weight.shape.clone(), values: vec![] });
    let shapes = published::<C>(weights.iter().map(shape).collect());
    if !shapes.contains_key(key) {
        return Err(CheckpointError::Unrecognised { expected, key: key.into() });
    }
    let config = C::recognise(&shapes)?;
    config.check()?;
    Ok(config)
}

/// The tensors by the network's own names.
pub(super) fn published<C: BackboneConfig>(weights: Weights) -> Weights {
    let weights = unwrapped(weights, "encoder.");
    weights
        .into_iter()
        .map(|(name, weight)| (C::published_name(name), weight))
        .filter(|(name, _)| !C::is_left_out(name))
        .collect()
}

/// The tensors in the folded form, without those of the classifier.
pub(super) fn folded(description: &Description, mut weights: Weights) -> Result<Weights, CheckpointError> {
    let is_of_head = |name: &str| {
        let layer = name.rsplit_once('.').map_or(name, |(layer, _)| layer);
        description.head().iter().any(|node| node.op == Op::Linear && node.name == layer)
    };
    weights.retain(|name, _| !is_of_head(name) && !name.ends_with("num_batches_tracked"));
    let norms = description.trunk().iter().filter_map(|node| match node.op {
        Op::Norm(epsilon) => Some((node, epsilon)),
        _ => None,
    });
    let has_norms = norms.clone().any(|(norm, _)| weights.contains_key(&format!("{}.running_var", norm.name)));
    let norms_of_checkpoint = if has_norms { Norms::Separate } else { Norms::Folded };
    let network = Encoder::new(description.clone(), norms_of_checkpoint, &crate::device::cpu());
    check(&weights, &weights::slots(&network))?;
    if has_norms {
        for (norm, epsilon) in norms {
            if let Some(convolution) = description.convolution_before(norm) {
                fold_norm(&mut weights, &convolution.name, &norm.name, epsilon)?;
            }
        }
    }
    Ok(weights)
}
