//! How good a model is after an epoch, on photos that it never learnt from.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use burn::tensor::Device;
use sightline::decoder::search::{SearchOptions, Strategy};
use sightline::decoder::{Dropout, TrainableDecoder};

use crate::data::{Corpus, FeatureCache, Item};
use crate::error::TrainError;
use crate::evaluate::{Evaluator, PHOTOS_AT_ONCE};
use crate::host::to_host;
use crate::objective::{CaptionBatch, cross_entropy};
use crate::score::Scores;
use crate::trainable_model::TrainableModel;

pub struct Validation {
    /// For each word of the captions that people wrote.
    pub loss: f64,
    /// Of the captions that greedy search finds.
    pub scores: Scores,
}

/// Nothing where somebody wants to stop.
pub fn validate<D: TrainableDecoder>(
    (model, device): (&TrainableModel<D>, &Device),
    corpus: &Corpus,
    max_words: usize,
    cache: &FeatureCache,
    stop: &AtomicBool,
) -> Result<Option<Validation>, TrainError> {
    let search = SearchOptions { strategy: Strategy::Greedy, ..SearchOptions::default() };
    let evaluator = Evaluator { decoder: &model.decoder, vocabulary: &corpus.vocabulary, search, consensus: None };
    let special = corpus.vocabulary.special_tokens();
    // Photos with as many captions go together.
    let mut by_count: BTreeMap<usize, Vec<&Item>> = BTreeMap::new();
    for item in &corpus.validation {
        by_count.entry(item.captions.len()).or_default().push(item);
    }
    let (mut loss, mut words) = (0.0, 0);
    let (mut captions, mut references) = (Vec::new(), Vec::new());
    for items in by_count.values().flat_map(|items| items.chunks(PHOTOS_AT_ONCE)) {
        if stop.load(Ordering::Relaxed) {
            return Ok(None);
        }
        let rows: Vec<usize> = items.iter().map(|item| item.row).collect();
        let features = model.features(cache.get(&rows, device));
        let written: Vec<&[u32]> = items.iter().flat_map(|item| &item.captions).map(Vec::as_slice).collect();
        let batch = CaptionBatch::new(&written, special, max_words);
        let output = model.decoder.forward(features.clone(), batch.inputs_on(device), &mut Dropout::none());
        loss += to_host(cross_entropy(output.logits, &batch, 0.0).nll)?.into_iter().map(f64::from).sum::<f64>();
        words += batch.words();
        captions.extend(evaluator.caption_greedily(features)?);
        references.extend(items.iter().map(|item| item.tokens.clone()));
    }
    let scores = evaluator.score(&captions, references, || ()).corpus;
    Ok(Some(Validation { loss: loss / words.max(1) as f64, scores }))
}
