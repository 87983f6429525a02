//! Telling from a checkpoint's tensors which decoder it is.

use super::config::{Attention, AttentionLstmConfig, DecoderConfig, RecurrentConfig, TransformerConfig};
use crate::encoder::{CheckpointError, check};
use crate::weights::{self, Weights};

/// Recognises the decoder of a checkpoint. How many heads a Transformer's matrices stand for cannot be seen from their
/// shapes, so it has to be said.
pub fn from_checkpoint(weights: Weights, heads: usize) -> Result<(DecoderConfig, Weights), CheckpointError> {
    let weights = weights::unwrapped(weights, "decoder.");
    let size = |key: &str, axis: usize| {
        weights
            .get(key)
            .and_then(|weight| weight.shape.get(axis).copied())
            .ok_or_else(|| CheckpointError::Unrecognised { expected: "decoder's checkpoint", key: key.into() })
    };
    let has = |key: &str| weights.contains_key(key);
    let (words, embedding) = (size("embedding.weight", 0)?, size("embedding.weight", 1)?);
    let config = if has("layers.0.self_attn.in_proj_weight") {
        DecoderConfig::Transformer(TransformerConfig {
            words,
            features: size("project.weight", 1)?,
            embedding,
            hidden: size("project.weight", 0)?,
            layers: (0..).take_while(|layer| has(&format!("layers.{layer}.self_attn.in_proj_weight"))).count(),
            heads,
            feed_forward: size("layers.0.linear1.weight", 0)?,
        })
    } else {
        let hidden = size("decode_step.weight_hh", 1)?;
        let attention = match (has("attention.encoder_att.weight"), has("project.weight")) {
            (true, _) => {
                let size_of_attention = size("attention.encoder_att.weight", 0)?;
                Some((Attention::Additive { size: size_of_attention }, "attention.encoder_att.weight"))
            }
            (false, true) => Some((Attention::Dot, "project.weight")),
            (false, false) => None,
        };
        match attention {
            Some((attention, key)) => {
                let features = size(key, 1)?;
                DecoderConfig::AttentionLstm(AttentionLstmConfig { attention, words, features, embedding, hidden })
            }
            None => {
                let config = RecurrentConfig { words, features: size("init_h.weight", 1)?, embedding, hidden };
                match size("decode_step.weight_hh", 0)? == hidden {
                    true => DecoderConfig::Rnn(config),
                    false => DecoderConfig::Lstm(config),
                }
            }
        }
    };
    config.check()?;
    check(&weights, &config.slots())?;
    Ok((config, weights))
}
