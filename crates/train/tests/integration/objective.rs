//! Every decoder as it learns: against PyTorch's float64, and against itself as it writes.

use std::convert::Infallible;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sightline::decoder::{
    Attention, AttentionLstmConfig, DecoderConfig, DecoderSizes, Dropout, LstmConfig, RnnConfig, TrainableDecoder,
    TransformerConfig, WithDecoder,
};
use sightline::vocabulary::SpecialTokens;
use sightline::{device, synthetic_weights, weights};
use sightline_test_support::{read, relative_l2, synthetic_decoder, tensor};
use sightline_train::objective::{CaptionBatch, attention_penalty, cross_entropy};

const CELLS: usize = 6;
const SPECIAL: SpecialTokens = SpecialTokens { pad: 0, start: 1, end: 2, unknown: 3 };
/// Two of each of two photos.
const CAPTIONS: [&[u32]; 4] = [&[4, 9, 15, 7], &[5, 4], &[19, 8, 8], &[6, 3, 11, 12, 13]];
const SMOOTHING: f64 = 0.1;
const REGULARISATION: f64 = 0.5;

/// Of the sizes in `tests/reference/gradients.py`.
fn every_decoder() -> [(&'static str, DecoderConfig); 7] {
    let (vocab_size, feature_dim, embedding, hidden) = (20, 24, 10, 8);
    let sizes = DecoderSizes { vocab_size, feature_dim, embedding, hidden };
    let attention = |attention, sentinel| {
        let config = AttentionLstmConfig { attention, sentinel, vocab_size, feature_dim, embedding, hidden };
        DecoderConfig::AttentionLstm(config)
    };
    let transformer =
        TransformerConfig { vocab_size, feature_dim, embedding, hidden, layers: 2, heads: 2, feed_forward: 16 };
    [
        ("rnn", DecoderConfig::Rnn(RnnConfig(sizes))),
        ("lstm", DecoderConfig::Lstm(LstmConfig(sizes))),
        ("additive", attention(Attention::Additive { size: 6 }, false)),
        ("dot", attention(Attention::Dot, false)),
        ("adaptive_additive", attention(Attention::Additive { size: 6 }, true)),
        ("adaptive_dot", attention(Attention::Dot, true)),
        ("transformer", DecoderConfig::Transformer(transformer)),
    ]
}

fn synthetic<D: Module>(config: &DecoderConfig, module: D, device: &Device) -> D {
    let Ok(module) = weights::fill(module, device, |slot| Ok::<_, Infallible>(config.synthetic_weight(slot)));
    module
}

fn features(device: &Device) -> Tensor<3> {
    let cells = (0..2).flat_map(|photo| {
        (0..CELLS * 24).map(move |i| synthetic_weights::noise(&format!("grid.{photo}"), i).max(0.0) as f32)
    });
    Tensor::from_data(TensorData::new(cells.collect::<Vec<f32>>(), [2, CELLS, 24]), device)
}

/// Puts its gradient in the place of each tensor.
struct AsGradients(Gradients);

impl ModuleMapper for AsGradients {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let gradient = param.val().grad_remove(&mut self.0).expect("every tensor has a gradient");
        Param::initialized(param.id, gradient)
    }
}

struct AgainstPyTorch<'a> {
    config: &'a DecoderConfig,
    name: &'a str,
    golden: &'a [u8],
}

impl WithDecoder for AgainstPyTorch<'_> {
    type Output = ();

    /// PyTorch's own float32 is as far from its float64 as this.
    fn run<D: TrainableDecoder>(self, init: impl Fn(&Device) -> D) {
        let Self { name, golden, .. } = self;
        let golden = |key: &str| tensor(golden, &format!("{name}.{key}"));
        let device = device::cpu().autodiff();
        let decoder = synthetic(self.config, init(&device), &device);
        let batch = CaptionBatch::new(&CAPTIONS, SPECIAL, 20);
        let output = decoder.forward(features(&device), batch.inputs_on(&device), &mut Dropout::none());

        let logits: Vec<f32> = output.logits.clone().into_data().iter::<f32>().collect();
        let rows = logits.chunks(batch.inputs[0].len() * 20);
        let said = CAPTIONS.iter().zip(rows).flat_map(|(caption, row)| row[..(caption.len() + 1) * 20].to_vec());
        let said: Vec<f32> = said.collect();
        assert_eq!(said.len(), golden("scores").values.len(), "{name}");
        for (found, expected) in said.into_iter().zip(golden("scores").values) {
            assert!((found - expected).abs() <= 1e-4, "{name}: {found} instead of {expected}");
        }

        let penalty = attention_penalty(&output, &batch);
        let mut loss = cross_entropy(output.logits, &batch, SMOOTHING).smoothed / batch.words() as f64;
        if let Some(penalty) = penalty {
            loss = loss + penalty * REGULARISATION;
        }
        let found = loss.clone().into_data().iter::<f32>().next().unwrap();
        let expected = golden("loss").values[0];
        assert!((found - expected).abs() <= 1e-5 * expected, "{name}: loss {found} instead of {expected}");

        let gradients = weights::extract(&decoder.map(&mut AsGradients(loss.backward())));
        let mut worst = 0f64;
        for (key, found) in &gradients {
            let expected = golden(&format!("gradient.{key}"));
            assert_eq!(found.shape, expected.shape, "{name}: {key}");
            // A gradient of nothing, such as that of a bias which softmax takes away, has no direction to compare.
            let is_nothing = expected.values.iter().all(|value| value.abs() < 1e-6);
            let difference = match is_nothing {
                true => f64::from(found.values.iter().fold(0f32, |most, value| most.max(value.abs()))),
                false => relative_l2(&found.values, &expected.values),
            };
            assert!(difference <= 1e-3, "{name}: the gradient of {key} is off by {difference:e}");
            worst = worst.max(difference);
        }
        println!("{name}: {} gradients, relative L2 error at most {worst:.1e}", gradients.len());
    }
}

#[test]
fn every_family_of_decoders_is_compared() {
    let compared = every_decoder().map(|(_, config)| serde_json::to_value(config).unwrap());
    for (family, _) in DecoderConfig::known() {
        assert!(compared.iter().any(|config| config["architecture"] == family), "{family} is not in every_decoder");
    }
}

#[test]
fn losses_and_gradients_equal_pytorchs() {
    let golden = read("tests/reference/gradients.safetensors");
    for (name, config) in every_decoder() {
        config.with_decoder(AgainstPyTorch { config: &config, name, golden: &golden });
    }
}

struct AgainstItself<'a> {
    config: &'a DecoderConfig,
    name: &'a str,
}

impl WithDecoder for AgainstItself<'_> {
    type Output = ();

    fn run<D: TrainableDecoder>(self, init: impl Fn(&Device) -> D) {
        let device = device::cpu();
        let decoder = synthetic(self.config, init(&device), &device);
        let batch = CaptionBatch::new(&CAPTIONS, SPECIAL, 20);
        let output = decoder.forward(features(&device), batch.inputs_on(&device), &mut Dropout::none());
        let scores = burn::tensor::activation::log_softmax(output.logits, 2);
        let session = decoder.start(features(&device));
        let mut state = session.init_state(2);
        for place in 0..batch.inputs[0].len() {
            let words: Vec<u32> = batch.inputs.iter().map(|row| row[place]).collect();
            let step = session.step(&words, state);
            let compare = |what: &str, written: Tensor<2>, learnt: Tensor<3>| {
                let learnt = learnt.narrow(1, place, 1).into_data();
                for (written, learnt) in written.into_data().iter::<f32>().zip(learnt.iter::<f32>()) {
                    assert!(
                        (written - learnt).abs() <= 1e-5,
                        "{}, word {place}: {what} {written}, {learnt}",
                        self.name
                    );
                }
            };
            compare("score", step.log_probabilities, scores.clone());
            assert_eq!(step.attention.is_some(), output.attention.is_some());
            if let (Some(written), Some(learnt)) = (step.attention, &output.attention) {
                compare("attention", written, learnt.clone());
            }
            assert_eq!(step.sentinel.is_some(), output.sentinel.is_some());
            if let (Some(written), Some(learnt)) = (step.sentinel, &output.sentinel) {
                compare("sentinel", written.unsqueeze_dim(1), learnt.clone().unsqueeze_dim(2));
            }
            state = step.state;
        }
        // A state can change its rows, as a beam does: a row of its own photo goes on as the one that it was.
        let moved = session.step(&[7, 7, 7, 7], state.clone().select(&[1, 0, 3, 2]));
        let kept = session.step(&[7, 7, 7, 7], state);
        let (moved, kept) = (moved.log_probabilities.into_data(), kept.log_probabilities.into_data());
        let (moved, kept): (Vec<f32>, Vec<f32>) = (moved.iter().collect(), kept.iter().collect());
        for (row, other) in [(0, 1), (1, 0), (2, 3), (3, 2)] {
            for word in 0..20 {
                assert!((moved[row * 20 + word] - kept[other * 20 + word]).abs() <= 1e-5, "{}", self.name);
            }
        }
    }
}

#[test]
fn what_a_decoder_learns_is_what_it_writes() {
    for (name, config) in every_decoder() {
        config.with_decoder(AgainstItself { config: &config, name });
    }
}

#[test]
fn checkpoints_of_every_decoder_are_recognised() {
    for (name, config) in every_decoder() {
        let weights = synthetic_decoder(&config);
        let (found, _) = DecoderConfig::from_checkpoint(weights, 2).unwrap();
        assert_eq!(found, config, "{name}");
    }
}

#[test]
fn dropout_changes_logits_and_a_seed_repeats_it() {
    struct Dropped<'a> {
        config: &'a DecoderConfig,
    }
    impl WithDecoder for Dropped<'_> {
        type Output = ();
        fn run<D: TrainableDecoder>(self, init: impl Fn(&Device) -> D) {
            let device = device::cpu();
            let decoder = synthetic(self.config, init(&device), &device);
            let logits = |seed: u64, dropout: f64| -> Vec<f32> {
                let mut dropout = Dropout::new(dropout, ChaCha8Rng::seed_from_u64(seed));
                let words = CaptionBatch::new(&CAPTIONS, SPECIAL, 20).inputs_on(&device);
                decoder.forward(features(&device), words, &mut dropout).logits.into_data().iter().collect()
            };
            assert_eq!(logits(1, 0.3), logits(1, 0.3));
            assert_ne!(logits(1, 0.3), logits(2, 0.3));
            assert_ne!(logits(1, 0.3), logits(1, 0.0));
        }
    }
    every_decoder().into_iter().for_each(|(_, config)| config.with_decoder(Dropped { config: &config }));
}
