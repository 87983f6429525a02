//! The training configuration: what the committed files say, and what is refused.

use sightline::decoder::DecoderConfig;
use sightline::encoder::{EncoderConfig, Pooling};
use sightline_test_support::{in_repo, read};
use sightline_train::TaskConfig;
use sightline_train::config::{ClassifyConfig, Config, ConfigError};

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse("my.yaml", text, &[])
}

#[test]
fn the_committed_files_describe_their_decoders() {
    let decoder = |file: &str| {
        let config = Config::read(&in_repo("configs").join(file), &[]).unwrap_or_else(|error| panic!("{error}"));
        config.decoder(100, 2048).unwrap()
    };
    assert!(matches!(decoder("Vanilla_RNN.yaml"), DecoderConfig::Rnn(_)));
    assert!(matches!(decoder("LSTM.yaml"), DecoderConfig::Lstm(_)));
    assert!(matches!(decoder("Attention_LSTM.yaml"), DecoderConfig::AttentionLstm(_)));
    assert!(matches!(decoder("Transformer.yaml"), DecoderConfig::Transformer(_)));
    let DecoderConfig::AttentionLstm(adaptive) = decoder("Adaptive_LSTM.yaml") else { panic!("an attention LSTM") };
    assert!(adaptive.sentinel);
}

#[test]
fn every_committed_file_is_a_configuration_of_what_it_says() {
    for entry in std::fs::read_dir(in_repo("configs")).unwrap() {
        let path = entry.unwrap().path();
        let config = TaskConfig::read(&path, &[]).unwrap_or_else(|error| panic!("{error}"));
        let is_classifier = ["MNIST.yaml", "Classifier.yaml"].iter().any(|name| path.ends_with(name));
        assert_eq!(matches!(config, TaskConfig::Classify(_)), is_classifier, "{}", path.display());
    }
    let lecture = ClassifyConfig::read(&in_repo("configs/MNIST.yaml"), &[]).unwrap();
    let (_, backbone) = EncoderConfig::known().into_iter().find(|(name, _)| *name == "mnist_cnn").unwrap();
    let classifier = lecture.classifier(10, &backbone, 28);
    assert_eq!((classifier.cells, classifier.pooling, classifier.hidden), (49, Pooling::Flatten, vec![600]));
    let frozen = ClassifyConfig::read(&in_repo("configs/Classifier.yaml"), &[]).unwrap();
    assert_eq!(frozen.classifier(3, &backbone, 28).pooling, Pooling::Average);
}

#[test]
fn a_classifiers_fault_names_the_key_the_value_and_what_would_be_right() {
    for (text, expected) in [
        ("model:\n  hiden: [2]\n", &["hiden", "hidden"][..]),
        ("embeddings: {}\n", &["embeddings", "data"]),
        ("model:\n  hidden: [0]\n", &["model.hidden is 0; 1 to 1048576 is allowed"]),
        ("model:\n  hidden: [1048576, 1048576]\n", &["model.hidden is [1048576, 1048576]; the model would have "]),
        ("model:\n  backbone: no_such_net\n", &["model.backbone is no_such_net; resnet50, ", "mnist_cnn", "are known"]),
        ("data:\n  validation: 1\n", &["data.validation is 1; a share is above 0 and below 1"]),
        ("data:\n  test_labels: a\n", &["data.test_labels is given; then test_images has to name their pictures"]),
        ("training:\n  batch_size: 0\n", &["training.batch_size is 0; it has to be at least 1"]),
        ("training:\n  dropout: 1\n", &["training.dropout is 1; a share is from 0 to below 1"]),
        ("training:\n  epochs: 0\n", &["training.epochs is 0; there is nothing to do"]),
        ("training:\n  class_weights: some\n", &["some", "none", "balanced"]),
        (
            "training:\n  fine_tuning: { epochs: 1 }\n",
            &["training.fine_tuning.epochs is 1; a backbone that is learnt from"],
        ),
        (
            "data: { encoder: a }\ntraining:\n  fine_tuning: { epochs: 1, stages: 9 }\n",
            &["training.fine_tuning.stages is 9; there are 1 to 4"],
        ),
        ("task: caption\n", &["task is caption; it stays what the file says, classify"]),
    ] {
        let error = ClassifyConfig::parse("my.yaml", text, &[]).map(|config| panic!("{text}: {config:?}"));
        let error = error.unwrap_err().to_string();
        for part in expected {
            assert!(error.contains(part), "{text}: {error}");
        }
    }
    let error = Config::parse("my.yaml", "{}", &["task=classify".into()]).unwrap_err().to_string();
    assert!(error.contains("task is classify; it stays what the file says, caption"), "{error}");
    let set = ["training.epochs=7", "model.hidden=[600, 20]", "training.class_weights=balanced"].map(String::from);
    let config = ClassifyConfig::parse("my.yaml", "task: classify", &set).unwrap();
    assert_eq!((config.training.epochs, config.model.hidden.clone()), (7, vec![600, 20]));
    assert_eq!(ClassifyConfig::parse("my.yaml", &config.to_yaml().unwrap(), &[]).unwrap(), config);
}

#[test]
fn an_empty_file_means_the_defaults() {
    assert_eq!(parse("{}").unwrap(), Config::default());
    assert_eq!(parse("training:\n  epochs: 3\n").unwrap().training.epochs, 3);
}

#[test]
fn what_was_read_is_what_is_written() {
    let config = parse("model:\n  cell_type: transformer\n  heads: 4\ntraining:\n  learning_rate: 3e-5\n").unwrap();
    assert_eq!(parse(&config.to_yaml().unwrap()).unwrap(), config);
}

#[test]
fn single_keys_can_be_set() {
    let set = |overrides: &[&str]| {
        let overrides: Vec<String> = overrides.iter().map(ToString::to_string).collect();
        Config::parse("my.yaml", "training:\n  epochs: 3\n", &overrides)
    };
    let config = set(&["training.epochs=7", "model.attention=dot", "training.fine_tuning.stages=2"]).unwrap();
    assert_eq!(config.training.epochs, 7);
    assert_eq!(config.training.fine_tuning.stages, 2);
    let error = |override_: &str| set(&[override_]).unwrap_err().to_string();
    assert!(
        error("training.epoch=7").contains("there is no key \"epoch\"; known are epochs, batch_size"),
        "{}",
        error("training.epoch=7")
    );
    assert!(error("training.epochs").contains("there is no = in it"));
    assert!(error("training.epochs=many").contains("training.epochs"), "{}", error("training.epochs=many"));
}

#[test]
fn a_fault_names_the_key_the_value_and_what_would_be_right() {
    for (text, expected) in [
        ("model:\n  hiden_dim: 512\n", &["hiden_dim", "hidden_dim"][..]),
        ("modle: {}\n", &["modle", "model"]),
        ("model:\n  cell_type: gru\n", &["model.cell_type is gru; rnn, lstm, attention_lstm, transformer are known"]),
        ("model:\n  attention: soft\n", &["model.attention is soft; additive, dot are known"]),
        ("training:\n  epochs: ten\n", &["ten"]),
        ("training:\n  epochs: 0\n", &["training.epochs is 0; there is nothing to do"]),
        ("training:\n  dropout: 1.5\n", &["training.dropout is 1.5; a share is from 0 to below 1"]),
        ("training:\n  learning_rate: 0\n", &["training.learning_rate is 0; it has to be above 0"]),
        (
            "training:\n  final_learning_rate: 1\n",
            &["training.final_learning_rate is 1", "from 0 to learning_rate, 0.0005"],
        ),
        (
            "training:\n  self_critical: { frequency: -1 }\n",
            &["training.self_critical.frequency is -1; it has to be 0 or more"],
        ),
        ("training:\n  imitation: { share: 1.5 }\n", &["training.imitation.share is 1.5; it is from 0 to 1"]),
        (
            "training:\n  scheduled_sampling: 0.2\n  imitation: { teachers: [a] }\n",
            &["training.scheduled_sampling is 0.2; teachers read what people wrote; set it to 0", "imitation.teachers"],
        ),
        ("training:\n  self_critical: { samples: 1 }\n", &["training.self_critical.samples is 1; 2 to 100"]),
        (
            "model:\n  backbone: regnet_x_400mf\n  attn_dim: 1280\n",
            &["model.attn_dim is 1280; the grid of regnet_x_400mf has 400 channels"],
        ),
        ("model:\n  attn_dim: 512\n", &["model.attn_dim is 512; the grid of resnet50 has 2048 channels"]),
        ("model:\n  backbone: no_such_net\n", &["model.backbone is no_such_net; resnet50, resnet101", "are known"]),
        (
            "model:\n  cell_type: lstm\n  heads: 8\n",
            &["model.heads is given; only cell_type: transformer has it, and this is lstm"],
        ),
        (
            "model:\n  cell_type: lstm\n  sentinel: true\n",
            &["model.sentinel is given; only cell_type: attention_lstm has it, and this is lstm"],
        ),
        (
            "model:\n  attention: dot\n  attention_size: 8\n",
            &["model.attention_size is given; only attention: additive has it"],
        ),
        (
            "model:\n  cell_type: transformer\n  heads: 7\n",
            &["model.heads is 7; it has to divide the hidden size, 512"],
        ),
        ("model:\n  hidden_dim: 0\n", &["model.hidden_dim is 0; 1 to 1048576 is allowed"]),
        ("embeddings:\n  use_glove: true\n", &["embeddings.use_glove is true; then glove_path has to name a file"]),
        ("embeddings:\n  freeze: true\n", &["embeddings.freeze is true; random vectors would never learn"]),
        ("data:\n  train_list: a.txt\n", &["train_list and validation_list go together"]),
        (
            "data:\n  train_list: a\n  validation_list: b\n  split_seed: 1\n",
            &["data.split_seed is given; the lists split"],
        ),
        ("data:\n  max_words: 1000000\n", &["data.max_words is 1000000; 1 to 1000 words are possible"]),
        ("training:\n  epochs: 18446744073709551615\n", &["training.epochs is 18446744073709551615; at most"]),
        ("data:\n  min_count: 0\n", &["data.min_count is 0; it has to be at least 1"]),
        ("model: [1, 2\n", &["my.yaml"]),
    ] {
        let error = parse(text).map(|config| panic!("{text}: {config:?}")).unwrap_err().to_string();
        for part in expected {
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}

#[test]
fn a_missing_file_is_named() {
    let error = Config::read("no/such.yaml".as_ref(), &[]).unwrap_err().to_string();
    assert!(error.starts_with("no/such.yaml: "), "{error}");
}

/// `docs/TRAINING.md` lists every key with its default, and no other.
#[test]
fn the_documented_defaults_are_the_defaults() {
    // What is left open in the file follows from the kind of decoder.
    let of_kind = [
        ("attention", "additive"),
        ("attention_size", "512"),
        ("sentinel", "false"),
        ("layers", "2"),
        ("heads", "8"),
        ("feed_forward", "2048"),
    ];
    let kind = |cell_type: &str| {
        let config = parse(&format!("model:\n  cell_type: {cell_type}\n")).unwrap().decoder(4, 2048).unwrap();
        serde_json::to_value(config).unwrap()
    };
    let (lstm, transformer) = (kind("attention_lstm"), kind("transformer"));
    assert_eq!(lstm["attention"], serde_json::json!({ "kind": "additive", "size": 512 }));
    assert_eq!(lstm.get("sentinel"), None);
    assert_eq!(
        (&transformer["layers"], &transformer["heads"], &transformer["feed_forward"]),
        (&2.into(), &8.into(), &2048.into())
    );
    check_documented("Every key of a classifier", serde_json::to_value(ClassifyConfig::default()).unwrap(), &[]);
    check_documented("Every key and its default", serde_json::to_value(Config::default()).unwrap(), &of_kind);
}

/// That the tables below a heading list the keys of a configuration, with these defaults, and no others. `left_open`
/// says what the defaults are of which the configuration does not tell.
fn check_documented(heading: &str, config: serde_json::Value, left_open: &[(&str, &str)]) {
    use serde_json::Value;
    let text = String::from_utf8(read("docs/TRAINING.md")).unwrap();
    let (_, text) = text.split_once(&format!("\n## {heading}")).unwrap_or_else(|| panic!("there is no {heading}"));
    let text = text.split("\n## ").next().unwrap();
    let mut documented = std::collections::BTreeMap::new();
    let mut section = String::new();
    for line in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.split('|').map(|cell| cell.trim().trim_matches('`')).collect();
        match cells[2] {
            "default" => section = cells[1].to_string(),
            _ if section.is_empty() => {}
            default => drop(documented.insert(format!("{section}.{}", cells[1]), default.to_string())),
        }
    }
    let mut open = vec![(String::new(), config)];
    while let Some((path, value)) = open.pop() {
        let shown = match value {
            Value::Object(map) => {
                let below = |key: String| if path.is_empty() { key } else { format!("{path}.{key}") };
                open.extend(map.into_iter().map(|(key, value)| (below(key), value)));
                continue;
            }
            Value::Null => {
                let key = path.rsplit('.').next().unwrap();
                left_open.iter().find(|(name, _)| *name == key).map_or("none", |(_, value)| value).to_string()
            }
            // What the configuration is about has no default, but for files that do not say it.
            Value::String(_) if path == "task" => continue,
            Value::String(text) => text,
            Value::Number(number) => number.as_f64().unwrap().to_string(),
            other => other.to_string(),
        };
        assert_eq!(documented.remove(&path), Some(shown), "{path}");
    }
    assert!(documented.is_empty(), "there are no such keys: {documented:?}");
}

/// What a decoder takes of its own is a key of the configuration.
#[test]
fn every_setting_of_a_decoder_is_a_key() {
    let keys = serde_json::to_value(Config::default().model).unwrap();
    for (family, settings) in DecoderConfig::known() {
        for setting in settings {
            assert!(keys.get(setting).is_some(), "{family} has the setting {setting}, and model has no such key");
        }
    }
}
