//! What the values of a configuration have to be, whatever it is about. Each fault names its key, its value and what would be
//! right.

use sightline::bounds::FieldError;
use sightline::decoder::DecoderConfig;
use sightline::encoder::EncoderConfig;
use sightline::model::MAX_WEIGHTS;

use super::error::ConfigError;

/// Of a phase.
pub const MAX_EPOCHS: usize = 1 << 20;

/// The backbone that is named.
pub fn known_backbone(name: &str) -> Result<EncoderConfig, ConfigError> {
    EncoderConfig::named(name).map_err(|FieldError { value, wanted, .. }| ConfigError::Value {
        key: "model.backbone".into(),
        value,
        wanted,
    })
}

/// Whether a model folder could hold both; `key` is what makes them large.
pub fn check_size(
    key: &str,
    value: impl ToString,
    decoder: &DecoderConfig,
    encoder: &EncoderConfig,
) -> Result<(), ConfigError> {
    let slots = decoder.slots().into_iter().chain(encoder.folded_slots());
    let weights = slots.map(|slot| slot.elements() as u64).fold(0, u64::saturating_add);
    check(key, value, weights <= MAX_WEIGHTS, || {
        format!("the model would have {weights} weights, and {MAX_WEIGHTS} are possible; make it smaller")
    })
}

pub fn check_shares(shares: &[(&str, f64)]) -> Result<(), ConfigError> {
    shares.iter().try_for_each(|(key, value)| {
        check(key, value, (0.0..1.0).contains(value), || "a share is from 0 to below 1".into())
    })
}

pub fn check_rates(rates: &[(&str, f64)]) -> Result<(), ConfigError> {
    rates.iter().try_for_each(|(key, value)| {
        check(key, value, *value > 0.0 && *value <= 1.0, || "it has to be above 0 and at most 1".into())
    })
}

pub fn check_amounts(amounts: &[(&str, f64)]) -> Result<(), ConfigError> {
    amounts.iter().try_for_each(|(key, value)| {
        check(key, value, *value >= 0.0 && value.is_finite(), || "it has to be 0 or more".into())
    })
}

pub fn check_final_rate(last: f64, highest: f64) -> Result<(), ConfigError> {
    check("training.final_learning_rate", last, (0.0..=highest).contains(&last), || {
        format!("it has to be from 0 to learning_rate, {highest}")
    })
}

/// Of all phases; the first is where more are to be asked for.
pub fn check_epochs(phases: &[(&str, usize)]) -> Result<(), ConfigError> {
    for (key, epochs) in phases {
        check(key, epochs, *epochs <= MAX_EPOCHS, || format!("at most {MAX_EPOCHS} are possible"))?;
    }
    let epochs: usize = phases.iter().map(|(_, epochs)| epochs).sum();
    let (key, first) = phases[0];
    check(key, first, epochs > 0, || "there is nothing to do; set it to at least 1".into())
}

pub fn check(
    key: &str,
    value: impl ToString,
    is_right: bool,
    wanted: impl FnOnce() -> String,
) -> Result<(), ConfigError> {
    match is_right {
        true => Ok(()),
        false => Err(ConfigError::Value { key: key.into(), value: value.to_string(), wanted: wanted() }),
    }
}
