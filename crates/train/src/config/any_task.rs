//! A configuration that is read by somebody who does not know what it is about.

use std::path::Path;

use serde::Deserialize;

use super::classify::ClassifyConfig;
use super::error::ConfigError;
use super::task::Task;
use super::{Config, file};

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
    /// Files and folders that it names and that are not there, seen from where the command is run.
    pub fn missing_inputs(&self) -> Vec<&Path> {
        let inputs: Vec<&Path> = match self {
            Self::Caption(config) => config.data.inputs().collect(),
            Self::Classify(config) => config.data.inputs().collect(),
        };
        inputs.into_iter().filter(|path| !path.exists()).collect()
    }
}
