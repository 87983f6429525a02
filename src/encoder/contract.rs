//! Holds every known backbone to the contract of its family: weights load, shapes are what really comes out at each
//! stage, folding its norms changes nothing, and its checkpoints are recognised. That the manifest keeps it is tested in
//! `model/manifest.rs`.

use std::convert::Infallible;
use std::sync::OnceLock;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};

use super::{ActivationSamples, Encoder, EncoderConfig, FeatureGrid, Norms, Op};
use crate::device::{self, DeviceRequest, OpenDevice};
use crate::synthetic_weights;
use crate::weights::{ByteWeight, ModulePath, Slot, StoredWeight, StoredWeights, Weight, Weights};

/// Small enough to be quick, and odd, so that every rounding shows; larger where the network cannot do with it.
fn size(config: &EncoderConfig) -> usize {
    70.max(config.least_size())
}

fn synthetic(config: &EncoderConfig, norms: Norms) -> Weights {
    config.slots(norms).iter().map(|slot| (slot.name.clone(), config.synthetic_weight(slot))).collect()
}

fn photo(config: &EncoderConfig) -> Tensor<4> {
    let (channels, size) = (config.input().channels(), size(config));
    let values: Vec<f32> = (0..channels * size * size).map(|i| synthetic_weights::noise("input", i) as f32).collect();
    Tensor::from_data(TensorData::new(values, [1, channels, size, size]), &device::cpu())
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
    let mut names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    assert!(names.contains(&"tiny"), "the family of the tests is in the list");
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None, "every name stands for one backbone");
    let unnamed = EncoderConfig::members().into_iter().find(|(_, members)| *members == 0);
    assert_eq!(unnamed, None, "a family without a member that has a name is never tested");
    for (name, config) in &known {
        println!("{name}: {}", config.title());
        assert_eq!(config.known_name(), Some(*name));
        config.check().unwrap_or_else(|error| panic!("{name}: {error}"));
        let (trained, folded) = recognised(name, config);
        runs_as_it_says(name, config, &trained, &folded);
        computes_in_integers(name, config, &folded);
        the_table_says_what_runs(name, config);
    }
}

/// Its checkpoint and the folded one, both recognised as `pack` does it.
fn recognised(name: &str, config: &EncoderConfig) -> (Weights, Weights) {
    let read = |weights: Weights, which: &str| {
        let found = EncoderConfig::from_checkpoint(weights);
        let (found, folded) = found.unwrap_or_else(|error| panic!("{name}: the {which} checkpoint: {error}"));
        assert_eq!(found, *config, "{name}: what the {which} checkpoint was taken for");
        folded
    };
    let trained = synthetic(config, Norms::Separate);
    let folded = read(trained.clone(), "trained");
    assert!(read(folded.clone(), "folded") == folded, "{name}: a folded checkpoint stays as it is");
    let wrapped = trained.iter().map(|(name, weight)| (format!("module.encoder.{name}"), weight.clone()));
    assert!(read(wrapped.collect(), "wrapped") == folded, "{name}: what is wrapped around the keys is taken away");
    // Tensors without axes are no reason to panic.
    let flat = |(name, weight): (&String, &Weight)| (name.clone(), Weight { shape: vec![], ..weight.clone() });
    assert!(EncoderConfig::from_checkpoint(trained.iter().map(flat).collect()).is_err(), "{name}");
    (trained, folded)
}

/// Each stage puts out the shape that is promised, and neither folding the norms nor packing the weights changes anything.
fn runs_as_it_says(name: &str, config: &EncoderConfig, trained: &Weights, folded: &Weights) {
    let separate = load(config, Norms::Separate, trained);
    let load_on = |device: &Device| {
        let Ok(loaded) = config.load(device, |slot| Ok::<_, Infallible>(folded[&slot.name].clone()));
        loaded
    };
    let mut others = vec![("folded", load(config, Norms::Folded, folded)), ("packed", load_on(&device::cpu()))];
    others.extend(gpu().map(|gpu| ("on a GPU", load_on(&gpu.handle))));
    let size = size(config);
    let two_photos = || Tensor::cat(vec![photo(config), photo(config).flip([3])], 0);
    let photos_on = |encoder: &Encoder| Tensor::from_data(two_photos().into_data(), &encoder.device());
    let mut expected = separate.stem(two_photos());
    let mut maps: Vec<Tensor<4>> = others.iter().map(|(_, encoder)| encoder.stem(photos_on(encoder))).collect();
    for stage in 0..=config.stages() {
        for ((form, _), map) in others.iter().zip(&maps) {
            let [_, shape @ ..] = map.dims();
            let promised = config.shape_after(stage, size);
            assert_eq!(shape, promised, "{name}: what comes out after {stage} stages, and shape_after");
            // Folding rounds each weight once, and packed weights are added up in another order.
            let error = relative_error(expected.clone(), map.clone());
            assert!(error < 1e-5, "{name}: after {stage} stages, {form} is off by {error:e}");
        }
        if stage < config.stages() {
            expected = separate.stage(stage, expected);
            maps = others.iter().zip(maps).map(|((_, encoder), map)| encoder.stage(stage, map)).collect();
        }
    }
    let mut exact = None;
    for (form, encoder) in &others {
        let features = encoder.forward(photos_on(encoder));
        assert_eq!(features.grid, config.grid(size), "{name}");
        assert_eq!(features.features.dims(), [2, config.grid(size).cells(), config.channels()], "{name}");
        let features = features.features.unsqueeze::<4>();
        let error = relative_error(exact.get_or_insert_with(|| features.clone()).clone(), features);
        assert!(error < 1e-5, "{name}: the grid, {form}, is off by {error:e}");
    }
}

/// Where there is support for one. A process opens it once.
fn gpu() -> Option<OpenDevice> {
    static GPU: OnceLock<Option<OpenDevice>> = OnceLock::new();
    let open = || device::open(DeviceRequest::Wgpu).expect("an adapter, if only in software");
    GPU.get_or_init(|| cfg!(feature = "wgpu").then(open)).clone()
}

/// With weights in bytes and ranges of what comes out, the grid is nearly the one that floats give, as a whole and stage by
/// stage.
fn computes_in_integers(name: &str, config: &EncoderConfig, folded: &Weights) {
    let stored: StoredWeights = folded.iter().map(|(name, weight)| (name.clone(), in_bytes(weight))).collect();
    let floats = |slot: &Slot| Ok::<_, Infallible>(stored[&slot.name].clone().into_floats());
    let bytes = |slot: &Slot| Ok::<_, Infallible>(stored[&slot.name].clone());
    let photos = Tensor::cat(vec![photo(config), photo(config).flip([3])], 0);
    let Ok(exact) = config.load(&device::cpu(), floats);
    let mut samples = ActivationSamples::default();
    exact.sample_activations(photos.clone(), &mut samples);
    let ranges = samples.ranges();
    ranges.check(&config.description()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let convolutions = config.description().trunk().iter().filter(|node| matches!(node.op, Op::Conv(_))).count();
    assert_eq!(ranges.len(), convolutions, "{name}: ranges, and convolutions");
    let Ok(fast) = config.load_in_precision(&OpenDevice::cpu(), &ranges, bytes);
    let expected = exact.forward(photos.clone()).features.unsqueeze::<4>();
    let found = fast.forward(photos.clone()).features.unsqueeze::<4>();
    let cosine = cosine(expected.clone(), found.clone());
    println!("{name}: in integers the grid's cosine to floats is {cosine:.5}");
    // Of what trained networks put out less is lost; these are by chance, and lose in every layer.
    assert!(cosine > 0.97, "{name}: in integers the grid's cosine to floats is {cosine}");
    assert!(relative_error(expected.clone(), found.clone()) > 1e-6, "{name}: integers were not used");
    if let Some(gpu) = gpu() {
        let photos = Tensor::from_data(photos.clone().into_data(), &gpu.handle);
        let off_by = |encoder: Encoder| {
            relative_error(expected.clone(), encoder.forward(photos.clone()).features.unsqueeze::<4>())
        };
        let Ok(in_floats) = config.load(&gpu.handle, bytes);
        let error = off_by(in_floats);
        assert!(error < 1e-5, "{name}: on a GPU, with weights in bytes, the grid is off by {error:e}");
        let Ok(in_its_precision) = config.load_in_precision(&gpu, &ranges, bytes);
        let error = off_by(in_its_precision);
        println!("{name}: as a GPU keeps images, the grid is off by {error:.5}");
        assert!(error < 0.01, "{name}: as a GPU keeps images, the grid is off by {error:e}");
    }
    let by_stages = FeatureGrid::from_map((0..fast.stages()).fold(fast.stem(photos), |x, stage| fast.stage(stage, x)));
    // What lies in bytes between two stages is the same when it was floats meanwhile.
    let error = relative_error(found, by_stages.features.unsqueeze::<4>());
    assert!(error < 1e-6, "{name}: stage by stage integers are off by {error:e}");
}

/// As a model folder stores it.
fn in_bytes(weight: &Weight) -> StoredWeight {
    if weight.shape.len() < 2 {
        return weight.clone().into();
    }
    let (mut bytes, mut scales) = (vec![], vec![]);
    for row in weight.values.chunks(weight.values.len() / weight.shape[0]) {
        let scale = row.iter().fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs())) / 127.0;
        bytes.extend(row.iter().map(|value| (value / scale).round() as i8));
        scales.push(scale);
    }
    StoredWeight::Bytes(ByteWeight { shape: weight.shape.clone(), bytes, scales })
}

fn cosine(a: Tensor<4>, b: Tensor<4>) -> f64 {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let (a, b) = (values(a), values(b));
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}

fn relative_error(expected: Tensor<4>, found: Tensor<4>) -> f64 {
    let (expected, found) = (values(expected), values(found));
    let square = |values: &mut dyn Iterator<Item = f32>| values.map(|x| f64::from(x).powi(2)).sum::<f64>();
    let error = square(&mut expected.iter().zip(&found).map(|(a, b)| a - b)) / square(&mut expected.iter().copied());
    error.sqrt()
}

fn the_table_says_what_runs(name: &str, config: &EncoderConfig) {
    let size = size(config);
    let layers = config.layers(size);
    let counted: usize = layers.iter().map(|layer| layer.parameters).sum();
    let weights: usize = config.folded_slots().iter().map(Slot::elements).sum();
    assert_eq!(counted, weights, "{name}: the weights in the table of layers, and those that there are");
    let last = layers.last().map(|layer| layer.output.clone());
    assert_eq!(last, Some(config.shape_after(config.stages(), size).to_vec()), "{name}: the table ends in the grid");
    let usual = config.input().size;
    let table = config.layer_table(usual).unwrap_or_else(|| panic!("{name}: a photo of {usual} pixels is too small"));
    let head = config.head();
    let classes = head.layers.last().map(|(_, outputs)| vec![*outputs]);
    assert_eq!(table.rows.last().map(|row| row.output.clone()), classes, "{name}: the whole table ends in the classes");
    let statistics = |slot: &&Slot| !slot.name.contains(".running_");
    let trained: usize = config.slots(Norms::Separate).iter().filter(statistics).map(Slot::elements).sum();
    let of_head = |row: &&crate::encoder::Row| head.layers.iter().any(|(layer, _)| *layer == row.key);
    let of_head: usize = table.rows.iter().filter(of_head).map(|row| row.parameters).sum();
    assert_eq!(table.totals.parameters, trained + of_head, "{name}: the trunk's parameters, and the classifier's");
    assert!(config.check_size(config.least_size()).is_ok(), "{name}");
    assert!(config.layer_table(config.least_size() - 1).is_none(), "{name}");
}

/// Names of the tensors that learn nothing.
struct WithoutGradient {
    gradients: Gradients,
    path: ModulePath,
    names: Vec<String>,
}

impl ModuleVisitor for WithoutGradient {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.path.enter(name, container);
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.exit();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if param.val().grad(&self.gradients).is_none() {
            self.names.push(self.path.name());
        }
    }
}

/// Whatever is computed in a way of our own, gradients reach every layer.
#[test]
fn every_backbone_learns_in_all_its_layers() {
    let device = device::cpu().autodiff();
    for (name, config) in EncoderConfig::known() {
        for norms in [Norms::Separate, Norms::Folded] {
            let synthetic = |slot: &Slot| Ok::<_, Infallible>(config.synthetic_weight(slot));
            let Ok(network) = crate::weights::fill(config.init(norms, &device), &device, synthetic);
            let photo = Tensor::from_data(photo(&config).into_data(), &device);
            let gradients = network.forward(photo).features.sum().backward();
            let mut found = WithoutGradient { gradients, path: ModulePath::default(), names: vec![] };
            network.visit(&mut found);
            found.names.retain(|name| !name.contains("running_"));
            assert!(found.names.is_empty(), "{name}, {norms:?}: no gradient reaches {:?}", found.names);
        }
    }
}

#[test]
fn what_no_backbone_knows_is_said_by_all() {
    let weights = Weights::from([("nothing.weight".into(), Weight { shape: vec![1], values: vec![0.0] })]);
    let error = EncoderConfig::from_checkpoint(weights).unwrap_err().to_string();
    for family in ["this is no ResNet checkpoint: it has no tensor conv1.weight", "this is no Tiny checkpoint"] {
        assert!(error.contains(family), "{error}");
    }
}
