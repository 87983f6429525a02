//! What a configuration is about, which its first key says.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::classify::ClassifyConfig;
use super::error::ConfigError;
use super::{Config, file};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Task {
    /// To write captions of photos
    #[default]
    Caption,
    /// To tell classes of photos apart
    Classify,
}

/// The configuration of either.
#[derive(Clone, Debug, PartialEq)]
pub enum TaskConfig {
    Caption(Box<Config>),
    Classify(Box<ClassifyConfig>),
}

impl TaskConfig {
    /// Reads a YAML file, and sets single keys to other values.
    pub fn read(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        #[derive(Default, Deserialize)]
        #[serde(default)]
        struct About {
            task: Task,
        }

        let (path, text) = file::text_of(path)?;
        let about = serde_saphyr::from_str(&text);
        let About { task } =
            about.map_err(|error| ConfigError::Syntax { path: path.clone(), reason: error.to_string() })?;
        Ok(match task {
            Task::Caption => Self::Caption(Box::new(Config::parse(&path, &text, overrides)?)),
            Task::Classify => Self::Classify(Box::new(ClassifyConfig::parse(&path, &text, overrides)?)),
        })
    }
}
