//! How far a decoder's expectations are from the captions.

use std::ops::Range;

use burn::tensor::activation::log_softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::decoder::Heard;
use crate::vocabulary::Marks;

/// Captions as a decoder hears them and as it should go on, all rows filled up to the longest.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// `<start>` and the words: `[rows, length]`
    pub heard: Vec<Vec<u32>>,
    /// The words and `<end>`, place for place.
    pub wanted: Vec<Vec<u32>>,
    /// Which places are there to be learnt; a row may be over before others.
    pub is_there: Vec<Vec<bool>>,
    /// How much each row counts.
    pub weights: Vec<f32>,
    /// Words that could not have been said, so that nothing is to be learnt about them.
    pub unsaid: Vec<u32>,
}

impl Lesson {
    /// Captions of at most so many words. One that long was cut, so it does not teach where to end.
    pub fn new(captions: &[&[u32]], marks: Marks, most: usize) -> Self {
        let length = captions.iter().map(|caption| caption.len() + 1).max().unwrap_or(1);
        let filled = |row: Vec<u32>| row.into_iter().chain(std::iter::repeat(marks.pad)).take(length).collect();
        let heard = |caption: &&[u32]| filled([&[marks.start], *caption].concat());
        let wanted = |caption: &&[u32]| filled([*caption, &[marks.end]].concat());
        let is_there = |caption: &&[u32]| {
            (0..length).map(|place| place < caption.len() || (place == caption.len() && place < most)).collect()
        };
        Self {
            heard: captions.iter().map(heard).collect(),
            wanted: captions.iter().map(wanted).collect(),
            is_there: captions.iter().map(is_there).collect(),
            weights: vec![1.0; captions.len()],
            unsaid: vec![],
        }
    }

    /// Some of the rows.
    pub fn part(&self, rows: Range<usize>) -> Self {
        Self {
            heard: self.heard[rows.clone()].to_vec(),
            wanted: self.wanted[rows.clone()].to_vec(),
            is_there: self.is_there[rows.clone()].to_vec(),
            weights: self.weights[rows].to_vec(),
            unsaid: self.unsaid.clone(),
        }
    }

    /// Words to be learnt, ends included.
    pub fn words(&self) -> usize {
        self.is_there.iter().flatten().filter(|is_there| **is_there).count()
    }

    pub fn heard_on(&self, device: &Device) -> Tensor<2, Int> {
        ids(&self.heard, device)
    }

    /// How much each place counts: `[rows, length]`
    fn weights_on(&self, device: &Device) -> Tensor<2> {
        let shape = [self.heard.len(), self.heard.first().map_or(0, Vec::len)];
        let of_row = |(is_there, weight): (&Vec<bool>, &f32)| -> Vec<f32> {
            is_there.iter().map(|is_there| if *is_there { *weight } else { 0.0 }).collect()
        };
        let values: Vec<f32> = self.is_there.iter().zip(&self.weights).flat_map(of_row).collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }
}

/// `[rows, length]`
fn ids(rows: &[Vec<u32>], device: &Device) -> Tensor<2, Int> {
    let shape = [rows.len(), rows.first().map_or(0, Vec::len)];
    let values: Vec<i32> = rows.iter().flatten().map(|id| *id as i32).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// How little a decoder expected a lesson.
pub struct Surprise {
    /// What is learnt from; of it, an equal share goes to every word.
    pub smoothed: Tensor<1>,
    /// Of the lesson alone, to be told to people. Outside of what is learnt.
    pub plain: Tensor<1>,
}

/// The sum over all places of what the decoder did not expect, each as heavy as the lesson says. Of `smoothing`, an equal
/// share goes to every word.
pub fn surprise(scores: Tensor<3>, lesson: &Lesson, smoothing: f64) -> Surprise {
    let device = scores.device();
    let [_, _, words] = scores.dims();
    let weights = lesson.weights_on(&device);
    let scores = match lesson.unsaid.is_empty() {
        true => scores,
        false => {
            let barred = (0..words as u32).map(|word| if lesson.unsaid.contains(&word) { -1e9 } else { 0.0 });
            let barred: Vec<f32> = barred.collect();
            scores + Tensor::from_data(TensorData::new(barred, [1, 1, words]), &device)
        }
    };
    let log_probabilities = log_softmax(scores, 2);
    let wanted = ids(&lesson.wanted, &device).unsqueeze_dim::<3>(2);
    let of_wanted = log_probabilities.clone().gather(2, wanted).squeeze_dim::<2>(2);
    let plain = -(of_wanted.clone().inner() * weights.clone().inner()).sum();
    let expected = match smoothing {
        0.0 => of_wanted,
        _ => of_wanted * (1.0 - smoothing) + log_probabilities.mean_dim(2).squeeze_dim::<2>(2) * smoothing,
    };
    Surprise { smoothed: -(expected * weights).sum(), plain }
}

/// How unevenly the cells were looked at over each caption: the mean of (1 - what a cell got in all)².
pub fn unevenness(heard: &Heard, lesson: &Lesson) -> Option<Tensor<1>> {
    let attention = heard.attention.clone()?;
    let [rows, length, _] = attention.dims();
    let is_there: Vec<f32> = lesson.is_there.iter().flatten().map(|is_there| f32::from(*is_there)).collect();
    let is_there = Tensor::<3>::from_data(TensorData::new(is_there, [rows, length, 1]), &attention.device());
    let got = (attention * is_there).sum_dim(1);
    Some((got * -1.0 + 1.0).square().mean())
}
