//! How good a model's captions of many photos are. `sightline eval` and the validation after each epoch are the same
//! evaluation, with the same rules for choosing words as a caption for a reader.

use burn::tensor::Tensor;
use rayon::prelude::*;
use sightline::consensus::Consensus;
use sightline::decoder::Decoder;
use sightline::decoder::search::{Search, SearchError, SearchOptions, Strategy, WordRules};
use sightline::vocabulary::Vocabulary;

use crate::data::{CachedFeatures, FeatureCache};
use crate::host::to_host;
use crate::objective::{GeneratedCaption, TokenChoice, roll_out};
use crate::score::{self, Case, ScoreReport};

/// Photos that a greedy search captions together.
pub const PHOTOS_AT_ONCE: usize = 32;

/// A decoder, and how it is to choose words.
#[derive(Debug)]
pub struct Evaluator<'a> {
    pub decoder: &'a dyn Decoder,
    pub vocabulary: &'a Vocabulary,
    pub search: SearchOptions,
    /// What the sentences of a beam search are reranked by.
    pub consensus: Option<&'a Consensus>,
}

/// Why photos could not be captioned.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    #[error("the cache holds maps of the encoder's stages in place of features")]
    NoFeatures,
    #[error(transparent)]
    Search(#[from] SearchError),
}

impl Evaluator<'_> {
    /// Captions some rows of a cache, in their order. `on_photo` is called once for each.
    pub fn caption(
        &self,
        cache: &FeatureCache,
        rows: &[usize],
        on_photo: impl Fn() + Sync,
    ) -> Result<Vec<GeneratedCaption>, EvaluateError> {
        let features = |rows: &[usize]| self.features(cache, rows);
        if self.search.strategy != Strategy::Greedy {
            let one = |row: &usize| {
                let caption = self.search_one(features(&[*row])?);
                on_photo();
                Ok(caption?)
            };
            return rows.par_iter().map(one).collect();
        }
        let mut captions = Vec::with_capacity(rows.len());
        for rows in rows.chunks(PHOTOS_AT_ONCE) {
            captions.extend(self.caption_greedily(features(rows)?)?);
            rows.iter().for_each(|_| on_photo());
        }
        Ok(captions)
    }

    /// What the decoder gets of some rows of a cache.
    pub fn features(&self, cache: &FeatureCache, rows: &[usize]) -> Result<Tensor<3>, EvaluateError> {
        match cache.get(rows, &self.decoder.device()) {
            CachedFeatures::Features(features) => Ok(features),
            CachedFeatures::Map(..) | CachedFeatures::Photos(_) => Err(EvaluateError::NoFeatures),
        }
    }

    /// Where the decoder looked for each word of a caption of one photo, in one weight for each cell; nothing for a
    /// decoder without attention.
    pub fn attention(
        &self,
        features: Tensor<3>,
        caption: &GeneratedCaption,
    ) -> Result<Option<Vec<Vec<f32>>>, SearchError> {
        // The words are given to the search as they are, so that it cannot come to others.
        let options = SearchOptions {
            strategy: Strategy::Greedy,
            max_words: caption.words.len() + 1,
            ..SearchOptions::default()
        };
        let session = self.decoder.start(features);
        let mut search = Search::new(session, options, self.vocabulary.special_tokens(), &caption.words)?;
        for _ in &caption.words {
            pollster::block_on(search.advance())?;
        }
        Ok(search.leading().words.iter().map(|chosen| chosen.attention.clone()).collect())
    }

    /// The most probable caption, word by word, of photos side by side: `[photos, cells, channels]`
    pub fn caption_greedily(&self, features: Tensor<3>) -> Result<Vec<GeneratedCaption>, SearchError> {
        let rules = WordRules::of(&self.search, self.vocabulary.special_tokens());
        roll_out(self.decoder, features, 1, self.search.max_words, rules, TokenChoice::MostProbable)
    }

    fn search_one(&self, features: Tensor<3>) -> Result<GeneratedCaption, SearchError> {
        let special = self.vocabulary.special_tokens();
        let mut search = Search::new(self.decoder.start(features.clone()), self.search, special, &[])?;
        while pollster::block_on(search.advance())? {}
        let best = match self.consensus.filter(|_| self.search.strategy.beams() > 1) {
            Some(consensus) => {
                let grid = to_host(features).map_err(|error| SearchError::Device(error.0))?;
                let near = consensus.neighbourhood(&grid);
                let ranked = consensus.rerank(&near, search.candidates(), self.search.length_power);
                ranked.first().map_or(search.leading(), |(best, _)| best)
            }
            None => search.leading(),
        };
        let words = best.words.iter().map(|chosen| chosen.word).collect();
        Ok(GeneratedCaption { words, log_probability: best.log_probability, ended: best.ended })
    }

    /// A caption's words.
    pub fn words<'a>(&'a self, caption: &'a GeneratedCaption) -> impl Iterator<Item = &'a str> {
        caption.words.iter().map(|word| self.vocabulary.word(*word))
    }

    /// Compares captions with those that people wrote of the same photos, in tokens.
    pub fn score(
        &self,
        captions: &[GeneratedCaption],
        references: impl IntoIterator<Item = Vec<Vec<String>>>,
        on_photo: impl Fn() + Sync,
    ) -> ScoreReport {
        let candidate = |caption| score::tokens(&self.words(caption).collect::<Vec<_>>().join(" "));
        let case = |(caption, references)| Case { candidate: candidate(caption), references };
        let cases: Vec<Case> = captions.iter().zip(references).map(case).collect();
        score::score(&cases, on_photo)
    }
}
