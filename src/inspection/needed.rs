//! Which cells a word needed. Attention tells where the numbers for a word came from; this hides cells from the decoder
//! and looks how much less probable the word becomes, as
//! [Zeiler and Fergus](https://arxiv.org/abs/1311.2901) did with the pixels of a photo.

use burn::tensor::{Int, Tensor, TensorData};

use super::agreement::rank_correlation;
use crate::captioner::{CaptionError, Captioner, EncodedPhoto, chosen_cells};
use crate::decoder::search::SearchError;
use crate::decoder::{DecoderSession, State, StepOutput};
use crate::encoder::Grid;

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

/// The cells of every block of [`BLOCK`] by [`BLOCK`] cells, row by row; none where the grid is no larger than a block.
pub fn blocks(Grid { rows, cols }: Grid) -> Vec<Vec<usize>> {
    // A decoder has to see something.
    if rows.max(cols) <= BLOCK {
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
    all: Batch,
    cells: Batch,
    blocks: Batch,
    regions: Vec<Batch>,
}

/// Photos from which as many cells are hidden each, side by side.
#[derive(Debug)]
struct Batch {
    session: Box<dyn DecoderSession>,
    state: Option<State>,
    rows: usize,
}

impl Captioner {
    /// Begins with the words of a sentence about a photo, and perhaps with regions, which are cells that are hidden together.
    pub fn needed(
        &self,
        photo: &EncodedPhoto,
        words: &[String],
        regions: &[Vec<usize>],
    ) -> Result<Needed, CaptionError> {
        let words: Vec<(String, u32)> =
            words.iter().map(|word| Ok((word.clone(), self.word_id(word)?))).collect::<Result<_, CaptionError>>()?;
        let grid = self.model().manifest.grid();
        let everything: Vec<usize> = (0..grid.cells()).collect();
        let without = |hidden: &[usize]| -> Vec<usize> {
            everything.iter().copied().filter(|cell| !hidden.contains(cell)).collect()
        };
        if grid.cells() < 2 || !self.model().manifest.decoder.takes_some_cells() {
            return Err(CaptionError::NeedsAllCells);
        }
        let mut shown = vec![];
        for region in regions {
            let hidden = chosen_cells(grid, Some(region))?;
            let kept = without(&hidden);
            if kept.is_empty() {
                return Err(CaptionError::AllHidden);
            }
            shown.push(kept);
        }
        let batch = |selections: Vec<Vec<usize>>| {
            let features = photo.feature_grid().features.clone();
            Batch::new(self.model().decoder.start_with_cells(features, &selections), selections.len())
        };
        let last = self.model().vocabulary.special_tokens().start;
        Ok(Needed {
            words,
            next: 0,
            last,
            all: batch(vec![everything.clone()]),
            cells: batch(everything.iter().map(|cell| without(&[*cell])).collect()),
            blocks: batch(blocks(grid).iter().map(|block| without(block)).collect()),
            regions: shown.into_iter().map(|kept| batch(vec![kept])).collect(),
        })
    }
}

impl Needed {
    /// The next word of the sentence; nothing behind the last.
    pub async fn advance(&mut self) -> Result<Option<NeededWord>, CaptionError> {
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

impl Batch {
    fn new(session: Box<dyn DecoderSession>, rows: usize) -> Self {
        let state = (rows > 0).then(|| session.init_state(1));
        Self { session, state, rows }
    }

    /// Goes on by `last`: how probable `word` is in each row, and where the first looked.
    async fn step(&mut self, last: u32, word: u32) -> Result<(Vec<f32>, Option<Vec<f32>>), CaptionError> {
        let Some(state) = self.state.clone() else { return Ok((vec![], None)) };
        let StepOutput { log_probabilities, attention, state, .. } = self.session.step(&vec![last; self.rows], state);
        let device = log_probabilities.device();
        let word = Tensor::<1, Int>::from_data(TensorData::new(vec![word as i32], [1]), &device);
        let probabilities = read(log_probabilities.select(1, word)).await?;
        if probabilities.iter().any(|value| value.is_nan()) {
            return Err(SearchError::NotANumber.into());
        }
        let looked = match attention {
            Some(attention) => Some(read(attention.narrow(0, 0, 1)).await?),
            None => None,
        };
        self.state = Some(state);
        Ok((probabilities.iter().map(|value| value.exp()).collect(), looked))
    }
}

async fn read(rows: Tensor<2>) -> Result<Vec<f32>, CaptionError> {
    let data = rows.into_data_async().await.map_err(|error| SearchError::Device(format!("{error:?}")))?;
    Ok(data.iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_lie_in_the_grid() {
        assert_eq!(blocks(Grid { rows: 2, cols: 3 }), [[0, 1, 3, 4], [1, 2, 4, 5]]);
        assert_eq!(blocks(Grid { rows: 7, cols: 7 }).len(), 36);
        assert!(blocks(Grid { rows: 1, cols: 7 }).is_empty());
        assert!(blocks(Grid { rows: 2, cols: 2 }).is_empty(), "nothing would be left to see");
    }
}
