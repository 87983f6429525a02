//! Which words to say: greedy, beam search and sampling over any decoder, one word at a time.
//!
//! A [`Search`] moves by [`Search::advance`], so that its caller can show the words so far, or stop, between any two.
//! Scores are added in 64 bits. Which words may follow is in `rules.rs`.

mod options;
mod ranking;
mod rules;

use std::collections::VecDeque;
use std::sync::Arc;

use burn::tensor::Tensor;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::session::{DecoderSession, State, StepOutput};
use crate::vocabulary::SpecialTokens;

pub use options::{BEAMS, MAX_BEAMS, SearchError, SearchOptions, Strategy};
use ranking::{best, sample};
pub use ranking::{draw, most_probable};
pub use rules::WordRules;
use rules::is_possible;

/// How many other words are kept for each word.
pub const ALTERNATIVES: usize = 5;

/// A word in a sentence.
#[derive(Debug, PartialEq)]
pub struct ChosenWord {
    pub word: u32,
    pub log_probability: f32,
    /// One weight for each cell that the decoder was shown.
    pub attention: Option<Vec<f32>>,
    /// The weight of no cell, which is a sentinel's.
    pub looked_away: Option<f32>,
    /// The most probable other words.
    pub alternatives: Vec<(u32, f32)>,
}

/// A sentence, or the beginning of one.
#[derive(Clone, Debug, Default)]
pub struct Sentence {
    pub words: Vec<Arc<ChosenWord>>,
    /// Of the words and, once it has ended, of ending there.
    pub log_probability: f64,
    /// Whether the model ended it, or the greatest length did.
    pub ended: bool,
}

impl Sentence {
    /// The log-probability by which sentences of different lengths are compared.
    pub fn score(&self, length_power: f64) -> f64 {
        let length = self.words.len() + usize::from(self.ended);
        self.log_probability / (length.max(1) as f64).powf(length_power)
    }

    pub fn ids(&self) -> impl DoubleEndedIterator<Item = u32> + ExactSizeIterator + '_ {
        self.words.iter().map(|choice| choice.word)
    }

    fn with(&self, choice: Arc<ChosenWord>) -> Self {
        let mut words = self.words.clone();
        let log_probability = self.log_probability + f64::from(choice.log_probability);
        words.push(choice);
        Self { words, log_probability, ended: false }
    }

    fn ended_at(&self, log_probability: f32) -> Self {
        Self { ended: true, log_probability: self.log_probability + f64::from(log_probability), ..self.clone() }
    }
}

/// What is there before anything is.
static NOTHING: Sentence = Sentence { words: Vec::new(), log_probability: 0.0, ended: false };

/// A sentence on its way.
#[derive(Debug)]
pub struct Search {
    session: Box<dyn DecoderSession>,
    options: SearchOptions,
    rules: WordRules,
    /// Words that are given and not yet said.
    prefix: VecDeque<u32>,
    live: Vec<Sentence>,
    /// Of the live sentences, row for row; gone once the search is over.
    state: Option<State>,
    /// Best first.
    finished: Vec<Sentence>,
    random: Option<ChaCha8Rng>,
}

/// One row of a decoder's step, on the host.
struct Row<'a> {
    log_probabilities: &'a [f32],
    attention: Option<&'a [f32]>,
    sentinel: Option<f32>,
}

impl Search {
    /// Begins with the words of `prefix`, which the decoder takes but does not choose.
    pub fn new(
        session: Box<dyn DecoderSession>,
        options: SearchOptions,
        special: SpecialTokens,
        prefix: &[u32],
    ) -> Result<Self, SearchError> {
        options.check(prefix.len())?;
        let random = match options.strategy {
            Strategy::Sample { seed, .. } => Some(ChaCha8Rng::seed_from_u64(seed)),
            _ => None,
        };
        let state = Some(session.init_state(1));
        let prefix = prefix.iter().copied().collect();
        Ok(Self {
            session,
            options,
            rules: WordRules::of(&options, special),
            prefix,
            live: vec![Sentence::default()],
            state,
            finished: Vec::new(),
            random,
        })
    }

    pub fn is_over(&self) -> bool {
        self.state.is_none()
    }

    /// The best sentence so far. A beam search may change its mind about words that it has already shown.
    pub fn leading(&self) -> &Sentence {
        let power = self.options.length_power;
        let live = self.live.first();
        match (self.finished.first(), live) {
            (Some(finished), Some(live)) if !self.is_over() && live.score(power) > finished.score(power) => live,
            (Some(finished), _) => finished,
            (None, Some(live)) => live,
            (None, None) => &NOTHING,
        }
    }

    /// The finished sentences, best first. Where the search is not over, the leading one is the first, finished or not.
    pub fn candidates(&self) -> Vec<&Sentence> {
        let leading = self.leading();
        let others = self.finished.iter().filter(|sentence| !std::ptr::eq(*sentence, leading));
        std::iter::once(leading).chain(others).collect()
    }

    /// Runs the decoder once. Returns whether there is more to do.
    ///
    /// Where it fails, or is dropped before it is done, the search stands as it stood before.
    pub async fn advance(&mut self) -> Result<bool, SearchError> {
        let Some(state) = self.state.clone() else { return Ok(false) };
        let start = self.rules.special.start;
        let last: Vec<u32> = self.live.iter().map(|live| live.ids().next_back().unwrap_or(start)).collect();
        let StepOutput { log_probabilities, attention, sentinel, state } = self.session.step(&last, state);
        let [rows, words] = log_probabilities.dims();
        let cells = attention.as_ref().map_or(0, |attention| attention.dims()[1]);
        let sentinel = sentinel.map(|sentinel| sentinel.unsqueeze_dim::<2>(1));
        let numbers = read_back([Some(log_probabilities), attention, sentinel]).await?;
        let width = numbers.len() / rows.max(1);
        let rows: Vec<Row> = numbers
            .chunks(width.max(1))
            .map(|row| {
                let (log_probabilities, shares) = row.split_at(words);
                let (attention, sentinel) = shares.split_at(cells);
                let attention = (!attention.is_empty()).then_some(attention);
                Row { log_probabilities, attention, sentinel: sentinel.first().copied() }
            })
            .collect();
        if rows.iter().any(|row| row.log_probabilities.iter().any(|value| value.is_nan())) {
            return Err(SearchError::NotANumber);
        }
        let parents = match (self.prefix.pop_front(), self.options.strategy) {
            (Some(word), _) => self.force_word(word, &rows),
            (None, Strategy::Beam { width }) if width > 1 => self.expand_beams(width, &rows),
            (None, _) => self.choose_word(&rows),
        };
        let is_full = self.live.first().is_some_and(|live| live.words.len() >= self.options.max_words);
        if is_full {
            let live = std::mem::take(&mut self.live);
            live.into_iter().for_each(|sentence| self.finish(sentence));
        }
        let goes_on = !is_full && !parents.is_empty() && !self.is_settled();
        self.state = goes_on.then(|| state.select(&parents));
        Ok(goes_on)
    }

    /// The one live sentence goes on with a word of the prefix.
    fn force_word(&mut self, word: u32, rows: &[Row]) -> Vec<usize> {
        let (Some(live), Some(row)) = (self.live.first(), rows.first()) else { return Vec::new() };
        self.live = vec![live.with(Arc::new(self.choice(word, row)))];
        vec![0]
    }

    /// Greedy search and sampling: the one live sentence goes on, or ends.
    fn choose_word(&mut self, rows: &[Row]) -> Vec<usize> {
        let (Some(live), Some(row)) = (self.live.first().cloned(), rows.first()) else { return Vec::new() };
        let allowed = self.allowed(&live, row);
        let chosen = match (&mut self.random, self.options.strategy) {
            (Some(random), Strategy::Sample { temperature, top_p, .. }) => {
                sample(allowed, temperature, top_p, random.random())
            }
            _ => most_probable(allowed),
        };
        match chosen {
            Some((word, log_probability)) if word == self.rules.special.end => {
                self.live.clear();
                self.finish(live.ended_at(log_probability));
                Vec::new()
            }
            Some((word, _)) => {
                self.live = vec![live.with(Arc::new(self.choice(word, row)))];
                vec![0]
            }
            None => {
                self.live.clear();
                self.finish(live);
                Vec::new()
            }
        }
    }

    /// Beam search: every live sentence with every word, and the best of those go on. Returns from which row each
    /// live sentence comes.
    fn expand_beams(&mut self, width: usize, rows: &[Row]) -> Vec<usize> {
        // Of each row no more can be among the best than there are places.
        let mut pairs: Vec<(usize, u32, f32, f64)> = Vec::new();
        for (parent, (live, row)) in self.live.iter().zip(rows).enumerate() {
            for (word, log_probability) in best(self.allowed(live, row).collect(), 2 * width) {
                pairs.push((parent, word, log_probability, live.log_probability + f64::from(log_probability)));
            }
        }
        // Stable, so that of equals the earlier sentence and the lower id come first.
        pairs.sort_by(|a, b| b.3.total_cmp(&a.3));
        let before = std::mem::take(&mut self.live);
        let mut parents = Vec::with_capacity(width);
        for (place, (parent, word, log_probability, _)) in pairs.into_iter().take(2 * width).enumerate() {
            if word == self.rules.special.end {
                // An ending is taken only where it would have had a place of its own.
                if place < width {
                    self.finish(before[parent].ended_at(log_probability));
                }
            } else if parents.len() < width {
                self.live.push(before[parent].with(Arc::new(self.choice(word, &rows[parent]))));
                parents.push(parent);
            }
        }
        if parents.is_empty() && self.finished.is_empty() {
            before.into_iter().for_each(|sentence| self.finish(sentence));
        }
        parents
    }

    /// Whether no live sentence can be expected to beat those that are finished.
    fn is_settled(&self) -> bool {
        let Strategy::Beam { width } = self.options.strategy else { return false };
        let power = self.options.length_power;
        match (self.live.first(), self.finished.get(width - 1)) {
            (Some(live), Some(worst)) => live.score(power) <= worst.score(power),
            _ => false,
        }
    }

    fn finish(&mut self, sentence: Sentence) {
        let power = self.options.length_power;
        let place = self.finished.partition_point(|other| other.score(power) >= sentence.score(power));
        self.finished.insert(place, sentence);
        if let Strategy::Beam { width } = self.options.strategy {
            self.finished.truncate(width);
        }
    }

    fn choice(&self, word: u32, row: &Row) -> ChosenWord {
        let is_other = |other: u32| other != word && !self.rules.special.contains(other);
        let others = words_of(row).filter(|(other, value)| is_other(*other) && is_possible(*value));
        ChosenWord {
            word,
            log_probability: row.log_probabilities[word as usize],
            attention: row.attention.map(<[f32]>::to_vec),
            looked_away: row.sentinel,
            alternatives: best(others.collect(), ALTERNATIVES),
        }
    }

    /// The words, and perhaps the end, that may follow a sentence.
    fn allowed<'a>(&self, sentence: &Sentence, row: &'a Row) -> impl Iterator<Item = (u32, f32)> + use<'a> {
        let said: Vec<u32> = sentence.ids().collect();
        self.rules.allowed(&said, row.log_probabilities)
    }
}

fn words_of<'a>(row: &'a Row) -> impl Iterator<Item = (u32, f32)> + 'a {
    row.log_probabilities.iter().enumerate().map(|(word, value)| (word as u32, *value))
}

/// The `count` most probable of the words that one sentence can go on with, best first.
pub async fn most_probable_words(
    step: StepOutput,
    count: usize,
    special: SpecialTokens,
) -> Result<Vec<(u32, f32)>, SearchError> {
    let numbers = read_back([Some(step.log_probabilities), None, None]).await?;
    if numbers.iter().any(|value| value.is_nan()) {
        return Err(SearchError::NotANumber);
    }
    Ok(best(WordRules::free(special).allowed(&[], &numbers).collect(), count))
}

/// All of a step's results in one transfer, side by side: `[rows, words + cells + 1]` where there is everything.
async fn read_back(results: [Option<Tensor<2>>; 3]) -> Result<Vec<f32>, SearchError> {
    let data = Tensor::cat(results.into_iter().flatten().collect(), 1)
        .into_data_async()
        .await
        .map_err(|error| SearchError::Device(format!("{error:?}")))?;
    data.try_into_vec::<f32>().map_err(|error| SearchError::Device(format!("{error:?}")))
}
