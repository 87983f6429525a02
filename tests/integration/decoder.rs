//! The decoders and the search against PyTorch's float64.

use std::sync::Arc;

use burn::tensor::{Tensor, TensorData};
use serde::Deserialize;
use sightline::decoder::search::{ALTERNATIVES, Search, SearchError, SearchOptions, Sentence, Strategy};
use sightline::decoder::{Attention, AttentionLstmConfig, Decoder, DecoderConfig};
use sightline::device;
use sightline::vocabulary::{SpecialTokens, Vocabulary};
use sightline_test_support::{noise_features, read, synthetic_decoder, tensor, words};

const WORDS: usize = 64;

fn config(attention: Attention, sentinel: bool) -> DecoderConfig {
    DecoderConfig::AttentionLstm(AttentionLstmConfig {
        attention,
        sentinel,
        vocab_size: WORDS,
        feature_dim: 2048,
        embedding: 300,
        hidden: 512,
    })
}

fn both() -> [(&'static str, DecoderConfig); 2] {
    [("additive", config(Attention::Additive { size: 512 }, false)), ("dot", config(Attention::Dot, false))]
}

fn synthetic(config: &DecoderConfig) -> Box<dyn Decoder> {
    config.synthetic(&device::cpu())
}

fn features(number: usize, cells: Option<&[usize]>) -> Tensor<3> {
    let all = noise_features(&format!("grid.{number}")).values;
    let chosen = cells.map_or_else(|| (0..49).collect(), <[usize]>::to_vec);
    let values: Vec<f32> = chosen.iter().flat_map(|cell| all[cell * 2048..(cell + 1) * 2048].to_vec()).collect();
    let shape = [1, chosen.len(), 2048];
    Tensor::from_data(TensorData::new(values, shape), &device::cpu())
}

fn special() -> SpecialTokens {
    Vocabulary::new(words(WORDS)).unwrap().special_tokens()
}

fn search(decoder: &dyn Decoder, features: Tensor<3>, strategy: Strategy, prefix: &[u32]) -> Vec<Sentence> {
    let options = SearchOptions { strategy, max_words: 20, ..SearchOptions::default() };
    run(decoder, features, options, prefix)
}

fn run(decoder: &dyn Decoder, features: Tensor<3>, options: SearchOptions, prefix: &[u32]) -> Vec<Sentence> {
    let mut search = Search::new(decoder.start(features), options, special(), prefix).unwrap();
    while pollster::block_on(search.advance()).unwrap() {}
    search.candidates().into_iter().cloned().collect()
}

fn ids(sentence: &Sentence) -> Vec<u32> {
    sentence.words.iter().map(|choice| choice.word).collect()
}

#[derive(Deserialize)]
struct Golden {
    region: Vec<usize>,
    prefix: Vec<u32>,
    forced_words: Vec<u32>,
    additive: Cases,
    dot: Cases,
}

#[derive(Deserialize)]
struct Cases {
    grids: Vec<Case>,
    region: Case,
    prefix: Case,
}

#[derive(Deserialize)]
struct Case {
    greedy: Expected,
    beam: Vec<Expected>,
}

#[derive(Deserialize)]
struct Expected {
    words: Vec<u32>,
    ended: bool,
    log_probability: f64,
    score: f64,
}

fn golden() -> Golden {
    serde_json::from_slice(&read("tests/reference/decoder.json")).unwrap()
}

/// PyTorch's own float32 is within 6e-6 of its float64 here.
#[test]
fn every_step_equals_pytorch() {
    let numbers = read("tests/reference/decoder.safetensors");
    for (name, config) in both() {
        let decoder = synthetic(&config);
        let session = decoder.start(features(0, None));
        let mut state = session.init_state(1);
        let logits = tensor(&numbers, &format!("{name}.logits")).values;
        let attention = tensor(&numbers, &format!("{name}.attention")).values;
        let mut greatest = 0f64;
        for (t, word) in golden().forced_words.into_iter().enumerate() {
            let step = session.step(&[word], state);
            // Log-probabilities are logits less one number, which the reference's logits give too.
            let expected: Vec<f64> = logits[t * WORDS..(t + 1) * WORDS].iter().map(|x| f64::from(*x)).collect();
            let all = expected.iter().map(|x| x.exp()).sum::<f64>().ln();
            for (found, expected) in step.log_probabilities.into_data().iter::<f32>().zip(expected) {
                greatest = greatest.max((f64::from(found) - (expected - all)).abs());
            }
            let found: Vec<f32> = step.attention.unwrap().into_data().iter::<f32>().collect();
            assert!((found.iter().sum::<f32>() - 1.0).abs() <= 1e-5);
            for (found, expected) in found.iter().zip(&attention[t * 49..(t + 1) * 49]) {
                assert!((found - expected).abs() <= 1e-5, "{name}, word {t}: {found} instead of {expected}");
            }
            state = step.state;
        }
        println!("{name}: greatest difference of 20 × {WORDS} logits {greatest:.1e}");
        assert!(greatest <= 1e-4, "{name}: {greatest:e}");
    }
}

fn assert_sentence(found: &Sentence, expected: &Expected, what: &str) {
    assert_eq!(ids(found), expected.words, "{what}");
    assert_eq!(found.ended, expected.ended, "{what}");
    assert!((found.log_probability - expected.log_probability).abs() <= 1e-3, "{what}: {}", found.log_probability);
    assert!((found.score(1.0) - expected.score).abs() <= 1e-4, "{what}: {}", found.score(1.0));
}

#[test]
fn captions_equal_the_references_word_for_word() {
    let golden = golden();
    for ((name, config), cases) in both().into_iter().zip([&golden.additive, &golden.dot]) {
        let decoder = synthetic(&config);
        let grids =
            cases.grids.iter().enumerate().map(|(i, case)| (format!("grid {i}"), features(i, None), &[][..], case));
        let region = ("region".to_string(), features(0, Some(&golden.region)), &[][..], &cases.region);
        let prefix = ("prefix".to_string(), features(0, None), &golden.prefix[..], &cases.prefix);
        for (what, grid, prefix, case) in grids.chain([region, prefix]) {
            let what = format!("{name}, {what}");
            let greedy = search(&*decoder, grid.clone(), Strategy::Greedy, prefix);
            assert_eq!(greedy.len(), 1);
            assert_sentence(&greedy[0], &case.greedy, &format!("{what}, greedy"));
            let beam = search(&*decoder, grid, Strategy::Beam { width: 3 }, prefix);
            assert_eq!(beam.len(), case.beam.len());
            for (place, (found, expected)) in beam.iter().zip(&case.beam).enumerate() {
                assert_sentence(found, expected, &format!("{what}, beam {place}"));
            }
        }
    }
}

#[test]
fn a_word_carries_its_probability_attention_and_runners_up() {
    let (_, config) = &both()[0];
    let special = special();
    for sentence in search(&*synthetic(config), features(0, None), Strategy::Beam { width: 3 }, &[]) {
        for choice in &sentence.words {
            let attention = choice.attention.as_ref().unwrap();
            assert_eq!(attention.len(), 49);
            assert!((attention.iter().sum::<f32>() - 1.0).abs() <= 1e-5);
            assert_eq!(choice.alternatives.len(), ALTERNATIVES);
            assert!(choice.alternatives.windows(2).all(|pair| pair[0].1 >= pair[1].1));
            for (word, _) in &choice.alternatives {
                assert!(*word != choice.word && !special.contains(*word));
            }
            assert!(choice.log_probability < 0.0);
        }
        let words: f64 = sentence.words.iter().map(|choice| f64::from(choice.log_probability)).sum();
        assert!(sentence.log_probability <= words + 1e-9);
    }
}

#[test]
fn what_no_cell_got_is_how_much_the_model_looked_away() {
    for attention in [Attention::Additive { size: 16 }, Attention::Dot] {
        for (has_sentinel, cells) in [(true, &[0, 1, 7, 8][..]), (true, &[24]), (false, &[0, 1, 7, 8])] {
            let decoder = synthetic(&config(attention.clone(), has_sentinel));
            let caption = |strategy, prefix: &[u32]| search(&*decoder, features(0, Some(cells)), strategy, prefix);
            for sentence in caption(Strategy::Beam { width: 3 }, &[]) {
                let again = caption(Strategy::Greedy, &ids(&sentence)[..sentence.words.len().min(19)]).remove(0);
                for (choice, again) in sentence.words.iter().zip(&again.words).take(19) {
                    assert_eq!(choice.looked_away.is_some(), has_sentinel);
                    let looked_away = choice.looked_away.unwrap_or(0.0);
                    let of_cells = choice.attention.as_ref().unwrap();
                    assert_eq!(of_cells.len(), cells.len());
                    assert!((of_cells.iter().sum::<f32>() + looked_away - 1.0).abs() <= 1e-5);
                    // Of its own row among the beams, and no other's.
                    assert!((looked_away - again.looked_away.unwrap_or(0.0)).abs() <= 1e-4);
                }
            }
        }
    }
}

#[test]
fn no_special_token_is_chosen_and_nothing_is_repeated() {
    let (_, config) = &both()[0];
    let special = special();
    let decoder = synthetic(config);
    let sample = |seed| Strategy::Sample { temperature: 1.5, top_p: 0.95, seed };
    for strategy in (0..20).map(sample).chain([Strategy::Greedy, Strategy::Beam { width: 5 }]) {
        for sentence in search(&*decoder, features(1, None), strategy, &[]) {
            let words = ids(&sentence);
            assert!(!words.is_empty());
            assert!(words.iter().all(|word| !special.contains(*word)));
            assert!(words.windows(2).all(|pair| pair[0] != pair[1]), "{words:?}");
            let threes: Vec<_> = words.windows(3).collect();
            assert!((1..threes.len()).all(|i| !threes[..i].contains(&threes[i])), "{words:?}");
        }
    }
    let unguarded = SearchOptions { strategy: Strategy::Greedy, guard_repeats: false, ..SearchOptions::default() };
    let words = ids(&run(&*decoder, features(0, None), unguarded, &[])[0]);
    assert!(words.windows(2).any(|pair| pair[0] == pair[1]), "the guard had nothing to do: {words:?}");
}

#[test]
fn a_seed_decides_a_sample() {
    let (_, config) = &both()[1];
    let decoder = synthetic(config);
    let sample = |seed, temperature, top_p| {
        ids(&search(&*decoder, features(2, None), Strategy::Sample { temperature, top_p, seed }, &[])[0])
    };
    assert_eq!(sample(7, 1.0, 1.0), sample(7, 1.0, 1.0));
    assert!((0..10).any(|seed| sample(seed, 1.0, 1.0) != sample(7, 1.0, 1.0)));
    let greedy = ids(&search(&*decoder, features(2, None), Strategy::Greedy, &[])[0]);
    assert_eq!(sample(1, 1.0, 1e-9), greedy, "only the most probable word is left");
    assert_eq!(sample(2, 1e-6, 1.0), greedy, "cold enough, chance is out of the game");
}

#[test]
fn lengths_are_kept() {
    let (_, config) = &both()[0];
    let decoder = synthetic(config);
    for (min_words, max_words) in [(1, 1), (5, 5), (18, 25)] {
        for strategy in [Strategy::Greedy, Strategy::Beam { width: 4 }] {
            let options = SearchOptions { strategy, min_words, max_words, ..SearchOptions::default() };
            for sentence in run(&*decoder, features(3, None), options, &[]) {
                assert!((min_words..=max_words).contains(&sentence.words.len()));
            }
        }
    }
}

#[test]
fn a_caller_may_stop_between_any_two_words() {
    let (_, config) = &both()[0];
    let decoder = synthetic(config);
    for strategy in [Strategy::Greedy, Strategy::Beam { width: 3 }] {
        let options = SearchOptions { strategy, max_words: 20, ..SearchOptions::default() };
        let mut search = Search::new(decoder.start(features(0, None)), options, special(), &[]).unwrap();
        for count in 1..=4 {
            assert!(pollster::block_on(search.advance()).unwrap());
            assert_eq!(search.leading().words.len(), count);
        }
        assert!(!search.is_over());
        assert_eq!(search.candidates().len(), 1);
    }
}

/// A caller that stops shows the caption and the candidates; the first candidate is the caption.
#[test]
fn stopped_anywhere_the_first_candidate_is_the_leading_one() {
    let (_, config) = &both()[0];
    let options = SearchOptions { strategy: Strategy::Beam { width: 3 }, max_words: 20, ..SearchOptions::default() };
    let decoder = synthetic(config);
    let mut overtaken = 0;
    for number in 0..6 {
        let mut search = Search::new(decoder.start(features(number, None)), options, special(), &[]).unwrap();
        while pollster::block_on(search.advance()).unwrap() {
            let candidates = search.candidates();
            assert!(std::ptr::eq(candidates[0], search.leading()));
            overtaken += usize::from(candidates.len() > 1 && !candidates[0].ended);
        }
    }
    assert!(overtaken > 0, "no live sentence ever led a finished one, so this shows nothing");
}

#[test]
fn swapping_a_word_keeps_what_is_before_it() {
    let (_, config) = &both()[0];
    let decoder = synthetic(config);
    let first = search(&*decoder, features(0, None), Strategy::Greedy, &[]).remove(0);
    let (swapped, _) = first.words[3].alternatives[0];
    let mut prefix = ids(&first)[..3].to_vec();
    prefix.push(swapped);
    let second = search(&*decoder, features(0, None), Strategy::Greedy, &prefix).remove(0);
    assert_eq!(ids(&second)[..4], prefix[..]);
    for (a, b) in first.words[..3].iter().zip(&second.words) {
        assert_eq!(Arc::as_ref(a), Arc::as_ref(b), "the same words after the same words");
    }
    assert_eq!(second.words[3].log_probability, first.words[3].alternatives[0].1);
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let wrong = |options: SearchOptions| options.check(0).unwrap_err().to_string();
    let default = SearchOptions::default();
    let sample = |temperature, top_p| Strategy::Sample { temperature, top_p, seed: 0 };
    assert_eq!(
        wrong(SearchOptions { max_words: 0, ..default }),
        "the greatest length is 0; it has to be from 1 to 1000 words"
    );
    assert!(wrong(SearchOptions { min_words: 31, ..default }).starts_with("the least length is 31"));
    assert!(
        wrong(SearchOptions { strategy: Strategy::Beam { width: 0 }, ..default })
            .starts_with("the number of beams is 0")
    );
    assert!(wrong(SearchOptions { strategy: sample(0.0, 1.0), ..default }).starts_with("the temperature is 0"));
    assert!(wrong(SearchOptions { strategy: sample(f64::NAN, 1.0), ..default }).starts_with("the temperature is NaN"));
    assert!(wrong(SearchOptions { strategy: sample(1.0, 1.5), ..default }).starts_with("top-p is 1.5"));
    let (_, config) = &both()[0];
    let options = SearchOptions { max_words: 2, ..default };
    let error = Search::new(synthetic(config).start(features(0, None)), options, special(), &[5, 6]).unwrap_err();
    assert!(matches!(error, SearchError::Option { option: "the number of given words", .. }));
}

#[test]
fn weights_that_are_no_numbers_are_reported() {
    let (_, config) = &both()[0];
    let Ok(decoder) = config.load(&device::cpu(), |slot| {
        let mut weight = config.synthetic_weight(slot);
        if slot.name == "fc.bias" {
            weight.values[9] = f32::NAN;
        }
        Ok::<_, std::convert::Infallible>(weight)
    });
    let mut search = Search::new(decoder.start(features(0, None)), SearchOptions::default(), special(), &[]).unwrap();
    for _ in 0..2 {
        assert_eq!(pollster::block_on(search.advance()), Err(SearchError::NotANumber));
    }
    assert!(!search.is_over(), "it is not mistaken for a complete caption");
}

#[test]
fn both_forms_are_recognised_by_their_keys() {
    for (_, config) in both() {
        let weights = synthetic_decoder(&config);
        let (found, same) = DecoderConfig::from_checkpoint(weights.clone(), 8).unwrap();
        assert_eq!(found, config);
        assert_eq!(same, weights);
        let wrapped =
            weights.iter().map(|(name, weight)| (format!("state_dict.module.decoder.{name}"), weight.clone()));
        assert_eq!(DecoderConfig::from_checkpoint(wrapped.collect(), 8).unwrap().1, weights);
    }
}
