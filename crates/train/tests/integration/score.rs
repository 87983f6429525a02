//! The metrics against `pycocoevalcap` and NLTK.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use sightline_train::score::{self, Case, tokens};

/// Both sides compute in 64 bits, so this leaves room for no more than another order of additions.
const TOLERANCE: f64 = 1e-9;

#[derive(Deserialize)]
struct Golden {
    corpus: BTreeMap<String, f64>,
    cases: Vec<GoldenCase>,
}

#[derive(Deserialize)]
struct GoldenCase {
    candidate: String,
    references: Vec<String>,
    #[serde(flatten)]
    scores: BTreeMap<String, f64>,
}

fn golden() -> BTreeMap<String, Golden> {
    serde_json::from_str(include_str!("../../../../tests/reference/score.json")).unwrap()
}

fn words(sentence: &str) -> Vec<String> {
    sentence.split_whitespace().map(str::to_owned).collect()
}

/// Compares every metric by its name and remembers the greatest difference.
fn compare(title: &str, found: &Value, expected: &BTreeMap<String, f64>, worst: &mut BTreeMap<String, f64>) {
    assert_eq!(found.as_object().unwrap().len(), expected.len(), "{title}: {found}");
    for (metric, expected) in expected {
        let found = found[metric].as_f64().unwrap_or_else(|| panic!("{title}: no number for {metric}"));
        let difference = (found - expected).abs();
        assert!(difference <= TOLERANCE, "{title}: {metric} is {found} instead of {expected}");
        let worst = worst.entry(metric.clone()).or_default();
        *worst = worst.max(difference);
    }
}

#[test]
fn every_metric_is_the_reference_s() {
    let mut worst = BTreeMap::new();
    for (name, golden) in golden() {
        let case = |case: &GoldenCase| Case {
            candidate: words(&case.candidate),
            references: case.references.iter().map(|reference| words(reference)).collect(),
        };
        let cases: Vec<Case> = golden.cases.iter().map(case).collect();
        let report = serde_json::to_value(score::score(&cases, || ())).unwrap();
        compare(&name, &report["corpus"], &golden.corpus, &mut worst);
        assert_eq!(report["cases"].as_array().unwrap().len(), golden.cases.len());
        for (at, case) in golden.cases.iter().enumerate() {
            compare(&format!("{name}: {:?}", case.candidate), &report["cases"][at], &case.scores, &mut worst);
        }
    }
    for (metric, difference) in worst {
        println!("{metric}: off by at most {difference:.1e}");
    }
}

#[test]
fn words_are_cut_as_the_golden_captions_are() {
    for case in golden().into_values().flat_map(|golden| golden.cases) {
        for sentence in case.references.iter().chain([&case.candidate]) {
            assert_eq!(tokens(sentence).join(" "), *sentence);
        }
    }
}
