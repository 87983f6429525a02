//! The one file that a training run is described by: what each key means, and its default. Which values make sense stands in
//! `config/checks.rs`.
//!
//! This is the only place where defaults stand; `docs/TRAINING.md` lists them, and a test compares the two.

pub mod any_task;
mod checks;
pub mod classify;
mod classify_checks;
mod error;
mod file;
mod rules;
mod schedule;
mod task;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sightline::decoder::{DecoderConfig, DecoderSettings, DecoderSizes};

pub use classify::ClassifyConfig;
pub use error::ConfigError;
pub(crate) use rules::known_backbone;
pub use schedule::Schedule;
pub use task::Task;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub task: Task,
    pub data: DataConfig,
    pub model: ModelConfig,
    pub embeddings: EmbeddingsConfig,
    pub training: TrainingConfig,
}

/// Where the photos, the captions and the encoder are. Paths are relative to where the command is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataConfig {
    /// A `captions.txt` or `.token.txt` of Flickr8k or Flickr30k, COCO's captions JSON, or Karpathy's split JSON
    pub captions: PathBuf,
    /// The folder of photos
    pub images: PathBuf,
    /// A file that names the training photos; without lists, the split that the captions file itself has
    pub train_list: Option<PathBuf>,
    /// A file that names the validation photos
    pub validation_list: Option<PathBuf>,
    /// Instead, a split by chance with a tenth of the photos for validation, the same for the same seed
    pub split_seed: Option<u64>,
    /// Checkpoint of the encoder, with the keys that its backbone was published with
    pub encoder: PathBuf,
    /// Folder for what the encoder computed once
    pub cache: PathBuf,
    /// A word has to stand so often in the training captions to be learnt
    pub min_count: usize,
    /// Longer training captions are cut to so many words
    pub max_words: usize,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self {
            captions: "data/captions.txt".into(),
            images: "data/Images".into(),
            train_list: None,
            validation_list: None,
            split_seed: None,
            encoder: "data/resnet50.safetensors".into(),
            cache: "data/cache".into(),
            min_count: 5,
            max_words: 20,
        }
    }
}

impl DataConfig {
    /// What a run reads, and goes on reading when it is resumed.
    pub(super) fn inputs(&self) -> impl Iterator<Item = &Path> {
        let lists = self.train_list.iter().chain(&self.validation_list);
        [&self.captions, &self.images, &self.encoder].into_iter().chain(lists).map(PathBuf::as_path)
    }
}

/// The network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelConfig {
    /// `rnn`, `lstm`, `attention_lstm` or `transformer`
    pub cell_type: String,
    /// Length of a word vector
    pub wordvec_dim: usize,
    pub hidden_dim: usize,
    /// The encoder's backbone by its name, such as `resnet50`; its checkpoint has to be one
    pub backbone: String,
    /// Channels of the backbone's feature grid; they follow from the backbone, and are checked where they are given
    #[serde(rename = "attn_dim")]
    pub feature_dim: Option<usize>,
    /// `additive` or `dot`, for an `attention_lstm`
    pub attention: Option<String>,
    /// Size of the layer in which `additive` attention compares
    pub attention_size: Option<usize>,
    /// Whether an `attention_lstm` may look at nothing, for words such as "of"
    pub sentinel: Option<bool>,
    /// Layers of a `transformer`
    pub layers: Option<usize>,
    /// Heads of a `transformer`; they divide `hidden_dim`
    pub heads: Option<usize>,
    /// Inner size of a `transformer`'s layers
    pub feed_forward: Option<usize>,
    /// Keep in the model folder what captions are reranked by
    pub consensus: bool,
}

impl Default for ModelConfig {
    fn default() -> Self {
        Self {
            cell_type: "attention_lstm".into(),
            wordvec_dim: 300,
            hidden_dim: 512,
            backbone: "resnet50".into(),
            feature_dim: None,
            attention: None,
            attention_size: None,
            sentinel: None,
            layers: None,
            heads: None,
            feed_forward: None,
            consensus: true,
        }
    }
}

/// What the word vectors start from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmbeddingsConfig {
    /// Start from GloVe's vectors instead of random ones
    pub use_glove: bool,
    /// A text file of `word v1 … vn` lines, such as `glove.6B.300d.txt`
    pub glove_path: Option<PathBuf>,
    /// Keep the vectors as they are
    pub freeze: bool,
}

/// How to learn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingConfig {
    /// Passes over the captions with the encoder frozen
    pub epochs: usize,
    /// Captions in a step
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
    /// Share of the probability that is spread over all words
    pub label_smoothing: f64,
    /// Share of the numbers that are left out at random
    pub dropout: f64,
    /// Longer gradients, all taken together, are shortened to this length; 0 leaves them
    pub clip_gradient: f64,
    pub weight_decay: f64,
    /// How much attention is held to look at every cell once
    pub attention_regularisation: f64,
    /// By the last epoch, so many of the words that the decoder takes are its own
    pub scheduled_sampling: f64,
    /// Captions of a photo that are learnt together
    pub captions_per_photo: usize,
    /// Learn from photos as a mirror shows them as well, with left and right changed in their captions
    pub mirror: bool,
    /// Learn from the four corners of photos as well
    pub crops: bool,
    /// How much of the running average of the weights each step keeps; 0 has none
    pub average: f64,
    /// Stops after so many epochs without a better CIDEr-D; 0 never does
    pub early_stop: usize,
    pub seed: u64,
    pub text: TextConfig,
    pub imitation: ImitationConfig,
    pub fine_tuning: FineTuningConfig,
    pub self_critical: SelfCriticalConfig,
}

impl Default for TrainingConfig {
    fn default() -> Self {
        Self {
            epochs: 15,
            batch_size: 64,
            learning_rate: 5e-4,
            warmup_steps: 400,
            schedule: Schedule::Cosine,
            final_learning_rate: 1e-5,
            plateau_factor: 0.5,
            plateau_patience: 2,
            label_smoothing: 0.1,
            dropout: 0.5,
            clip_gradient: 5.0,
            weight_decay: 0.0,
            attention_regularisation: 1.0,
            scheduled_sampling: 0.0,
            captions_per_photo: 1,
            mirror: false,
            crops: false,
            average: 0.0,
            early_stop: 5,
            seed: 1,
            text: TextConfig::default(),
            imitation: ImitationConfig::default(),
            fine_tuning: FineTuningConfig::default(),
            self_critical: SelfCriticalConfig::default(),
        }
    }
}

/// First, the decoder learns to speak from sentences without photos.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextConfig {
    /// A file with one sentence a line; without it, photos' captions alone are learnt
    pub captions: Option<PathBuf>,
    /// Passes over the sentences
    pub epochs: usize,
}

impl Default for TextConfig {
    fn default() -> Self {
        Self { captions: None, epochs: 3 }
    }
}

/// While words are learnt with the encoder frozen, what other models expect is learnt as well.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImitationConfig {
    /// Model folders; without any, people's words alone are learnt
    pub teachers: Vec<PathBuf>,
    /// How much of the loss is the cross-entropy with the mean of the teachers' probabilities
    pub share: f64,
}

impl Default for ImitationConfig {
    fn default() -> Self {
        Self { teachers: vec![], share: 0.5 }
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
    /// Of the decoder meanwhile
    pub decoder_learning_rate: f64,
}

impl Default for FineTuningConfig {
    fn default() -> Self {
        Self { epochs: 0, stages: 1, learning_rate: 2e-5, decoder_learning_rate: 5e-5 }
    }
}

/// Last, learning from the CIDEr-D of its own captions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SelfCriticalConfig {
    /// Passes over the photos
    pub epochs: usize,
    /// Captions of each photo that are compared with each other
    pub samples: usize,
    pub learning_rate: f64,
    /// What BLEU-4 adds to the CIDEr-D of a caption, times this
    pub bleu: f64,
    /// What a caption as long as people's or longer earns beside, a shorter one in proportion
    pub length: f64,
    /// What a word earns that people say more often than the model does, and what one costs that they say less often
    pub frequency: f64,
}

impl Default for SelfCriticalConfig {
    fn default() -> Self {
        Self { epochs: 0, samples: 5, learning_rate: 2e-5, bleu: 0.0, length: 0.0, frequency: 0.0 }
    }
}

impl Config {
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

    /// The decoder that is described, for a vocabulary of so many words and features of so many channels.
    pub fn decoder(&self, vocab_size: usize, feature_dim: usize) -> Result<DecoderConfig, ConfigError> {
        let ModelConfig { cell_type, wordvec_dim, hidden_dim, .. } = &self.model;
        let sizes = DecoderSizes { vocab_size, feature_dim, embedding: *wordvec_dim, hidden: *hidden_dim };
        match DecoderConfig::from_settings(cell_type, sizes, &self.model.settings()) {
            Some(decoder) => decoder.map_err(ConfigError::of_decoder),
            None => {
                let known: Vec<&str> = DecoderConfig::known().into_iter().map(|(family, _)| family).collect();
                let wanted = format!("{} are known", known.join(", "));
                Err(ConfigError::Value { key: "model.cell_type".into(), value: cell_type.clone(), wanted })
            }
        }
    }
}

impl ModelConfig {
    /// What only some decoders have.
    fn settings(&self) -> DecoderSettings {
        DecoderSettings {
            attention: self.attention.clone(),
            attention_size: self.attention_size,
            sentinel: self.sentinel,
            layers: self.layers,
            heads: self.heads,
            feed_forward: self.feed_forward,
        }
    }
}
