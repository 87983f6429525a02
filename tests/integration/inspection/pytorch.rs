//! What goes on inside a captioner against PyTorch's float64, whose numbers `tests/reference/inspection.py` made.

use pollster::block_on;
use sightline::captioner::EncodedPhoto;
use sightline::decoder::{DecoderConfig, DecoderSettings, DecoderSizes};
use sightline::encoder::{EncoderConfig, stage_name};
use sightline::inspection::{NeededWord, StageMaps};
use sightline::model::Manifest;
use sightline::photo::InputSpec;
use sightline::{CaptionOptions, Captioner};
use sightline_test_support::{manifest_with, read, relative_l2, tensor, words};

use super::{all_stages, captioner, channels, encoder, forced, needed, photo, values};

/// PyTorch's own float32 is up to 2e-6 from its float64 after the encoders, and up to 4e-5 after the decoders.
const TOLERANCE: f64 = 1e-4;

/// Of one word's probabilities alone. An improbable word hangs on the difference of large logits: PyTorch's own float32 is
/// up to 8e-5 off there. Some cell changes each of these words by a percent or more.
const OF_A_WORD: f64 = 1e-3;

/// A backbone, and what the script does with it.
struct Backbone {
    name: &'static str,
    /// Of the photo.
    side: usize,
    /// Stage and channel.
    muted: &'static [(usize, usize)],
}

const LITE: Backbone = Backbone { name: "efficientnet_lite0", side: 100, muted: &[(0, 3), (3, 5), (3, 7)] };
const RESNET: Backbone = Backbone { name: "resnet50", side: 64, muted: &[(0, 10), (2, 0), (2, 511)] };

fn golden() -> Vec<u8> {
    read("tests/reference/inspection.safetensors")
}

fn of_backbone(name: &str, size: usize) -> Captioner {
    let config = EncoderConfig::named(name).expect("a known backbone");
    let manifest = manifest_with(config.clone());
    captioner(Manifest { input: InputSpec { size, ..manifest.input }, ..manifest }, encoder(&config))
}

/// At the places that the script has kept; the norm is of the whole.
fn assert_kept(golden: &[u8], key: &str, found: &[f32]) {
    let expected = tensor(golden, key).values;
    assert_eq!(expected.len(), found.len().min(256), "{key}");
    let places = (0..expected.len() as u64).map(|j| (j * 2_654_435_761 % found.len() as u64) as usize);
    let sample: Vec<f32> = places.map(|place| found[place]).collect();
    assert_near(key, &sample, &expected);
    let norm = found.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    let expected = f64::from(tensor(golden, &format!("{key}.norm")).values[0]);
    assert!((norm / expected - 1.0).abs() <= TOLERANCE, "{key}: norm {norm} instead of {expected}");
}

fn assert_near(what: &str, found: &[f32], expected: &[f32]) {
    let error = relative_l2(found, expected);
    println!("{what}: relative L2 error {error:.1e}");
    assert!(error <= TOLERANCE, "{what}: {error:e}");
}

#[test]
fn maps_equal_pytorch_with_and_without_muted_channels() {
    let golden = golden();
    for Backbone { name, side, muted } in [LITE, RESNET] {
        let (captioner, photo) = (of_backbone(name, side), photo(side));
        let config = &captioner.model().manifest.encoder;
        for (kind, muted) in [("", vec![]), ("muted.", channels(muted))] {
            let (input, stages) = all_stages(&captioner, &photo, &muted);
            assert_eq!(input.shape, [3, side, side]);
            assert_kept(&golden, &format!("{name}.input"), &input.values);
            assert_eq!(stages.len(), config.stages() + 1, "{name}");
            for (stage, StageMaps { name: called, map, .. }) in stages.iter().enumerate() {
                assert_eq!((called, map.shape), (&stage_name(stage), config.shape_after(stage, side)), "{name}");
                assert_kept(&golden, &format!("{name}.{kind}{called}"), &map.values);
            }
            // What the decoder gets is what the last stage shows: cell by cell, and channel by channel.
            let encoded = block_on(captioner.encode_muted(&photo, &muted)).unwrap();
            let features = values(encoded.feature_grid().features.clone().swap_dims(1, 2));
            assert_eq!(features, stages.last().unwrap().map.values, "{name}, {muted:?}");
        }
    }
}

#[test]
fn first_kernels_equal_pytorch() {
    let golden = golden();
    for (Backbone { name, side, .. }, shape, padding) in
        [(LITE, [32, 3, 3, 3], [0, 1]), (RESNET, [64, 3, 7, 7], [3, 3])]
    {
        let kernels = block_on(of_backbone(name, side).kernels(&photo(side))).unwrap().expect("a convolution");
        assert_eq!((kernels.shape, kernels.stride, kernels.padding), (shape, 2, padding), "{name}");
        assert_kept(&golden, &format!("{name}.kernels"), &kernels.values);
        assert_eq!(kernels.responses.shape, [shape[0], side / 2, side / 2], "{name}");
        assert_kept(&golden, &format!("{name}.responses"), &kernels.responses.values);
    }
}

/// Every decoder of `nets.py`, with the sizes of `inspection.py`.
fn decoders() -> Vec<(&'static str, DecoderConfig)> {
    let plain = DecoderSettings::default;
    let additive = || DecoderSettings { attention: Some("additive".into()), attention_size: Some(16), ..plain() };
    let dot = || DecoderSettings { attention: Some("dot".into()), ..plain() };
    let sentinel = Some(true);
    let transformer = DecoderSettings { layers: Some(2), heads: Some(4), feed_forward: Some(48), ..plain() };
    let sizes = DecoderSizes { vocab_size: 64, feature_dim: 1280, embedding: 24, hidden: 32 };
    [
        ("rnn", "rnn", plain()),
        ("lstm", "lstm", plain()),
        ("additive", "attention_lstm", additive()),
        ("dot", "attention_lstm", dot()),
        ("adaptive_additive", "attention_lstm", DecoderSettings { sentinel, ..additive() }),
        ("adaptive_dot", "attention_lstm", DecoderSettings { sentinel, ..dot() }),
        ("transformer", "transformer", transformer),
    ]
    .map(|(name, family, settings)| (name, DecoderConfig::from_settings(family, sizes, &settings).unwrap().unwrap()))
    .into()
}

/// Calls `task` with every decoder behind EfficientNet-Lite0, the photo, and the sentence that the script asks about.
fn for_each_decoder(golden: &[u8], task: impl Fn(&str, &Captioner, &EncodedPhoto, &[String])) {
    let Backbone { name, side: size, .. } = LITE;
    let config = EncoderConfig::named(name).unwrap();
    let encoder = encoder(&config);
    for (name, decoder) in decoders() {
        let manifest = manifest_with(config.clone());
        let input = InputSpec { size, ..manifest.input };
        let captioner = captioner(Manifest { input, decoder, vocabulary: words(64), ..manifest }, encoder.clone());
        let encoded = block_on(captioner.encode(&photo(size))).unwrap();
        let said: Vec<String> =
            tensor(golden, &format!("{name}.words")).values.iter().map(|id| format!("w{id}")).collect();
        task(name, &captioner, &encoded, &said);
    }
}

/// What is compared are probabilities, the one with all cells beside those without some: differences of numbers that are
/// nearly equal have hardly a digit in common.
#[test]
fn needed_cells_equal_pytorchs() {
    let golden = golden();
    let region = vec![0, 1, 2, 4, 5, 6, 9];
    for_each_decoder(&golden, |name, captioner, photo, said| {
        let found = needed(captioner, photo, said, std::slice::from_ref(&region)).unwrap();
        assert_eq!(found.iter().map(|word| &word.text).collect::<Vec<_>>(), said.iter().collect::<Vec<_>>());
        let rows = |key: &str| -> Vec<Vec<f32>> {
            let all = tensor(&golden, &format!("{name}.{key}")).values;
            all.chunks(all.len() / said.len()).map(<[f32]>::to_vec).collect()
        };
        let assert_hidden = |key: &str, falls: fn(&NeededWord) -> &Vec<f32>| {
            let row = |word: &NeededWord| {
                let hidden = falls(word).iter().map(|fall| word.probability - fall);
                std::iter::once(word.probability).chain(hidden).collect()
            };
            let found: Vec<Vec<f32>> = found.iter().map(row).collect();
            let expected: Vec<Vec<f32>> =
                rows("probability").into_iter().zip(rows(key)).map(|(a, b)| [a, b].concat()).collect();
            assert_near(&format!("{name}, {key}"), &found.concat(), &expected.concat());
            for (place, (found, expected)) in found.iter().zip(&expected).enumerate() {
                let error = relative_l2(found, expected);
                assert!(error <= OF_A_WORD, "{name}, {key}, word {place}: {error:e}");
            }
        };
        assert_hidden("cells", |word| &word.cells);
        assert_hidden("blocks", |word| &word.blocks);
        assert_hidden("region", |word| &word.regions);
        if !captioner.model().manifest.decoder.has_attention() {
            assert!(found.iter().all(|word| word.looked.is_none() && word.agreement.is_none()), "{name}");
            return;
        }
        for (place, word) in found.iter().enumerate() {
            let (looked, expected) = (word.looked.as_ref().expect(name), &rows("attention")[place]);
            assert_near(&format!("{name}, attention for word {place}"), looked, expected);
            // The script has seen to it that no two are so near that rounding changes their order.
            let (agreement, expected) = (word.agreement.expect(name), rows("agreement")[place][0]);
            assert!((agreement - expected).abs() <= 1e-6, "{name}, word {place}: {agreement} instead of {expected}");
        }
    });
}

#[test]
fn words_of_averaged_cells_equal_pytorchs() {
    let golden = golden();
    for_each_decoder(&golden, |name, captioner, photo, said| {
        let options = CaptionOptions { averaged: true, ..CaptionOptions::default() };
        let found: Vec<f32> =
            forced(captioner, photo, said, options).iter().map(|word| word.log_probability.exp()).collect();
        assert_near(&format!("{name}, averaged"), &found, &tensor(&golden, &format!("{name}.averaged")).values);
    });
}
