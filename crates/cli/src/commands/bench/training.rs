//! `sightline bench --train`: how fast photos are encoded and decoders learn.
//!
//! `tests/reference/bench_train.py` measures PyTorch at the same sizes.

use std::convert::Infallible;
use std::io::Write;
use std::time::Instant;

use burn::tensor::{Device, Tensor, TensorData};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use sightline::caption::milliseconds;
use sightline::decoder::{DecoderConfig, DecoderSettings, DecoderSizes, TrainableDecoder, WithDecoder};
use sightline::device::{DeviceKind, OpenDevice};
use sightline::encoder::{EncoderConfig, ResNetConfig};
use sightline::synthetic_weights::noise;
use sightline::vocabulary::SpecialTokens;
use sightline::weights::{Slot, fill};
use sightline_train::data::CachedFeatures;
use sightline_train::objective::CaptionBatch;
use sightline_train::optim::{Adam, Rates};
use sightline_train::run::{PARTS, Regularisation, TrainStep, train_step};
use sightline_train::{CachePoint, FrozenEncoder, TrainableModel};

use super::median::median;
use crate::status::CommandStatus;
use crate::terminal::{stdout, write_table};

/// Photos that are encoded together.
const PHOTOS: usize = 16;
/// Captions in a step, of so many words each.
const CAPTIONS: usize = 64;
const WORDS: usize = 12;
/// About the vocabulary of Flickr8k.
const VOCABULARY: usize = 2500;
const CELLS: usize = 49;
const CHANNELS: usize = 2048;

pub fn run(runs: usize, device: &OpenDevice) -> anyhow::Result<CommandStatus> {
    let mut rows = vec![vec![String::new(), "per second".into()]];
    rows.push(vec!["photos encoded, ResNet-50".into(), format!("{:.1}", encode(runs, device)?)]);
    for decoder in decoders()? {
        let words = decoder.with_decoder(Learn { decoder: &decoder, device, runs })?;
        rows.push(vec![format!("words learnt, {}", decoder.title()), format!("{words:.0}")]);
    }
    let mut out = stdout();
    writeln!(out, "on {}; medians of {runs} runs, after one to warm up", device.name)?;
    writeln!(out, "{CAPTIONS} captions of {WORDS} words in a step, {VOCABULARY} words to choose from\n")?;
    write_table(&mut out, &rows)?;
    Ok(CommandStatus::AllWell)
}

fn encode(runs: usize, device: &OpenDevice) -> anyhow::Result<f64> {
    let config = EncoderConfig::ResNet(ResNetConfig::resnet50());
    let weight = |slot: Slot| (slot.name.clone(), config.synthetic_weight(&slot));
    let weights = config.folded_slots().into_iter().map(weight).collect();
    let encoder = FrozenEncoder::new(config.clone(), weights, config.input(), device)?;
    let photos: Vec<f32> = (0..PHOTOS * 3 * 224 * 224).map(|i| (2.0 * noise("input", i)) as f32).collect();
    encoder.encode(photos.clone(), CachePoint::Features)?;
    let mut times = Vec::with_capacity(runs);
    for _ in 0..runs {
        let begin = Instant::now();
        encoder.encode(photos.clone(), CachePoint::Features)?;
        times.push(milliseconds(begin.elapsed()));
    }
    Ok(1000.0 * PHOTOS as f64 / median(times))
}

/// All that can be trained, in the sizes of the committed configurations.
fn decoders() -> anyhow::Result<Vec<DecoderConfig>> {
    let sizes = DecoderSizes { vocab_size: VOCABULARY, feature_dim: CHANNELS, embedding: 300, hidden: 512 };
    let mut decoders = Vec::new();
    for (family, known) in DecoderConfig::known() {
        for settings in DecoderSettings::of_each_network(known) {
            decoders.extend(DecoderConfig::from_settings(family, sizes, &settings).transpose()?);
        }
    }
    Ok(decoders)
}

struct Learn<'a> {
    decoder: &'a DecoderConfig,
    device: &'a OpenDevice,
    runs: usize,
}

impl WithDecoder for Learn<'_> {
    type Output = anyhow::Result<f64>;

    fn run<D: TrainableDecoder>(self, init: impl Fn(&Device) -> D) -> Self::Output {
        let device = self.device.handle.clone().autodiff();
        let synthetic = |slot: &Slot| Ok::<_, Infallible>(self.decoder.synthetic_weight(slot));
        let model = TrainableModel { encoder: None, decoder: init(&device) };
        let Ok(mut model) = fill(model, &device, synthetic);
        let mut adam = Adam::new(0.0, 5.0);
        let features = (0..CAPTIONS * CELLS * CHANNELS).map(|i| noise("grid", i).max(0.0) as f32).collect();
        let features: Vec<f32> = features;
        let features = Tensor::from_data(TensorData::new(features, [CAPTIONS, CELLS, CHANNELS]), &device);
        let features = CachedFeatures::Features(features);
        // The end is learnt as well.
        let captions: Vec<Vec<u32>> = (0..CAPTIONS)
            .map(|row| (1..WORDS).map(|i| (4 + row * 31 + i * 97) as u32 % VOCABULARY as u32).collect())
            .collect();
        let captions: Vec<&[u32]> = captions.iter().map(Vec::as_slice).collect();
        let batch = CaptionBatch::new(&captions, SpecialTokens { pad: 0, start: 1, end: 2, unknown: 3 }, WORDS);
        let step = TrainStep {
            imitation: None,
            features: &features,
            batch: &batch,
            regularisation: Regularisation { dropout: 0.5, label_smoothing: 0.1, attention: 1.0 },
            rates: Rates { encoder: 0.0, decoder: 1e-4 },
            parts: if self.device.kind == DeviceKind::Cpu { PARTS } else { 1 },
        };
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut times = Vec::with_capacity(self.runs);
        for run in 0..=self.runs {
            let begin = Instant::now();
            let (next, _) = train_step(&model, &mut adam, &step, &mut random)?;
            model = next;
            if run > 0 {
                times.push(milliseconds(begin.elapsed()));
            }
        }
        Ok(1000.0 * batch.words() as f64 / median(times))
    }
}
