//! Every decoder as it learns: against PyTorch's float64, and against itself as it tells.
#![cfg(feature = "train")]

mod common;

use std::convert::Infallible;

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use common::{read, tensor};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sightline::decoder::{
    Attention, AttentionLstmConfig, DecoderConfig, Dropout, Pupil, PupilTask, RecurrentConfig, TransformerConfig,
};
use sightline::device;
use sightline::encoder::FeatureGrid;
use sightline::formula;
use sightline::train::{Lesson, surprise, unevenness};
use sightline::vocabulary::Marks;
use sightline::weights;

const CELLS: usize = 6;
const MARKS: Marks = Marks { pad: 0, start: 1, end: 2, unknown: 3 };
/// Two of each of two photos.
const CAPTIONS: [&[u32]; 4] = [&[4, 9, 15, 7], &[5, 4], &[19, 8, 8], &[6, 3, 11, 12, 13]];
const SMOOTHING: f64 = 0.1;
const REGULARISATION: f64 = 0.5;

/// Of the sizes in `tests/reference/gradients.py`.
fn every_decoder() -> [(&'static str, DecoderConfig); 5] {
    let (words, features, embedding, hidden) = (20, 24, 10, 8);
    let recurrent = RecurrentConfig { words, features, embedding, hidden };
    let attention =
        |attention| DecoderConfig::AttentionLstm(AttentionLstmConfig { attention, words, features, embedding, hidden });
    let transformer = TransformerConfig { words, features, embedding, hidden, layers: 2, heads: 2, feed_forward: 16 };
    [
        ("rnn", DecoderConfig::Rnn(recurrent.clone())),
        ("lstm", DecoderConfig::Lstm(recurrent)),
        ("additive", attention(Attention::Additive { size: 6 })),
        ("dot", attention(Attention::Dot)),
        ("transformer", DecoderConfig::Transformer(transformer)),
    ]
}

fn by_formula<D: Module>(module: D, device: &Device) -> D {
    let Ok(module) = weights::fill(module, device, |slot| Ok::<_, Infallible>(formula::weight(slot)));
    module
}

fn grid(device: &Device) -> FeatureGrid {
    let cells = (0..2)
        .flat_map(|photo| (0..CELLS * 24).map(move |i| formula::noise(&format!("grid.{photo}"), i).max(0.0) as f32));
    let cells = Tensor::from_data(TensorData::new(cells.collect::<Vec<f32>>(), [2, CELLS, 24]), device);
    FeatureGrid { rows: 1, cols: CELLS, cells }
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
    name: &'a str,
    golden: &'a [u8],
}

impl PupilTask for AgainstPyTorch<'_> {
    type Output = ();

    /// PyTorch's own float32 is as far from its float64 as this.
    fn run<D: Pupil>(self, init: impl Fn(&Device) -> D) {
        let Self { name, golden } = self;
        let golden = |key: &str| tensor(golden, &format!("{name}.{key}"));
        let device = device::cpu().autodiff();
        let decoder = by_formula(init(&device), &device);
        let lesson = Lesson::new(&CAPTIONS, MARKS, 20);
        let heard = decoder.hear(&grid(&device), lesson.heard_on(&device), &mut Dropout::none());

        let scores: Vec<f32> = heard.scores.clone().into_data().iter::<f32>().collect();
        let rows = scores.chunks(lesson.heard[0].len() * 20);
        let said = CAPTIONS.iter().zip(rows).flat_map(|(caption, row)| row[..(caption.len() + 1) * 20].to_vec());
        let said: Vec<f32> = said.collect();
        assert_eq!(said.len(), golden("scores").values.len(), "{name}");
        for (found, expected) in said.into_iter().zip(golden("scores").values) {
            assert!((found - expected).abs() <= 1e-4, "{name}: {found} instead of {expected}");
        }

        let uneven = unevenness(&heard, &lesson);
        let mut loss = surprise(heard.scores, &lesson, SMOOTHING).smoothed / lesson.words() as f64;
        if let Some(uneven) = uneven {
            loss = loss + uneven * REGULARISATION;
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
                false => common::relative_l2(&found.values, &expected.values),
            };
            assert!(difference <= 1e-3, "{name}: the gradient of {key} is off by {difference:e}");
            worst = worst.max(difference);
        }
        println!("{name}: {} gradients, relative L2 error at most {worst:.1e}", gradients.len());
    }
}

#[test]
fn losses_and_gradients_equal_pytorchs() {
    let golden = read("tests/reference/gradients.safetensors");
    for (name, config) in every_decoder() {
        config.teach(AgainstPyTorch { name, golden: &golden });
    }
}

struct AgainstItself(&'static str);

impl PupilTask for AgainstItself {
    type Output = ();

    fn run<D: Pupil>(self, init: impl Fn(&Device) -> D) {
        let device = device::cpu();
        let decoder = by_formula(init(&device), &device);
        let lesson = Lesson::new(&CAPTIONS, MARKS, 20);
        let heard = decoder.hear(&grid(&device), lesson.heard_on(&device), &mut Dropout::none());
        let scores = burn::tensor::activation::log_softmax(heard.scores, 2);
        let reading = decoder.read(&grid(&device));
        let mut state = reading.start(2);
        for place in 0..lesson.heard[0].len() {
            let words: Vec<u32> = lesson.heard.iter().map(|row| row[place]).collect();
            let step = reading.step(&words, state);
            let compare = |what: &str, told: Tensor<2>, heard: Tensor<3>| {
                let heard = heard.narrow(1, place, 1).into_data();
                for (told, heard) in told.into_data().iter::<f32>().zip(heard.iter::<f32>()) {
                    assert!((told - heard).abs() <= 1e-5, "{}, word {place}: {what} {told}, {heard}", self.0);
                }
            };
            compare("score", step.log_probabilities, scores.clone());
            assert_eq!(step.attention.is_some(), heard.attention.is_some());
            if let (Some(told), Some(heard)) = (step.attention, &heard.attention) {
                compare("attention", told, heard.clone());
            }
            state = step.state;
        }
        // A state can change its rows, as a beam does: a row of its own photo goes on as the one that it was.
        let moved = reading.step(&[7, 7, 7, 7], state.clone().select(&[1, 0, 3, 2]));
        let kept = reading.step(&[7, 7, 7, 7], state);
        let (moved, kept) = (moved.log_probabilities.into_data(), kept.log_probabilities.into_data());
        let (moved, kept): (Vec<f32>, Vec<f32>) = (moved.iter().collect(), kept.iter().collect());
        for (row, other) in [(0, 1), (1, 0), (2, 3), (3, 2)] {
            for word in 0..20 {
                assert!((moved[row * 20 + word] - kept[other * 20 + word]).abs() <= 1e-5, "{}", self.0);
            }
        }
    }
}

#[test]
fn what_a_decoder_learns_is_what_it_tells() {
    for (name, config) in every_decoder() {
        config.teach(AgainstItself(name));
    }
}

#[test]
fn checkpoints_of_every_decoder_are_recognised() {
    for (name, config) in every_decoder() {
        let weights = common::formula_weights(&config.slots());
        let (found, _) = sightline::decoder::from_checkpoint(weights, 2).unwrap();
        assert_eq!(found, config, "{name}");
    }
}

#[test]
fn dropout_changes_what_is_heard_and_a_seed_repeats_it() {
    struct Dropped;
    impl PupilTask for Dropped {
        type Output = ();
        fn run<D: Pupil>(self, init: impl Fn(&Device) -> D) {
            let device = device::cpu();
            let decoder = by_formula(init(&device), &device);
            let hear = |seed: u64, dropout: f64| -> Vec<f32> {
                let mut dropout = Dropout::new(dropout, ChaCha8Rng::seed_from_u64(seed));
                let words = Lesson::new(&CAPTIONS, MARKS, 20).heard_on(&device);
                decoder.hear(&grid(&device), words, &mut dropout).scores.into_data().iter().collect()
            };
            assert_eq!(hear(1, 0.3), hear(1, 0.3));
            assert_ne!(hear(1, 0.3), hear(2, 0.3));
            assert_ne!(hear(1, 0.3), hear(1, 0.0));
        }
    }
    every_decoder().into_iter().for_each(|(_, config)| config.teach(Dropped));
}
