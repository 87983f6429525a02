//! Every known backbone against PyTorch: what comes out at each stage, trained, folded and packed for the processor, against
//! its float64; the table of layers against `torchsummary`'s. `tests/reference/backbones.py` and `layer_tables.py` made the
//! numbers.

use std::collections::BTreeMap;

use burn::tensor::{Tensor, TensorData};
use safetensors::SafeTensors;
use serde::Deserialize;
use sightline::decoder::{Classifier, ClassifierConfig, Dropout};
use sightline::device;
use sightline::encoder::{EncoderConfig, FeatureGrid, HeadWeights, Norms};
use sightline::synthetic_weights::{self, noise};
use sightline::vocabulary::SPECIAL;
use sightline::weights::{self, Slot, Weights};
use sightline_test_support::{fill, read, relative_l2, synthetic_encoder, tensor};

/// PyTorch's own float32 is up to 7e-6 from its float64 on these networks, and kernels add in another order.
const TOLERANCE: f64 = 1e-4;

fn backbone(name: &str) -> EncoderConfig {
    EncoderConfig::named(name).expect("a known backbone")
}

/// Noise about as spread as a normalised photo.
fn image(channels: usize, size: usize) -> Tensor<4> {
    let values: Vec<f32> = (0..channels * size * size).map(|i| (2.0 * noise("input", i)) as f32).collect();
    Tensor::from_data(TensorData::new(values, [1, channels, size, size]), &device::cpu())
}

/// Compares the stem and each stage at the places that the script has kept, which are a part; the norm is of the whole.
fn assert_stages(name: &str, config: &EncoderConfig, size: usize) {
    let golden = read("tests/reference/backbones.safetensors");
    let trained = synthetic_encoder(config, &config.slots(Norms::Separate));
    let (recognised, folded) = EncoderConfig::from_checkpoint(trained.clone()).expect(name);
    assert_eq!(recognised, *config);
    let packed = config.load(&device::cpu(), |slot| folded.get(&slot.name).cloned().ok_or_else(|| slot.name.clone()));
    let nets = [
        ("separate norms", fill(config, Norms::Separate, trained)),
        ("packed", packed.expect("a weight for every slot")),
        ("folded", fill(config, Norms::Folded, folded)),
    ];
    for (form, net) in nets {
        let mut map = net.stem(image(config.input().channels(), size));
        for stage in 0..=config.stages() {
            if stage > 0 {
                map = net.stage(stage - 1, map);
            }
            let [_, shape @ ..] = map.dims();
            assert_eq!(shape, config.shape_after(stage, size), "{name}, stage {stage}");
            let output: Vec<f32> = map.clone().into_data().iter::<f32>().collect();
            let key = if stage == 0 { format!("{name}.stem") } else { format!("{name}.stage{stage}") };
            let expected = tensor(&golden, &key).values;
            assert_eq!(expected.len(), output.len().min(512), "{key}");
            let places = (0..expected.len() as u64).map(|j| (j * 2_654_435_761 % output.len() as u64) as usize);
            let sample: Vec<f32> = places.map(|place| output[place]).collect();
            let error = relative_l2(&sample, &expected);
            println!("{key}, {form}: relative L2 error {error:.1e}");
            assert!(error <= TOLERANCE, "{key}, {form}: {error:e}");
            let norm = output.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
            let expected = f64::from(tensor(&golden, &format!("{key}.norm")).values[0]);
            assert!((norm / expected - 1.0).abs() <= TOLERANCE, "{key}: norm {norm} instead of {expected}");
        }
        let unseen = format!("{name}.stage{}", config.stages() + 1);
        assert!(SafeTensors::deserialize(&golden).unwrap().tensor(&unseen).is_err(), "{unseen} was not compared");
    }
}

#[test]
fn regnet_equals_pytorch() {
    assert_stages("regnet_x_400mf", &backbone("regnet_x_400mf"), 224);
}

#[test]
fn efficientnet_lite_equals_pytorch() {
    for name in ["efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2"] {
        assert_stages(name, &backbone(name), 224);
    }
    // Odd sides, where "same" padding differs from layer to layer.
    assert_stages("efficientnet_lite2@260", &backbone("efficientnet_lite2"), 260);
    assert_eq!(backbone("efficientnet_lite2").grid(260).rows, 9);
}

#[test]
fn vgg16_equals_pytorch() {
    assert_stages("vgg16", &backbone("vgg16"), 224);
}

#[test]
fn alexnet_equals_pytorch() {
    assert_stages("alexnet", &backbone("alexnet"), 224);
}

#[test]
fn googlenet_equals_pytorch() {
    assert_stages("googlenet", &backbone("googlenet"), 224);
}

#[test]
fn networks_for_digits_equal_pytorch() {
    assert_stages("mnist_cnn", &backbone("mnist_cnn"), 28);
    assert_stages("lenet5", &backbone("lenet5"), 32);
}

/// The classifier of a checkpoint, behind the grid that the backbone makes of a photo of this size.
fn classifier(config: &EncoderConfig, size: usize, head: HeadWeights) -> Classifier {
    let classifier = ClassifierConfig {
        vocab_size: SPECIAL.len() + head.classes,
        feature_dim: config.channels(),
        cells: config.grid(size).cells(),
        pooling: config.head().pooling,
        hidden: head.hidden,
    };
    let mut weights = head.weights;
    let take = |slot: &Slot| weights.remove(&slot.name).ok_or_else(|| slot.name.clone());
    weights::fill(classifier.init(&device::cpu()), &device::cpu(), take).expect("a weight for every slot")
}

fn logits(classifier: &Classifier, grid: FeatureGrid) -> Vec<f32> {
    classifier.logits(grid.features, &mut Dropout::none()).into_data().iter::<f32>().collect()
}

/// Synthetic weights for the classifier that a backbone was published with.
fn synthetic_head(config: &EncoderConfig, size: usize) -> Weights {
    let table = config.layer_table(size).expect("a photo of the usual size");
    let mut inputs = None;
    let mut weights = Weights::new();
    for (layer, outputs) in config.head().layers {
        let row = table.rows.iter().find(|row| row.key == layer).expect("a row for each layer");
        let shape = vec![outputs, inputs.unwrap_or(row.parameters / outputs - 1)];
        // As `GAINS` of the script has it.
        let gain = if layer == "fc" { 8.0 } else { 1.0 };
        for (part, shape) in [("weight", shape), ("bias", vec![outputs])] {
            let slot = Slot { name: format!("{layer}.{part}"), shape };
            weights.insert(slot.name.clone(), synthetic_weights::weight(&slot, gain));
        }
        inputs = Some(outputs);
    }
    weights
}

/// What the published classifier says is PyTorch's, too: pooling and the order in which a grid is flattened.
fn assert_logits(name: &str) {
    let golden = read("tests/reference/backbones.safetensors");
    let config = backbone(name);
    let size = config.input().size;
    let trained = synthetic_encoder(&config, &config.slots(Norms::Separate));
    let (_, folded) = EncoderConfig::from_checkpoint(trained).expect(name);
    let net = fill(&config, Norms::Folded, folded);
    let head = config.head().of_checkpoint(synthetic_head(&config, size)).expect(name);
    let found = logits(&classifier(&config, size, head), net.forward(image(config.input().channels(), size)));
    let expected = tensor(&golden, &format!("{name}.logits")).values;
    assert_eq!(expected.len(), found.len().min(64), "{name}");
    let error = relative_l2(&found[..expected.len()], &expected);
    println!("{name}: relative L2 error of the logits {error:.1e}");
    assert!(error <= TOLERANCE, "{name}: {error:e}");
    let norm = found.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
    let expected = f64::from(tensor(&golden, &format!("{name}.logits.norm")).values[0]);
    assert!((norm / expected - 1.0).abs() <= TOLERANCE, "{name}: norm {norm} instead of {expected}");
}

#[test]
fn logits_equal_pytorch() {
    for name in ["resnet50", "regnet_x_400mf", "efficientnet_lite0", "googlenet", "alexnet", "mnist_cnn", "lenet5"] {
        assert_logits(name);
    }
}

#[test]
fn logits_of_vgg16_equal_pytorch() {
    assert_logits("vgg16");
}

/// The published weights with what PyTorch made of three of our pictures: `SIGHTLINE_EFFICIENTNET_LITE` names a folder with
/// the three files of the packages that `tests/reference/efficientnet_lite.py` names.
#[cfg(feature = "pytorch")]
#[test]
#[ignore = "needs the published weights, whose folder SIGHTLINE_EFFICIENTNET_LITE names"]
fn published_efficientnet_lite_gives_pytorchs_logits() {
    use sightline::photo::Photo;

    let folder = std::env::var("SIGHTLINE_EFFICIENTNET_LITE").expect("SIGHTLINE_EFFICIENTNET_LITE names a folder");
    let golden = read("tests/reference/efficientnet_lite.safetensors");
    for variant in ["lite0", "lite1", "lite2"] {
        let files = std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let begins = |path: &std::path::PathBuf| {
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&format!("efficientnet-{variant}-")))
        };
        let path =
            files.into_iter().find(begins).unwrap_or_else(|| panic!("{folder} has no efficientnet-{variant}-*.pth"));
        let checkpoint = sightline::checkpoint::read(&path).expect("a checkpoint");
        let (config, weights) = EncoderConfig::from_checkpoint(checkpoint.clone()).expect("a known one");
        assert_eq!(config, backbone(&format!("efficientnet_{variant}")));
        let head = config.head().of_checkpoint(checkpoint).expect("it has a classifier");
        let input = config.input();
        let (net, classifier) = (fill(&config, Norms::Folded, weights), classifier(&config, input.size, head));
        for picture in ["meadow", "street", "beach"] {
            let photo = Photo::decode(&read(&format!("www/page/samples/{picture}.jpg")), &Default::default()).unwrap();
            let values = TensorData::new(photo.input(&input), [1, 3, input.size, input.size]);
            let found = logits(&classifier, net.forward(Tensor::from_data(values, &device::cpu())));
            let expected = tensor(&golden, &format!("{variant}.{picture}.logits")).values;
            let off = found.iter().zip(&expected).map(|(found, expected)| (found - expected).abs());
            let off = off.fold(0f32, f32::max);
            println!("{variant}, {picture}: logits are off by {off:.1e} at most");
            assert!(found.len() == 1000 && off <= 1e-3, "{variant}, {picture}: {off:e}");
        }
    }
}

/// What `torchsummary` says of a network.
#[derive(Deserialize)]
struct Summary {
    input: Vec<usize>,
    parameters: usize,
    trainable: usize,
    non_trainable: usize,
    input_mb: String,
    forward_backward_mb: String,
    parameters_mb: String,
    total_mb: String,
    multiply_adds: u64,
    rows: Vec<(String, Vec<usize>, usize)>,
}

#[test]
fn tables_of_layers_are_torchsummarys() {
    let golden: BTreeMap<String, Summary> =
        serde_json::from_slice(&read("tests/reference/layer_tables.json")).expect("as the script writes it");
    let known: Vec<&str> = EncoderConfig::known().into_iter().map(|(name, _)| name).collect();
    assert!(known.iter().all(|name| golden.contains_key(*name)), "a table for each of {known:?}");
    for (name, expected) in golden {
        let config = backbone(&name);
        let table = config.layer_table(config.input().size).expect("a photo of the usual size");
        assert_eq!(table.input.to_vec(), expected.input, "{name}");
        let rows: Vec<_> = table.rows.into_iter().map(|row| (row.name, row.output, row.parameters)).collect();
        for (row, expected) in rows.iter().zip(&expected.rows) {
            assert_eq!(row, expected, "{name}");
        }
        assert_eq!(rows.len(), expected.rows.len(), "{name}");
        let totals = table.totals;
        let counts = (totals.parameters, totals.trainable, totals.non_trainable, totals.multiply_adds);
        let expected_counts = (expected.parameters, expected.trainable, expected.non_trainable, expected.multiply_adds);
        assert_eq!(counts, expected_counts, "{name}");
        let megabytes = [totals.input_mb, totals.forward_backward_mb, totals.parameters_mb, totals.total_mb];
        let printed = megabytes.map(|megabytes| format!("{megabytes:.2}"));
        let expected = [expected.input_mb, expected.forward_backward_mb, expected.parameters_mb, expected.total_mb];
        assert_eq!(printed, expected, "{name}");
    }
}

/// The tables that the lecture prints, to the last number.
#[test]
fn totals_are_the_lectures() {
    let totals = |name: &str| {
        let config = backbone(name);
        let totals = config.layer_table(config.input().size).expect(name).totals;
        (totals.parameters, format!("{:.2}", totals.total_mb))
    };
    assert_eq!(totals("lenet5"), (61_706, "0.35".into()));
    assert_eq!(totals("alexnet"), (61_100_840, "241.96".into()));
    assert_eq!(totals("vgg16"), (138_357_544, "746.96".into()));
    assert_eq!(totals("resnet50"), (25_557_032, "384.62".into()));
}
