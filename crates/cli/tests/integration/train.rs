//! `sightline train` and `sightline eval` as a person or a script meets them.

use std::io::BufRead;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use image::{Rgb, RgbImage};
use safetensors::tensor::{Dtype as Stored, TensorView};
use serde_json::Value;
use sightline::consensus::{Consensus, SETTINGS};
use sightline::encoder::{EncoderConfig, Norms};
use sightline::model::Dtype;
use sightline_test_support::{in_repo, synthetic_encoder, write_small_model};

/// A folder with photos, captions, lists, and the encoder's checkpoint where it is wanted.
pub struct Data(pub tempfile::TempDir);

impl Data {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir(path("Images")).unwrap();
        let mut captions = "image,caption\n".to_string();
        for i in 0..6u8 {
            let photo = RgbImage::from_fn(40, 30, |x, y| Rgb([40 * i, x as u8 * 6, y as u8 * 8]));
            photo.save(path(&format!("Images/{i}.png"))).unwrap();
            captions += &format!("{i}.png,\"A picture, in shade {i} .\"\n{i}.png,Some shade of {i} is on it .\n");
        }
        std::fs::write(path("Images/broken.png"), b"no photo").unwrap();
        captions += "broken.png,A photo that is none .\nmissing.png,A photo that is not there .\n0.png,  \n";
        std::fs::write(path("captions.txt"), captions).unwrap();
        std::fs::write(path("train.txt"), "0.png\n1.png\n2.png\n3.png\nbroken.png\nmissing.png\n").unwrap();
        std::fs::write(path("dev.txt"), "4.png\n5.png\n").unwrap();
        Self(folder)
    }

    /// A ResNet-50 as torchvision keeps it, with synthetic weights.
    fn with_encoder(self) -> Self {
        self.with_backbone("resnet50")
    }

    /// Any other, by its name in configurations, which is that of its file.
    pub fn with_backbone(self, name: &str) -> Self {
        let config = EncoderConfig::named(name).expect("a backbone that is known");
        let weights = synthetic_encoder(&config, &config.slots(Norms::Separate));
        let half = |value: &f32| half::f16::from_f32(*value).to_le_bytes();
        let bytes: Vec<(String, Vec<usize>, Vec<u8>)> = weights
            .into_iter()
            .map(|(name, weight)| (name, weight.shape, weight.values.iter().flat_map(half).collect()))
            .collect();
        let views = bytes
            .iter()
            .map(|(name, shape, bytes)| (name, TensorView::new(Stored::F16, shape.clone(), bytes).unwrap()));
        safetensors::serialize_to_file(views, None, &self.0.path().join(format!("{name}.safetensors"))).unwrap();
        self
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sightline"));
        command.args(arguments).current_dir(self.0.path());
        command
    }

    pub fn sightline(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the binary was built")
    }

    /// The committed configuration, with this data and a small decoder.
    pub fn train(&self, more: &[&str]) -> Vec<String> {
        let set = [
            "data.captions=captions.txt",
            "data.images=Images",
            "data.train_list=train.txt",
            "data.validation_list=dev.txt",
            "data.encoder=resnet50.safetensors",
            "data.cache=cache",
            "data.min_count=1",
            "model.hidden_dim=8",
            "model.wordvec_dim=8",
            "model.attention_size=8",
            "training.batch_size=4",
            "training.self_critical.samples=2",
        ];
        let config = in_repo("configs/Attention_LSTM.yaml").display().to_string();
        let begin = ["train".into(), config, "--device".into(), "cpu".into()];
        let set = set.iter().chain(more).flat_map(|set| ["--set".to_string(), set.to_string()]);
        begin.into_iter().chain(set).collect()
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub fn owned(arguments: &[String], more: &[&str]) -> Vec<String> {
    arguments.iter().cloned().chain(more.iter().map(ToString::to_string)).collect()
}

pub fn borrowed(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[test]
fn one_file_and_one_command_make_a_model_that_captions() {
    let data = Data::new().with_encoder();
    let train = data.train(&["training.epochs=2", "training.self_critical.epochs=1"]);
    let train = owned(&train, &["--out", "run"]);
    let output = data.sightline(&borrowed(&train));
    let messages = text(&output.stderr);
    assert!(output.status.success(), "{messages}");
    assert_eq!(text(&output.stdout).trim(), Path::new("run").join("model").display().to_string());
    for line in [
        "1 photo is missing: missing.png",
        "1 caption is empty: 0.png",
        "1 photo is broken: broken.png (",
        "4 photos with 8 captions to learn from, 2 with 4 to judge by; ",
        "epoch   3  loss",
        "best: epoch ",
    ] {
        assert!(messages.contains(line), "{line}: {messages}");
    }
    let events: Vec<Value> = text(&std::fs::read(data.0.path().join("run/log.jsonl")).unwrap())
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(events.iter().filter(|event| event["event"] == "epoch").count(), 3);
    assert!(events.iter().any(|event| event["reward"].is_number()), "the last epoch is self-critical");

    let again = data.sightline(&borrowed(&train));
    assert!(!again.status.success());
    assert!(text(&again.stderr).contains("go on with it by --resume run"), "{}", text(&again.stderr));

    // More epochs for a run that is over.
    let more =
        data.sightline(&["train", "--resume", "run", "--device", "cpu", "--set", "training.self_critical.epochs=2"]);
    assert!(text(&more.stderr).contains("epoch   4  loss"), "{}", text(&more.stderr));
    let config = text(&std::fs::read(data.0.path().join("run/config.yaml")).unwrap());
    assert!(config.contains("self_critical:\n    epochs: 2"), "{config}");

    let plot = data.sightline(&["train", "--plot", "run"]);
    assert!(plot.status.success(), "{}", text(&plot.stderr));
    let svg = text(&std::fs::read(data.0.path().join("run/log.svg")).unwrap());
    assert!(svg.starts_with("<svg") && svg.contains("CIDEr-D"), "{}", &svg[..svg.len().min(200)]);

    let caption = data.sightline(&["caption", "--device", "cpu", "--model", "run/model", "Images/0.png"]);
    assert!(caption.status.success(), "{}", text(&caption.stderr));
    assert!(!text(&caption.stdout).trim().is_empty());

    let pack = data.sightline(&["pack", "--model", "run/model", "--dtype", "int8", "--name", "small", "packed"]);
    assert!(pack.status.success(), "{}", text(&pack.stderr));
    let inspect = data.sightline(&["inspect", "packed", "--json"]);
    let inspected: Value = serde_json::from_slice(&inspect.stdout).unwrap();
    assert_eq!(inspected["name"], "small");
    assert!(inspected["bytes"].as_u64().unwrap() < 30_000_000, "{}", inspected["bytes"]);
    // Of four photos, and of the encoder's channels.
    let kept = |model: &str| {
        let bytes = std::fs::read(data.0.path().join(model).join("consensus.safetensors")).unwrap();
        let consensus = Consensus::read(&bytes, 2048, SETTINGS).unwrap();
        assert_eq!(consensus.table().photos(), 4);
        bytes
    };
    assert_eq!(kept("run/model"), kept("packed"));
}

#[test]
fn a_model_gets_what_captions_are_reranked_by_and_can_do_without() {
    let data = Data::new();
    write_small_model(&data.0.path().join("model"), Dtype::F32);
    let pack = |more: &[&str]| data.sightline(&[&["pack", "--model", "model", "--dtype", "f32"][..], more].concat());
    let output = pack(&["--consensus-captions", "captions.txt", "no-images"]);
    assert!(text(&output.stderr).contains("--consensus-images"), "{}", text(&output.stderr));
    let given = ["--consensus-captions", "captions.txt", "--consensus-images", "Images", "--device", "cpu"];
    let output = pack(&[&given[..], &["--consensus-list", "train.txt", "compared"]].concat());
    let messages = text(&output.stderr);
    assert!(output.status.success(), "{messages}");
    assert!(messages.contains("1 photo is broken: broken.png ("), "{messages}");
    assert!(!data.0.path().join("no-images").exists());
    let manifest: Value =
        serde_json::from_slice(&std::fs::read(data.0.path().join("compared/model.json")).unwrap()).unwrap();
    assert_eq!(manifest["consensus"]["file"], "consensus.safetensors");

    let eval = |more: &[&str]| {
        let begin =
            ["eval", "--device", "cpu", "--captions", "captions.txt", "--images", "Images", "--list", "dev.txt"];
        let output = data.sightline(&[&begin[..], &["--model", "compared"], more].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        output
    };
    let reranked = eval(&["--out", "reranked.json"]);
    assert!(
        text(&reranked.stdout).starts_with("compared: 2 photos, 3 beams, reranked\n"),
        "{}",
        text(&reranked.stdout)
    );
    let plain = eval(&["--no-consensus", "--against", "reranked.json"]);
    assert!(text(&plain.stdout).starts_with("compared: 2 photos, 3 beams\n"), "{}", text(&plain.stdout));
    let messages = text(&plain.stderr);
    assert!(messages.contains("not measured alike: 2 photos and 3 beams, reranked there"), "{messages}");
    assert!(text(&eval(&["--beams", "1"]).stdout).starts_with("compared: 2 photos, greedy\n"));

    let caption = |more: &[&str]| -> Value {
        let begin = ["caption", "--device", "cpu", "--model", "compared", "--json", "Images/4.png"];
        serde_json::from_slice(&data.sightline(&[&begin[..], more].concat()).stdout).unwrap()
    };
    let (with, without) = (caption(&[]), caption(&["--no-consensus"]));
    assert_eq!((&with["reranked"], &without["reranked"]), (&Value::Bool(true), &Value::Bool(false)));
    assert!(with["candidates"][0]["consensus"].is_number() && without["candidates"][0]["consensus"].is_null());
    // The same caption as eval's, of the same photo.
    let evaluated: Value =
        serde_json::from_slice(&std::fs::read(data.0.path().join("reranked.json")).unwrap()).unwrap();
    assert_eq!(evaluated["captions"][0]["caption"], with["text"]);
    assert_eq!(evaluated["reranked"], true);
}

/// Waits until the log tells of a step, and presses Ctrl-C.
#[cfg(unix)]
#[test]
fn ctrl_c_saves_and_says_how_to_go_on() {
    let data = Data::new().with_encoder();
    let train = owned(&data.train(&["training.epochs=100000", "training.early_stop=0"]), &["--out", "run"]);
    let steps = |data: &Data| match std::fs::File::open(data.0.path().join("run/log.jsonl")) {
        Ok(file) => std::io::BufReader::new(file).lines().count(),
        Err(_) => 0,
    };
    let interrupted = |arguments: &[&str], before: usize| {
        let mut child =
            data.command(arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the binary was built");
        while steps(&data) <= before + 3 {
            assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let id = nix::unistd::Pid::from_raw(child.id() as i32);
        nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGINT).unwrap();
        let output = child.wait_with_output().unwrap();
        let messages = text(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{messages}");
        assert!(messages.contains("go on with: sightline train --resume run"), "{messages}");
        steps(&data)
    };
    let first = interrupted(&borrowed(&train), 0);
    assert!(data.0.path().join("run/last.safetensors").is_file());
    let second = interrupted(&["train", "--resume", "run", "--device", "cpu"], first);
    assert!(second > first);
}

#[test]
fn a_run_that_cannot_begin_says_why() {
    let data = Data::new();
    let error = |more: &[&str], out: &[&str]| {
        let output = data.sightline(&borrowed(&owned(&data.train(more), out)));
        assert!(!output.status.success());
        text(&output.stderr)
    };
    let out = &["--out", "run"];
    assert!(error(&[], out).contains("resnet50.safetensors: "), "{}", error(&[], out));
    assert!(error(&["model.attn_dim=1280"], out).contains("so it has to be 2048"));
    assert!(error(&["data.captions=no.txt"], out).contains("no.txt"));
    assert!(error(&["data.images=nowhere"], out).contains("nowhere"));
    assert!(error(&["training.epoch=3"], out).contains("there is no key \"epoch\""));
    assert!(error(&[], &[]).contains("--out"));
    let output = data.sightline(&["train", "--resume", "nowhere"]);
    assert!(text(&output.stderr).contains("nowhere: there is no checkpoint in it"), "{}", text(&output.stderr));
    assert!(!data.0.path().join("run").exists(), "nothing is left behind");
}

#[test]
fn a_teacher_that_is_missing_is_told_before_a_photo_is_encoded() {
    let data = Data::new().with_encoder();
    let train = data.train(&["training.epochs=1", "training.imitation.teachers=[nowhere]"]);
    let output = data.sightline(&borrowed(&owned(&train, &["--out", "run"])));
    assert!(!output.status.success());
    let message = text(&output.stderr);
    assert!(message.contains("training.imitation.teachers: nowhere: "), "{message}");
    assert!(!data.0.path().join("cache").exists() && !data.0.path().join("run").exists());
}

#[test]
fn eval_scores_a_model_and_compares() {
    let data = Data::new();
    write_small_model(&data.0.path().join("model"), Dtype::F32);
    write_small_model(&data.0.path().join("small"), Dtype::Int8);
    let eval = |model: &str, more: &[&str]| {
        let begin = ["eval", "--device", "cpu", "--captions", "captions.txt", "--images", "Images", "--model", model];
        data.sightline(&[&begin[..], more].concat())
    };
    let output = eval("model", &["--beams", "1", "--out", "scores.json"]);
    let messages = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(messages.starts_with("small: 6 photos, greedy"), "{messages}");
    for name in ["bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "meteor", "cider_d"] {
        assert!(messages.contains(name), "{name}: {messages}");
    }
    assert!(text(&output.stderr).contains("1 photo is broken: broken.png ("), "{}", text(&output.stderr));
    let scores: Value = serde_json::from_slice(&std::fs::read(data.0.path().join("scores.json")).unwrap()).unwrap();
    assert_eq!(scores["captions"].as_array().unwrap().len(), 6);
    assert!(scores["captions"][0]["caption"].as_str().unwrap().ends_with('.'));
    // The command line says the same words.
    let caption = ["caption", "--device", "cpu", "--beams", "1", "--json", "--model", "model", "Images/0.png"];
    let caption: Value = serde_json::from_slice(&data.sightline(&caption).stdout).unwrap();
    assert_eq!(caption["text"], scores["captions"][0]["caption"]);
    // By which sentences are compared: the mean logarithm of the probability of each word and of the end.
    let mean = caption["candidates"][0]["score"].as_f64().unwrap();
    // Its features were kept in 16 bits.
    let probability = scores["captions"][0]["probability"].as_f64().unwrap();
    assert!((probability.ln() - mean).abs() < 1e-3, "{probability} {mean} {caption:?}");

    let compared = eval("small", &["--beams", "1", "--against", "scores.json", "--cache", "cache"]);
    assert!(text(&compared.stdout).contains("the same caption for "), "{}", text(&compared.stderr));
    assert_eq!(std::fs::read_dir(data.0.path().join("cache")).unwrap().count(), 1);
    let listed = eval("small", &["--list", "dev.txt"]);
    assert!(text(&listed.stdout).starts_with("small: 2 photos, 3 beams"), "{}", text(&listed.stdout));
    // A model that is packed with scores is asked as it was when they were measured.
    let packed = data.sightline(&["pack", "--model", "model", "--scores", "scores.json", "packed"]);
    assert!(packed.status.success(), "{}", text(&packed.stderr));
    let listed = eval("packed", &["--list", "dev.txt"]);
    assert!(text(&listed.stdout).starts_with("packed: 2 photos, greedy"), "{}", text(&listed.stderr));
    let wrong = eval("small", &["--against", "captions.txt"]);
    assert!(text(&wrong.stderr).contains("captions.txt was not written by eval --out"), "{}", text(&wrong.stderr));
    let split = eval("small", &["--split", "test"]);
    assert!(!split.status.success());
}
