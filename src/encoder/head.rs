//! What a backbone was published with behind its grid: how it tells classes apart. A captioner leaves it out; the table of
//! layers shows it, and a model that classifies keeps it.

use serde::{Deserialize, Serialize};

use crate::checkpoint::{CheckpointError, unwrapped};
use crate::weights::{Weight, Weights};

/// How a grid becomes one row of numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// The mean of all cells: `channels` numbers.
    Average,
    /// Every number of the grid, channel by channel: `channels * cells`.
    Flatten,
    /// The greatest of each two by two cells, then every number: `channels * cells / 4`.
    Max,
}

/// Linear layers over the pooled grid, with a ReLU between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    pub pooling: Pooling,
    /// The layers' keys in the published weights, without the last part, such as `classifier.1`; and how many numbers
    /// each puts out.
    pub layers: Vec<(String, usize)>,
}

/// The classifier of a checkpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadWeights {
    /// Outputs of each layer but the last.
    pub hidden: Vec<usize>,
    /// Outputs of the last.
    pub classes: usize,
    /// `layers.0.weight`, `layers.0.bias`, `layers.1.weight`, …, as a decoder that classifies has them.
    pub weights: Weights,
}

impl Head {
    /// What of it a checkpoint holds, whatever is wrapped around its keys. How many classes it tells apart, the
    /// checkpoint says.
    pub fn of_checkpoint(&self, checkpoint: Weights) -> Result<HeadWeights, CheckpointError> {
        let mut checkpoint = unwrapped(checkpoint, "encoder.");
        let mut head = HeadWeights { hidden: vec![], classes: 0, weights: Weights::new() };
        for (number, (layer, _)) in self.layers.iter().enumerate() {
            for part in ["weight", "bias"] {
                let key = format!("{layer}.{part}");
                let weight = taken(&mut checkpoint, &key).ok_or(CheckpointError::NoClassifier { key })?;
                head.weights.insert(format!("layers.{number}.{part}"), weight);
            }
            let outputs = head.weights[&format!("layers.{number}.bias")].shape.first().copied().unwrap_or(0);
            if number > 0 {
                head.hidden.push(head.classes);
            }
            head.classes = outputs;
        }
        Ok(head)
    }
}

/// The tensor with this key; or the only one whose key ends with it.
fn taken(checkpoint: &mut Weights, key: &str) -> Option<Weight> {
    if let Some(weight) = checkpoint.remove(key) {
        return Some(weight);
    }
    let ends = |name: &&String| name.strip_suffix(key).is_some_and(|wrapper| wrapper.ends_with('.'));
    let mut found = checkpoint.keys().filter(ends);
    let (Some(name), None) = (found.next().cloned(), found.next()) else { return None };
    checkpoint.remove(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checkpoint(tensors: &[(&str, &[usize])]) -> Weights {
        let weight = |shape: &[usize]| Weight { shape: shape.to_vec(), values: vec![0.0; shape.iter().product()] };
        tensors.iter().map(|(name, shape)| (name.to_string(), weight(shape))).collect()
    }

    #[test]
    fn a_classifier_is_found_behind_what_is_wrapped_around_it() {
        let layers = vec![("classifier.1".into(), 4096), ("classifier.6".into(), 1000)];
        let head = Head { pooling: Pooling::Flatten, layers };
        let tensors: [(&str, &[usize]); 4] =
            [("1.weight", &[5, 8]), ("1.bias", &[5]), ("6.weight", &[3, 5]), ("6.bias", &[3])];
        for wrapper in ["", "module.", "state_dict.model.", "encoder.", "net.trunk."] {
            let named = tensors.map(|(name, shape)| (format!("{wrapper}classifier.{name}"), shape));
            let other = format!("{wrapper}features.0.weight");
            let mut all: Vec<(&str, &[usize])> = named.iter().map(|(name, shape)| (&**name, *shape)).collect();
            all.push((&other, &[1, 1, 1, 1]));
            let found = head.of_checkpoint(checkpoint(&all)).unwrap();
            assert_eq!((&found.hidden[..], found.classes), (&[5][..], 3), "{wrapper}");
            let names: Vec<&str> = found.weights.keys().map(String::as_str).collect();
            assert_eq!(names, ["layers.0.bias", "layers.0.weight", "layers.1.bias", "layers.1.weight"], "{wrapper}");
        }
    }

    #[test]
    fn a_classifier_that_is_not_there_is_named() {
        let head = Head { pooling: Pooling::Average, layers: vec![("fc".into(), 1000)] };
        let error = |tensors: &[(&str, &[usize])]| head.of_checkpoint(checkpoint(tensors)).unwrap_err().to_string();
        assert_eq!(error(&[("conv1.weight", &[1])]), "the checkpoint has no classifier: fc.weight is missing");
        assert_eq!(error(&[("fc.weight", &[2, 3])]), "the checkpoint has no classifier: fc.bias is missing");
        let two: [(&str, &[usize]); 2] = [("a.fc.weight", &[2, 3]), ("b.fc.weight", &[2, 3])];
        assert_eq!(error(&two), "the checkpoint has no classifier: fc.weight is missing", "which of them is not said");
    }
}
