//! The encoder against PyTorch's float64, in both of its forms, and a real one in every storage type.

use burn::tensor::{Tensor, TensorData};
use sightline::decoder::{AttentionLstmConfig, DecoderConfig};
use sightline::device::{self, OpenDevice};
use sightline::encoder::{Encoder, EncoderConfig, FeatureGrid, Norms, ResNetConfig};
use sightline::model::{self, Dtype, Manifest, ModelLoader, Overwrite};
use sightline::weights::{Slot, Weights};
use sightline_test_support::{
    cosine, fill, noise_features, noise_image, read, relative_l2, small_manifest, synthetic_decoder, synthetic_encoder,
    tensor,
};

/// PyTorch's own float32 differs from its float64 by as much on a net of this depth.
const TOLERANCE: f64 = 1e-4;

fn image() -> Tensor<4> {
    let image = noise_image();
    Tensor::from_data(TensorData::new(image.values, image.shape), &device::cpu())
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor.into_data().iter::<f32>().collect()
}

/// Compares each stage at the places that `tests/reference/encoder.py` has kept.
fn assert_stages(name: &str, net: &Encoder, expected_shapes: [[usize; 4]; 4]) {
    let golden = read("tests/reference/encoder.safetensors");
    let mut map = net.stem(image());
    for (stage, shape) in expected_shapes.into_iter().enumerate() {
        map = net.stage(stage, map);
        let output = map.clone();
        assert_eq!(output.dims(), shape);
        let stage = format!("{name}.layer{}", stage + 1);
        let output = values(output);
        let sample: Vec<f32> =
            (0..4096u64).map(|j| output[(j * 2_654_435_761 % output.len() as u64) as usize]).collect();
        let error = relative_l2(&sample, &tensor(&golden, &stage).values);
        println!("{stage}: relative L2 error {error:.1e}");
        assert!(error <= TOLERANCE, "{stage}: {error:e}");
        // The sample is a part; the norm is of the whole.
        let norm = output.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>().sqrt();
        let expected = f64::from(tensor(&golden, &format!("{stage}.norm")).values[0]);
        assert!((norm / expected - 1.0).abs() <= TOLERANCE, "{stage}: norm {norm} instead of {expected}");
    }
}

fn resnet(config: ResNetConfig) -> EncoderConfig {
    EncoderConfig::ResNet(config)
}

fn assert_parity(name: &str, config: &EncoderConfig) {
    let shapes = [[1, 256, 56, 56], [1, 512, 28, 28], [1, 1024, 14, 14], [1, 2048, 7, 7]];
    let trained = synthetic_encoder(config, &config.slots(Norms::Separate));
    assert_stages(name, &fill(config, Norms::Separate, trained.clone()), shapes);
    let (recognised, folded) = EncoderConfig::from_checkpoint(trained).expect("a checkpoint of torchvision's form");
    assert_eq!(recognised, *config);
    let packed = config.load(&device::cpu(), |slot| folded.get(&slot.name).cloned().ok_or_else(|| slot.name.clone()));
    assert_stages(name, &packed.expect("a weight for every slot"), shapes);
    assert_stages(name, &fill(config, Norms::Folded, folded), shapes);
}

#[test]
fn resnet50_equals_pytorch() {
    assert_parity("resnet50", &resnet(ResNetConfig::resnet50()));
}

#[test]
fn resnet101_equals_pytorch() {
    assert_parity("resnet101", &resnet(ResNetConfig::resnet101()));
}

#[test]
fn blocks_of_layers_have_shapes_and_counts() {
    let config = resnet(ResNetConfig::resnet50());
    let layers = config.layers(224);
    let output = |name: &str| layers.iter().find(|layer| layer.name == name).map(|layer| layer.output.clone());
    assert_eq!(output("conv1"), Some(vec![64, 112, 112]));
    assert_eq!(output("layer1.2"), Some(vec![256, 56, 56]));
    assert_eq!(output("layer2.3"), Some(vec![512, 28, 28]));
    assert_eq!(output("layer3.5"), Some(vec![1024, 14, 14]));
    assert_eq!(output("layer4.2"), Some(vec![2048, 7, 7]));
    let counted: usize = layers.iter().map(|layer| layer.parameters).sum();
    assert_eq!(counted, config.folded_slots().iter().map(Slot::elements).sum::<usize>());
}

/// The twin in Python gives the same numbers.
#[test]
fn synthetic_weights_are_the_references() {
    let golden: serde_json::Value = serde_json::from_slice(&read("tests/reference/synthetic_weights.json")).unwrap();
    let tensors = golden["tensors"].as_array().unwrap();
    assert!(tensors.len() >= 4);
    // Both of the networks that the tensors are of.
    let encoder = resnet(ResNetConfig::resnet50());
    let decoder = small_manifest().decoder;
    for tensor in tensors {
        let name = tensor["name"].as_str().unwrap().to_string();
        let shape = serde_json::from_value(tensor["shape"].clone()).unwrap();
        let weight = match name.split('.').next() {
            Some("input") => noise_image(),
            Some("grid") => noise_features(&name),
            _ => {
                let slot = Slot { name, shape };
                let of_decoder = ["embedding", "attention", "decode_step", "project", "fc"];
                let is_of_decoder = of_decoder.contains(&slot.name.split('.').next().unwrap());
                if is_of_decoder { decoder.synthetic_weight(&slot) } else { encoder.synthetic_weight(&slot) }
            }
        };
        for (index, value) in tensor["at"].as_object().unwrap() {
            let expected = value.as_f64().unwrap() as f32;
            assert_eq!(weight.values[index.parse::<usize>().unwrap()], expected, "{tensor}");
        }
    }
}

/// A real trunk with what PyTorch made of it: `SIGHTLINE_ENCODER` names its checkpoint, and `golden.safetensors` lies
/// beside it with an `input` and its `grid`.
#[cfg(feature = "pytorch")]
#[test]
#[ignore = "needs a trained ResNet-50, which SIGHTLINE_ENCODER names"]
fn a_real_encoder_gives_its_golden_grid_in_every_storage_type() {
    let path = std::env::var("SIGHTLINE_ENCODER").expect("SIGHTLINE_ENCODER names a checkpoint");
    let path = std::path::Path::new(&path);
    let golden = std::fs::read(path.with_file_name("golden.safetensors")).expect("beside the checkpoint");
    let input = tensor(&golden, "input");
    let input = Tensor::<4>::from_data(TensorData::new(input.values, [1, 3, 224, 224]), &device::cpu());
    let expected = tensor(&golden, "grid");
    let expected = Tensor::<4>::from_data(TensorData::new(expected.values, [1, 2048, 7, 7]), &device::cpu());
    let expected = values(FeatureGrid::from_map(expected).features);

    let (config, mut weights) = EncoderConfig::from_checkpoint(sightline::checkpoint::read(path).unwrap()).unwrap();
    weights = weights.into_iter().map(|(name, weight)| (format!("encoder.{name}"), weight)).collect();
    let small = small_manifest();
    let DecoderConfig::AttentionLstm(lstm) = small.decoder.clone() else { panic!("{:?}", small.decoder) };
    let decoder = DecoderConfig::AttentionLstm(AttentionLstmConfig { feature_dim: config.channels(), ..lstm });
    let of_decoder = synthetic_decoder(&decoder);
    weights.extend(of_decoder.into_iter().map(|(name, weight)| (format!("decoder.{name}"), weight)));
    let manifest = Manifest { encoder: config, decoder, ..small };

    for (dtype, least) in [(Dtype::F32, None), (Dtype::F16, Some(0.9999)), (Dtype::Int8, Some(0.995))] {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("model");
        model::write(&folder, &manifest, &weights, None, dtype, Overwrite::Refuse).unwrap();
        let model = ModelLoader::read(&folder).unwrap().into_model(&OpenDevice::cpu(), &OpenDevice::cpu()).unwrap();
        let grid = values(model.encoder.forward(input.clone()).features);
        let (similarity, error) = (cosine(&grid, &expected), relative_l2(&grid, &expected));
        println!("{dtype:?}: cosine similarity {similarity:.6}, relative L2 error {error:.1e}");
        match least {
            None => assert!(error <= TOLERANCE, "{error:e}"),
            Some(least) => assert!(similarity >= least, "{dtype:?}: {similarity}"),
        }
    }
}

#[test]
fn a_sequential_of_a_trunks_children_is_recognised() {
    let config = resnet(ResNetConfig { blocks: [1, 1, 1, 1], width: 8 });
    let named = synthetic_encoder(&config, &config.slots(Norms::Separate));
    let children =
        [("conv1.", "0."), ("bn1.", "1."), ("layer1.", "4."), ("layer2.", "5."), ("layer3.", "6."), ("layer4.", "7.")];
    let numbered = named.clone().into_iter().map(|(name, weight)| {
        let (child, number) = children.iter().find(|(child, _)| name.starts_with(child)).unwrap();
        (format!("module.resnet.{number}{}", &name[child.len()..]), weight)
    });
    assert_eq!(EncoderConfig::from_checkpoint(numbered.collect()), EncoderConfig::from_checkpoint(named));
}

#[test]
fn a_checkpoint_that_does_not_fit_is_refused_by_name() {
    let config = resnet(ResNetConfig { blocks: [1, 1, 1, 1], width: 8 });
    let error = |change: &dyn Fn(&mut Weights)| {
        let mut weights = synthetic_encoder(&config, &config.slots(Norms::Separate));
        change(&mut weights);
        EncoderConfig::from_checkpoint(weights).unwrap_err().to_string()
    };
    assert!(error(&|w| w.clear()).contains("this is no ResNet checkpoint: it has no tensor conv1.weight"));
    assert_eq!(error(&|w| drop(w.remove("layer2.0.bn3.running_var"))), "tensor layer2.0.bn3.running_var is missing");
    assert_eq!(
        error(&|w| w.get_mut("layer1.0.conv2.weight").unwrap().shape = vec![8, 8, 5, 5]),
        "tensor layer1.0.conv2.weight has the shape [8, 8, 5, 5]; [8, 8, 3, 3] is expected"
    );
    assert_eq!(
        error(&|w| drop(w.insert("layer1.0.se.weight".into(), w["conv1.weight"].clone()))),
        "tensor layer1.0.se.weight is not part of this architecture"
    );
    assert!(error(&|w| w.retain(|name, _| !name.contains("conv3"))).contains("ResNet-18"));
}
