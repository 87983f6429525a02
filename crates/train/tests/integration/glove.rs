//! Vectors of words: what is wanted is found in any order of lines, the rest is drawn, and what is bad is named.

use std::fmt::Write;

use sightline_train::data::glove::{self, GloveError, WordVectors};

fn read(file: impl AsRef<[u8]>, wanted: &[&str], dimension: usize) -> Result<WordVectors, GloveError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vectors.txt");
    std::fs::write(&path, file).unwrap();
    glove::read(&path, wanted, dimension, 1)
}

fn error(file: impl AsRef<[u8]>, wanted: &[&str], dimension: usize) -> String {
    let error = read(file, wanted, dimension).unwrap_err().to_string();
    format!("vectors.txt{}", error.split_once("vectors.txt").unwrap().1)
}

const THREE: &str = "the 0.5 -1.5\ndog 1 2e0\ncat -0.25 4.0\n";

#[test]
fn finds_words_whatever_the_order_of_the_lines() {
    let vectors = read(THREE, &["cat", "the"], 2).unwrap();
    assert_eq!(vectors, WordVectors { values: vec![-0.25, 4.0, 0.5, -1.5], found: 2, missing: vec![] });
    let wanted = ["cat", "unicorn", "the", "dog"];
    let backward: String = THREE.lines().rev().map(|line| format!("{line}\r\n")).collect();
    assert_eq!(read(THREE, &wanted, 2).unwrap(), read(format!("\u{feff}{backward}"), &wanted, 2).unwrap());
}

#[test]
fn words_are_matched_exactly_and_the_first_counts() {
    let vectors = read("Dog 7 7\ndog 1 2\ndog 3 4\ndogs 7 7", &["dog", "DOG"], 2).unwrap();
    assert_eq!(vectors.values[..2], [1.0, 2.0]);
    assert_eq!(vectors.missing, ["DOG"]);
}

#[test]
fn special_tokens_are_neither_found_nor_missing() {
    let vectors = read(THREE, &["<pad>", "<start>", "<end>", "<unk>", "dog", "unicorn"], 2).unwrap();
    assert_eq!(vectors.values.len(), 12, "they have vectors all the same");
    assert!(vectors.to_string().starts_with("found 1 of 2 words (50.0 %)"), "{vectors}");
}

#[test]
fn what_is_missing_depends_on_the_word_and_the_seed() {
    let row = |wanted: &[&str], word: &str| {
        let place = wanted.iter().position(|other| *other == word).unwrap();
        read(THREE, wanted, 2).unwrap().values[2 * place..2 * place + 2].to_vec()
    };
    let unicorn = row(&["dog", "cat", "unicorn"], "unicorn");
    assert_eq!(unicorn, row(&["unicorn", "griffin", "cat", "dog"], "unicorn"));
    assert_ne!(unicorn, row(&["dog", "cat", "griffin"], "griffin"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vectors.txt");
    std::fs::write(&path, THREE).unwrap();
    let other = glove::read(&path, &["dog", "cat", "unicorn"], 2, 2).unwrap();
    assert_ne!(unicorn, other.values[4..]);
}

#[test]
fn coverage_reads_like_a_sentence() {
    let vectors = read(THREE, &["dog", "griffin", "cat", "unicorn"], 2).unwrap();
    assert_eq!(vectors.to_string(), "found 2 of 4 words (50.0 %); vectors by chance for griffin, unicorn");
    let missing: Vec<String> = (0..1000).map(|number| format!("word{number}")).collect();
    let wanted: Vec<&str> = missing.iter().map(String::as_str).chain(["dog"]).collect();
    let text = read(THREE, &wanted, 2).unwrap().to_string();
    let expected =
        "found 1 of 1,001 words (0.1 %); vectors by chance for word0, word1, word2, word3, word4 and 995 more";
    assert_eq!(text, expected);
    assert_eq!(read(THREE, &["dog"], 2).unwrap().to_string(), "found 1 of 1 words (100.0 %)");
}

#[test]
fn a_large_file_is_streamed() {
    let (lines, dimension) = (50_000, 50);
    let value = |line: usize, place: usize| ((line * 7 + place * 13) % 101) as f32 - 50.0;
    let mut file = format!("{lines} {dimension}\n");
    for line in 0..lines {
        write!(file, "word{line}").unwrap();
        (0..dimension).for_each(|place| write!(file, " {}", value(line, place)).unwrap());
        file.push('\n');
    }
    let mut wanted: Vec<String> = (0..lines).step_by(25).map(|line| format!("word{line}")).collect();
    wanted.extend((0..1000).map(|number| format!("missing{number}")));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vectors.txt");
    std::fs::write(&path, file).unwrap();
    let vectors = glove::read(&path, &wanted, dimension, 1).unwrap();
    assert_eq!((vectors.found, vectors.missing.len()), (2000, 1000));
    let values_of_75: Vec<f32> = (0..dimension).map(|place| value(75, place)).collect();
    assert_eq!(vectors.values[3 * dimension..4 * dimension], values_of_75);
    let (found, drawn) = vectors.values.split_at(2000 * dimension);
    let moments = |values: &[f32]| {
        let mean = values.iter().sum::<f32>() / values.len() as f32;
        (mean, (values.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / values.len() as f32).sqrt())
    };
    let ((mean, deviation), (drawn_mean, drawn_deviation)) = (moments(found), moments(drawn));
    // 50,000 draws of a deviation of 29: their mean is off by 0.13 on average, their deviation by 0.1.
    assert!((mean - drawn_mean).abs() < 0.6 && (deviation - drawn_deviation).abs() < 0.5);
    // Of a normal distribution 68.3 % are within one deviation.
    let near = drawn.iter().filter(|value| (*value - mean).abs() < deviation).count() as f32 / drawn.len() as f32;
    assert!((near - 0.683).abs() < 0.01, "{near}");
}

#[test]
fn word2vecs_header_is_skipped() {
    assert_eq!(read("2 3\ndog 1 2 3\ncat 4 5 6 \n", &["cat"], 3).unwrap().values, [4.0, 5.0, 6.0]);
}

#[test]
fn words_may_have_spaces_in_them() {
    let file = "dog 1.5 2.5\n. . . 0.1 0.2\nat dog@cat.org 3 4\narea 51 0.3 0.4\n 0.5 0.6\nno\u{a0}break 0.7 0.8\n\n\
                cat\t3.5\t4.5\n";
    let wanted = ["cat", ". . .", "area 51", "no\u{a0}break", "griffin", ""];
    let vectors = read(file, &wanted, 2).unwrap();
    assert_eq!(vectors.values[..8], [3.5, 4.5, 0.1, 0.2, 0.3, 0.4, 0.7, 0.8]);
    assert_eq!(vectors.values[10..], [0.5, 0.6]);
    assert_eq!(vectors.missing, ["griffin"]);
}

#[test]
fn words_need_not_be_utf8() {
    assert_eq!(read(b"caf\xe9 9 9\ndog 1 2\n", &["dog"], 2).unwrap().values, [1.0, 2.0]);
}

#[test]
fn another_width_is_named() {
    assert_eq!(
        error("dog 1 2 3\n", &["dog"], 2),
        "vectors.txt: line 1 has 3 numbers; wordvec_dim is 2; set wordvec_dim: 3 or give a file of 2 numbers a word"
    );
    assert!(error("1 2\ndog 1 2\n", &["dog"], 3).contains("line 2 has 2 numbers; wordvec_dim is 3"));
    assert!(error("dog 1 2\n", &["dog"], 0).contains("line 1 has 2 numbers; wordvec_dim is 0"));
    for (line, found) in [("cat 1.5 2.5 3.5", 3), ("cat 1.5", 1), ("cat", 0)] {
        let expected = format!(
            "vectors.txt: line 2 has {found} numbers where those before have 2; the file is damaged, so get it again"
        );
        assert_eq!(error(format!("dog 1 2\n{line}\n"), &["cat"], 2), expected);
    }
}

#[test]
fn a_value_that_is_no_number_is_named() {
    for value in ["x", "NaN", "inf", "1e99", "0,5"] {
        let expected = format!("vectors.txt: line 2 of \"dog\" holds \"{value}\" in place of a finite number");
        assert_eq!(error(format!("cat 1 2\ndog 1 {value}\n"), &["dog"], 2), expected);
    }
}

#[test]
fn what_is_no_text_file_of_vectors_is_refused() {
    let expected = "vectors.txt: line 1 holds no word and numbers; unpack the file if it is packed";
    assert_eq!(error(b"PK\x03\x04 glove.6B.300d.txt\n", &["dog"], 300), expected);
    assert_eq!(error(vec![0; 17 << 20], &["dog"], 300), expected);
}

#[test]
fn a_file_of_other_words_is_refused() {
    let expected =
        "vectors.txt: none of the 2 wanted words is in it; give a file of the captions' language, in lower case";
    assert_eq!(error(THREE, &["chien", "chat"], 2), expected);
    assert_eq!(error("", &["chien", "chat"], 2), expected);
}
