//! Which photos a step learns, which of them as a mirror shows them, and how much each class counts.

use crate::config::classify::{ClassWeights, TrainingConfig};
use crate::data::{LabelledPhotos, Shown, View, by_chance, photo_batches};
use crate::rng::rng_for;

/// All training photos in batches, always the same for the same epoch.
pub fn batches_of_epoch(photos: &LabelledPhotos, training: &TrainingConfig, epoch: usize) -> Vec<Vec<usize>> {
    let batches = photo_batches(photos.train.len(), training.batch_size, training.seed, epoch as u64);
    batches.into_iter().map(|batch| batch.into_iter().map(|place| photos.train[place]).collect()).collect()
}

/// Half of them mirrored, by chance, where that is asked for.
pub fn shown(batch: &[usize], training: &TrainingConfig, step: u64) -> Vec<Shown> {
    by_chance(batch, &View::all(training.mirror, false), &mut rng_for(training.seed, "mirror", step))
}

/// How much a photo of each class counts; 1 on average over the training photos.
pub fn class_weights(photos: &LabelledPhotos, weights: ClassWeights) -> Vec<f32> {
    let counts = photos.training_counts();
    let balanced = photos.train.len() as f64 / counts.len().max(1) as f64;
    let weight = |count: usize| match weights {
        ClassWeights::None => 1.0,
        ClassWeights::Balanced => (balanced / count.max(1) as f64) as f32,
    };
    counts.into_iter().map(weight).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::dataset::LeftOut;
    use crate::data::{JudgedBy, Photos};

    #[test]
    fn balanced_classes_weigh_the_same() {
        let photos = LabelledPhotos {
            classes: ["cat", "dog"].map(String::from).to_vec(),
            photos: Photos::of_folder("".as_ref(), vec![]),
            labels: vec![0, 0, 0, 1, 1],
            train: vec![0, 1, 2, 3],
            judge: vec![4],
            judged_by: JudgedBy::Validation,
            left_out: LeftOut::default(),
        };
        assert_eq!(class_weights(&photos, ClassWeights::None), [1.0, 1.0]);
        assert_eq!(class_weights(&photos, ClassWeights::Balanced), [2.0 / 3.0, 2.0]);
    }

    #[test]
    fn a_step_always_mirrors_the_same_photos_and_none_where_it_is_not_asked_to() {
        let training = TrainingConfig { mirror: true, ..TrainingConfig::default() };
        let batch: Vec<usize> = (0..100).collect();
        assert_eq!(shown(&batch, &training, 3), shown(&batch, &training, 3));
        assert_ne!(shown(&batch, &training, 3), shown(&batch, &training, 4));
        let plain = TrainingConfig::default();
        assert!(shown(&batch, &plain, 3).iter().all(|photo| !photo.view.is_mirrored));
    }
}
