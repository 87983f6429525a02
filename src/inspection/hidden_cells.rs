//! One sentence about a photo, several times side by side: each time other cells are hidden from the decoder.

use burn::tensor::{Int, Tensor, TensorData};

use crate::decoder::search::SearchError;
use crate::decoder::{Decoder, DecoderSession, State, StepOutput};

/// Photos from which as many cells are hidden each.
#[derive(Debug)]
pub struct HiddenCells {
    /// Nothing where there are no photos.
    begun: Option<(Box<dyn DecoderSession>, State)>,
    photos: usize,
}

impl HiddenCells {
    /// `hidden` are the cells that are hidden of each, of features `[1, cells, channels]`; one at least is left.
    pub fn new(decoder: &dyn Decoder, features: &Tensor<3>, hidden: &[Vec<usize>]) -> Self {
        let [_, cells, _] = features.dims();
        let kept = |hidden: &Vec<usize>| (0..cells).filter(|cell| !hidden.contains(cell)).collect();
        let kept: Vec<Vec<usize>> = hidden.iter().map(kept).collect();
        let begun = (!hidden.is_empty()).then(|| {
            let session = decoder.start_with_cells(features.clone(), &kept);
            let state = session.init_state(1);
            (session, state)
        });
        Self { begun, photos: hidden.len() }
    }

    /// Goes on by `last`: how probable `word` is for each photo, and where it looked at the first, in a share for each of
    /// its cells.
    pub async fn step(&mut self, last: u32, word: u32) -> Result<(Vec<f32>, Option<Vec<f32>>), SearchError> {
        let Some((session, before)) = &mut self.begun else { return Ok((vec![], None)) };
        let words = vec![last; self.photos];
        let StepOutput { log_probabilities, attention, state, .. } = session.step(&words, before.clone());
        let device = log_probabilities.device();
        let word = Tensor::<1, Int>::from_data(TensorData::new(vec![word as i32], [1]), &device);
        let probabilities = read(log_probabilities.select(1, word)).await?;
        if probabilities.iter().any(|value| value.is_nan()) {
            return Err(SearchError::NotANumber);
        }
        let looked = match attention {
            Some(attention) => Some(read(attention.narrow(0, 0, 1)).await?),
            None => None,
        };
        *before = state;
        Ok((probabilities.iter().map(|value| value.exp()).collect(), looked))
    }
}

async fn read(rows: Tensor<2>) -> Result<Vec<f32>, SearchError> {
    let data = rows.into_data_async().await.map_err(|error| SearchError::Device(format!("{error:?}")))?;
    Ok(data.iter().collect())
}
