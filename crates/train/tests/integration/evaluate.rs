//! Many photos captioned at once get the captions that each would get alone.

use burn::tensor::{Tensor, TensorData};
use sightline::decoder::search::{Search, SearchOptions, Strategy};
use sightline::decoder::{DecoderConfig, DecoderSettings, DecoderSizes};
use sightline::device;
use sightline::synthetic_weights::noise;
use sightline::vocabulary::Vocabulary;
use sightline_test_support::words;
use sightline_train::evaluate::{Evaluator, PHOTOS_AT_ONCE};
use sightline_train::objective::GeneratedCaption;

/// More than are captioned together.
const PHOTOS: usize = PHOTOS_AT_ONCE + 8;
const CELLS: usize = 4;
const SIZES: DecoderSizes = DecoderSizes { vocab_size: 12, feature_dim: 8, embedding: 6, hidden: 16 };

fn features() -> Tensor<3> {
    let values: Vec<f32> =
        (0..PHOTOS * CELLS * SIZES.feature_dim).map(|i| (3.0 * noise("photos", i)).max(0.0) as f32).collect();
    Tensor::from_data(TensorData::new(values, [PHOTOS, CELLS, SIZES.feature_dim]), &device::cpu())
}

#[test]
fn greedy_captions_of_many_photos_are_those_of_each_alone() {
    let vocabulary = Vocabulary::new(words(SIZES.vocab_size)).unwrap();
    for (family, _) in DecoderConfig::known() {
        let decoder = DecoderConfig::from_settings(family, SIZES, &DecoderSettings::default()).unwrap().unwrap();
        let decoder = decoder.synthetic(&device::cpu());
        let search = SearchOptions { strategy: Strategy::Greedy, max_words: 12, ..SearchOptions::default() };
        let evaluator = Evaluator { decoder: &*decoder, vocabulary: &vocabulary, search, consensus: None };
        let together = evaluator.caption_greedily(features()).unwrap();
        assert_eq!(together.len(), PHOTOS);
        let mut lengths = Vec::new();
        for (photo, together) in together.iter().enumerate() {
            let session = decoder.start(features().narrow(0, photo, 1));
            let mut alone = Search::new(session, search, vocabulary.special_tokens(), &[]).unwrap();
            while pollster::block_on(alone.advance()).unwrap() {}
            let alone = alone.leading();
            let said: Vec<u32> = alone.words.iter().map(|chosen| chosen.word).collect();
            assert_eq!(together.words, said, "{family}, photo {photo}");
            assert_eq!(together.ended, alone.ended, "{family}, photo {photo}");
            let difference = (together.log_probability - alone.log_probability).abs();
            assert!(difference < 1e-4, "{family}, photo {photo}: {difference:e}");
            let probability = alone.score(1.0).exp();
            assert!((together.probability() - probability).abs() < 1e-5, "{family}, photo {photo}");
            lengths.push(said.len());
        }
        lengths.sort_unstable();
        lengths.dedup();
        println!("{family}: captions of {lengths:?} words");
        assert!(
            lengths.len() > 1,
            "{family}: all captions are of one length, so nothing was seen to end before others"
        );
    }
}

#[test]
fn a_captions_attention_is_that_of_the_search_that_wrote_it() {
    let vocabulary = Vocabulary::new(words(SIZES.vocab_size)).unwrap();
    for (family, _) in DecoderConfig::known() {
        let decoder = DecoderConfig::from_settings(family, SIZES, &DecoderSettings::default()).unwrap().unwrap();
        let decoder = decoder.synthetic(&device::cpu());
        let search =
            SearchOptions { strategy: Strategy::of_beams(3), max_words: 12, min_words: 3, ..SearchOptions::default() };
        let evaluator = Evaluator { decoder: &*decoder, vocabulary: &vocabulary, search, consensus: None };
        let photo = || features().narrow(0, 1, 1);
        let mut beams = Search::new(decoder.start(photo()), search, vocabulary.special_tokens(), &[]).unwrap();
        while pollster::block_on(beams.advance()).unwrap() {}
        let written = beams.leading();
        let words = written.words.iter().map(|chosen| chosen.word).collect();
        let caption = GeneratedCaption { words, log_probability: written.log_probability, ended: written.ended };
        let attention = evaluator.attention(photo(), &caption).unwrap();
        let wanted: Option<Vec<Vec<f32>>> = written.words.iter().map(|chosen| chosen.attention.clone()).collect();
        assert_eq!(attention.as_ref().map(Vec::len), wanted.as_ref().map(|_| caption.words.len()), "{family}");
        // Beams are rows of one product of matrices, which adds up in another order than a single row.
        for (ours, theirs) in attention.iter().flatten().flatten().zip(wanted.iter().flatten().flatten()) {
            assert!((ours - theirs).abs() < 1e-5, "{family}: {ours} {theirs}");
        }
    }
}
