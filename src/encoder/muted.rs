//! The stages of an encoder by name, and their channels, which can be silent.

use burn::tensor::{Tensor, TensorData};
use serde::Deserialize;

use super::families::EncoderConfig;
use crate::bounds::FieldError;

/// A channel of what a stage puts out that is 0 everywhere for all that follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MutedChannel {
    /// The stem is 0.
    pub stage: usize,
    pub channel: usize,
}

/// What a stage is called: `stem`, then `stage1` and so on.
pub fn stage_name(stage: usize) -> String {
    if stage == 0 { "stem".into() } else { format!("stage{stage}") }
}

/// The stage of an encoder with so many, by its name. PyTorch's ResNets call theirs `layer1` and so on; the last is the
/// `grid`.
pub fn stage_named(name: &str, stages: usize) -> Result<usize, FieldError> {
    let number = name.strip_prefix("stage").or_else(|| name.strip_prefix("layer"));
    let found = match name {
        "stem" => Some(0),
        "grid" => Some(stages),
        _ => number.and_then(|number| number.parse().ok()).filter(|stage| (1..=stages).contains(stage)),
    };
    let wanted = || format!("stem, stage1 to stage{stages} (or layer1 to layer{stages}) and grid are known");
    found.ok_or_else(|| FieldError { field: "stage", value: name.into(), wanted: wanted() })
}

impl MutedChannel {
    /// Whether an encoder for photos of this size has it.
    pub fn check(self, encoder: &EncoderConfig, size: usize) -> Result<(), FieldError> {
        let Self { stage, channel } = self;
        let name = stage_name(stage);
        stage_named(&name, encoder.stages())?;
        let [channels, _, _] = encoder.shape_after(stage, size);
        if channel < channels {
            return Ok(());
        }
        let wanted = format!("{name} has the channels 0 to {}", channels.saturating_sub(1));
        Err(FieldError { field: "muted channel", value: channel.to_string(), wanted })
    }
}

/// What a stage put out, `[photos, channels, rows, columns]`, without the channels of it that are muted.
pub fn mute(map: Tensor<4>, stage: usize, muted: &[MutedChannel]) -> Tensor<4> {
    let [_, channels, _, _] = map.dims();
    let silent: Vec<usize> = muted.iter().filter(|muted| muted.stage == stage).map(|muted| muted.channel).collect();
    if silent.is_empty() {
        return map;
    }
    let kept: Vec<f32> = (0..channels).map(|channel| if silent.contains(&channel) { 0.0 } else { 1.0 }).collect();
    let kept = Tensor::<4>::from_data(TensorData::new(kept, [1, channels, 1, 1]), &map.device());
    map * kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_have_names() {
        assert_eq!(stage_named("stem", 4).unwrap(), 0);
        assert_eq!(stage_named("layer3", 4).unwrap(), 3);
        assert_eq!(stage_named(&stage_name(4), 4).unwrap(), stage_named("grid", 4).unwrap());
        let error = stage_named("layer5", 4).unwrap_err().to_string();
        assert!(error.contains("layer5") && error.contains("stem, stage1 to stage4"), "{error}");
    }

    #[test]
    fn channels_are_checked() {
        let resnet = EncoderConfig::named("resnet50").unwrap();
        assert!(MutedChannel { stage: 0, channel: 63 }.check(&resnet, 224).is_ok());
        let error = MutedChannel { stage: 0, channel: 64 }.check(&resnet, 224).unwrap_err().to_string();
        assert!(error.contains("stem has the channels 0 to 63"), "{error}");
        assert!(MutedChannel { stage: 5, channel: 0 }.check(&resnet, 224).is_err());
    }

    #[test]
    fn muted_channels_are_zero() {
        let map = Tensor::<4>::ones([1, 3, 2, 2], &crate::device::cpu());
        let muted = [MutedChannel { stage: 1, channel: 2 }, MutedChannel { stage: 2, channel: 0 }];
        let values: Vec<f32> = mute(map, 1, &muted).into_data().iter().collect();
        assert_eq!(values, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
