//! Which configurations of a classifier's training make sense. Each fault names its key, its value and what would be right.

use sightline::decoder::DecoderConfig;
use sightline::encoder::EncoderConfig;

use super::classify::{ClassifyConfig, TrainingConfig};
use super::error::ConfigError;
use super::rules::{
    check, check_amounts, check_epochs, check_final_rate, check_rates, check_shares, check_size, known_backbone,
};
use super::task::Task;

impl ClassifyConfig {
    /// Whether a model folder could hold it, before anything is made.
    pub fn check_size(&self, classes: usize, encoder: &EncoderConfig, size: usize) -> Result<(), ConfigError> {
        let classifier = DecoderConfig::Classifier(self.classifier(classes, encoder, size));
        classifier.check().map_err(ConfigError::of_classifier)?;
        check_size("model.hidden", format!("{:?}", self.model.hidden), &classifier, encoder)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let Self { task, data, model, training } = self;
        check("task", "caption", *task == Task::Classify, || "it stays what the file says, classify".into())?;
        let backbone = known_backbone(&model.backbone)?;
        check("data.validation", data.validation, data.validation > 0.0 && data.validation < 1.0, || {
            "a share is above 0 and below 1".into()
        })?;
        check("data.test_labels", "given", data.test_labels.is_none() || data.test_images.is_some(), || {
            "then test_images has to name their pictures".into()
        })?;
        let takes_ink = data.encoder.is_none() && backbone.input().channels() == 1;
        check("data.ink", "given", data.ink.is_none() || takes_ink, || {
            "it is for a backbone that takes grey pictures and is learnt from nothing".into()
        })?;
        check("training.batch_size", training.batch_size, training.batch_size > 0, || {
            "it has to be at least 1".into()
        })?;
        // Of as few classes as can be told apart; how many there will be, the photos say.
        self.check_size(2, &backbone, backbone.input().size)?;
        let tuning = training.fine_tuning.epochs;
        check("training.fine_tuning.epochs", tuning, tuning == 0 || data.encoder.is_some(), || {
            "a backbone that is learnt from nothing is free from the beginning; name a checkpoint as data.encoder, or \
             leave fine_tuning out"
                .into()
        })?;
        training.check(&backbone)
    }
}

impl TrainingConfig {
    fn check(&self, backbone: &EncoderConfig) -> Result<(), ConfigError> {
        check_shares(&[("training.label_smoothing", self.label_smoothing), ("training.dropout", self.dropout)])?;
        check_rates(&[
            ("training.learning_rate", self.learning_rate),
            ("training.plateau_factor", self.plateau_factor),
            ("training.fine_tuning.learning_rate", self.fine_tuning.learning_rate),
            ("training.fine_tuning.head_learning_rate", self.fine_tuning.head_learning_rate),
        ])?;
        check_amounts(&[("training.clip_gradient", self.clip_gradient), ("training.weight_decay", self.weight_decay)])?;
        check_final_rate(self.final_learning_rate, self.learning_rate)?;
        let stages = self.fine_tuning.stages;
        check("training.fine_tuning.stages", stages, (1..=backbone.stages()).contains(&stages), || {
            format!("there are 1 to {}", backbone.stages())
        })?;
        check_epochs(&[("training.epochs", self.epochs), ("training.fine_tuning.epochs", self.fine_tuning.epochs)])
    }
}
