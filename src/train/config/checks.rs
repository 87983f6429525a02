//! Which configurations make sense. Each fault names its key, its value and what would be right.

use super::{AttentionKind, CellType, Config, ConfigError, ModelConfig, TrainingConfig};
use crate::bundle::MOST_WEIGHTS;
use crate::encoder::EncoderConfig;

/// The backbones that people caption with, and the channels of their last grid.
const BACKBONES: [(&str, usize); 5] =
    [("resnet50", 2048), ("resnet101", 2048), ("regnet_x_400mf", 400), ("vgg16", 512), ("alexnet", 256)];
/// Those of them that `src/encoder/` has.
const BUILT: [&str; 2] = ["resnet50", "resnet101"];

impl Config {
    /// Whether a model folder could hold it, before anything is made.
    pub fn check_size(&self, words: usize, encoder: &EncoderConfig) -> Result<(), ConfigError> {
        let slots = self.decoder(words).slots().into_iter().chain(encoder.slots());
        let weights = slots.map(|slot| slot.elements() as u64).fold(0, u64::saturating_add);
        check("model.hidden_dim", self.model.hidden_dim, weights <= MOST_WEIGHTS, || {
            format!("the model would have {weights} weights, and {MOST_WEIGHTS} are possible; make it smaller")
        })
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Self { data, model, embeddings, training } = self;
        self.check_backbone()?;
        for (key, is_given, cell_type) in [
            ("model.attention", model.attention.is_some(), CellType::AttentionLstm),
            ("model.attention_size", model.attention_size.is_some(), CellType::AttentionLstm),
            ("model.layers", model.layers.is_some(), CellType::Transformer),
            ("model.heads", model.heads.is_some(), CellType::Transformer),
            ("model.feed_forward", model.feed_forward.is_some(), CellType::Transformer),
        ] {
            let wanted =
                || format!("only cell_type: {} has it, and this is {}", cell_type.name(), model.cell_type.name());
            check(key, "given", !is_given || cell_type == model.cell_type, wanted)?;
        }
        let is_dot = model.attention == Some(AttentionKind::Dot);
        check("model.attention_size", "given", !(is_dot && model.attention_size.is_some()), || {
            "only attention: additive has it, and this is dot".into()
        })?;
        for (key, value) in [("data.min_count", data.min_count), ("training.batch_size", training.batch_size)] {
            check(key, value, value > 0, || "it has to be at least 1".into())?;
        }
        check("data.max_words", data.max_words, (1..=1000).contains(&data.max_words), || {
            "1 to 1000 words are possible".into()
        })?;
        // The decoder's own bounds, in the words of this file.
        self.decoder(4).check().map_err(|error| ConfigError::Value {
            key: error
                .field
                .replace("decoder.embedding", "model.wordvec_dim")
                .replace("decoder.hidden", "model.hidden_dim")
                .replace("decoder.features", "model.attn_dim")
                .replace("decoder.attention.size", "model.attention_size")
                .replace("decoder.", "model."),
            value: error.value,
            wanted: error.wanted,
        })?;
        let glove = &embeddings.glove_path;
        check("embeddings.use_glove", true, !embeddings.use_glove || glove.is_some(), || {
            "then glove_path has to name a file such as glove.6B.300d.txt".into()
        })?;
        check("embeddings.freeze", true, !embeddings.freeze || embeddings.use_glove, || {
            "random vectors would never learn; set use_glove: true as well, or freeze: false".into()
        })?;
        check("data.train_list", "alone", data.train_list.is_some() == data.validation_list.is_some(), || {
            "train_list and validation_list go together".into()
        })?;
        check("data.split_seed", "given", data.split_seed.is_none() || data.train_list.is_none(), || {
            "the lists split the photos already; leave out one or the other".into()
        })?;
        training.check()
    }

    fn check_backbone(&self) -> Result<(), ConfigError> {
        let ModelConfig { backbone, attn_dim, .. } = &self.model;
        let built = BUILT.join(", ");
        let Some((_, channels)) = BACKBONES.iter().find(|(name, _)| name == backbone) else {
            return check("model.backbone", backbone, false, || format!("{built} are known"));
        };
        check("model.attn_dim", attn_dim, attn_dim == channels, || {
            format!("the grid of {backbone} has {channels} channels, so it has to be {channels}")
        })?;
        check("model.backbone", backbone, BUILT.contains(&backbone.as_str()), || {
            format!("this build has no such encoder; {built} are there")
        })
    }
}

impl TrainingConfig {
    fn check(&self) -> Result<(), ConfigError> {
        let shares = [
            ("training.label_smoothing", self.label_smoothing),
            ("training.dropout", self.dropout),
            ("training.scheduled_sampling", self.scheduled_sampling),
        ];
        for (key, value) in shares {
            check(key, value, (0.0..1.0).contains(&value), || "a share is from 0 to below 1".into())?;
        }
        let rates = [
            ("training.learning_rate", self.learning_rate),
            ("training.plateau_factor", self.plateau_factor),
            ("training.fine_tuning.learning_rate", self.fine_tuning.learning_rate),
            ("training.fine_tuning.decoder_learning_rate", self.fine_tuning.decoder_learning_rate),
            ("training.self_critical.learning_rate", self.self_critical.learning_rate),
        ];
        for (key, value) in rates {
            check(key, value, value > 0.0 && value <= 1.0, || "it has to be above 0 and at most 1".into())?;
        }
        let amounts = [
            ("training.clip_gradient", self.clip_gradient),
            ("training.weight_decay", self.weight_decay),
            ("training.attention_regularisation", self.attention_regularisation),
        ];
        for (key, value) in amounts {
            check(key, value, value >= 0.0 && value.is_finite(), || "it has to be 0 or more".into())?;
        }
        check(
            "training.final_learning_rate",
            self.final_learning_rate,
            (0.0..=self.learning_rate).contains(&self.final_learning_rate),
            || format!("it has to be from 0 to learning_rate, {}", self.learning_rate),
        )?;
        let stages = self.fine_tuning.stages;
        check("training.fine_tuning.stages", stages, (1..=4).contains(&stages), || "there are 1 to 4".into())?;
        let samples = self.self_critical.samples;
        check("training.self_critical.samples", samples, (2..=100).contains(&samples), || {
            "2 to 100 are needed, for each is compared with the others".into()
        })?;
        for (key, epochs) in [
            ("training.epochs", self.epochs),
            ("training.fine_tuning.epochs", self.fine_tuning.epochs),
            ("training.self_critical.epochs", self.self_critical.epochs),
        ] {
            check(key, epochs, epochs <= 1 << 20, || format!("at most {} are possible", 1 << 20))?;
        }
        let epochs = self.epochs + self.fine_tuning.epochs + self.self_critical.epochs;
        check("training.epochs", self.epochs, epochs > 0, || "there is nothing to do; set it to at least 1".into())
    }
}

fn check(key: &str, value: impl ToString, is_right: bool, wanted: impl FnOnce() -> String) -> Result<(), ConfigError> {
    match is_right {
        true => Ok(()),
        false => Err(ConfigError::Value { key: key.into(), value: value.to_string(), wanted: wanted() }),
    }
}
