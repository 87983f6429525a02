//! Which configurations make sense. Each fault names its key, its value and what would be right.

use sightline::decoder::DecoderConfig;
use sightline::encoder::EncoderConfig;

use super::error::ConfigError;
use super::rules::{
    MAX_EPOCHS, check, check_amounts, check_epochs, check_final_rate, check_rates, check_shares, check_size,
    known_backbone,
};
use super::{Config, ModelConfig, Task, TrainingConfig};

impl Config {
    /// Whether a model folder could hold it, before anything is made.
    pub fn check_size(&self, vocab_size: usize, encoder: &EncoderConfig) -> Result<(), ConfigError> {
        let decoder = self.decoder(vocab_size, encoder.channels())?;
        check_size("model.hidden_dim", self.model.hidden_dim, &decoder, encoder)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Self { task, data, embeddings, training, .. } = self;
        check("task", "classify", *task == Task::Caption, || "it stays what the file says, caption".into())?;
        let backbone = self.check_backbone()?;
        self.check_settings()?;
        for (key, value) in [("data.min_count", data.min_count), ("training.batch_size", training.batch_size)] {
            check(key, value, value > 0, || "it has to be at least 1".into())?;
        }
        check("data.max_words", data.max_words, (1..=1000).contains(&data.max_words), || {
            "1 to 1000 words are possible".into()
        })?;
        // Of as few words as a vocabulary has; how many there will be, the captions say.
        self.decoder(4, backbone.channels())?.check().map_err(ConfigError::of_decoder)?;
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
        training.check(&backbone)
    }

    /// The backbone that is named.
    fn check_backbone(&self) -> Result<EncoderConfig, ConfigError> {
        let ModelConfig { backbone, feature_dim, .. } = &self.model;
        let found = known_backbone(backbone)?;
        let channels = found.channels();
        let given = feature_dim.unwrap_or(channels);
        check("model.attn_dim", given, given == channels, || {
            format!("the grid of {backbone} has {channels} channels, so it has to be {channels}, or be left out")
        })?;
        Ok(found)
    }

    /// A setting that only other decoders have is a mistake.
    fn check_settings(&self) -> Result<(), ConfigError> {
        let ModelConfig { cell_type, attention, attention_size, sentinel, layers, heads, feed_forward, .. } =
            &self.model;
        let known = DecoderConfig::known();
        for (setting, is_given) in [
            ("attention", attention.is_some()),
            ("attention_size", attention_size.is_some()),
            ("sentinel", sentinel.is_some()),
            ("layers", layers.is_some()),
            ("heads", heads.is_some()),
            ("feed_forward", feed_forward.is_some()),
        ] {
            let having = |(family, settings): &(&'static str, &[&str])| settings.contains(&setting).then_some(*family);
            let having: Vec<&str> = known.iter().filter_map(having).collect();
            // A decoder that is not known is said elsewhere.
            let is_right =
                !is_given || having.contains(&&**cell_type) || !known.iter().any(|(name, _)| name == cell_type);
            check(&format!("model.{setting}"), "given", is_right, || {
                format!("only cell_type: {} has it, and this is {cell_type}", having.join(", "))
            })?;
        }
        Ok(())
    }
}

impl TrainingConfig {
    fn check(&self, backbone: &EncoderConfig) -> Result<(), ConfigError> {
        check_shares(&[
            ("training.label_smoothing", self.label_smoothing),
            ("training.dropout", self.dropout),
            ("training.scheduled_sampling", self.scheduled_sampling),
            ("training.average", self.average),
        ])?;
        check_rates(&[
            ("training.learning_rate", self.learning_rate),
            ("training.plateau_factor", self.plateau_factor),
            ("training.fine_tuning.learning_rate", self.fine_tuning.learning_rate),
            ("training.fine_tuning.decoder_learning_rate", self.fine_tuning.decoder_learning_rate),
            ("training.self_critical.learning_rate", self.self_critical.learning_rate),
        ])?;
        check_amounts(&[
            ("training.clip_gradient", self.clip_gradient),
            ("training.weight_decay", self.weight_decay),
            ("training.attention_regularisation", self.attention_regularisation),
            ("training.self_critical.bleu", self.self_critical.bleu),
            ("training.self_critical.length", self.self_critical.length),
            ("training.self_critical.frequency", self.self_critical.frequency),
        ])?;
        check_final_rate(self.final_learning_rate, self.learning_rate)?;
        let together = self.captions_per_photo;
        check("training.captions_per_photo", together, (1..=self.batch_size).contains(&together), || {
            format!("a batch has room for 1 to {}, which is training.batch_size", self.batch_size)
        })?;
        check(
            "training.scheduled_sampling",
            self.scheduled_sampling,
            self.scheduled_sampling == 0.0 || together == 1,
            || "it goes with captions_per_photo: 1 alone".into(),
        )?;
        let share = self.imitation.share;
        check("training.imitation.share", share, (0.0..=1.0).contains(&share), || "it is from 0 to 1".into())?;
        check(
            "training.scheduled_sampling",
            self.scheduled_sampling,
            self.scheduled_sampling == 0.0 || self.imitation.teachers.is_empty(),
            || "teachers read what people wrote; set it to 0, or training.imitation.teachers to []".into(),
        )?;
        let stages = self.fine_tuning.stages;
        check("training.fine_tuning.stages", stages, (1..=backbone.stages()).contains(&stages), || {
            format!("there are 1 to {}", backbone.stages())
        })?;
        let samples = self.self_critical.samples;
        check("training.self_critical.samples", samples, (2..=100).contains(&samples), || {
            "2 to 100 are needed, for each is compared with the others".into()
        })?;
        // Not among the phases of which one is needed: without photos nothing is learnt about any.
        check("training.text.epochs", self.text.epochs, self.text.epochs <= MAX_EPOCHS, || {
            format!("at most {MAX_EPOCHS} are possible")
        })?;
        check_epochs(&[
            ("training.epochs", self.epochs),
            ("training.fine_tuning.epochs", self.fine_tuning.epochs),
            ("training.self_critical.epochs", self.self_critical.epochs),
        ])
    }
}
