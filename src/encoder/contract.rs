//! Holds every known backbone to the contract of its family: weights load, shapes are what really comes out at each
//! stage, folding its norms changes nothing, and its checkpoints are recognised. That the manifest keeps it is tested in
//! `model/manifest.rs`.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};

use super::{Encoder, EncoderConfig, Norms};
use crate::device;
use crate::synthetic_weights;
use crate::weights::{Slot, Weight, Weights};

/// Small enough to be quick, and odd, so that every rounding shows.
const SIZE: usize = 70;

fn synthetic(config: &EncoderConfig, norms: Norms) -> Weights {
    config.slots(norms).iter().map(|slot| (slot.name.clone(), config.synthetic_weight(slot))).collect()
}

fn photo() -> Tensor<4> {
    let values: Vec<f32> = (0..3 * SIZE * SIZE).map(|i| synthetic_weights::noise("input", i) as f32).collect();
    Tensor::from_data(TensorData::new(values, [1, 3, SIZE, SIZE]), &device::cpu())
}

fn load(config: &EncoderConfig, norms: Norms, weights: &Weights) -> Encoder {
    let device = device::cpu();
    let take = |slot: &Slot| weights.get(&slot.name).cloned().ok_or_else(|| slot.name.clone());
    crate::weights::fill(config.init(norms, &device), &device, take).expect("a weight for every slot")
}

fn values(tensor: Tensor<4>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

#[test]
fn every_known_backbone_keeps_the_contract() {
    let known = EncoderConfig::known();
    assert!(known.iter().any(|(name, _)| *name == "tiny"), "the family of the tests is in the list");
    let names: BTreeMap<&str, &EncoderConfig> = known.iter().map(|(name, config)| (*name, config)).collect();
    assert_eq!(names.len(), known.len(), "every name stands for one backbone");
    for (name, config) in &known {
        assert_eq!(config.known_name(), Some(*name));
        config.check().unwrap_or_else(|error| panic!("{name}: {error}"));

        let trained = synthetic(config, Norms::Separate);
        let (recognised, folded) = EncoderConfig::from_checkpoint(trained.clone()).expect(name);
        assert_eq!(recognised, *config, "{name}: its checkpoint is recognised");
        let again = EncoderConfig::from_checkpoint(folded.clone()).expect(name);
        assert!(again == (config.clone(), folded.clone()), "{name}: so is the folded one, and stays as it is");
        let slots: Vec<Slot> = config.folded_slots();
        assert_eq!(slots.len(), folded.len(), "{name}");

        let (separate, encoder) = (load(config, Norms::Separate, &trained), load(config, Norms::Folded, &folded));
        let (mut x, mut y) = (separate.stem(photo()), encoder.stem(photo()));
        for stage in 0..=config.stages() {
            let [_, shape @ ..] = y.dims();
            assert_eq!(shape, config.shape_after(stage, SIZE), "{name}: after {stage} stages");
            let (a, b) = (values(x.clone()), values(y.clone()));
            let square = |values: &mut dyn Iterator<Item = f32>| values.map(|x| f64::from(x).powi(2)).sum::<f64>();
            let error = square(&mut a.iter().zip(&b).map(|(a, b)| a - b)) / square(&mut a.iter().copied());
            // Folding rounds each weight once.
            assert!(error.sqrt() < 1e-5, "{name}: after {stage} stages, folded is off by {:e}", error.sqrt());
            if stage < config.stages() {
                (x, y) = (separate.stage(stage, x), encoder.stage(stage, y));
            }
        }
        let features = encoder.forward(photo());
        assert_eq!(features.grid, config.grid(SIZE), "{name}");
        assert_eq!(features.features.dims(), [1, config.grid(SIZE).cells(), config.channels()], "{name}");

        let layers = config.layers(SIZE);
        let counted: usize = layers.iter().map(|layer| layer.parameters).sum();
        assert_eq!(counted, slots.iter().map(Slot::elements).sum::<usize>(), "{name}: the table counts every weight");
        let last = layers.last().map(|layer| layer.output.clone());
        assert_eq!(
            last,
            Some(config.shape_after(config.stages(), SIZE).to_vec()),
            "{name}: the table ends in the grid"
        );
    }
}

#[test]
fn what_no_family_knows_is_said_by_all() {
    let weights = Weights::from([("nothing.weight".into(), Weight { shape: vec![1], values: vec![0.0] })]);
    assert_eq!(
        EncoderConfig::from_checkpoint(weights).unwrap_err().to_string(),
        "this is no ResNet checkpoint: it has no tensor conv1.weight; this is no Tiny checkpoint: it has no tensor \
         first.weight"
    );
}
