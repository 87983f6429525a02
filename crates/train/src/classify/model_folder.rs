//! The model folder that a run ends with: the best weights, norms folded.

use std::sync::atomic::AtomicBool;

use sightline::decoder::{ClassifierConfig, DecoderConfig};
use sightline::encoder::{EncoderConfig, Norms};
use sightline::model::{self, Dtype, Manifest, Overwrite};
use sightline::weights::{Weights, part_of, prefixed};

use super::backbone::Backbone;
use super::evaluate::{Evaluation, evaluate};
use super::inputs::Inputs;
use super::prepare::ClassifyData;
use crate::config::ClassifyConfig;
use crate::error::TrainError;
use crate::run::RunDir;
use crate::trainable_model::TrainableModel;

/// A model as it is packed: the whole encoder in its inference form, and what stands behind it.
pub struct PackedModel {
    encoder: EncoderConfig,
    classifier: ClassifierConfig,
    /// Of both.
    weights: Weights,
}

impl PackedModel {
    /// From the weights of an epoch.
    pub fn new(config: &ClassifyConfig, data: &ClassifyData, mut learnt: Weights) -> Result<Self, String> {
        let backbone = &data.backbone;
        let classifier = config.classifier(data.photos.classes.len(), backbone.config(), backbone.input().size);
        let tuned = part_of(&mut learnt, "encoder");
        let (encoder, folded) = match backbone {
            Backbone::New(_) => EncoderConfig::from_checkpoint(tuned).map_err(|error| error.to_string())?,
            Backbone::Given(encoder) => {
                // Those that were tuned take the place of those that it began with.
                let mut weights = encoder.weights.clone();
                weights.extend(tuned);
                (encoder.config.clone(), weights)
            }
        };
        if encoder != *backbone.config() {
            return Err(format!("the weights are those of a {}", encoder.title()));
        }
        let weights = prefixed("encoder", folded).chain(learnt).collect();
        Ok(Self { encoder, classifier, weights })
    }

    /// What the network that a reader of the model folder gets takes the photos for that judge. Nothing where somebody
    /// wants to stop.
    pub fn evaluation(
        &self,
        data: &ClassifyData,
        stop: &AtomicBool,
        on_photo: &mut dyn FnMut(usize),
    ) -> Result<Option<Evaluation>, TrainError> {
        let ClassifyData { backbone, photos, .. } = data;
        let device = &backbone.device().handle;
        let encoder = Some(self.encoder.init(Norms::Folded, device));
        let network = TrainableModel { encoder, decoder: self.classifier.init(device) };
        let network = network.filled(&self.weights, None, device);
        let network = network.map_err(|reason| TrainError::OtherRun { path: "the best epoch".into(), reason })?;
        let inputs = Inputs::Decoded { photos: &photos.photos, spec: backbone.input() };
        evaluate((&network, device), &inputs, &photos.judge, &photos.labels, stop, on_photo)
    }

    pub fn write(&self, dir: &RunDir, data: &ClassifyData, accuracy: f64) -> Result<(), TrainError> {
        let decoder = DecoderConfig::Classifier(self.classifier.clone());
        let input = data.backbone.input().clone();
        let manifest = Manifest {
            name: dir.0.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
            scores: [("accuracy".to_string(), accuracy)].into(),
            ..Manifest::new(input, self.encoder.clone(), decoder, &data.vocabulary)
        };
        model::write(&dir.model(), &manifest, &self.weights, None, Dtype::F32, Overwrite::Replace)?;
        Ok(())
    }
}
