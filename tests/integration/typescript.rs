//! What Rust gives to JavaScript is what `www/protocol.d.ts` says, to the key and to the code.

use std::collections::BTreeSet;

use serde_json::Value;
use sightline::caption::{Alternative, Candidate, Caption, Timings, Word};
use sightline::captioner::About;
use sightline::decoder::ModelKind;
use sightline::device::{DeviceKind, Devices};
use sightline::encoder::Grid;
use sightline::error_code::ErrorCode;
use sightline::familiarity::UNFAMILIAR;
use sightline::options::CaptionOptions;
use sightline::sureness::Sureness;
use sightline_test_support::read;

fn text(path: &str) -> String {
    String::from_utf8(read(path)).unwrap()
}

/// The keys of an interface, with those of objects within it as `key.inner`.
fn interface(source: &str, name: &str) -> BTreeSet<String> {
    let begin = source.find(&format!("export interface {name} {{")).unwrap_or_else(|| panic!("no interface {name}"));
    let body = &source[begin..];
    let body = &body[body.find('{').unwrap() + 1..body.find("\n}").unwrap()];
    let mut keys = BTreeSet::new();
    for line in body.lines().map(str::trim).filter(|line| !line.starts_with('/') && !line.starts_with('*')) {
        let Some((key, kind)) = line.split_once(':') else { continue };
        let key = key.trim_end_matches('?').to_string();
        if let Some((_, inner)) = kind.split_once('{') {
            let inner = inner.split('}').next().unwrap().split(';').filter_map(|field| field.split_once(':'));
            keys.extend(inner.map(|(inner, _)| format!("{key}.{}", inner.trim())));
        }
        keys.insert(key);
    }
    keys
}

/// The keys of what serde writes, in the same way.
fn keys(value: &Value) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for (key, value) in value.as_object().unwrap() {
        let inner = match value {
            Value::Array(values) => values.first(),
            value => Some(value),
        };
        // Words and candidates have an interface of their own.
        let is_apart = matches!(key.as_str(), "words" | "candidates");
        if let Some(inner) = inner.and_then(Value::as_object).filter(|_| !is_apart) {
            keys.extend(inner.keys().map(|inner| format!("{key}.{inner}")));
        }
        keys.insert(key.clone());
    }
    keys
}

fn caption() -> Caption {
    let word = Word {
        text: "a".into(),
        log_probability: -1.0,
        attention: None,
        looked_away: None,
        alternatives: vec![Alternative { text: "the".into(), log_probability: -2.0 }],
    };
    let candidate = Candidate {
        text: "A.".into(),
        words: vec!["a".into()],
        score: -1.0,
        consensus: Some(0.5),
        log_probability: -1.0,
        ended: true,
    };
    Caption {
        text: "A.".into(),
        hedged: "A.".into(),
        words: vec![word],
        log_probability: -1.0,
        sureness: Sureness::Sure,
        familiar: None,
        distance: None,
        candidates: vec![candidate],
        reranked: true,
        grid: Grid { rows: 7, cols: 7 },
        timings: Timings::default(),
        device: devices(),
    }
}

fn devices() -> Devices {
    Devices { encoder: DeviceKind::Cpu, decoder: DeviceKind::Cpu }
}

#[test]
fn types_name_what_is_given() {
    let source = text("www/protocol.d.ts");
    let caption = serde_json::to_value(caption()).unwrap();
    assert_eq!(interface(&source, "Caption"), keys(&caption));
    assert_eq!(interface(&source, "Word"), keys(&caption["words"][0]));
    assert_eq!(interface(&source, "Candidate"), keys(&caption["candidates"][0]));
    let steps: Vec<String> = Sureness::ALL.iter().map(|step| format!("'{}'", step.as_str())).collect();
    assert!(source.contains(&format!("  sureness: {};\n", steps.join(" | "))));
    let about = About {
        name: "small",
        license: None,
        kind: ModelKind::Captions,
        decoder: "LSTM".into(),
        has_attention: true,
        takes_cells: true,
        usual_beams: 3,
        vocab_size: 40,
        grid: Grid { rows: 7, cols: 7 },
        stages: 4,
        device: devices(),
    };
    assert_eq!(interface(&source, "About"), keys(&serde_json::to_value(about).unwrap()));
    let kinds = [ModelKind::Captions, ModelKind::Classes].map(|kind| serde_json::to_value(kind).unwrap());
    let [captions, classes] = kinds.map(|kind| kind.as_str().unwrap().to_string());
    assert!(source.contains(&format!("  kind: '{captions}' | '{classes}';\n")));
}

#[test]
fn a_page_in_english_says_what_the_library_says() {
    let source = text("www/view/text/en.js");
    for step in Sureness::ALL {
        let key = format!("  'hedge.{}': '{}',\n", step.as_str(), step.hedge());
        assert!(source.contains(&key), "www/view/text/en.js has no line {key}");
    }
    assert!(source.contains(&format!("  'caption.unfamiliar': '{UNFAMILIAR}',\n")));
}

#[test]
fn options_are_those_that_are_read() {
    let names: BTreeSet<String> = CaptionOptions::NAMES.map(String::from).into();
    assert_eq!(interface(&text("www/protocol.d.ts"), "CaptionOptions"), names);
    let source = text("www/captioner.js");
    let list = source.split("const CAPTION_OPTIONS = [").nth(1).expect("captioner.js lists the options");
    let list: BTreeSet<String> =
        list.split(']').next().unwrap().split('\'').skip(1).step_by(2).map(String::from).collect();
    assert_eq!(list, names);
    let documented = text("docs/API.md");
    for name in names {
        assert!(documented.contains(&format!("`{name}`")), "docs/API.md does not name the option {name}");
    }
}

#[test]
fn error_codes_are_known_on_both_sides() {
    let source = text("www/protocol.d.ts");
    let union = source.split("export type ErrorCode =").nth(1).unwrap().split(';').next().unwrap();
    let typed: BTreeSet<&str> = union.split('\'').skip(1).step_by(2).collect();
    let ours: BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    // A browser writes no model folder; and these happen on the page's side of the wasm.
    let of_rust: BTreeSet<&str> = ours.difference(&typed).copied().collect();
    assert_eq!(of_rust, BTreeSet::from(["not-overwritten"]));
    let of_page: BTreeSet<&str> = typed.difference(&ours).copied().collect();
    assert_eq!(of_page, BTreeSet::from(["aborted", "bad-address", "disposed", "image-unreachable", "internal"]));
    let documented = text("docs/API.md");
    for code in typed {
        assert!(documented.contains(&format!("`{code}`")), "docs/API.md does not explain {code}");
    }
}
