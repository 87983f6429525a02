//! Models that a run learns from: what they expect of given words, and which folders are refused.

use std::path::Path;

use burn::tensor::{Tensor, TensorData};
use sightline::decoder::{DecoderConfig, DecoderSizes, LstmConfig};
use sightline::device::OpenDevice;
use sightline::model::{Dtype, Manifest};
use sightline::synthetic_weights::noise;
use sightline::vocabulary::{SpecialTokens, Vocabulary};
use sightline::weights::part_of;
use sightline_test_support::{small_classifier, small_manifest, synthetic_model, write_synthetic};
use sightline_train::FrozenEncoder;
use sightline_train::objective::CaptionBatch;
use sightline_train::teacher::{Imitation, Teacher};

const SPECIAL: SpecialTokens = SpecialTokens { pad: 0, start: 1, end: 2, unknown: 3 };

fn own_encoder(manifest: &Manifest) -> FrozenEncoder {
    let weights = part_of(&mut synthetic_model(manifest), "encoder");
    FrozenEncoder::new(manifest.encoder.clone(), weights, manifest.input.clone(), &OpenDevice::cpu()).unwrap()
}

fn lstm(manifest: &Manifest) -> Manifest {
    let (vocab_size, feature_dim) = (manifest.vocabulary.len(), manifest.encoder.channels());
    let sizes = DecoderSizes { vocab_size, feature_dim, embedding: 8, hidden: 8 };
    Manifest { decoder: DecoderConfig::Lstm(LstmConfig(sizes)), ..manifest.clone() }
}

#[test]
fn what_teachers_expect_is_the_mean_of_what_each_says_word_by_word() {
    let folder = tempfile::tempdir().unwrap();
    let first = small_manifest();
    let own = own_encoder(&first);
    let manifests = [first.clone(), lstm(&first)];
    let teachers: Vec<Teacher> = ["first", "second"]
        .iter()
        .zip(&manifests)
        .map(|(name, manifest)| {
            let path = folder.path().join(name);
            write_synthetic(&path, manifest, Dtype::F32);
            Teacher::read(&path, &own).unwrap()
        })
        .collect();
    assert!(teachers.iter().all(|teacher| teacher.encoder().is_none()), "they have the run's own encoder");
    let device = OpenDevice::cpu().handle;
    let channels = first.encoder.channels();
    let values: Vec<f32> = (0..2 * 4 * channels).map(|i| noise("grid", i).max(0.0) as f32).collect();
    let features = Tensor::<3>::from_data(TensorData::new(values, [2, 4, channels]), &device);
    // Two of each of two photos.
    let batch = CaptionBatch::new(&[&[4, 9], &[5, 4], &[19, 8], &[6, 3]], SPECIAL, 20);
    let imitation =
        Imitation { teachers: teachers.iter().map(|teacher| (teacher, features.clone())).collect(), share: 0.5 };
    let numbers = |tensor: Tensor<3>| tensor.into_data().iter::<f32>().collect::<Vec<f32>>();
    let found = numbers(imitation.probabilities(&batch).unwrap());
    let mut expected = vec![0f32; found.len()];
    for manifest in &manifests {
        let weights = part_of(&mut synthetic_model(manifest), "decoder");
        let decoder = manifest.decoder.load(&device, |slot| Ok::<_, ()>(weights[&slot.name].clone())).unwrap();
        let session = decoder.start(features.clone());
        let mut state = session.init_state(2);
        for place in 0..3 {
            let words: Vec<u32> = batch.inputs.iter().map(|row| row[place]).collect();
            let step = session.step(&words, state);
            state = step.state;
            let said = step.log_probabilities.into_data();
            for (at, log_probability) in said.iter::<f32>().enumerate() {
                expected[((at / 40) * 3 + place) * 40 + at % 40] += log_probability.exp() / 2.0;
            }
        }
    }
    for (found, expected) in found.iter().zip(&expected) {
        assert!((found - expected).abs() < 1e-5, "{found}, {expected}");
    }
    let second = numbers(imitation.part(1..2).probabilities(&batch.part(2..4)).unwrap());
    for (part, whole) in second.iter().zip(&found[found.len() / 2..]) {
        assert!((part - whole).abs() < 1e-6, "{part}, {whole}");
    }
}

#[test]
fn a_folder_that_is_no_teacher_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = small_manifest();
    let own = own_encoder(&manifest);
    let error = |path: &Path| Teacher::read(path, &own).unwrap_err().to_string();
    let missing = error(&folder.path().join("missing"));
    assert!(missing.starts_with("training.imitation.teachers: ") && missing.contains("missing"), "{missing}");
    assert!(missing.contains("not found; a model folder holds"), "{missing}");
    let classifier = folder.path().join("classifier");
    write_synthetic(&classifier, &small_classifier(sightline::encoder::Pooling::Average, vec![]), Dtype::F32);
    assert!(error(&classifier).contains("classifier: it tells classes apart; name a model"), "{}", error(&classifier));
    let good = folder.path().join("good");
    let written = write_synthetic(&good, &manifest, Dtype::F32);
    let teacher = Teacher::read(&good, &own).unwrap();
    teacher.check_words(&Vocabulary::new(manifest.vocabulary.clone()).unwrap()).unwrap();
    let mut words = manifest.vocabulary.clone();
    words.push("more".into());
    let differs = |words: Vec<String>| teacher.check_words(&Vocabulary::new(words).unwrap()).unwrap_err().to_string();
    let longer = differs(words.clone());
    assert!(longer.contains("good: it has 40 words and the run 41; train it with the same captions"), "{longer}");
    words.swap(10, 40);
    let other = differs(words);
    assert!(other.contains("its word 10 is \"w10\" and the run's is \"more\""), "{other}");
    std::fs::write(good.join(&written.shards[0].file), b"short").unwrap();
    let broken = error(&good);
    assert!(broken.contains("good") && broken.contains("bytes long where model.json says"), "{broken}");
}
