//! Which cells a word needed. Attention tells where the numbers for a word came from; this hides cells from the decoder
//! and looks how much less probable the word becomes, as
//! [Zeiler and Fergus](https://arxiv.org/abs/1311.2901) did with the pixels of a photo.

use burn::tensor::Tensor;

use super::agreement::rank_correlation;
use super::hidden_cells::HiddenCells;
use crate::captioner::{CaptionError, Captioner, EncodedPhoto, chosen_cells};
use crate::decoder::Decoder;
use crate::decoder::search::SearchError;
use crate::encoder::Grid;
use crate::model::Model;

/// Cells along each side of a block.
pub const BLOCK: usize = 2;

/// A word of a sentence, and what became of its probability where cells were hidden.
#[derive(Clone, Debug, PartialEq)]
pub struct NeededWord {
    pub text: String,
    /// With all cells.
    pub probability: f32,
    /// Attention, one share for each cell; nothing for a model without.
    pub looked: Option<Vec<f32>>,
    /// By how much its probability falls where that cell is hidden; below 0 it rises.
    pub cells: Vec<f32>,
    /// The same for each block of [`blocks`].
    pub blocks: Vec<f32>,
    /// The same for each region that was asked for.
    pub regions: Vec<f32>,
    /// Spearman's correlation of where it looked and which cells it needed, from -1 to 1.
    pub agreement: Option<f32>,
}

/// The cells of every block of [`BLOCK`] by [`BLOCK`] cells, row by row; none where one is the whole grid, for a decoder
/// has to see something.
pub fn blocks(grid: Grid) -> Vec<Vec<usize>> {
    let Grid { rows, cols } = grid;
    if grid.cells() <= BLOCK * BLOCK {
        return vec![];
    }
    let corners = (0..rows.saturating_sub(BLOCK - 1))
        .flat_map(|row| (0..cols.saturating_sub(BLOCK - 1)).map(move |col| (row, col)));
    let cells = |(row, col)| {
        (0..BLOCK).flat_map(move |down| (0..BLOCK).map(move |right| (row + down) * cols + col + right)).collect()
    };
    corners.map(cells).collect()
}

/// The words of a sentence, one by one.
#[derive(Debug)]
pub struct Needed {
    words: Vec<(String, u32)>,
    next: usize,
    last: u32,
    all: HiddenCells,
    cells: HiddenCells,
    blocks: HiddenCells,
    regions: Vec<HiddenCells>,
}

impl Captioner {
    /// Begins with the words of a sentence about a photo, and perhaps with regions, which are cells that are hidden together.
    pub fn needed(
        &self,
        photo: &EncodedPhoto,
        words: &[String],
        regions: &[Vec<usize>],
    ) -> Result<Needed, CaptionError> {
        let Model { manifest, vocabulary, decoder, .. } = self.model();
        let words = words.iter().map(|word| Ok((word.clone(), self.word_id(word)?)));
        let words = words.collect::<Result<_, CaptionError>>()?;
        let grid = manifest.grid();
        if grid.cells() < 2 {
            return Err(CaptionError::OneCell);
        }
        if !manifest.decoder.takes_some_cells() {
            return Err(CaptionError::NeedsAllCells);
        }
        let regions: Vec<Vec<usize>> =
            regions.iter().map(|region| chosen_cells(grid, Some(region))).collect::<Result<_, _>>()?;
        // A decoder has to see something.
        if regions.iter().any(|region| region.len() == grid.cells()) {
            return Err(CaptionError::AllHidden);
        }
        let features = &photo.feature_grid().features;
        Ok(Needed::new(&**decoder, features, grid, vocabulary.special_tokens().start, words, &regions))
    }
}

impl Needed {
    /// Of features `[1, cells, channels]`, and words with their ids.
    pub fn new(
        decoder: &dyn Decoder,
        features: &Tensor<3>,
        grid: Grid,
        start: u32,
        words: Vec<(String, u32)>,
        regions: &[Vec<usize>],
    ) -> Self {
        let without = |hidden: &[Vec<usize>]| HiddenCells::new(decoder, features, hidden);
        let each: Vec<Vec<usize>> = (0..grid.cells()).map(|cell| vec![cell]).collect();
        Self {
            words,
            next: 0,
            last: start,
            all: without(&[vec![]]),
            cells: without(&each),
            blocks: without(&blocks(grid)),
            regions: regions.iter().map(|region| without(std::slice::from_ref(region))).collect(),
        }
    }

    /// The next word of the sentence; nothing behind the last.
    pub async fn advance(&mut self) -> Result<Option<NeededWord>, SearchError> {
        let Some((text, word)) = self.words.get(self.next).cloned() else { return Ok(None) };
        let last = self.last;
        let (all, looked) = self.all.step(last, word).await?;
        let (cells, _) = self.cells.step(last, word).await?;
        let (blocks, _) = self.blocks.step(last, word).await?;
        let mut regions = vec![];
        for region in &mut self.regions {
            regions.extend(region.step(last, word).await?.0);
        }
        self.next += 1;
        self.last = word;
        let probability = all.first().copied().unwrap_or(0.0);
        let falls = |hidden: Vec<f32>| -> Vec<f32> { hidden.iter().map(|hidden| probability - hidden).collect() };
        let cells = falls(cells);
        let agreement = looked.as_ref().and_then(|looked| rank_correlation(looked, &cells));
        Ok(Some(NeededWord {
            text,
            probability,
            looked,
            cells,
            blocks: falls(blocks),
            regions: falls(regions),
            agreement,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_lie_in_the_grid() {
        assert_eq!(blocks(Grid { rows: 2, cols: 3 }), [[0, 1, 3, 4], [1, 2, 4, 5]]);
        assert_eq!(blocks(Grid { rows: 7, cols: 7 }).len(), 36);
        assert!(blocks(Grid { rows: 1, cols: 7 }).is_empty());
        assert!(blocks(Grid { rows: 2, cols: 2 }).is_empty(), "nothing would be left");
    }
}
