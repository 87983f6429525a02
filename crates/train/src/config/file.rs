//! A configuration as a YAML file, and single keys of it set to other values.

use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sightline::files::read_text;

use super::error::ConfigError;

/// No configuration that people wrote has more bytes.
const CONFIG_LIMIT: u64 = 1 << 20;

pub fn text_of(path: &Path) -> Result<(String, String), ConfigError> {
    let shown = path.display().to_string();
    match read_text(path, CONFIG_LIMIT, "configuration") {
        Ok(text) => Ok((shown, text)),
        Err(reason) => Err(ConfigError::Io { path: shown, reason }),
    }
}

/// From the text of a file, which errors call by the name `path`. Whether it makes sense is checked elsewhere.
pub fn parsed<C: Serialize + DeserializeOwned>(path: &str, text: &str, overrides: &[String]) -> Result<C, ConfigError> {
    let syntax = |reason: String| ConfigError::Syntax { path: path.to_string(), reason };
    // Once as it is written, for then a fault can be shown with its line …
    let config: C = serde_saphyr::from_str(text).map_err(|error| syntax(error.to_string()))?;
    // … and once more with the overrides in it.
    let mut value = serde_json::to_value(config).map_err(|error| syntax(error.to_string()))?;
    for override_ in overrides {
        overridden(&mut value, override_)
            .map_err(|reason| ConfigError::Override { override_: override_.clone(), reason })?;
    }
    serde_path_to_error::deserialize(value).map_err(|error| syntax(format!("{}: {}", error.path(), error.inner())))
}

pub fn yaml_of(config: &impl Serialize) -> Result<String, ConfigError> {
    let fault = |reason: String| ConfigError::Syntax { path: "the configuration".into(), reason };
    serde_saphyr::to_string(config).map_err(|error| fault(error.to_string()))
}

/// Puts `section.key=value` into a configuration.
fn overridden(config: &mut serde_json::Value, override_: &str) -> Result<(), String> {
    let (key, text) = override_.split_once('=').ok_or("there is no = in it")?;
    let mut place = config;
    for part in key.trim().split('.') {
        let known = place.as_object().map(|section| section.keys().cloned().collect::<Vec<_>>().join(", "));
        place = place
            .get_mut(part)
            .ok_or_else(|| format!("there is no key {part:?}; known are {}", known.unwrap_or_default()))?;
    }
    *place = serde_saphyr::from_str(text.trim()).map_err(|error| error.to_string())?;
    Ok(())
}
