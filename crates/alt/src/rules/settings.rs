//! Which rules count, and how much.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::catalogue::{RULES, number};
use crate::report::Severity;

/// What a rule is set to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Error,
    Warning,
    Off,
}

/// The rules of a file of settings, as in `{"long-alt": "off"}`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(transparent)]
pub struct RuleConfig(pub BTreeMap<String, Level>);

#[derive(Debug, thiserror::Error, PartialEq)]
pub enum RuleError {
    #[error("there is no rule \"{0}\"; there are {names}", names = names())]
    Name(String),
    #[error("\"{0}\" sets no rule; write long-alt=off, or =warning or =error")]
    Setting(String),
}

fn names() -> String {
    RULES.map(|rule| rule.name).join(", ")
}

/// How much each rule counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules([Option<Severity>; RULES.len()]);

impl Default for Rules {
    fn default() -> Self {
        Self(RULES.map(|rule| Some(rule.severity)))
    }
}

impl Rules {
    /// As a file of settings says.
    pub fn configure(&mut self, config: &RuleConfig) -> Result<(), RuleError> {
        config.0.iter().try_for_each(|(name, level)| self.put(name, *level))
    }

    /// As text says, in `long-alt=off` or several of these with commas between them.
    pub fn set(&mut self, text: &str) -> Result<(), RuleError> {
        for setting in text.split(',').map(str::trim).filter(|setting| !setting.is_empty()) {
            let (name, level) = setting.split_once('=').ok_or_else(|| RuleError::Setting(setting.into()))?;
            let level = match level.trim() {
                "error" => Level::Error,
                "warning" => Level::Warning,
                "off" => Level::Off,
                _ => return Err(RuleError::Setting(setting.into())),
            };
            self.put(name.trim(), level)?;
        }
        Ok(())
    }

    fn put(&mut self, name: &str, level: Level) -> Result<(), RuleError> {
        let number = number(name).ok_or_else(|| RuleError::Name(name.into()))?;
        self.0[number] = match level {
            Level::Error => Some(Severity::Error),
            Level::Warning => Some(Severity::Warning),
            Level::Off => None,
        };
        Ok(())
    }

    /// How much the rule of this name counts, if there is one and it does.
    pub fn severity_of(&self, name: &str) -> Option<Severity> {
        self.severity(number(name)?)
    }

    /// How much the rule of this number counts, if it does.
    pub(super) fn severity(&self, number: usize) -> Option<Severity> {
        self.0[number]
    }
}
