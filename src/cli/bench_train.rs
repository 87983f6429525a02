//! `sightline bench --train`: how fast photos are encoded and decoders learn.
//!
//! `tests/reference/bench_train.py` measures PyTorch at the same sizes.

use std::convert::Infallible;
use std::io::Write;
use std::time::Instant;

use burn::tensor::{Device, Tensor, TensorData};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::bench::{median, milliseconds};
use super::{Outcome, write_table};
use crate::decoder::{
    Attention, AttentionLstmConfig, DecoderConfig, Pupil, PupilTask, RecurrentConfig, TransformerConfig,
};
use crate::device::{Kind, Place};
use crate::encoder::{EncoderConfig, FeatureGrid, ResNetConfig};
use crate::formula;
use crate::photo::InputSpec;
use crate::train::{Adam, Depth, Exercise, Eye, Lesson, PARTS, Rates, Rules, Seen, TrainError, Trainee, learn};
use crate::vocabulary::Marks;
use crate::weights::Slot;

/// Photos that are encoded together.
const PHOTOS: usize = 16;
/// Captions in a step, of so many words each.
const CAPTIONS: usize = 64;
const WORDS: usize = 12;
/// About the vocabulary of Flickr8k.
const VOCABULARY: usize = 2500;
const CELLS: usize = 49;
const CHANNELS: usize = 2048;

pub fn run(runs: usize, place: &Place) -> anyhow::Result<Outcome> {
    let mut rows = vec![vec![String::new(), "per second".into()]];
    rows.push(vec!["photos encoded, ResNet-50".into(), format!("{:.1}", encode(runs, place)?)]);
    for decoder in decoders() {
        let words = decoder.teach(Learn { place, runs })?;
        rows.push(vec![format!("words learnt, {}", decoder.name()), format!("{words:.0}")]);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "on {}; medians of {runs} runs, after one to warm up", place.name)?;
    writeln!(out, "{CAPTIONS} captions of {WORDS} words in a step, {VOCABULARY} words to choose from\n")?;
    write_table(&mut out, &rows)?;
    Ok(Outcome::AllWell)
}

fn encode(runs: usize, place: &Place) -> anyhow::Result<f64> {
    let config = EncoderConfig::ResNet(ResNetConfig::resnet50());
    let weights = config.slots().into_iter().map(|slot| (slot.name.clone(), formula::weight(&slot))).collect();
    let eye = Eye::new(config, weights, InputSpec::imagenet(), place)?;
    let photos: Vec<f32> = (0..PHOTOS * 3 * 224 * 224).map(|i| (2.0 * formula::noise("input", i)) as f32).collect();
    eye.look(photos.clone(), Depth::Grid)?;
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let begin = Instant::now();
        eye.look(photos.clone(), Depth::Grid)?;
        times.push(milliseconds(begin));
    }
    Ok(1000.0 * PHOTOS as f64 / median(times))
}

/// All that can be trained, in the sizes of the committed configurations.
fn decoders() -> Vec<DecoderConfig> {
    let (words, features, embedding, hidden) = (VOCABULARY, CHANNELS, 300, 512);
    let recurrent = RecurrentConfig { words, features, embedding, hidden };
    let attention =
        |attention| DecoderConfig::AttentionLstm(AttentionLstmConfig { attention, words, features, embedding, hidden });
    vec![
        DecoderConfig::Rnn(recurrent.clone()),
        DecoderConfig::Lstm(recurrent),
        attention(Attention::Additive { size: 512 }),
        attention(Attention::Dot),
        DecoderConfig::Transformer(TransformerConfig {
            words,
            features,
            embedding,
            hidden,
            layers: 2,
            heads: 8,
            feed_forward: 2048,
        }),
    ]
}

struct Learn<'a> {
    place: &'a Place,
    runs: usize,
}

impl PupilTask for Learn<'_> {
    type Output = Result<f64, TrainError>;

    fn run<D: Pupil>(self, init: impl Fn(&Device) -> D) -> Self::Output {
        let device = self.place.device.clone().autodiff();
        let by_formula = |slot: &Slot| Ok::<_, Infallible>(formula::weight(slot));
        let trainee = Trainee { encoder: None, decoder: init(&device) };
        let Ok(mut trainee) = crate::weights::fill(trainee, &device, by_formula);
        let mut adam = Adam::new(0.0, 5.0);
        let cells = (0..CAPTIONS * CELLS * CHANNELS).map(|i| formula::noise("grid", i).max(0.0) as f32).collect();
        let cells: Vec<f32> = cells;
        let cells = Tensor::from_data(TensorData::new(cells, [CAPTIONS, CELLS, CHANNELS]), &device);
        let seen = Seen::Grid(FeatureGrid { rows: 7, cols: 7, cells });
        // The end is learnt as well.
        let captions: Vec<Vec<u32>> = (0..CAPTIONS)
            .map(|row| (1..WORDS).map(|i| (4 + row * 31 + i * 97) as u32 % VOCABULARY as u32).collect())
            .collect();
        let captions: Vec<&[u32]> = captions.iter().map(Vec::as_slice).collect();
        let lesson = Lesson::new(&captions, Marks { pad: 0, start: 1, end: 2, unknown: 3 }, WORDS);
        let rules = Rules { dropout: 0.5, label_smoothing: 0.1, attention_regularisation: 1.0 };
        let rates = Rates { encoder: 0.0, decoder: 1e-4 };
        let parts = if self.place.kind == Kind::Cpu { PARTS } else { 1 };
        let exercise = Exercise { seen: &seen, lesson: &lesson, rules, rates, parts };
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut times = Vec::with_capacity(self.runs);
        for run in 0..=self.runs {
            let begin = Instant::now();
            let (next, _) = learn(&trainee, &mut adam, &exercise, &mut random)?;
            trainee = next;
            if run > 0 {
                times.push(milliseconds(begin));
            }
        }
        Ok(1000.0 * lesson.words() as f64 / median(times))
    }
}
