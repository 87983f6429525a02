//! Captions of many photos at a time, for validation, for `sightline eval` and for self-critical training.
//!
//! [`sightline::decoder::search`] captions one photo with everything that a reader may want to know about each word; this
//! knows nothing but the words, and runs the decoder for all photos at once. Which words may follow is the same rule.

use burn::tensor::Tensor;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use sightline::decoder::Decoder;
use sightline::decoder::search::{SearchError, WordRules, draw, most_probable};

use crate::host::to_host;

/// How to choose the next word.
#[derive(Debug)]
pub enum TokenChoice<'a> {
    MostProbable,
    Sampled(&'a mut ChaCha8Rng),
}

/// A caption that a model wrote.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GeneratedCaption {
    pub words: Vec<u32>,
    /// Of the words and, once it has ended, of ending there.
    pub log_probability: f64,
    /// Whether the model ended it, or the greatest length did.
    pub ended: bool,
}

impl GeneratedCaption {
    /// What the model gave to each word and to the end, in the geometric mean.
    pub fn probability(&self) -> f64 {
        let length = self.words.len() + usize::from(self.ended);
        (self.log_probability / length.max(1) as f64).exp()
    }
}

/// So many captions of each photo, `[photos, cells, channels]`, those of a photo side by side, of at most `max_words`.
pub fn roll_out(
    decoder: &dyn Decoder,
    features: Tensor<3>,
    per_photo: usize,
    max_words: usize,
    rules: WordRules,
    mut choice: TokenChoice,
) -> Result<Vec<GeneratedCaption>, SearchError> {
    let [photos, _, _] = features.dims();
    let rows = photos * per_photo;
    // With each, whether it is over: ended, or without a word that may follow.
    let mut captions = vec![(GeneratedCaption::default(), false); rows];
    let session = decoder.start(features);
    let mut state = session.init_state(per_photo);
    for _ in 0..max_words {
        let last = |(caption, is_over): &(GeneratedCaption, bool)| match is_over {
            // What is over takes the end until all rows are, for nothing.
            true => rules.special.end,
            false => caption.words.last().copied().unwrap_or(rules.special.start),
        };
        let output = session.step(&captions.iter().map(last).collect::<Vec<u32>>(), state);
        state = output.state;
        let numbers = to_host(output.log_probabilities).map_err(|error| SearchError::Device(error.0))?;
        let vocab_size = numbers.len() / rows.max(1);
        let uniform: Vec<f64> = match &mut choice {
            TokenChoice::MostProbable => vec![],
            TokenChoice::Sampled(random) => (0..rows).map(|_| random.random()).collect(),
        };
        let rows = captions.par_iter_mut().zip(numbers.par_chunks(vocab_size.max(1))).enumerate();
        rows.filter(|(_, ((_, is_over), _))| !is_over).try_for_each(|(row, ((caption, is_over), numbers))| {
            if numbers.iter().any(|number| number.is_nan()) {
                return Err(SearchError::NotANumber);
            }
            let allowed = rules.allowed(&caption.words, numbers);
            let chosen = match uniform.get(row) {
                None => most_probable(allowed),
                Some(uniform) => sampled(allowed, *uniform),
            };
            match chosen {
                Some((word, log_probability)) => {
                    caption.log_probability += f64::from(log_probability);
                    caption.ended = word == rules.special.end;
                    caption.words.extend((!caption.ended).then_some(word));
                    *is_over = caption.ended;
                }
                // Nothing may follow, not even the end.
                None => *is_over = true,
            }
            Ok(())
        })?;
        if captions.iter().all(|(_, is_over)| *is_over) {
            break;
        }
    }
    Ok(captions.into_iter().map(|(caption, _)| caption).collect())
}

/// One of the words, in proportion to its probability.
pub(super) fn sampled(allowed: impl Iterator<Item = (u32, f32)> + Clone, uniform: f64) -> Option<(u32, f32)> {
    let weights = allowed.clone().map(|(_, number)| f64::from(number).exp());
    allowed.clone().nth(draw(weights, uniform)?)
}
