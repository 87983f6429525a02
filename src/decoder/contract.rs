//! Holds every family of decoders to its contract: it is made from settings, its checkpoints are recognised, the table
//! counts every weight, and what it learns from whole captions is what it writes word by word.

use std::convert::Infallible;

use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};

use super::{DecoderConfig, DecoderSettings, DecoderSizes, Dropout, TrainableDecoder, WithDecoder};
use crate::device;
use crate::synthetic_weights::noise;
use crate::weights::{self, Slot, Weights};

const CELLS: usize = 6;
const SIZES: DecoderSizes = DecoderSizes { vocab_size: 11, feature_dim: 10, embedding: 6, hidden: 16 };

#[test]
fn every_family_keeps_the_contract() {
    let mut titles = Vec::new();
    for (family, settings) in DecoderConfig::known() {
        let plain = DecoderSettings { heads: settings.contains(&"heads").then_some(2), ..Default::default() };
        let config = DecoderConfig::from_settings(family, SIZES, &plain).expect(family).expect(family);
        config.check().unwrap_or_else(|error| panic!("{family}: {error}"));
        assert_eq!(config.sizes(), SIZES, "{family}");
        let json = serde_json::to_value(&config).unwrap();
        assert_eq!(json["architecture"], family, "a manifest calls it as a training configuration does");
        assert_eq!(serde_json::from_value::<DecoderConfig>(json).unwrap(), config, "{family}");

        let weights: Weights =
            config.slots().iter().map(|slot| (slot.name.clone(), config.synthetic_weight(slot))).collect();
        let found = DecoderConfig::from_checkpoint(weights.clone(), 2).expect(family);
        assert!(found == (config.clone(), weights), "{family}: its checkpoint is recognised, and stays as it is");
        let counted: usize = config.layers(CELLS).iter().map(|layer| layer.parameters).sum();
        assert_eq!(counted, config.slots().iter().map(Slot::elements).sum::<usize>(), "{family}");
        config.with_decoder(WritesWhatItLearns(&config));
        titles.push(config.title());
    }
    let count = titles.len();
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), count, "every family has a name of its own");
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
