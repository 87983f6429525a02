//! The configuration of a classifier's training: what each key means, and its default. Which values make sense stands in
//! `classify_checks.rs`.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sightline::decoder::ClassifierConfig;
use sightline::encoder::{EncoderConfig, Pooling};
use sightline::vocabulary::SPECIAL;

use super::error::ConfigError;
use super::file;
use super::schedule::Schedule;
use super::task::Task;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClassifyConfig {
    pub task: Task,
    pub data: DataConfig,
    pub model: ModelConfig,
    pub training: TrainingConfig,
}

impl Default for ClassifyConfig {
    fn default() -> Self {
        Self {
            task: Task::Classify,
            data: DataConfig::default(),
            model: ModelConfig::default(),
            training: TrainingConfig::default(),
        }
    }
}

/// Where the photos and the encoder are. Paths are relative to where the command is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataConfig {
    /// A folder with a folder of photos for each class, or an IDX file of pictures
    pub images: PathBuf,
    /// The IDX file of the pictures' labels
    pub labels: Option<PathBuf>,
    /// What to judge by, likewise; without it, a share of `images`
    pub test_images: Option<PathBuf>,
    pub test_labels: Option<PathBuf>,
    /// That share, of each class
    pub validation: f64,
    /// Of the chance by which photos get into that share
    pub split_seed: u64,
    /// Whether the model is to part photos into white ink on black; where nothing is said, as its backbone has it
    pub ink: Option<bool>,
    /// Checkpoint of the encoder; without it the backbone is learnt from nothing
    pub encoder: Option<PathBuf>,
    /// Folder for what the encoder computed once
    pub cache: PathBuf,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self {
            images: "data/images".into(),
            labels: None,
            test_images: None,
            test_labels: None,
            validation: 0.1,
            split_seed: 1,
            ink: None,
            encoder: None,
            cache: "data/cache".into(),
        }
    }
}

impl DataConfig {
    /// What a run reads, and goes on reading when it is resumed.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &Path> {
        let tables = [&self.labels, &self.test_images, &self.test_labels, &self.encoder].into_iter().flatten();
        std::iter::once(&self.images).chain(tables).map(PathBuf::as_path)
    }
}

/// The network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelConfig {
    /// The encoder's backbone by its name, such as `mnist_cnn`
    pub backbone: String,
    /// Sizes of the layers between the backbone and the classes
    pub hidden: Vec<usize>,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self { backbone: "resnet50".into(), hidden: vec![] }
    }
}

/// How much a photo of each class counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClassWeights {
    /// Every photo as much as every other
    None,
    /// The photos of every class, taken together, as much as those of every other
    Balanced,
}

/// How to learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingConfig {
    /// Passes over the photos; with an encoder that was given, it stays as it is in them
    pub epochs: usize,
    /// Photos in a step
    pub batch_size: usize,
    pub learning_rate: f64,
    /// Steps in which the learning rate rises from nothing
    pub warmup_steps: usize,
    /// `cosine`, `plateau` or `constant`
    pub schedule: Schedule,
    /// Where `cosine` ends
    pub final_learning_rate: f64,
    pub plateau_factor: f64,
    pub plateau_patience: usize,
    /// Share of the probability that is spread over all classes
    pub label_smoothing: f64,
    /// Share of the numbers before the last layer that are left out at random
    pub dropout: f64,
    /// Longer gradients, all taken together, are shortened to this length; 0 leaves them
    pub clip_gradient: f64,
    pub weight_decay: f64,
    /// `none` or `balanced`
    pub class_weights: ClassWeights,
    /// Learn from photos as a mirror shows them as well
    pub mirror: bool,
    /// Stops after so many epochs without a better accuracy; 0 never does
    pub early_stop: usize,
    pub seed: u64,
    pub fine_tuning: FineTuningConfig,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            epochs: 10,
            batch_size: 64,
            learning_rate: 1e-3,
            warmup_steps: 0,
            schedule: Schedule::Cosine,
            final_learning_rate: 1e-5,
            plateau_factor: 0.5,
            plateau_patience: 2,
            label_smoothing: 0.0,
            dropout: 0.2,
            clip_gradient: 5.0,
            weight_decay: 0.0,
            class_weights: ClassWeights::None,
            mirror: false,
            early_stop: 5,
            seed: 1,
            fine_tuning: FineTuningConfig::default(),
        }
    }
}

/// Then, with the last stages of the encoder set free.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FineTuningConfig {
    pub epochs: usize,
    /// How many of the encoder's last stages learn
    pub stages: usize,
    /// Of the encoder
    pub learning_rate: f64,
    /// Of the layers behind it meanwhile
    pub head_learning_rate: f64,
}

impl Default for FineTuningConfig {
    fn default() -> Self {
        Self { epochs: 0, stages: 1, learning_rate: 2e-5, head_learning_rate: 1e-4 }
    }
}

impl ClassifyConfig {
    /// Reads a YAML file, and sets single keys to other values.
    pub fn read(path: &Path, overrides: &[String]) -> Result<Self, ConfigError> {
        let (path, text) = file::text_of(path)?;
        Self::parse(&path, &text, overrides)
    }

    /// From the text of a file, which errors call by the name `path`.
    pub fn parse(path: &str, text: &str, overrides: &[String]) -> Result<Self, ConfigError> {
        let config: Self = file::parsed(path, text, overrides)?;
        config.check()?;
        Ok(config)
    }

    pub fn to_yaml(&self) -> Result<String, ConfigError> {
        file::yaml_of(self)
    }

    /// What stands behind the grid of this encoder, for photos of `size` by `size` pixels.
    pub fn classifier(&self, classes: usize, encoder: &EncoderConfig, size: usize) -> ClassifierConfig {
        // A backbone that was learnt on other photos is looked at as a whole: where in the photo something lies was
        // theirs.
        let pooling = if self.data.encoder.is_some() { Pooling::Average } else { encoder.head().pooling };
        ClassifierConfig {
            vocab_size: SPECIAL.len() + classes,
            feature_dim: encoder.channels(),
            cells: encoder.grid(size).cells(),
            pooling,
            hidden: self.model.hidden.clone(),
        }
    }
}
