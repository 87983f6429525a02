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
    /// How much each place counts; nothing where a row is over.
    pub weights: Vec<Vec<f32>>,
}

impl Lesson {
    pub fn new(captions: &[&[u32]], marks: Marks) -> Self {
        let length = captions.iter().map(|caption| caption.len() + 1).max().unwrap_or(1);
        let filled = |row: Vec<u32>| row.into_iter().chain(std::iter::repeat(marks.pad)).take(length).collect();
        let heard = |caption: &&[u32]| filled([&[marks.start], *caption].concat());
        let wanted = |caption: &&[u32]| filled([*caption, &[marks.end]].concat());
        let weights =
            |caption: &&[u32]| (0..length).map(|place| if place <= caption.len() { 1.0 } else { 0.0 }).collect();
        Self {
            heard: captions.iter().map(heard).collect(),
            wanted: captions.iter().map(wanted).collect(),
            weights: captions.iter().map(weights).collect(),
        }
    }

    /// Some of the rows.
    pub fn part(&self, rows: Range<usize>) -> Self {
        let Self { heard, wanted, weights } = self;
        Self {
            heard: heard[rows.clone()].to_vec(),
            wanted: wanted[rows.clone()].to_vec(),
            weights: weights[rows].to_vec(),
        }
    }

    /// Words to be learnt, ends included.
    pub fn words(&self) -> usize {
        self.weights.iter().flatten().filter(|weight| **weight != 0.0).count()
    }

    pub fn heard_on(&self, device: &Device) -> Tensor<2, Int> {
        ids(&self.heard, device)
    }
}

/// `[rows, length]`
fn ids(rows: &[Vec<u32>], device: &Device) -> Tensor<2, Int> {
    let shape = [rows.len(), rows.first().map_or(0, Vec::len)];
    let values: Vec<i32> = rows.iter().flatten().map(|id| *id as i32).collect();
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// The sum over all places of what the decoder did not expect, each as heavy as the lesson says. Of `smoothing`, an equal
/// share goes to every word.
pub fn surprise(scores: Tensor<3>, lesson: &Lesson, smoothing: f64) -> Tensor<1> {
    let device = scores.device();
    let [rows, length, _] = scores.dims();
    let weights: Vec<f32> = lesson.weights.iter().flatten().copied().collect();
    let weights = Tensor::<2>::from_data(TensorData::new(weights, [rows, length]), &device);
    let log_probabilities = log_softmax(scores, 2);
    let wanted = ids(&lesson.wanted, &device).unsqueeze_dim::<3>(2);
    let of_wanted = log_probabilities.clone().gather(2, wanted).squeeze_dim::<2>(2);
    let expected = match smoothing {
        0.0 => of_wanted,
        _ => of_wanted * (1.0 - smoothing) + log_probabilities.mean_dim(2).squeeze_dim::<2>(2) * smoothing,
    };
    -(expected * weights).sum()
}

/// How unevenly the cells were looked at over each caption: the mean of (1 - what a cell got in all)².
pub fn unevenness(heard: &Heard, lesson: &Lesson) -> Option<Tensor<1>> {
    let attention = heard.attention.clone()?;
    let [rows, length, _] = attention.dims();
    let is_there: Vec<f32> = lesson.weights.iter().flatten().map(|weight| f32::from(*weight != 0.0)).collect();
    let is_there = Tensor::<3>::from_data(TensorData::new(is_there, [rows, length, 1]), &attention.device());
    let got = (attention * is_there).sum_dim(1);
    Some((got * -1.0 + 1.0).square().mean())
}
