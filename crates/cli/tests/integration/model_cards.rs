//! The cards of the models that ship say what their `model.json` says, in the words of model hubs; and `pack` writes one.

use std::path::Path;

use serde::Deserialize;
use sightline::model::{Dtype, Manifest};
use sightline_test_support::{in_repo, small_manifest, write_synthetic};

use crate::command::{sightline_in, stderr};

/// What a hub reads above the text. A key that it does not know would be left unread.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    language: Option<String>,
    license: Option<String>,
    license_name: Option<String>,
    library_name: String,
    pipeline_tag: String,
    tags: Vec<String>,
    #[serde(default)]
    datasets: Vec<String>,
    #[serde(default)]
    metrics: Vec<String>,
    #[serde(default, rename = "model-index")]
    model_index: Vec<Measured>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Measured {
    name: String,
    results: Vec<Results>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Results {
    task: Named,
    dataset: Named,
    metrics: Vec<Metric>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    r#type: String,
    name: String,
    split: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Metric {
    r#type: String,
    name: String,
    value: f64,
}

/// The front matter of a card, and the text below it.
fn card(folder: &Path) -> (FrontMatter, String) {
    let card = std::fs::read_to_string(folder.join("MODEL_CARD.md")).unwrap();
    let (front_matter, text) = card.strip_prefix("---\n").unwrap().split_once("\n---\n\n").unwrap();
    (serde_saphyr::from_str(front_matter).unwrap(), text.into())
}

/// The names of the models that ship.
fn shipped() -> Vec<String> {
    let page = std::fs::read_to_string(in_repo("www/shipped-models.js")).unwrap();
    page.split('\'').skip(1).step_by(2).map(str::to_string).collect()
}

fn manifest(folder: &Path) -> Manifest {
    Manifest::parse(&std::fs::read(folder.join("model.json")).unwrap()).unwrap().0
}

/// What hubs take for an identifier of their own.
fn is_identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
}

#[test]
fn the_cards_of_the_models_that_ship_have_the_scores_of_their_model_json() {
    for name in &shipped() {
        let folder = in_repo("models").join(name);
        let (card, text) = card(&folder);
        let Manifest { scores, beams, .. } = manifest(&folder);
        let [Measured { name: measured, results }] = &card.model_index[..] else { panic!("{name}: one model") };
        let [Results { task, dataset, metrics }] = &results[..] else { panic!("{name}: measured once") };
        assert_eq!((measured, &task.r#type), (name, &card.pipeline_tag));
        assert!(!task.name.is_empty() && !dataset.name.is_empty(), "{name}");
        assert!(card.datasets.contains(&dataset.r#type), "{name} was measured on {}", dataset.r#type);
        assert_eq!(dataset.split.as_deref(), Some("validation"));
        let said: Vec<_> = metrics.iter().map(|metric| (metric.name.clone(), metric.value)).collect();
        assert_eq!(said, scores.clone().into_iter().collect::<Vec<_>>(), "{name}");
        for Metric { r#type, name, .. } in metrics {
            assert!(name.starts_with(r#type.as_str()) && card.metrics.contains(r#type), "{name} is no {type}");
        }
        // What people read.
        let row = ["bleu_1", "bleu_4", "rouge_l", "meteor", "cider_d"].map(|metric| format!("{:.3}", scores[metric]));
        assert!(
            text.contains(&format!("| **{}, reranked** | {} |", beams.unwrap(), row.join(" | "))),
            "{name}: {row:?}"
        );
    }
}

#[test]
fn the_cards_of_the_models_that_ship_name_what_hubs_look_up() {
    for name in &shipped() {
        let (card, text) = card(&in_repo("models").join(name));
        assert_eq!((card.library_name.as_str(), card.pipeline_tag.as_str()), ("sightline", "image-to-text"));
        assert_eq!(card.language.as_deref(), Some("en"));
        // Hubs have no identifier for a licence that asks what Flickr8k asks.
        assert_eq!(card.license.as_deref(), Some("other"));
        let named = card.tags.iter().chain(&card.datasets).chain(&card.metrics).chain(&card.license_name);
        assert!(card.license_name.is_some() && named.into_iter().all(|name| is_identifier(name)), "{name}");
        assert!(text.starts_with(&format!("# {name}\n")));
    }
}

#[test]
fn pack_writes_a_card_that_hubs_can_read() {
    let parent = tempfile::tempdir().unwrap();
    let here = parent.path();
    let unlicensed = Manifest { license: None, ..small_manifest() };
    write_synthetic(&here.join("model"), &unlicensed, Dtype::F32);
    let scores = r#"{"scores": {"bleu_1": 0.5, "bleu_4": 0.25, "cider_d": 0.6154}, "beams": 10}"#;
    std::fs::write(here.join("scores.json"), scores).unwrap();
    let pack = |more: &[&str]| {
        let output = sightline_in(here, &[&["pack", "--model", "model", "--dtype", "int8"], more].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        stderr(&output)
    };
    pack(&["--license", "CC-BY-4.0", "--scores", "scores.json", "--name", "Mine: a \"model\"", "packed"]);
    let (card_of_it, text) = card(&here.join("packed"));
    assert_eq!((card_of_it.license.as_deref(), card_of_it.pipeline_tag.as_str()), (Some("cc-by-4.0"), "image-to-text"));
    assert_eq!(
        (card_of_it.tags, card_of_it.metrics),
        (vec!["image-captioning".into()], vec!["bleu".into(), "cider".into()])
    );
    for line in [
        "# Mine: a \"model\"",
        "| cider_d | 0.615 |",
        "CC-BY-4.0",
        "sightline caption --model path/to/this/folder photo.jpg",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}: {text}");
    }
    assert!(text.contains("with `--beams 10`"), "{text}");

    // Nobody has added to it, so it follows the model.
    pack(&["--force", "packed"]);
    assert!(!card(&here.join("packed")).1.contains("0.615"));
    // Now somebody has.
    std::fs::write(here.join("packed/MODEL_CARD.md"), "trained with care").unwrap();
    let told = pack(&["--force", "packed"]);
    assert!(told.contains("packed: MODEL_CARD.md was there and stays as it is"), "{told}");
    assert_eq!(std::fs::read_to_string(here.join("packed/MODEL_CARD.md")).unwrap(), "trained with care");

    pack(&["--license", "For my friends: only", "given"]);
    let (card_of_it, text) = card(&here.join("given"));
    assert_eq!((card_of_it.license.as_deref(), card_of_it.metrics.len()), (Some("other"), 0));
    assert!(text.ends_with("\n## Licence\n\nFor my friends: only\n") && !text.contains("## Scores"), "{text}");
    pack(&["plain"]);
    assert!(card(&here.join("plain")).0.license.is_none());
}
