//! The model folder: what is written is read again, and what is bad is refused by name.

use std::path::{Path, PathBuf};

use safetensors::tensor::{Dtype as Stored, TensorView};
use sha2::{Digest, Sha256};
use sightline::decoder::DecoderConfig;
use sightline::model::{self, Dtype, Manifest, ModelError, ModelLoader, Overwrite, SHARD_LIMIT};
use sightline::weights::Weights;
use sightline_test_support::{small_manifest, synthetic_model, words, write_small_model};

struct Folder {
    // Removed when it is dropped.
    _parent: tempfile::TempDir,
    path: PathBuf,
}

fn small_model(dtype: Dtype) -> Folder {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("model");
    write_small_model(&path, dtype);
    Folder { _parent: parent, path }
}

impl Folder {
    fn manifest(&self) -> serde_json::Value {
        serde_json::from_slice(&std::fs::read(self.path.join("model.json")).unwrap()).unwrap()
    }

    fn set(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let mut manifest = self.manifest();
        change(&mut manifest);
        std::fs::write(self.path.join("model.json"), manifest.to_string()).unwrap();
    }

    fn shard(&self) -> PathBuf {
        self.path.join(self.manifest()["shards"][0]["file"].as_str().unwrap())
    }

    /// Puts other bytes into the first shard, with a manifest that vouches for them.
    fn put_shard(&self, bytes: &[u8]) {
        std::fs::write(self.shard(), bytes).unwrap();
        self.set(|manifest| {
            manifest["shards"][0]["bytes"] = bytes.len().into();
            let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            manifest["shards"][0]["sha256"] = digest.into();
        });
    }

    /// Rewrites the first shard tensor by tensor.
    fn change_tensors(&self, change: impl FnOnce(&mut Vec<(String, Stored, Vec<usize>, Vec<u8>)>)) {
        let bytes = std::fs::read(self.shard()).unwrap();
        let shard = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let mut tensors: Vec<_> =
            shard.iter().map(|(n, v)| (n.to_string(), v.dtype(), v.shape().to_vec(), v.data().to_vec())).collect();
        change(&mut tensors);
        let views = tensors.iter().map(|(n, d, s, b)| (n, TensorView::new(*d, s.clone(), b).unwrap()));
        self.put_shard(&safetensors::serialize(views, None).unwrap());
    }

    fn error(&self) -> String {
        let weights = ModelLoader::read(&self.path).and_then(ModelLoader::into_weights);
        weights.expect_err("a bad model").to_string()
    }
}

fn weights(folder: &Path) -> Weights {
    ModelLoader::read(folder).unwrap().into_weights().unwrap().2
}

#[test]
fn what_was_written_is_read() {
    let manifest = small_manifest();
    let expected = synthetic_model(&manifest);
    assert_eq!(weights(&small_model(Dtype::F32).path), expected);
    for (dtype, tolerance) in [(Dtype::F16, 1.0 / 2048.0), (Dtype::Int8, 0.5 / 127.0)] {
        for (name, weight) in weights(&small_model(dtype).path) {
            let row_length = weight.values.len() / weight.shape[0];
            for (found, expected) in weight.values.chunks(row_length).zip(expected[&name].values.chunks(row_length)) {
                let greatest = expected.iter().fold(0f32, |most, value| most.max(value.abs()));
                for (found, expected) in found.iter().zip(expected) {
                    // Half a step, and the rounding of the scale itself.
                    assert!((found - expected).abs() <= greatest * tolerance * 1.001, "{name}: {found}, {expected}");
                }
                if weight.shape.len() == 1 {
                    assert_eq!(found, expected, "vectors are exact");
                }
            }
        }
    }
}

/// A model with a tensor that is larger than a shard may be.
#[test]
fn a_large_tensor_is_spread_over_shards() {
    let small = small_manifest();
    let DecoderConfig::AttentionLstm(mut lstm) = small.decoder.clone() else { panic!("{:?}", small.decoder) };
    lstm.vocab_size = 30_000;
    lstm.embedding = 100;
    let manifest = Manifest { decoder: DecoderConfig::AttentionLstm(lstm), vocabulary: words(30_000), ..small };
    let expected = synthetic_model(&manifest);
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("model");
    let written = model::write(&folder, &manifest, &expected, None, Dtype::F32, Overwrite::Refuse).unwrap();
    assert!(written.shards.len() >= 2, "{} bytes", written.bytes());
    for shard in &written.shards {
        assert!((shard.bytes as usize) < SHARD_LIMIT, "{shard:?}");
        assert_eq!(std::fs::metadata(folder.join(&shard.file)).unwrap().len(), shard.bytes);
    }
    // Shards may come in any order, and a part twice.
    let mut loader = ModelLoader::new(&std::fs::read(folder.join("model.json")).unwrap()).unwrap();
    for shard in written.shards.iter().rev().chain(&written.shards) {
        loader.add(&shard.file, &std::fs::read(folder.join(&shard.file)).unwrap()).unwrap();
    }
    assert!(loader.into_weights().unwrap().2 == expected);
}

#[test]
fn a_folder_is_written_whole_or_not_at_all() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("model");
    let manifest = small_manifest();
    let mut weights = synthetic_model(&manifest);
    let write = |weights: &Weights, dtype, overwrite| model::write(&folder, &manifest, weights, None, dtype, overwrite);
    let files = || std::fs::read_dir(parent.path()).unwrap().count();

    weights.get_mut("decoder.fc.weight").unwrap().values[3] = 1e6;
    let error = write(&weights, Dtype::F16, Overwrite::Refuse).unwrap_err().to_string();
    assert_eq!(error, "tensor decoder.fc.weight holds 1000000, which F16 cannot hold; store it as f32 or int8");
    assert_eq!(files(), 0, "nothing is left of a failed attempt");
    weights.get_mut("decoder.fc.weight").unwrap().values[3] = f32::INFINITY;
    assert!(matches!(write(&weights, Dtype::Int8, Overwrite::Refuse), Err(ModelError::NotFinite { .. })));
    weights.remove("decoder.fc.weight");
    assert!(matches!(write(&weights, Dtype::F32, Overwrite::Refuse), Err(ModelError::TensorMissing { .. })));
    assert_eq!(files(), 0);

    let weights = synthetic_model(&manifest);
    write(&weights, Dtype::F32, Overwrite::Refuse).unwrap();
    assert!(matches!(write(&weights, Dtype::F32, Overwrite::Refuse), Err(ModelError::Exists { .. })));
    write(&weights, Dtype::Int8, Overwrite::Replace).unwrap();
    ModelLoader::read(&folder).unwrap().into_weights().unwrap();
    assert_eq!(files(), 1);

    // What lies beside the model stays, and what is no model is not replaced.
    std::fs::write(folder.join("MODEL_CARD.md"), "trained with care").unwrap();
    write(&weights, Dtype::F16, Overwrite::Replace).unwrap();
    ModelLoader::read(&folder).unwrap().into_weights().unwrap();
    assert_eq!(std::fs::read_to_string(folder.join("MODEL_CARD.md")).unwrap(), "trained with care");
    assert_eq!((files(), std::fs::read_dir(&folder).unwrap().count()), (1, 3));
    std::fs::write(folder.join("model.json"), r#"{"format": "graph-model"}"#).unwrap();
    assert!(matches!(write(&weights, Dtype::F32, Overwrite::Replace), Err(ModelError::NotReplaceable { .. })));
}

#[test]
fn a_missing_folder_or_manifest_is_named() {
    let error = ModelLoader::read(Path::new("no/such/model")).unwrap_err().to_string();
    assert!(error.starts_with("no/such/model/model.json: not found"), "{error}");
}

#[test]
fn a_broken_manifest_is_refused() {
    let model = small_model(Dtype::F32);
    for json in ["", "{", "[]", "nonsense", "{\"format\": 3}"] {
        std::fs::write(model.path.join("model.json"), json).unwrap();
        assert!(model.error().starts_with("model.json: "), "{}", model.error());
    }
}

#[test]
fn an_unknown_version_is_refused_before_anything_else() {
    let model = small_model(Dtype::F32);
    model.set(|manifest| {
        manifest["version"] = 2.into();
        manifest["encoder"] = "whatever version 2 says".into();
    });
    assert_eq!(
        model.error(),
        "model.json: format version 2 is not known; this build reads version 1, so update Sightline"
    );
}

#[test]
fn another_format_is_refused() {
    let model = small_model(Dtype::F32);
    model.set(|manifest| manifest["format"] = "something-else".into());
    assert_eq!(model.error(), "model.json: \"format\" is \"something-else\", so this is not a Sightline model");
}

#[test]
fn an_unknown_architecture_is_refused() {
    let model = small_model(Dtype::F32);
    model.set(|manifest| manifest["encoder"]["architecture"] = "vit".into());
    assert!(model.error().contains("unknown variant `vit`"), "{}", model.error());
}

#[test]
fn dimensions_have_bounds_and_agree() {
    type Change = fn(&mut serde_json::Value);
    let cases: [(Change, &str); 11] = [
        (|m| m["input"]["size"] = 0.into(), "model.json: input.size is 0; 16 to 2048 is allowed"),
        (
            |m| m["input"]["std"] = serde_json::json!([1, 0, 1]),
            "model.json: input.std is [1.0, 0.0, 1.0]; numbers above 0 are allowed",
        ),
        (
            |m| m["input"]["mean"] = serde_json::json!([0.5, 0.5]),
            "model.json: input.mean is [0.5, 0.5]; one number (grey) or three (red, green, blue) are allowed",
        ),
        (
            |m| m["input"]["std"] = serde_json::json!([0.5]),
            "model.json: input.std is [0.5]; it has to have as many numbers as input.mean",
        ),
        (
            |m| {
                m["input"]["mean"] = serde_json::json!([0.5]);
                m["input"]["std"] = serde_json::json!([0.5]);
            },
            "model.json: input.mean is [0.5]; the encoder takes 3 channels",
        ),
        (
            |m| m["input"]["ink"] = true.into(),
            "model.json: input.ink is true; ink is grey, so input.mean and input.std have one number each",
        ),
        (
            |m| m["encoder"]["blocks"] = serde_json::json!([1, 1, 4_000_000_000u64, 1]),
            "model.json: encoder.blocks is 4000000000; 1 to 256 is allowed",
        ),
        (
            |m| m["decoder"]["hidden"] = (1u64 << 40).into(),
            "model.json: decoder.hidden is 1099511627776; 1 to 1048576 is allowed",
        ),
        (
            |m| m["decoder"]["words"] = 41.into(),
            "model.json: decoder.words is 41; the number of words in the vocabulary is 40",
        ),
        (
            |m| m["decoder"]["features"] = 2048.into(),
            "model.json: decoder.features is 2048; the encoder's channels are 128",
        ),
        (|m| m["decoder"]["hidden"] = (1 << 20).into(), "model.json: the architecture has"),
    ];
    for (change, message) in cases {
        let model = small_model(Dtype::F32);
        model.set(change);
        assert!(model.error().starts_with(message), "{}", model.error());
    }
}

#[test]
fn tricks_in_shard_names_are_refused() {
    for name in [
        "../secret.safetensors",
        "/etc/x.safetensors",
        "a/b.safetensors",
        "a\\b.safetensors",
        ".x.safetensors",
        "c:x.safetensors",
        "weights.bin",
        "",
        "naïve.safetensors",
        "a\0.safetensors",
    ] {
        let model = small_model(Dtype::F32);
        model.set(|manifest| manifest["shards"][0]["file"] = name.into());
        assert!(model.error().contains("is no name for a shard"), "{name}: {}", model.error());
    }
    let model = small_model(Dtype::F32);
    model.set(|manifest| {
        let shard = manifest["shards"][0].clone();
        manifest["shards"].as_array_mut().unwrap().push(shard);
    });
    assert!(model.error().ends_with("is listed twice"));
}

#[test]
fn a_missing_shard_is_named() {
    let model = small_model(Dtype::F32);
    std::fs::remove_file(model.shard()).unwrap();
    assert!(model.error().contains("weights-001-of-001.safetensors: not found"), "{}", model.error());
}

#[test]
fn a_shard_that_was_not_given_is_named() {
    let model = small_model(Dtype::F32);
    let manifest = std::fs::read(model.path.join("model.json")).unwrap();
    let error = ModelLoader::new(&manifest).unwrap().into_weights().unwrap_err().to_string();
    assert_eq!(error, "the shard weights-001-of-001.safetensors was not given");
    let error = ModelLoader::new(&manifest).unwrap().add("other.safetensors", &[]).unwrap_err().to_string();
    assert_eq!(error, "other.safetensors: not a shard of this model");
}

#[test]
fn a_truncated_shard_is_refused() {
    let model = small_model(Dtype::F32);
    let bytes = std::fs::read(model.shard()).unwrap();
    std::fs::write(model.shard(), &bytes[..bytes.len() - 1]).unwrap();
    let expected = format!("{} bytes long where model.json says {}", bytes.len() - 1, bytes.len());
    assert!(model.error().contains(&expected), "{}", model.error());
}

/// The manifest may vouch for anything; a reader still bounds what it gives memory to.
#[test]
fn claims_are_bounded() {
    let model = small_model(Dtype::F32);
    model.set(|manifest| manifest["shards"][0]["bytes"] = (1u64 << 60).into());
    assert!(model.error().contains("every shard has fewer than 8388608"), "{}", model.error());
    let model = small_model(Dtype::F32);
    model.set(|manifest| {
        manifest["decoder"]["hidden"] = (1 << 20).into();
        manifest["decoder"]["embedding"] = (1 << 20).into();
    });
    assert!(model.error().contains("weights; at most 268435456 are taken"), "{}", model.error());
    #[cfg(unix)]
    {
        let model = small_model(Dtype::F32);
        std::fs::remove_file(model.shard()).unwrap();
        std::os::unix::fs::symlink("/dev/zero", model.shard()).unwrap();
        assert!(model.error().contains("longer than 8388608 bytes"), "{}", model.error());
    }
}

#[test]
fn a_flipped_byte_is_refused_wherever_it_is() {
    let model = small_model(Dtype::Int8);
    let bytes = std::fs::read(model.shard()).unwrap();
    for at in [0, 8, bytes.len() / 2, bytes.len() - 1] {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        std::fs::write(model.shard(), flipped).unwrap();
        assert!(model.error().contains("the SHA-256 is"), "{}", model.error());
    }
}

#[test]
fn hostile_headers_are_refused() {
    let header = |json: &str| [&(json.len() as u64).to_le_bytes()[..], json.as_bytes(), &[0; 64]].concat();
    for bytes in [
        vec![],
        vec![1, 2, 3],
        u64::MAX.to_le_bytes().repeat(4),
        (1u64 << 40).to_le_bytes().repeat(4),
        header("{"),
        header(r#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,999999]}}"#),
        header(r#"{"a":{"dtype":"F32","shape":[18446744073709551615,2],"data_offsets":[0,16]}}"#),
        header(r#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[16,0]}}"#),
        header(
            r#"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}"#,
        ),
    ] {
        let model = small_model(Dtype::F32);
        model.put_shard(&bytes);
        // A shard that is far too small is found out even before it is read.
        model.set(|manifest| {
            manifest["shards"]
                .as_array_mut()
                .unwrap()
                .push(serde_json::json!({"file": "z.safetensors", "bytes": SHARD_LIMIT - 1, "sha256": ""}))
        });
        assert!(model.error().contains("no readable safetensors file"), "{}", model.error());
    }
}

#[test]
fn tensors_have_to_be_those_of_the_architecture() {
    type Tensors = Vec<(String, Stored, Vec<usize>, Vec<u8>)>;
    fn at(tensors: &mut Tensors, name: &str) -> usize {
        tensors.iter().position(|tensor| tensor.0 == name).unwrap()
    }
    fn weight<'a>(tensors: &'a mut Tensors, name: &str) -> &'a mut (String, Stored, Vec<usize>, Vec<u8>) {
        let at = at(tensors, name);
        &mut tensors[at]
    }
    type Change = fn(&mut Tensors);
    let cases: [(Change, &str); 15] = [
        (
            |t| weight(t, "decoder.fc.bias").3[8..12].copy_from_slice(&f32::NAN.to_le_bytes()),
            "tensor decoder.fc.bias holds NaN; a weight has to be a finite number",
        ),
        (
            |t| weight(t, "decoder.fc.weight:scale").3[..4].copy_from_slice(&f32::INFINITY.to_le_bytes()),
            "tensor decoder.fc.weight holds inf; a weight has to be a finite number",
        ),
        (|t| t.retain(|tensor| tensor.0 != "decoder.fc.bias"), "tensor decoder.fc.bias is missing from the shards"),
        (
            |t| weight(t, "decoder.fc.bias").0 = "decoder.fc.extra".into(),
            "weights-001-of-001.safetensors: tensor decoder.fc.extra is not part of this architecture",
        ),
        (
            |t| weight(t, "decoder.fc.bias").0 = "decoder.fc.bias@x".into(),
            "weights-001-of-001.safetensors: tensor decoder.fc.bias@x is not part of this architecture",
        ),
        (
            |t| weight(t, "decoder.fc.weight").2 = vec![24, 40],
            "weights-001-of-001.safetensors: tensor decoder.fc.weight has the shape [24, 40]; [40, 24] is expected",
        ),
        (
            |t| weight(t, "decoder.fc.bias").0 = "decoder.fc.bias@18446744073709551615".into(),
            "weights-001-of-001.safetensors: tensor decoder.fc.bias@18446744073709551615 has 40 rows from row \
             18446744073709551615 on, and all of it has 40",
        ),
        (
            |t| weight(t, "decoder.fc.bias").0 = "decoder.fc.bias@1".into(),
            "weights-001-of-001.safetensors: tensor decoder.fc.bias@1 has 40 rows from row 1 on, and all of it has 40",
        ),
        (
            |t| weight(t, "decoder.fc.bias").1 = Stored::I32,
            "weights-001-of-001.safetensors: tensor decoder.fc.bias is stored as I32; F32, F16 and I8 are read",
        ),
        (
            |t| t.retain(|tensor| tensor.0 != "decoder.fc.weight:scale"),
            "weights-001-of-001.safetensors: tensor decoder.fc.weight is stored as I8 and needs its scales",
        ),
        (
            |t| {
                let tensor = weight(t, "decoder.fc.bias");
                (tensor.2, tensor.3) = (vec![39], tensor.3[..39 * 4].to_vec());
            },
            "tensor decoder.fc.bias is incomplete: row 39 is missing from the shards",
        ),
        (
            |t| {
                let mut again = weight(t, "decoder.fc.bias").clone();
                (again.0, again.2, again.3) = ("decoder.fc.bias@5".into(), vec![1], again.3[..4].to_vec());
                t.push(again);
            },
            "weights-001-of-001.safetensors: row 5 of tensor decoder.fc.bias was given before",
        ),
        // Safetensors allows a part without rows; it must neither count nor replace anything.
        (
            |t| t.push(("decoder.fc.bias@5".into(), Stored::F32, vec![0], vec![])),
            "weights-001-of-001.safetensors: tensor decoder.fc.bias@5 has the shape [0]",
        ),
        (
            |t| t.push(("decoder.fc.bias@0".into(), Stored::F32, vec![0], vec![])),
            "weights-001-of-001.safetensors: tensor decoder.fc.bias@0 has the shape [0]",
        ),
        (
            |t| weight(t, "decoder.fc.bias").0 = "decoder.fc.bias@00".into(),
            "weights-001-of-001.safetensors: tensor decoder.fc.bias@00 is not part of this architecture",
        ),
    ];
    for (change, message) in cases {
        let model = small_model(Dtype::Int8);
        model.change_tensors(change);
        assert!(model.error().starts_with(message), "{}", model.error());
    }
}
