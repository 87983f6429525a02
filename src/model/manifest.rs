//! `model.json`: what a model is, and which files hold its weights.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::SHARD_LIMIT;
use super::error::ModelError;
use crate::bounds::{FieldError, within};
use crate::consensus::Settings;
use crate::decoder::search::{BEAMS, MAX_BEAMS};
use crate::decoder::{DecoderConfig, ModelKind};
use crate::encoder::{ActivationRanges, EncoderConfig, Grid};
use crate::familiarity::Familiarity;
use crate::photo::InputSpec;
use crate::sureness::Calibration;
use crate::vocabulary::{SPECIAL, Vocabulary};
use crate::weights::Slot;

pub const FORMAT: &str = "sightline-model";
pub const VERSION: u32 = 1;
pub const MANIFEST_FILE: &str = "model.json";
/// What writes model folders.
pub const PROGRAM: &str = concat!("sightline ", env!("CARGO_PKG_VERSION"));

/// About twice the largest network that people caption with. A manifest that claims more is not given the memory.
pub const MAX_WEIGHTS: u64 = 1 << 28;

const MAX_NEIGHBOURS: usize = 1000;
const MAX_WEIGHT: f64 = 1000.0;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    pub name: String,
    /// The program that wrote it.
    #[serde(default)]
    pub created_by: String,
    /// Of the weights; an SPDX expression or a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
    pub input: InputSpec,
    pub encoder: EncoderConfig,
    pub decoder: DecoderConfig,
    /// Measured quality, such as `"cider_d": 0.62`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub scores: BTreeMap<String, f64>,
    /// How many sentences to follow at a time where nobody says otherwise: as many as it was measured with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beams: Option<usize>,
    /// What its probabilities mean, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// Which pictures are like the photos that it knows, where it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub familiarity: Option<Familiarity>,
    /// What the encoder's convolutions put out, where it was measured: what the processor needs to compute in integers.
    #[serde(default, skip_serializing_if = "ActivationRanges::is_empty")]
    pub activations: ActivationRanges,
    pub shards: Vec<Shard>,
    /// What captions are reranked by, where there is anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consensus: Option<ConsensusFile>,
    /// A word's place is its id.
    pub vocabulary: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shard {
    pub file: String,
    pub bytes: u64,
    /// In lower-case hexadecimal digits.
    pub sha256: String,
}

/// The file of [`crate::consensus`], and its settings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConsensusFile {
    #[serde(flatten)]
    pub shard: Shard,
    pub neighbours: usize,
    pub weight: f64,
}

impl ConsensusFile {
    pub fn settings(&self) -> Settings {
        Settings { neighbours: self.neighbours, weight: self.weight }
    }
}

impl Manifest {
    /// Of a model that was not written yet, and has neither name nor scores.
    pub fn new(input: InputSpec, encoder: EncoderConfig, decoder: DecoderConfig, vocabulary: &Vocabulary) -> Self {
        Self {
            format: FORMAT.into(),
            version: VERSION,
            name: String::new(),
            created_by: PROGRAM.into(),
            license: None,
            input,
            encoder,
            decoder,
            scores: BTreeMap::new(),
            beams: None,
            calibration: None,
            familiarity: None,
            activations: ActivationRanges::default(),
            shards: vec![],
            consensus: None,
            vocabulary: vocabulary.words().to_vec(),
        }
    }

    /// Reads a manifest and checks all that can be known without the shards.
    pub fn parse(json: &[u8]) -> Result<(Self, Vocabulary), ModelError> {
        let syntax = |error: serde_json::Error| ModelError::Syntax { reason: error.to_string() };
        // Another version may differ in everything else, so it is asked for first.
        let value: serde_json::Value = serde_json::from_slice(json).map_err(syntax)?;
        if value["format"] != FORMAT {
            return Err(ModelError::NotAModel { found: value["format"].as_str().unwrap_or_default().to_string() });
        }
        match value["version"].as_u64() {
            Some(version) if version == u64::from(VERSION) => {}
            Some(found) => return Err(ModelError::UnknownVersion { found, known: VERSION }),
            None => return Err(ModelError::Syntax { reason: "\"version\" is no whole number".into() }),
        }
        let manifest: Self = serde_json::from_slice(json).map_err(syntax)?;
        manifest.check_dimensions()?;
        manifest.beams.map_or(Ok(()), |beams| within("beams", beams, 1, MAX_BEAMS))?;
        manifest.calibration.as_ref().map_or(Ok(()), Calibration::check)?;
        let channels = manifest.encoder.channels();
        manifest.familiarity.as_ref().map_or(Ok(()), |familiarity| familiarity.check(channels))?;
        manifest.activations.check(&manifest.encoder.description())?;
        manifest.check_shards()?;
        let vocabulary = Vocabulary::new(manifest.vocabulary.clone())?;
        Ok((manifest, vocabulary))
    }

    /// Sentences that are followed at a time where nobody says otherwise.
    pub fn usual_beams(&self) -> usize {
        self.beams.unwrap_or(BEAMS)
    }

    /// Every tensor of the model: those of the encoder under `encoder.`, those of the decoder under `decoder.`.
    pub fn slots(&self) -> Vec<Slot> {
        let prefixed = |part: &'static str| move |slot: Slot| Slot { name: format!("{part}.{}", slot.name), ..slot };
        let encoder = self.encoder.folded_slots().into_iter().map(prefixed("encoder"));
        encoder.chain(self.decoder.slots().into_iter().map(prefixed("decoder"))).collect()
    }

    /// The grid that the encoder lays over a photo.
    pub fn grid(&self) -> Grid {
        self.encoder.grid(self.input.size)
    }

    /// Every file of the model but the manifest.
    pub fn files(&self) -> impl Iterator<Item = &Shard> {
        self.shards.iter().chain(self.consensus.iter().map(|consensus| &consensus.shard))
    }

    /// Bytes of all these files.
    pub fn bytes(&self) -> u64 {
        bytes_of(self.files())
    }

    fn check_dimensions(&self) -> Result<(), FieldError> {
        let wrong = |field, value: String, wanted: String| Err(FieldError { field, value, wanted });
        self.input.check()?;
        self.encoder.check()?;
        self.encoder.check_size(self.input.size)?;
        let taken = self.encoder.input().channels();
        if self.input.channels() != taken {
            return wrong(
                "input.mean",
                format!("{:?}", self.input.mean),
                format!("the encoder takes {taken} channels"),
            );
        }
        self.decoder.check()?;
        let (words, known) = (self.decoder.vocab_size(), self.vocabulary.len());
        if words != known {
            return wrong(
                "decoder.words",
                words.to_string(),
                format!("the number of words in the vocabulary is {known}"),
            );
        }
        let (features, channels) = (self.decoder.feature_dim(), self.encoder.channels());
        if features != channels {
            return wrong("decoder.features", features.to_string(), format!("the encoder's channels are {channels}"));
        }
        let grid = self.grid();
        if let Some(cells) = self.decoder.cells().filter(|cells| *cells != grid.cells()) {
            return wrong(
                "decoder.cells",
                cells.to_string(),
                format!("the encoder's grid has {} for an input.size of {}", grid.cells(), self.input.size),
            );
        }
        if self.decoder.kind() == ModelKind::Classes && !self.vocabulary.iter().take(4).eq(SPECIAL) {
            let found = format!("{:?}, …", &self.vocabulary[..self.vocabulary.len().min(4)]);
            return wrong("vocabulary", found, format!("a classifier's begins with {}", SPECIAL.join(", ")));
        }
        self.check_consensus()
    }

    fn check_consensus(&self) -> Result<(), FieldError> {
        let Some(consensus) = &self.consensus else { return Ok(()) };
        let wrong = |field, value: String, wanted: &str| Err(FieldError { field, value, wanted: wanted.to_string() });
        if self.decoder.kind() != ModelKind::Captions {
            return wrong("consensus", consensus.shard.file.clone(), "only a model that writes captions has any");
        }
        within("consensus.neighbours", consensus.neighbours, 1, MAX_NEIGHBOURS)?;
        if !(0.0..=MAX_WEIGHT).contains(&consensus.weight) {
            return wrong("consensus.weight", consensus.weight.to_string(), "0 to 1000 is allowed");
        }
        Ok(())
    }

    /// How many weights there are.
    fn weights(&self) -> u64 {
        let elements = |slot: &Slot| slot.shape.iter().fold(1, |n: u64, side| n.saturating_mul(*side as u64));
        self.slots().iter().map(elements).fold(0, u64::saturating_add)
    }

    /// Whether most weights are stored in bytes, which the size of their files tells: in floats they take two each.
    pub fn is_in_bytes(&self) -> bool {
        bytes_of(self.shards.iter()) < self.weights().saturating_mul(2)
    }

    fn check_shards(&self) -> Result<(), ModelError> {
        let mut seen = HashSet::new();
        for Shard { file, bytes, .. } in self.files() {
            let is_plain = file.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
            if !is_plain || file.starts_with('.') || !file.ends_with(".safetensors") || file.len() > 255 {
                return Err(ModelError::ShardName { file: file.clone() });
            }
            if !seen.insert(file) {
                return Err(ModelError::ShardRepeated { file: file.clone() });
            }
            if *bytes >= SHARD_LIMIT as u64 {
                return Err(ModelError::ShardTooLarge { file: file.clone(), bytes: *bytes, limit: SHARD_LIMIT });
            }
        }
        // A weight takes a byte at least.
        let wanted = self.weights();
        if wanted > MAX_WEIGHTS {
            return Err(ModelError::TooManyWeights { found: wanted, most: MAX_WEIGHTS });
        }
        let bytes = bytes_of(self.shards.iter());
        if wanted > bytes {
            return Err(ModelError::TooLittleData { wanted, bytes });
        }
        Ok(())
    }
}

fn bytes_of<'a>(shards: impl Iterator<Item = &'a Shard>) -> u64 {
    shards.fold(0, |sum, shard| sum.saturating_add(shard.bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decoder::{ClassifierConfig, DecoderSizes, LstmConfig};
    use crate::encoder::Pooling;

    /// With room for all of its weights.
    fn manifest(encoder: EncoderConfig, decoder: DecoderConfig, vocabulary: &Vocabulary) -> Manifest {
        let mut manifest = Manifest::new(encoder.input(), encoder, decoder, vocabulary);
        let elements: usize = manifest.slots().iter().map(Slot::elements).sum();
        manifest.shards = (0..elements.div_ceil(1 << 20))
            .map(|shard| Shard { file: format!("{shard}.safetensors"), bytes: 1 << 20, sha256: String::new() })
            .collect();
        manifest
    }

    fn parsed(manifest: &Manifest) -> Result<Manifest, String> {
        let parsed = Manifest::parse(&serde_json::to_vec(manifest).unwrap());
        parsed.map(|(manifest, _)| manifest).map_err(|error| error.to_string())
    }

    fn of_resnet50() -> Manifest {
        let vocabulary = Vocabulary::new(SPECIAL.map(str::to_string).to_vec()).unwrap();
        let (_, encoder) = EncoderConfig::known().into_iter().find(|(name, _)| *name == "resnet50").unwrap();
        let sizes = DecoderSizes { vocab_size: 4, feature_dim: encoder.channels(), embedding: 2, hidden: 2 };
        manifest(encoder, DecoderConfig::Lstm(LstmConfig(sizes)), &vocabulary)
    }

    #[test]
    fn a_manifest_keeps_every_known_backbone() {
        let vocabulary = Vocabulary::new(SPECIAL.map(str::to_string).to_vec()).unwrap();
        for (name, config) in EncoderConfig::known() {
            let sizes = DecoderSizes { vocab_size: 4, feature_dim: config.channels(), embedding: 2, hidden: 2 };
            let decoder = DecoderConfig::Lstm(LstmConfig(sizes));
            let manifest = Manifest { name: name.into(), ..manifest(config, decoder, &vocabulary) };
            assert_eq!(parsed(&manifest).expect(name), manifest, "{name}");
        }
    }

    #[test]
    fn a_calibration_is_kept_and_checked() {
        let mut manifest = of_resnet50();
        let calibration = Calibration { temperature: 1.25, sure: 0.6, unsure: 0.5 };
        manifest.calibration = Some(calibration);
        assert_eq!(parsed(&manifest), Ok(manifest.clone()));
        manifest.calibration = Some(Calibration { unsure: 0.7, ..calibration });
        let wanted = "model.json: calibration.unsure is 0.7; 0 to 0.6 is allowed";
        assert_eq!(parsed(&manifest).unwrap_err(), wanted);
    }

    #[test]
    fn the_usual_beams_are_kept_and_checked() {
        let mut manifest = of_resnet50();
        assert_eq!(manifest.usual_beams(), 3);
        manifest.beams = Some(10);
        assert_eq!(parsed(&manifest).map(|manifest| manifest.usual_beams()), Ok(10));
        manifest.beams = Some(0);
        assert_eq!(parsed(&manifest).unwrap_err(), "model.json: beams is 0; 1 to 100 is allowed");
    }

    #[test]
    fn a_familiarity_is_kept_and_checked() {
        let mut manifest = of_resnet50();
        let familiarity = Familiarity { mean: vec![0.02; 2048], spread: vec![0.01; 2048], limit: 1.5 };
        manifest.familiarity = Some(familiarity.clone());
        assert_eq!(parsed(&manifest), Ok(manifest.clone()));
        manifest.familiarity = Some(Familiarity { mean: vec![0.02; 1280], ..familiarity });
        let wanted = "model.json: familiarity.mean is 1280 numbers long; the encoder's channels are 2048";
        assert_eq!(parsed(&manifest).unwrap_err(), wanted);
    }

    #[test]
    fn activations_are_kept_and_checked() {
        let mut manifest = of_resnet50();
        manifest.activations = serde_json::from_str(r#"{"conv1": [0, 12.5], "layer1.0.conv3": [-3, 3]}"#).unwrap();
        assert_eq!(parsed(&manifest), Ok(manifest.clone()));
        manifest.activations = serde_json::from_str(r#"{"conv1": [12.5, 0]}"#).unwrap();
        let wanted =
            "model.json: activations is conv1: [12.5, 0]; two numbers are allowed, of which the first is the less";
        assert_eq!(parsed(&manifest).unwrap_err(), wanted);
    }

    #[test]
    fn a_classifier_belongs_to_its_grid_and_its_vocabulary() {
        let (_, encoder) = EncoderConfig::known().into_iter().find(|(name, _)| *name == "resnet50").unwrap();
        let decoder = |cells| {
            DecoderConfig::Classifier(ClassifierConfig {
                vocab_size: 6,
                feature_dim: 2048,
                cells,
                pooling: Pooling::Flatten,
                hidden: vec![],
            })
        };
        let vocabulary = Vocabulary::of_classes(&["cat".into(), "dog".into()]).unwrap();
        let right = manifest(encoder.clone(), decoder(49), &vocabulary);
        assert_eq!(parsed(&right), Ok(right.clone()));
        let error = parsed(&manifest(encoder, decoder(36), &vocabulary)).unwrap_err();
        let wanted = "model.json: decoder.cells is 36; the encoder's grid has 49 for an input.size of 224";
        assert_eq!(error, wanted);
        let mut other = right;
        other.vocabulary.swap(3, 4);
        let wanted = "model.json: vocabulary is [\"<pad>\", \"<start>\", \"<end>\", \"cat\"], …; \
                      a classifier's begins with <pad>, <start>, <end>, <unk>";
        assert_eq!(parsed(&other).unwrap_err(), wanted);
    }
}
