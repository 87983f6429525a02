//! Holds every family of decoders to its contract: a manifest keeps it, the table counts every weight, and what it learns
//! from whole captions is what it writes word by word. One that learns captions is made from settings, and its checkpoints
//! are recognised.

use std::convert::Infallible;

use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};

use super::{ClassifierConfig, DecoderConfig, DecoderSettings, DecoderSizes, Dropout, TrainableDecoder, WithDecoder};
use crate::device;
use crate::encoder::{EncoderConfig, Head, Pooling};
use crate::synthetic_weights::noise;
use crate::vocabulary::SPECIAL;
use crate::weights::{self, ByteWeight, Slot, StoredWeight, Weights};

const CELLS: usize = 9;
const SIZES: DecoderSizes = DecoderSizes { vocab_size: 11, feature_dim: 10, embedding: 6, hidden: 16 };

/// The families that learn captions, made from settings: each network that a family has.
fn captioning() -> Vec<(&'static str, DecoderConfig)> {
    let mut all = Vec::new();
    for (family, known) in DecoderConfig::known() {
        let heads = known.contains(&"heads").then_some(2);
        for settings in DecoderSettings::of_each_network(known) {
            let settings = DecoderSettings { heads, ..settings };
            all.push((family, DecoderConfig::from_settings(family, SIZES, &settings).expect(family).expect(family)));
        }
    }
    all
}

/// The others.
fn classifying() -> Vec<(&'static str, DecoderConfig)> {
    let DecoderSizes { vocab_size, feature_dim, .. } = SIZES;
    let of = |pooling, hidden| ClassifierConfig { vocab_size, feature_dim, cells: CELLS, pooling, hidden };
    [of(Pooling::Average, vec![]), of(Pooling::Flatten, vec![8]), of(Pooling::Max, vec![8, 6])]
        .map(|config| ("classifier", DecoderConfig::Classifier(config)))
        .into()
}

#[test]
fn every_family_keeps_the_contract() {
    let mut titles = Vec::new();
    let all = [captioning(), classifying()].concat();
    for (family, config) in &all {
        config.check().unwrap_or_else(|error| panic!("{family}: {error}"));
        assert_eq!((config.vocab_size(), config.feature_dim()), (SIZES.vocab_size, SIZES.feature_dim), "{family}");
        let json = serde_json::to_value(config).unwrap();
        assert_eq!(json["architecture"], *family, "a manifest calls it as a training configuration does");
        assert_eq!(serde_json::from_value::<DecoderConfig>(json).unwrap(), *config, "{family}");
        let counted: usize = config.layers(CELLS).iter().map(|layer| layer.parameters).sum();
        assert_eq!(counted, config.slots().iter().map(Slot::elements).sum::<usize>(), "{family}");
        config.with_decoder(WritesWhatItLearns(config));
        titles.push(config.title());
    }
    let count = titles.len();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), count, "every family has a name of its own");
    let untested = DecoderConfig::tags().into_iter().find(|tag| !all.iter().any(|(family, _)| family == tag));
    assert_eq!(untested, None, "every family is here");
}

#[test]
fn the_classifier_of_every_backbone_is_a_decoder() {
    for (name, encoder) in EncoderConfig::known() {
        let Head { pooling, layers } = encoder.head();
        let outputs: Vec<usize> = layers.iter().map(|(_, outputs)| *outputs).collect();
        let (classes, hidden) = outputs.split_last().expect(name);
        let size = encoder.input().size;
        let decoder = DecoderConfig::Classifier(ClassifierConfig {
            vocab_size: classes + SPECIAL.len(),
            feature_dim: encoder.channels(),
            cells: encoder.grid(size).cells(),
            pooling,
            hidden: hidden.to_vec(),
        });
        assert_eq!(decoder.check(), Ok(()), "{name}");
        let table = encoder.layer_table(size).expect(name);
        let of_head = table.rows.iter().filter(|row| layers.iter().any(|(layer, _)| *layer == row.key));
        let published: Vec<usize> = of_head.map(|row| row.parameters).collect();
        let found: Vec<usize> = decoder.layers(0).iter().map(|layer| layer.parameters).collect();
        assert_eq!(found, published, "{name}: its parameters, layer by layer");
    }
}

#[test]
fn a_family_that_learns_captions_is_recognised_by_its_checkpoint() {
    for (family, config) in captioning() {
        let weights: Weights =
            config.slots().iter().map(|slot| (slot.name.clone(), config.synthetic_weight(slot))).collect();
        let found = DecoderConfig::from_checkpoint(weights.clone(), 2).expect(family);
        assert!(found == (config.clone(), weights), "{family}: its checkpoint is recognised, and stays as it is");
    }
}

#[test]
fn a_family_that_learns_no_captions_is_not_made_from_their_settings() {
    for (family, _) in classifying() {
        let made = DecoderConfig::from_settings(family, SIZES, &DecoderSettings::default()).expect(family);
        let error = made.expect_err(family).to_string();
        assert!(error.ends_with("configs/Classifier.yaml is a configuration for it"), "{error}");
    }
}

/// Some have a quicker way to begin with some cells alone than to select them first; it has to come to the same.
#[test]
fn every_family_begins_with_some_cells_as_with_a_photo_that_has_no_others() {
    let values: Vec<f32> = (0..CELLS * 10).map(|i| noise("features", i).max(0.0) as f32).collect();
    let features = |cells: &[Vec<usize>]| {
        let selected: Vec<f32> =
            cells.iter().flatten().flat_map(|cell| &values[cell * 10..(cell + 1) * 10]).copied().collect();
        Tensor::<3>::from_data(TensorData::new(selected, [cells.len(), cells[0].len(), 10]), &device::cpu())
    };
    let everything: Vec<usize> = (0..CELLS).collect();
    for (family, config) in [captioning(), classifying()].concat() {
        let cells = match config.takes_some_cells() {
            true => vec![vec![0, 1, 4, 8], vec![2, 3, 5, 6], vec![7, 4, 0, 2]],
            false => vec![everything.clone(); 3],
        };
        let decoder = config.synthetic(&device::cpu());
        let sessions = [
            decoder.start_with_cells(features(std::slice::from_ref(&everything)), &cells),
            decoder.start(features(&cells)),
        ];
        // Two sentences for each photo, word by word.
        let [quick, plain] = sessions.map(|session| {
            let mut state = session.init_state(2);
            let mut all = Vec::new();
            for words in [[1; 6], [5, 9, 4, 5, 6, 7], [7, 4, 8, 10, 9, 5]] {
                let step = session.step(&words, state);
                let sentinel = step.sentinel.map(|sentinel| sentinel.unsqueeze_dim::<2>(1));
                let numbers = [Some(step.log_probabilities), step.attention, sentinel].into_iter().flatten();
                all.extend(numbers.flat_map(|numbers| numbers.into_data().iter::<f32>().collect::<Vec<_>>()));
                state = step.state;
            }
            all
        });
        assert_eq!(quick.len(), plain.len(), "{family}");
        for (quick, plain) in quick.iter().zip(&plain) {
            // Sums in another order.
            assert!((quick - plain).abs() <= 1e-5, "{}: {quick} instead of {plain}", config.title());
        }
    }
}

/// As a model folder stores it.
fn stored(config: &DecoderConfig, slot: &Slot) -> StoredWeight {
    let weight = config.synthetic_weight(slot);
    let [_, columns] = weight.shape[..] else { return weight.into() };
    let mut all = ByteWeight { shape: weight.shape, bytes: vec![], scales: vec![] };
    for row in weight.values.chunks(columns) {
        let scale = row.iter().fold(f32::MIN_POSITIVE, |greatest, value| greatest.max(value.abs())) / 127.0;
        all.bytes.extend(row.iter().map(|value| (value / scale).round() as i8));
        all.scales.push(scale);
    }
    StoredWeight::Bytes(all)
}

#[test]
fn matrices_in_bytes_write_what_their_floats_write() {
    let values: Vec<f32> = (0..2 * CELLS * 10).map(|i| noise("features", i).max(0.0) as f32).collect();
    let features = Tensor::<3>::from_data(TensorData::new(values, [2, CELLS, 10]), &device::cpu());
    for (family, config) in [captioning(), classifying()].concat() {
        let floats = |slot: &Slot| Ok::<_, Infallible>(stored(&config, slot).into_floats());
        let Ok(plain) = config.load(&device::cpu(), floats);
        let Ok(quick) = config.load(&device::cpu(), |slot| Ok::<_, Infallible>(stored(&config, slot)));
        // Two sentences for each photo, word by word; the sentences of the second change places.
        let [quick, plain] = [quick, plain].map(|decoder| {
            let session = decoder.start(features.clone());
            let mut state = session.init_state(2);
            let mut all = Vec::new();
            for words in [[1; 4], [5, 9, 4, 6], [7, 4, 10, 9]] {
                let step = session.step(&words, state);
                let sentinel = step.sentinel.map(|sentinel| sentinel.unsqueeze_dim::<2>(1));
                let numbers = [Some(step.log_probabilities), step.attention, sentinel].into_iter().flatten();
                all.extend(numbers.flat_map(|numbers| numbers.into_data().iter::<f32>().collect::<Vec<_>>()));
                state = step.state.select(&[0, 1, 3, 2]);
            }
            all
        });
        assert_eq!(quick.len(), plain.len(), "{family}");
        for (quick, plain) in quick.iter().zip(&plain) {
            // What goes into a matrix is off by a 65 534th of the largest at most. Weights as they are here make some
            // tens of it in a logit, after three words.
            assert!((quick - plain).abs() <= 1e-3, "{}: {quick} instead of {plain}", config.title());
        }
        let computes_in_bytes = config.with_decoder(ComputesInBytes(&config));
        assert_eq!(quick != plain, computes_in_bytes, "{}: whether it computes in bytes", config.title());
    }
}

/// Whether a decoder does; those of its matrices that stay in bytes are floats to whoever asks for them.
struct ComputesInBytes<'a>(&'a DecoderConfig);

impl WithDecoder for ComputesInBytes<'_> {
    type Output = bool;

    fn run<D: TrainableDecoder>(self, init: impl Fn(&Device) -> D) -> bool {
        let device = device::cpu();
        let take = |slot: &Slot| Ok::<_, Infallible>(stored(self.0, slot));
        let Ok((decoder, _)) = weights::fill_but_matrices(init(&device), &device, take);
        assert_eq!(weights::slots(&decoder), self.0.slots(), "{}", self.0.title());
        let floats = |slot: &Slot| (slot.name.clone(), stored(self.0, slot).into_floats());
        let expected: Weights = self.0.slots().iter().map(floats).collect();
        assert!(weights::extract(&decoder) == expected, "{}: floats are what the bytes stand for", self.0.title());
        decoder.matrices().is_some()
    }
}

struct WritesWhatItLearns<'a>(&'a DecoderConfig);

impl WithDecoder for WritesWhatItLearns<'_> {
    type Output = ();

    fn run<D: TrainableDecoder>(self, init: impl Fn(&Device) -> D) {
        let device = device::cpu();
        let synthetic = |slot: &Slot| Ok::<_, Infallible>(self.0.synthetic_weight(slot));
        let Ok(decoder) = weights::fill(init(&device), &device, synthetic);
        let values: Vec<f32> = (0..2 * CELLS * 10).map(|i| noise("features", i).max(0.0) as f32).collect();
        let features = Tensor::<3>::from_data(TensorData::new(values, [2, CELLS, 10]), &device);
        // Two captions, word by word.
        let words: [[u32; 2]; 3] = [[1, 1], [5, 9], [7, 4]];
        let all =
            Tensor::<2, Int>::from_data(TensorData::from(words.map(|both| both.map(|word| word as i32))), &device);
        let all = all.swap_dims(0, 1);
        let output = decoder.forward(features.clone(), all, &mut Dropout::none());
        assert_eq!(output.logits.dims(), [2, 3, SIZES.vocab_size]);
        assert_eq!(output.attention.is_some(), self.0.has_attention(), "{}", self.0.title());
        let has_sentinel = serde_json::to_value(self.0).unwrap()["sentinel"] == true;
        assert_eq!(output.sentinel.is_some(), has_sentinel, "{}", self.0.title());
        let learnt = log_softmax(output.logits, 2);
        let session = decoder.start(features);
        let mut state = session.init_state(1);
        for (place, words) in words.iter().enumerate() {
            let step = session.step(words, state);
            let learnt = learnt.clone().narrow(1, place, 1).into_data();
            let written = step.log_probabilities.into_data();
            for (written, learnt) in written.iter::<f32>().zip(learnt.iter::<f32>()) {
                assert!((written - learnt).abs() <= 1e-5, "{}, word {place}: {written}, {learnt}", self.0.title());
            }
            if let Some(attention) = step.attention {
                let of_cells = attention.sum_dim(1).squeeze_dim::<1>(1);
                let all = step.sentinel.map_or(of_cells.clone(), |of_sentinel| of_cells + of_sentinel);
                for sum in all.into_data().iter::<f32>() {
                    assert!((sum - 1.0).abs() <= 1e-5, "{}: shares of attention sum to {sum}", self.0.title());
                }
            }
            state = step.state;
        }
    }
}

#[test]
fn a_cell_of_another_kind_is_named() {
    let sizes = DecoderConfig::from_settings("lstm", SIZES, &DecoderSettings::default()).unwrap().unwrap();
    let mut weights: Weights =
        sizes.slots().iter().map(|slot| (slot.name.clone(), sizes.synthetic_weight(slot))).collect();
    // As a GRU has it.
    weights.get_mut("decode_step.weight_hh").unwrap().shape = vec![3 * 16, 16];
    let error = DecoderConfig::from_checkpoint(weights, 8).unwrap_err().to_string();
    assert_eq!(error, "a recurrent cell of 3 gates is not supported; one (RNN) and four (LSTM) are");
}
