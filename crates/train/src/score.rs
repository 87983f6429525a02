//! How good captions are: what a model says of photos against what people wrote.
//!
//! BLEU, ROUGE-L and CIDEr-D are those of `pycocoevalcap`, so that they can be laid beside published numbers. METEOR is
//! not: `score/meteor.rs` says what it leaves out.

mod bleu;
mod cider;
mod grams;
mod meteor;
mod numbers;
mod rouge;
mod tokens;

use rayon::prelude::*;
use serde::Serialize;

use bleu::Tally;
use numbers::Numbers;

pub use bleu::sentence_bleu_4;
pub use cider::Cider;
pub use meteor::stems;
pub use tokens::tokens;

/// What is said of one photo, and what people wrote of it; both in words as [`tokens()`] gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    pub candidate: Vec<String>,
    pub references: Vec<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoreReport {
    pub corpus: Scores,
    /// In the order of the cases.
    pub cases: Vec<CaseScores>,
}

/// Of all cases together. BLEU counts them as one text, the others are means. All lie from 0 to 1, CIDEr-D to 10.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Scores {
    pub bleu_1: f64,
    pub bleu_2: f64,
    pub bleu_3: f64,
    pub bleu_4: f64,
    pub rouge_l: f64,
    pub meteor: f64,
    pub cider_d: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CaseScores {
    /// Next to nothing wherever no four words in a row are right: BLEU is made for whole texts.
    pub bleu_4: f64,
    pub rouge_l: f64,
    pub meteor: f64,
    pub cider_d: f64,
}

/// Scores on all processors, with the same result on any number of them. A case without references scores nothing.
/// `on_progress` is called once for each case.
pub fn score(cases: &[Case], on_progress: impl Fn() + Sync) -> ScoreReport {
    let mut words = Numbers::default();
    let candidates: Vec<Vec<u32>> = cases.iter().map(|case| numbered(&case.candidate, &mut words)).collect();
    let references: Vec<Vec<Vec<u32>>> =
        cases.iter().map(|case| case.references.iter().map(|one| numbered(one, &mut words)).collect()).collect();
    let stems = stems(&words.into_things());
    let cider = Cider::new(&references);

    let score_one = |photo: usize| {
        let (candidate, references) = (&candidates[photo], &references[photo]);
        let tally = Tally::new(candidate, references);
        let [.., bleu_4] = tally.bleu();
        let scores = CaseScores {
            bleu_4,
            rouge_l: rouge::score(candidate, references),
            meteor: meteor::score(candidate, references, &stems),
            cider_d: cider.score(photo, candidate),
        };
        on_progress();
        (tally, scores)
    };
    let (tallies, cases): (Vec<Tally>, Vec<CaseScores>) = (0..cases.len()).into_par_iter().map(score_one).unzip();

    let [bleu_1, bleu_2, bleu_3, bleu_4] = tallies.into_iter().sum::<Tally>().bleu();
    let corpus = Scores {
        bleu_1,
        bleu_2,
        bleu_3,
        bleu_4,
        rouge_l: mean(&cases, |case| case.rouge_l),
        meteor: mean(&cases, |case| case.meteor),
        cider_d: mean(&cases, |case| case.cider_d),
    };
    ScoreReport { corpus, cases }
}

fn numbered<'a>(sentence: &'a [String], words: &mut Numbers<&'a str>) -> Vec<u32> {
    sentence.iter().map(|word| words.give(word)).collect()
}

fn mean(cases: &[CaseScores], metric: impl Fn(&CaseScores) -> f64) -> f64 {
    if cases.is_empty() {
        return 0.0;
    }
    cases.iter().map(metric).sum::<f64>() / cases.len() as f64
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn case(candidate: &str, references: &[&str]) -> Case {
        Case {
            candidate: tokens(candidate),
            references: references.iter().map(|reference| tokens(reference)).collect(),
        }
    }

    /// Two photos beside the one in question, so that its words are rare.
    fn score_among_others(candidate: &str, references: &[&str]) -> CaseScores {
        let others = [case("a red bus", &["a red bus stands in the street"]), case("", &["two children on a beach"])];
        let cases = [&[case(candidate, references)], &others[..]].concat();
        score(&cases, || ()).cases[0]
    }

    #[track_caller]
    fn assert_nothing(scores: CaseScores) {
        let CaseScores { bleu_4, rouge_l, meteor, cider_d } = scores;
        assert!((0.0..1e-9).contains(&bleu_4), "{scores:?}");
        assert_eq!([rouge_l, meteor, cider_d], [0.0; 3], "{scores:?}");
    }

    #[test]
    fn the_same_words_score_best() {
        let scores = score_among_others("the dog runs over wet grass", &["the dog runs over wet grass"]);
        assert!((scores.bleu_4 - 1.0).abs() < 1e-8, "{scores:?}");
        assert_eq!(scores.rouge_l, 1.0);
        assert!((scores.meteor - (1.0 - 0.5 / 216.0)).abs() < 1e-12, "one chunk of six words: {scores:?}");
        assert!((scores.cider_d - 10.0).abs() < 1e-12, "{scores:?}");
    }

    #[test]
    fn other_words_score_nothing() {
        assert_nothing(score_among_others("purple mountains rise behind clouds", &["the dog runs over wet grass"]));
    }

    #[test]
    fn an_empty_candidate_scores_nothing() {
        assert_nothing(score_among_others("", &["the dog runs", "a dog"]));
    }

    #[test]
    fn a_case_without_references_scores_nothing() {
        assert_nothing(score_among_others("the dog runs over wet grass", &[]));
        assert_nothing(score_among_others("", &[]));
    }

    #[test]
    fn a_reference_without_words_is_like_none() {
        assert_nothing(score_among_others("the dog runs over wet grass", &["..."]));
    }

    #[test]
    fn too_long_and_too_short_both_cost() {
        let references = ["the dog runs over wet grass", "the dog runs over the wet grass"];
        let right = score_among_others("the dog runs over wet grass", &references);
        let long = score_among_others("the dog runs over wet grass and mud and stones and sand", &references);
        let short = score_among_others("the dog runs over", &references);
        for scores in [long, short] {
            assert!(scores.bleu_4 < right.bleu_4 && scores.rouge_l < right.rouge_l, "{scores:?}");
            assert!(scores.meteor < right.meteor && scores.cider_d < right.cider_d, "{scores:?}");
        }
    }

    #[test]
    fn repeating_words_earns_nothing() {
        let once = score_among_others("a dog runs", &["a dog runs over grass"]);
        let again = score_among_others("a dog runs runs runs runs", &["a dog runs over grass"]);
        assert!(again.cider_d < once.cider_d && again.rouge_l < once.rouge_l && again.meteor < once.meteor);
    }

    #[test]
    fn no_words_are_rare_in_a_corpus_of_one() {
        let report = score(&[case("the dog runs over wet grass", &["the dog runs over wet grass"])], || ());
        assert_eq!(report.corpus.cider_d, 0.0);
        assert_eq!(report.corpus.rouge_l, 1.0);
    }

    #[test]
    fn no_cases_score_nothing() {
        let report = score(&[], || ());
        let nothing =
            r#"{"bleu_1":0.0,"bleu_2":0.0,"bleu_3":0.0,"bleu_4":0.0,"rouge_l":0.0,"meteor":0.0,"cider_d":0.0}"#;
        assert_eq!(serde_json::to_string(&report.corpus).unwrap(), nothing);
        assert_eq!(report.cases, []);
    }

    #[test]
    fn a_case_without_references_adds_wrong_words_to_the_corpus() {
        let good = case("the dog runs over wet grass", &["the dog runs over wet grass"]);
        let report = score(&[good, case("a red bus stands still now", &[])], || ());
        assert!((report.corpus.bleu_1 - 0.5).abs() < 1e-8, "{report:?}");
        assert_eq!(report.corpus.rouge_l, 0.5);
    }

    #[test]
    fn any_number_of_threads_computes_the_same() {
        let colours = ["red", "green", "blue", "white", "black"];
        let animals = ["dog", "cat", "horse"];
        let sentence = |n: usize| format!("a {} {} runs {n} times", colours[n % 5], animals[n % 3]);
        let cases: Vec<Case> = (0..200).map(|n| case(&sentence(n), &[&sentence(n + 3), &sentence(n * 7)])).collect();
        let with_threads = |count: usize| {
            let progress = AtomicUsize::new(0);
            let pool = rayon::ThreadPoolBuilder::new().num_threads(count).build().unwrap();
            let report = pool.install(|| score(&cases, || _ = progress.fetch_add(1, Ordering::Relaxed)));
            assert_eq!(progress.into_inner(), cases.len());
            report
        };
        assert_eq!(with_threads(1), with_threads(7));
    }
}
