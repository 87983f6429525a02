//! A model at work: a photo in, a caption out, one word at a time so that a caller can stream or stop.

use std::time::Duration;

use burn::tensor::{Int, Tensor, TensorData};
use web_time::Instant;

use crate::bundle::Model;
use crate::caption::{Alternative, Candidate, Caption, Grid, Timings, Word};
use crate::decoder::search::{Choice, Search, SearchError, SearchOptions, Sentence};
use crate::encoder::FeatureGrid;
use crate::photo::Photo;

/// A model on its devices.
#[derive(Debug)]
pub struct Captioner {
    model: Model,
}

/// How to caption one photo.
#[derive(Clone, Debug, Default)]
pub struct CaptionOptions {
    pub search: SearchOptions,
    /// Words that the caption begins with; the model goes on from there.
    pub prefix: Vec<String>,
    /// The only cells to look at, row by row from the upper left; all of them where there is nothing here.
    pub cells: Option<Vec<usize>>,
}

/// Why there is no caption.
#[derive(Debug, thiserror::Error)]
pub enum CaptionError {
    #[error("the model does not know the word {word:?}, so no caption of it can go on from there")]
    UnknownWord { word: String },
    #[error("no cell was chosen to look at; choose at least one")]
    NoCells,
    #[error("there is no cell {cell}; the grid has {rows}×{cols} cells, 0 to {last}")]
    NoSuchCell { cell: usize, rows: usize, cols: usize, last: usize },
    #[error(transparent)]
    Search(#[from] SearchError),
}

impl CaptionError {
    /// A stable word that a program can test.
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownWord { .. } => "unknown-word",
            Self::NoCells | Self::NoSuchCell { .. } => "bad-cells",
            Self::Search(SearchError::Option { .. }) => "bad-option",
            Self::Search(SearchError::NotANumber) => "not-a-number",
            Self::Search(SearchError::Device(_)) => "device-lost",
        }
    }
}

/// A photo that the encoder has looked at. It can be captioned again with other options without looking again.
#[derive(Clone, Debug)]
pub struct View {
    grid: FeatureGrid,
    timings: Timings,
}

impl View {
    pub fn timings(&self) -> Timings {
        self.timings
    }

    pub fn grid(&self) -> &FeatureGrid {
        &self.grid
    }
}

impl Captioner {
    pub fn new(model: Model) -> Self {
        Self { model }
    }

    /// Opens a model folder.
    #[cfg(not(target_family = "wasm"))]
    pub fn open(
        folder: &std::path::Path,
        encoder: &crate::device::Place,
        decoder: &crate::device::Place,
    ) -> Result<Self, crate::bundle::BundleError> {
        Ok(Self::new(crate::bundle::Assembly::read(folder)?.into_model(encoder, decoder)?))
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Resizes and encodes a photo.
    pub async fn look(&self, photo: &Photo) -> Result<View, CaptionError> {
        let spec = &self.model.manifest.input;
        let begin = Instant::now();
        let input = photo.input(spec);
        let resized = Instant::now();
        let device = self.model.encoder.device();
        let input = Tensor::from_data(TensorData::new(input, [1, 3, spec.size, spec.size]), &device);
        let FeatureGrid { rows, cols, cells } = self.model.encoder.forward(input);
        // Read back even where the decoder shares the device: only then is the work done that the timing is of.
        let cells = cells.into_data_async().await.map_err(|error| SearchError::Device(format!("{error:?}")))?;
        let timings = Timings {
            decode: milliseconds(photo.decode_time),
            resize: milliseconds(resized - begin),
            encode: milliseconds(resized.elapsed()),
            ..Timings::default()
        };
        let cells = Tensor::from_data(cells, &self.model.decoder.device());
        Ok(View { grid: FeatureGrid { rows, cols, cells }, timings })
    }

    /// Goes through the whole model once. A GPU compiles its programs meanwhile, which takes seconds.
    pub async fn warm_up(&self) -> Result<(), CaptionError> {
        let side = self.model.manifest.input.size as u32;
        let grey = Photo::grey(side);
        let view = self.look(&grey).await?;
        self.tell(&view, &CaptionOptions::default())?.advance().await.map(drop)
    }

    /// Whether these options suit this model; what is wrong with them is wrong for every photo.
    pub fn check(&self, options: &CaptionOptions) -> Result<(), CaptionError> {
        let prefix = self.prefix(options)?;
        options.search.check(prefix.len())?;
        cells_to_see(self.model.manifest.grid(), options.cells.as_deref()).map(drop)
    }

    /// The words that are given: as they are written, or else in lower case.
    fn prefix(&self, options: &CaptionOptions) -> Result<Vec<u32>, CaptionError> {
        let vocabulary = &self.model.vocabulary;
        let id = |word: &String| {
            let id = vocabulary.id(word).or_else(|| vocabulary.id(&word.to_lowercase()));
            id.ok_or_else(|| CaptionError::UnknownWord { word: word.clone() })
        };
        options.prefix.iter().map(id).collect()
    }

    /// Begins to tell what is on a photo.
    pub fn tell(&self, view: &View, options: &CaptionOptions) -> Result<Telling<'_>, CaptionError> {
        let prefix = self.prefix(options)?;
        let grid = Grid { rows: view.grid.rows, cols: view.grid.cols };
        let cells = cells_to_see(grid, options.cells.as_deref())?;
        let reading = self.model.decoder.read(&seen(&view.grid, &cells));
        let search = Search::new(reading, options.search, self.model.vocabulary.marks(), &prefix)?;
        let length_power = options.search.length_power;
        Ok(Telling { captioner: self, search, cells, grid, length_power, timings: view.timings })
    }

    /// Decoded photo to caption in one go.
    #[cfg(not(target_family = "wasm"))]
    pub fn caption(&self, photo: &Photo, options: &CaptionOptions) -> Result<Caption, CaptionError> {
        pollster::block_on(async {
            let view = self.look(photo).await?;
            let mut telling = self.tell(&view, options)?;
            while telling.advance().await? {}
            Ok(telling.into_caption())
        })
    }
}

/// A caption on its way.
#[derive(Debug)]
pub struct Telling<'a> {
    captioner: &'a Captioner,
    search: Search,
    /// Which cells of the grid the decoder sees.
    cells: Vec<usize>,
    grid: Grid,
    length_power: f64,
    timings: Timings,
}

impl Telling<'_> {
    /// One more word. Returns false once the caption is complete. Where it fails, the words so far are still there.
    pub async fn advance(&mut self) -> Result<bool, CaptionError> {
        let begin = Instant::now();
        let result = self.search.advance().await;
        self.timings.words += milliseconds(begin.elapsed());
        Ok(result?)
    }

    /// The words so far. A beam search may still change its mind about them.
    pub fn words(&self) -> Vec<Word> {
        self.search.leading().words.iter().map(|choice| self.word(choice)).collect()
    }

    /// The caption: complete, or as far as it came.
    pub fn into_caption(self) -> Caption {
        let words = self.words();
        let leading = self.search.leading();
        let text = self.sentence(leading);
        let log_probability = leading.log_probability as f32;
        let vocabulary = &self.captioner.model.vocabulary;
        let candidates: Vec<Candidate> = self
            .search
            .candidates()
            .iter()
            .map(|sentence| Candidate {
                text: self.sentence(sentence),
                words: sentence.words.iter().map(|choice| vocabulary.word(choice.word).to_string()).collect(),
                score: sentence.score(self.length_power) as f32,
                log_probability: sentence.log_probability as f32,
                ended: sentence.ended,
            })
            .collect();
        let Self { grid, timings, captioner, .. } = self;
        Caption { text, words, log_probability, candidates, grid, timings, device: captioner.model.devices }
    }

    fn sentence(&self, sentence: &Sentence) -> String {
        let vocabulary = &self.captioner.model.vocabulary;
        vocabulary.sentence(sentence.words.iter().map(|choice| vocabulary.word(choice.word)))
    }

    fn word(&self, choice: &Choice) -> Word {
        let vocabulary = &self.captioner.model.vocabulary;
        let alternative = |(word, log_probability): &(u32, f32)| Alternative {
            text: vocabulary.word(*word).to_string(),
            log_probability: *log_probability,
        };
        Word {
            text: vocabulary.word(choice.word).to_string(),
            log_probability: choice.log_probability,
            attention: choice.attention.as_ref().map(|weights| self.over_the_grid(weights)),
            alternatives: choice.alternatives.iter().map(alternative).collect(),
        }
    }

    /// The weights of the cells that were seen, at their places in the grid.
    fn over_the_grid(&self, weights: &[f32]) -> Vec<Vec<f32>> {
        let mut rows = vec![vec![0.0; self.grid.cols]; self.grid.rows];
        for (cell, weight) in self.cells.iter().zip(weights) {
            rows[cell / self.grid.cols][cell % self.grid.cols] = *weight;
        }
        rows
    }
}

/// Which cells a decoder is to see: those that were chosen, in order, or all.
fn cells_to_see(Grid { rows, cols }: Grid, chosen: Option<&[usize]>) -> Result<Vec<usize>, CaptionError> {
    let Some(chosen) = chosen else { return Ok((0..rows * cols).collect()) };
    if let Some(cell) = chosen.iter().find(|cell| **cell >= rows * cols) {
        return Err(CaptionError::NoSuchCell { cell: *cell, rows, cols, last: rows * cols - 1 });
    }
    let mut cells = chosen.to_vec();
    cells.sort_unstable();
    cells.dedup();
    if cells.is_empty() { Err(CaptionError::NoCells) } else { Ok(cells) }
}

/// The grid with nothing but these cells in it. A decoder that never meets the others cannot look at them, and has
/// no mean of them either.
fn seen(grid: &FeatureGrid, cells: &[usize]) -> FeatureGrid {
    if cells.len() == grid.rows * grid.cols {
        return grid.clone();
    }
    let ids: Vec<i32> = cells.iter().map(|cell| *cell as i32).collect();
    let ids = Tensor::<1, Int>::from_data(TensorData::new(ids, [cells.len()]), &grid.cells.device());
    FeatureGrid { rows: 1, cols: cells.len(), cells: grid.cells.clone().select(1, ids) }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
