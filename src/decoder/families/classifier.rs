//! A classifier: linear layers over the pooled grid that tell classes apart. As a decoder it says one word, the class;
//! so whatever works for captions works for classes.

use burn::module::Module;
use burn::nn::pool::MaxPool2dConfig;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::{log_softmax, relu};
use burn::tensor::{Device, Int, Tensor};
use serde::{Deserialize, Serialize};

use crate::bounds::{FieldError, MAX_SIZE, within};
use crate::checkpoint::CheckpointError;
use crate::decoder::dropout::Dropout;
use crate::decoder::family::{DecoderFamily, DecoderSettings, DecoderSizes, ModelKind, TensorShapes, WithDecoder};
use crate::decoder::recurrent::mean_pooled;
use crate::decoder::session::{
    Decoder, DecoderOutput, DecoderSession, IMPOSSIBLE, State, StepOutput, TrainableDecoder,
};
use crate::encoder::Pooling;
use crate::vocabulary::SPECIAL;

/// What no layer takes or gives more of.
const MAX_INPUTS: usize = 1 << 28;

/// The shape of a classifier. Its vocabulary is [`SPECIAL`], in this order, and the names of the classes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassifierConfig {
    /// Classes and special tokens.
    #[serde(rename = "words")]
    pub vocab_size: usize,
    /// Channels of the feature grid.
    #[serde(rename = "features")]
    pub feature_dim: usize,
    /// Cells of the feature grid.
    pub cells: usize,
    /// How the grid becomes what the first layer takes.
    pub pooling: Pooling,
    /// Outputs of each layer but the last, whose outputs are the classes.
    pub hidden: Vec<usize>,
}

#[derive(Module, Debug)]
pub struct Classifier {
    layers: Vec<Linear>,
    #[module(skip)]
    pooling: Pooling,
}

impl ClassifierConfig {
    pub fn classes(&self) -> usize {
        self.vocab_size.saturating_sub(SPECIAL.len())
    }

    /// How many numbers the first layer takes; nothing where it takes more than can be counted.
    fn inputs(&self) -> Option<usize> {
        match self.pooling {
            Pooling::Average => Some(self.feature_dim),
            Pooling::Flatten => self.feature_dim.checked_mul(self.cells),
            Pooling::Max => self.feature_dim.checked_mul((self.cells.isqrt() / 2).pow(2)),
        }
    }

    /// A classifier with weights by chance.
    pub fn init(&self, device: &Device) -> Classifier {
        let inputs = std::iter::once(self.inputs().unwrap_or(0)).chain(self.hidden.iter().copied());
        let outputs = self.hidden.iter().copied().chain([self.classes()]);
        let layers = inputs.zip(outputs).map(|(from, to)| LinearConfig::new(from, to).init(device)).collect();
        Classifier { layers, pooling: self.pooling }
    }
}

impl DecoderFamily for ClassifierConfig {
    fn settings() -> Option<&'static [&'static str]> {
        None
    }

    fn from_settings(_sizes: DecoderSizes, _settings: &DecoderSettings) -> Result<Self, FieldError> {
        Err(FieldError {
            field: "decoder.cell_type",
            value: "classifier".into(),
            wanted: "a classifier learns classes and no captions; configs/Classifier.yaml is a configuration for it"
                .into(),
        })
    }

    /// How the grid is pooled cannot be seen from a checkpoint of linear layers, so none is recognised.
    fn from_checkpoint(_tensors: &TensorShapes, _heads: usize) -> Result<Option<Self>, CheckpointError> {
        Ok(None)
    }

    fn kind(&self) -> ModelKind {
        ModelKind::Classes
    }

    fn title(&self) -> String {
        match self.hidden.len() {
            0 => "linear classifier".into(),
            hidden => format!("classifier of {} layers", hidden + 1),
        }
    }

    fn vocab_size(&self) -> usize {
        self.vocab_size
    }

    fn feature_dim(&self) -> usize {
        self.feature_dim
    }

    fn check(&self) -> Result<(), FieldError> {
        within("decoder.words", self.vocab_size, SPECIAL.len() + 1, MAX_SIZE)?;
        within("decoder.cells", self.cells, 1, MAX_SIZE)?;
        within("decoder.hidden", self.hidden.len(), 0, 16)?;
        self.hidden.iter().try_for_each(|outputs| within("decoder.hidden", *outputs, 1, MAX_SIZE))?;
        let side = self.cells.isqrt();
        let wrong = |wanted: String| Err(FieldError { field: "decoder.cells", value: self.cells.to_string(), wanted });
        if self.pooling == Pooling::Max && (side < 2 || side * side != self.cells) {
            return wrong("\"pooling\": \"max\" takes a square of 2 by 2 cells or more, such as 4, 9, 16".into());
        }
        match self.inputs().is_some_and(|inputs| inputs <= MAX_INPUTS) {
            true => Ok(()),
            false => wrong(format!("with {} features each, at most {MAX_INPUTS} numbers are taken", self.feature_dim)),
        }
    }

    fn cells(&self) -> Option<usize> {
        Some(self.cells)
    }

    fn takes_some_cells(&self) -> bool {
        self.pooling == Pooling::Average
    }

    fn synthetic_gain(&self, layer: &str) -> f64 {
        if layer == self.hidden.len().to_string() { 8.0 } else { 1.0 }
    }

    fn with_decoder<T: WithDecoder>(&self, task: T) -> T::Output {
        task.run(|device| self.init(device))
    }
}

impl Classifier {
    /// Of the features of photos, `[photos, cells, channels]`, a logit for each class: `[photos, classes]`. Dropout
    /// comes before the last layer.
    pub fn logits(&self, features: Tensor<3>, dropout: &mut Dropout) -> Tensor<2> {
        let mut x = match self.pooling {
            Pooling::Average => mean_pooled(features),
            Pooling::Flatten => flat(features.swap_dims(1, 2)),
            Pooling::Max => flat(max_pooled(features)),
        };
        let last = self.layers.len().saturating_sub(1);
        for layer in &self.layers[..last] {
            x = relu(layer.forward(x));
        }
        self.layers[last].forward(dropout.apply(x))
    }

    /// The log-probability of every word as the first, `[photos, words]`; no special token can be.
    fn first_words(&self, features: Tensor<3>, dropout: &mut Dropout) -> Tensor<2> {
        let classes = log_softmax(self.logits(features, dropout), 1);
        let [photos, _] = classes.dims();
        let special = Tensor::full([photos, SPECIAL.len()], IMPOSSIBLE, &classes.device());
        Tensor::cat(vec![special, classes], 1)
    }
}

/// After the class comes the end, and nothing else: `[rows, words]`.
fn later_words([rows, words]: [usize; 2], device: &Device) -> Tensor<2> {
    let end = SPECIAL.iter().position(|token| *token == crate::vocabulary::END).unwrap_or(0);
    let column = |width, value: f32| Tensor::<2>::full([rows, width], value, device);
    Tensor::cat(vec![column(end, IMPOSSIBLE), column(1, 0.0), column(words - end - 1, IMPOSSIBLE)], 1)
}

/// Every number of a photo's one after the other.
fn flat(features: Tensor<3>) -> Tensor<2> {
    features.flatten::<2>(1, 2)
}

/// The greatest of each two by two cells: `[photos, cells, channels]` to `[photos, channels, cells / 4]`.
fn max_pooled(features: Tensor<3>) -> Tensor<3> {
    let [photos, cells, channels] = features.dims();
    let side = cells.isqrt();
    let map = features.swap_dims(1, 2).reshape([photos, channels, side, side]);
    MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init().forward(map).flatten::<3>(2, 3)
}

impl Decoder for Classifier {
    fn start(&self, features: Tensor<3>) -> Box<dyn DecoderSession> {
        Box::new(ClassifierSession { first_words: self.first_words(features, &mut Dropout::none()) })
    }

    fn device(&self) -> Device {
        self.layers[0].weight.lazy_device()
    }
}

#[derive(Debug)]
struct ClassifierSession {
    first_words: Tensor<2>,
}

impl DecoderSession for ClassifierSession {
    /// Nothing; after the first word a tensor, which says no more than that.
    fn init_state(&self, _rows: usize) -> State {
        State(vec![])
    }

    fn step(&self, words: &[u32], state: State) -> StepOutput {
        let [photos, all] = self.first_words.dims();
        let rows = words.len();
        let device = self.first_words.device();
        let log_probabilities = match state.0.is_empty() {
            true => self.first_words.clone().repeat_dim(1, rows / photos).reshape([rows, all]),
            false => later_words([rows, all], &device),
        };
        let state = State(vec![Tensor::zeros([rows, 1], &device)]);
        StepOutput { log_probabilities, attention: None, sentinel: None, state }
    }
}

impl TrainableDecoder for Classifier {
    fn forward(&self, features: Tensor<3>, words: Tensor<2, Int>, dropout: &mut Dropout) -> DecoderOutput {
        let [rows, length] = words.dims();
        let first = self.first_words(features, dropout);
        let [photos, all] = first.dims();
        let first = first.repeat_dim(1, rows / photos).reshape([rows, 1, all]);
        let later = later_words([rows, all], &first.device()).unsqueeze_dim::<3>(1);
        let later = later.repeat_dim(1, length.saturating_sub(1));
        let logits = if length > 1 { Tensor::cat(vec![first, later], 1) } else { first };
        DecoderOutput { logits, attention: None, sentinel: None }
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::TensorData;

    use super::*;
    use crate::device;

    fn config(pooling: Pooling) -> ClassifierConfig {
        ClassifierConfig { vocab_size: 6, feature_dim: 2, cells: 9, pooling, hidden: vec![] }
    }

    fn field(config: &ClassifierConfig) -> String {
        config.check().unwrap_err().to_string()
    }

    #[test]
    fn the_grid_is_flattened_as_pytorch_does() {
        // A grid of two by two cells with three channels: the hundreds are the channel, the ones the cell.
        let cell = |cell: i32| [100 + cell, 200 + cell, 300 + cell].map(|value| value as f32);
        let values: Vec<f32> = (0..4).flat_map(cell).collect();
        let features = Tensor::<3>::from_data(TensorData::new(values, [1, 4, 3]), &device::cpu());
        let numbers = |x: Tensor<2>| x.into_data().iter::<f32>().map(|x| x as i32).collect::<Vec<_>>();
        let all = [100, 101, 102, 103, 200, 201, 202, 203, 300, 301, 302, 303];
        assert_eq!(numbers(flat(features.clone().swap_dims(1, 2))), all);
        assert_eq!(numbers(flat(max_pooled(features))), [103, 203, 303]);
    }

    #[test]
    fn an_odd_grid_loses_its_last_row_and_column_to_max_pooling() {
        let slots = crate::weights::slots(&config(Pooling::Max).init(&device::cpu()));
        assert_eq!(slots[0].name, "layers.0.weight");
        assert_eq!(slots[0].shape, [2, 2]);
        let values: Vec<f32> = (0..18).map(|value| value as f32).collect();
        let features = Tensor::<3>::from_data(TensorData::new(values, [1, 9, 2]), &device::cpu());
        let pooled: Vec<f32> = max_pooled(features).into_data().iter::<f32>().collect();
        assert_eq!(pooled, [8.0, 9.0]);
    }

    #[test]
    fn sizes_that_make_no_classifier_are_named() {
        let plain = config(Pooling::Average);
        assert_eq!(plain.check(), Ok(()));
        let config = ClassifierConfig { vocab_size: 4, ..plain.clone() };
        assert_eq!(field(&config), "decoder.words is 4; 5 to 1048576 is allowed");
        let config = ClassifierConfig { hidden: vec![8, 0], ..plain.clone() };
        assert_eq!(field(&config), "decoder.hidden is 0; 1 to 1048576 is allowed");
        let config = ClassifierConfig { cells: 8, pooling: Pooling::Max, ..plain.clone() };
        let square =
            "decoder.cells is 8; \"pooling\": \"max\" takes a square of 2 by 2 cells or more, such as 4, 9, 16";
        assert_eq!(field(&config), square);
        let config =
            ClassifierConfig { cells: MAX_SIZE, feature_dim: MAX_SIZE, pooling: Pooling::Flatten, ..plain.clone() };
        let many = "decoder.cells is 1048576; with 1048576 features each, at most 268435456 numbers are taken";
        assert_eq!(field(&config), many);
    }
}
