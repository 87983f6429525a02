//! A model at work: a photo in, a caption out, one word at a time so that a caller can stream or stop.

use burn::tensor::{Tensor, TensorData};
use serde::Serialize;
use web_time::Instant;

use crate::bounds::FieldError;
use crate::caption::{Alternative, Candidate, Caption, Classification, Timings, Word, milliseconds};
use crate::consensus::{Consensus, Neighbourhood};
use crate::decoder::search::{ChosenWord, Search, SearchError, Sentence, most_probable_words};
use crate::decoder::{ModelKind, select_cells};

use crate::device::Devices;
use crate::encoder::{FeatureGrid, Grid, MutedChannel, mute};
use crate::error_code::ErrorCode;
use crate::familiarity::{self, UNFAMILIAR};
use crate::model::{Manifest, Model};
use crate::options::CaptionOptions;
use crate::photo::Photo;
use crate::sureness::Sureness;

/// A model on its devices.
#[derive(Debug)]
pub struct Captioner {
    model: Model,
}

/// What a caller may want to know of a model.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct About<'a> {
    pub name: &'a str,
    pub license: Option<&'a str>,
    pub kind: ModelKind,
    pub decoder: String,
    pub has_attention: bool,
    /// Whether it can do with some cells of the grid.
    pub takes_cells: bool,
    /// Sentences that are followed at a time where nobody says otherwise.
    pub usual_beams: usize,
    #[serde(rename = "words")]
    pub vocab_size: usize,
    pub grid: Grid,
    /// How many stages the encoder has behind its stem; the last puts out the grid.
    pub stages: usize,
    pub device: Devices,
}

/// Why there is no caption.
#[derive(Debug, thiserror::Error)]
pub enum CaptionError {
    #[error("the model does not know the word {word:?}, so no caption of it can go on from there")]
    UnknownWord { word: String },
    #[error("no cell was chosen to look at; choose at least one")]
    NoCells,
    #[error("a region is the whole grid, so nothing would be left to look at without it; leave out at least one cell")]
    AllHidden,
    #[error("there is no cell {cell}; the grid has {rows}×{cols} cells, 0 to {last}")]
    NoSuchCell { cell: usize, rows: usize, cols: usize, last: usize },
    #[error(
        "this classifier was trained on whole grids and cannot look at some cells alone; leave out the choice of cells"
    )]
    NeedsAllCells,
    #[error("{0}")]
    NoSuchChannel(FieldError),
    #[error("the grid has one cell, so nothing is left for the model to see where that is hidden")]
    OneCell,
    #[error("this model writes captions and knows no classes")]
    KnowsNoClasses,
    #[error(transparent)]
    Search(#[from] SearchError),
}

impl CaptionError {
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownWord { .. } => ErrorCode::UnknownWord,
            Self::NoCells | Self::AllHidden | Self::NoSuchCell { .. } | Self::NeedsAllCells | Self::OneCell => {
                ErrorCode::BadCells
            }
            Self::NoSuchChannel(_) => ErrorCode::BadOption,
            Self::KnowsNoClasses => ErrorCode::ModelUnsupported,
            Self::Search(SearchError::Option { .. } | SearchError::BeamsAndSampling) => ErrorCode::BadOption,
            Self::Search(SearchError::NotANumber) => ErrorCode::NotANumber,
            Self::Search(SearchError::Device(_)) => ErrorCode::DeviceLost,
        }
    }
}

/// A photo that went through the encoder. It can be captioned again with other options without being encoded again.
#[derive(Clone, Debug)]
pub struct EncodedPhoto {
    feature_grid: FeatureGrid,
    /// What people wrote of similar photos, where the model knows.
    neighbourhood: Option<Neighbourhood>,
    /// From the photos that the model knows, in parts of the limit.
    distance: Option<f32>,
    timings: Timings,
}

impl EncodedPhoto {
    pub fn timings(&self) -> Timings {
        self.timings
    }

    pub fn feature_grid(&self) -> &FeatureGrid {
        &self.feature_grid
    }
}

impl Captioner {
    pub fn new(model: Model) -> Self {
        Self { model }
    }

    /// Opens a model folder.
    #[cfg(not(target_os = "unknown"))]
    pub fn open(
        folder: &std::path::Path,
        encoder: &crate::device::OpenDevice,
        decoder: &crate::device::OpenDevice,
    ) -> Result<Self, crate::model::ModelError> {
        Ok(Self::new(crate::model::ModelLoader::read(folder)?.into_model(encoder, decoder)?))
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    pub fn about(&self) -> About<'_> {
        let Model { manifest, vocabulary, devices, .. } = &self.model;
        About {
            name: &manifest.name,
            license: manifest.license.as_deref(),
            kind: manifest.decoder.kind(),
            decoder: manifest.decoder.title(),
            has_attention: manifest.decoder.has_attention(),
            takes_cells: manifest.decoder.takes_some_cells(),
            usual_beams: manifest.usual_beams(),
            vocab_size: vocabulary.len(),
            grid: manifest.grid(),
            stages: manifest.encoder.stages(),
            device: *devices,
        }
    }

    /// Resizes and encodes a photo.
    pub async fn encode(&self, photo: &Photo) -> Result<EncodedPhoto, CaptionError> {
        self.encode_muted(photo, &[]).await
    }

    /// As [`Captioner::encode`], with some channels silent.
    pub async fn encode_muted(&self, photo: &Photo, muted: &[MutedChannel]) -> Result<EncodedPhoto, CaptionError> {
        self.check_channels(muted)?;
        let begin = Instant::now();
        let input = self.input(photo);
        let resized = Instant::now();
        let encoder = &self.model.encoder;
        let FeatureGrid { grid, features } = match muted {
            [] => encoder.forward(input),
            _ => {
                let run = |x, stage| mute(encoder.stage_observed(stage, x, |_| {}), stage, muted);
                FeatureGrid::from_map((0..=encoder.stages()).fold(input, run))
            }
        };
        // Read back even where the decoder shares the device: only then is the work done that the timing is of.
        let features = features.into_data_async().await.map_err(|error| SearchError::Device(format!("{error:?}")))?;
        let neighbourhood = match &self.model.consensus {
            Some(consensus) => {
                let grid = features.as_slice::<f32>();
                let grid = grid.map_err(|error| SearchError::Device(format!("{error:?}")))?;
                Some(consensus.neighbourhood(grid))
            }
            None => None,
        };
        let timings = Timings {
            decode: milliseconds(photo.decode_time),
            resize: milliseconds(resized - begin),
            encode: milliseconds(resized.elapsed()),
            ..Timings::default()
        };
        let distance = self.model.manifest.familiarity.as_ref().map(|familiarity| {
            let values: Vec<f32> = features.iter().collect();
            let profile = familiarity::profile(&values, self.model.manifest.encoder.channels());
            familiarity.distance(&profile) / familiarity.limit
        });
        let features = Tensor::from_data(features, &self.model.decoder.device());
        Ok(EncodedPhoto { feature_grid: FeatureGrid { grid, features }, neighbourhood, distance, timings })
    }

    /// What the encoder gets of a photo: `[1, channels, size, size]`
    pub(crate) fn input(&self, photo: &Photo) -> Tensor<4> {
        let spec = &self.model.manifest.input;
        let shape = [1, spec.channels(), spec.size, spec.size];
        Tensor::from_data(TensorData::new(photo.input(spec), shape), &self.model.encoder.device())
    }

    /// Goes through the whole model once. A GPU compiles its programs meanwhile, which takes seconds.
    pub async fn warm_up(&self) -> Result<(), CaptionError> {
        let side = self.model.manifest.input.size as u32;
        let grey = Photo::grey(side);
        let photo = self.encode(&grey).await?;
        self.generate(&photo, &CaptionOptions::default())?.advance().await.map(drop)
    }

    /// Whether these options suit this model; what is wrong with them is wrong for every photo.
    pub fn check(&self, options: &CaptionOptions) -> Result<(), CaptionError> {
        let prefix = self.prefix(options)?;
        options.search(self.model.manifest.usual_beams())?.check(prefix.len())?;
        self.chosen_cells(options).map(drop)
    }

    /// Which cells the decoder is to get.
    fn chosen_cells(&self, options: &CaptionOptions) -> Result<Vec<usize>, CaptionError> {
        let grid = self.model.manifest.grid();
        let cells = chosen_cells(grid, options.cells.as_deref())?;
        match cells.len() == grid.cells() || self.model.manifest.decoder.takes_some_cells() {
            true => Ok(cells),
            false => Err(CaptionError::NeedsAllCells),
        }
    }

    /// The words that are given: as they are written, or else in lower case.
    fn prefix(&self, options: &CaptionOptions) -> Result<Vec<u32>, CaptionError> {
        options.prefix.iter().map(|word| self.word_id(word)).collect()
    }

    pub(crate) fn word_id(&self, word: &str) -> Result<u32, CaptionError> {
        let vocabulary = &self.model.vocabulary;
        let id = vocabulary.id(word).or_else(|| vocabulary.id(&word.to_lowercase()));
        id.ok_or_else(|| CaptionError::UnknownWord { word: word.into() })
    }

    pub(crate) fn check_channels(&self, muted: &[MutedChannel]) -> Result<(), CaptionError> {
        let Manifest { encoder, input, .. } = &self.model.manifest;
        muted.iter().try_for_each(|muted| muted.check(encoder, input.size)).map_err(CaptionError::NoSuchChannel)
    }

    /// Begins to write a caption.
    pub fn generate(&self, photo: &EncodedPhoto, options: &CaptionOptions) -> Result<Generation<'_>, CaptionError> {
        let prefix = self.prefix(options)?;
        let search = options.search(self.model.manifest.usual_beams())?;
        let FeatureGrid { grid, features } = &photo.feature_grid;
        let cells = self.chosen_cells(options)?;
        let chosen = std::slice::from_ref(&cells);
        let session = match (cells.len() == grid.cells(), options.averaged) {
            (true, false) => self.model.decoder.start(features.clone()),
            (false, false) => self.model.decoder.start_with_cells(features.clone(), chosen),
            // What was not chosen is in no mean.
            (_, true) => self.model.decoder.start(averaged(select_cells(features.clone(), chosen))),
        };
        let length_power = search.length_power;
        // Neighbours are of the whole photo, and write whole captions.
        let is_compared = options.consensus.unwrap_or(true)
            && search.strategy.beams() > 1
            && prefix.is_empty()
            && cells.len() == grid.cells();
        let consensus = self.model.consensus.as_ref().zip(photo.neighbourhood.clone()).filter(|_| is_compared);
        let search = Search::new(session, search, self.model.vocabulary.special_tokens(), &prefix)?;
        let EncodedPhoto { distance, timings, .. } = *photo;
        let any_photo = options.any_photo;
        let grid = *grid;
        Ok(Generation { captioner: self, search, consensus, cells, grid, length_power, distance, any_photo, timings })
    }

    /// How probable the `top` most probable classes are, of a model that knows classes.
    pub async fn classify(&self, photo: &EncodedPhoto, top: usize) -> Result<Classification, CaptionError> {
        let Model { manifest, vocabulary, decoder, devices, .. } = &self.model;
        if manifest.decoder.kind() != ModelKind::Classes {
            return Err(CaptionError::KnowsNoClasses);
        }
        let begin = Instant::now();
        let session = decoder.start(photo.feature_grid.features.clone());
        let special = vocabulary.special_tokens();
        let step = session.step(&[special.start], session.init_state(1));
        let classes = most_probable_words(step, top, special).await?;
        let timings = Timings { words: milliseconds(begin.elapsed()), ..photo.timings };
        Ok(Classification {
            classes: classes.iter().map(|class| self.alternative(class)).collect(),
            timings,
            device: *devices,
        })
    }

    fn alternative(&self, (word, log_probability): &(u32, f32)) -> Alternative {
        Alternative { text: self.model.vocabulary.word(*word).to_string(), log_probability: *log_probability }
    }

    /// Decoded photo to caption in one go.
    #[cfg(not(target_os = "unknown"))]
    pub fn caption(&self, photo: &Photo, options: &CaptionOptions) -> Result<Caption, CaptionError> {
        pollster::block_on(async {
            let photo = self.encode(photo).await?;
            self.generate(&photo, options)?.finish().await
        })
    }
}

/// A caption on its way.
#[derive(Debug)]
pub struct Generation<'a> {
    captioner: &'a Captioner,
    search: Search,
    /// What the sentences are reranked by once the search is over.
    consensus: Option<(&'a Consensus, Neighbourhood)>,
    /// Which cells of the grid the decoder gets.
    cells: Vec<usize>,
    grid: Grid,
    length_power: f64,
    distance: Option<f32>,
    /// Whether the caption is told even if the model does not know such a picture.
    any_photo: bool,
    timings: Timings,
}

impl Generation<'_> {
    /// One more word. Returns false once the caption is complete. Where it fails, the words so far are still there.
    pub async fn advance(&mut self) -> Result<bool, CaptionError> {
        let begin = Instant::now();
        let result = self.search.advance().await;
        self.timings.words += milliseconds(begin.elapsed());
        Ok(result?)
    }

    /// The caption, when all of its words are written.
    pub async fn finish(mut self) -> Result<Caption, CaptionError> {
        while self.advance().await? {}
        Ok(self.into_caption())
    }

    /// Whether nobody is to be shown the words, because they are about no photo that the model knows.
    pub fn is_withheld(&self) -> bool {
        !self.any_photo && self.distance.is_some_and(|distance| !is_familiar(distance))
    }

    /// The words so far. A beam search may still change its mind about them, and so may the consensus at its end.
    pub fn words(&self) -> Vec<Word> {
        self.ranked().first().into_iter().flat_map(|(best, _)| &best.words).map(|choice| self.word(choice)).collect()
    }

    /// The sentences so far, best first, and how well they agree with what people wrote where they were compared.
    fn ranked(&self) -> Vec<(&Sentence, Option<f64>)> {
        let candidates = self.search.candidates();
        match &self.consensus {
            Some((consensus, near)) if self.search.is_over() => {
                let ranked = consensus.rerank(near, candidates, self.length_power);
                ranked.into_iter().map(|(sentence, agreement)| (sentence, Some(agreement))).collect()
            }
            _ => candidates.into_iter().map(|sentence| (sentence, None)).collect(),
        }
    }

    /// The caption: complete, or as far as it came.
    pub fn into_caption(self) -> Caption {
        let ranked = self.ranked();
        let candidates: Vec<Candidate> = (ranked.iter())
            .map(|(sentence, agreement)| Candidate {
                text: self.sentence(sentence),
                words: self.in_words(sentence).into_iter().map(str::to_string).collect(),
                score: sentence.score(self.length_power) as f32,
                consensus: agreement.map(|agreement| agreement as f32),
                log_probability: sentence.log_probability as f32,
                ended: sentence.ended,
            })
            .collect();
        let best = candidates.first();
        let leading = ranked.first().map(|(sentence, _)| *sentence);
        let sureness = leading.map_or(Sureness::Hesitant, |sentence| self.sureness(sentence));
        let hedged = match leading {
            _ if self.is_withheld() => UNFAMILIAR.to_string(),
            Some(sentence) => self.hedged(sentence, sureness),
            None => String::new(),
        };
        Caption {
            text: best.map(|best| best.text.clone()).unwrap_or_default(),
            hedged,
            words: self.words(),
            log_probability: best.map_or(0.0, |best| best.log_probability),
            sureness,
            familiar: self.distance.map(is_familiar),
            distance: self.distance,
            reranked: best.is_some_and(|best| best.consensus.is_some()),
            candidates,
            grid: self.grid,
            timings: self.timings,
            device: self.captioner.model.devices,
        }
    }

    fn sureness(&self, sentence: &Sentence) -> Sureness {
        let manifest = &self.captioner.model.manifest;
        // The end is a choice as well, but for the one that follows a class for certain.
        let ends = sentence.ended && manifest.decoder.kind() == ModelKind::Captions;
        let choices = (sentence.words.len() + usize::from(ends)).max(1);
        let probability = (sentence.log_probability / choices as f64).exp();
        manifest.calibration.unwrap_or_default().sureness(probability)
    }

    fn sentence(&self, sentence: &Sentence) -> String {
        let words = self.in_words(sentence);
        match self.captioner.model.manifest.decoder.kind() {
            ModelKind::Captions => self.captioner.model.vocabulary.sentence(words),
            // A name is not written like a sentence.
            ModelKind::Classes => words.join(", "),
        }
    }

    /// The sentence behind the hedge of this sureness.
    fn hedged(&self, sentence: &Sentence, sureness: Sureness) -> String {
        let words = self.in_words(sentence);
        let hedge = sureness.hedge();
        if hedge.is_empty() || words.is_empty() {
            return self.sentence(sentence);
        }
        match self.captioner.model.manifest.decoder.kind() {
            ModelKind::Captions => format!("{hedge} {}", self.captioner.model.vocabulary.clause(words)),
            ModelKind::Classes => format!("{hedge} {}", words.join(", ")),
        }
    }

    fn in_words(&self, sentence: &Sentence) -> Vec<&str> {
        let vocabulary = &self.captioner.model.vocabulary;
        sentence.words.iter().map(|choice| vocabulary.word(choice.word)).collect()
    }

    fn word(&self, choice: &ChosenWord) -> Word {
        let vocabulary = &self.captioner.model.vocabulary;
        Word {
            text: vocabulary.word(choice.word).to_string(),
            log_probability: choice.log_probability,
            attention: choice.attention.as_ref().map(|weights| self.over_the_grid(weights)),
            looked_away: choice.looked_away,
            alternatives: choice.alternatives.iter().map(|other| self.captioner.alternative(other)).collect(),
        }
    }

    /// The weights of the cells that the decoder got, at their places in the grid.
    fn over_the_grid(&self, weights: &[f32]) -> Vec<Vec<f32>> {
        let mut rows = vec![vec![0.0; self.grid.cols]; self.grid.rows];
        for (cell, weight) in self.cells.iter().zip(weights) {
            rows[cell / self.grid.cols][cell % self.grid.cols] = *weight;
        }
        rows
    }
}

fn is_familiar(distance: f32) -> bool {
    distance <= 1.0
}

/// Which cells a decoder is to get: those that were chosen, in order, or all.
pub(crate) fn chosen_cells(Grid { rows, cols }: Grid, chosen: Option<&[usize]>) -> Result<Vec<usize>, CaptionError> {
    let Some(chosen) = chosen else { return Ok((0..rows * cols).collect()) };
    if let Some(cell) = chosen.iter().find(|cell| **cell >= rows * cols) {
        return Err(CaptionError::NoSuchCell { cell: *cell, rows, cols, last: rows * cols - 1 });
    }
    let mut cells = chosen.to_vec();
    cells.sort_unstable();
    cells.dedup();
    if cells.is_empty() { Err(CaptionError::NoCells) } else { Ok(cells) }
}

/// The mean of all cells in the place of each: what is in the photo, and nothing of where.
fn averaged(features: Tensor<3>) -> Tensor<3> {
    let shape = features.dims();
    features.mean_dim(1).expand(shape)
}
