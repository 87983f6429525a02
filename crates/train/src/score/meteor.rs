//! METEOR of equal words and equal stems: as NLTK's `meteor_score` is without a WordNet.
//!
//! It is no METEOR 1.5, the Java program that `pycocoevalcap` runs, and its numbers must not be laid beside published
//! ones. That also accepts synonyms (WordNet) and paraphrases (a table of several megabytes), gives function words less
//! weight and inexact matches less credit, looks for the alignment with the fewest chunks, and has parameters fitted to
//! people's judgements. Here every match counts alike, the parameters are those of 2007, and the alignment is greedy.
//! The reason is that this program comes without Java and without lists of words: what is left still tells two models
//! apart, and anybody can compute it again.

use rust_stemmers::{Algorithm, Stemmer};

use super::numbers::Numbers;

/// How much recall weighs, against precision.
const ALPHA: f64 = 0.9;
/// How fast and how far the score falls as the matches lie scattered.
const BETA: f64 = 3.0;
const GAMMA: f64 = 0.5;

/// For every word its stem's number: `[words]`.
pub fn stems(words: &[&str]) -> Vec<u32> {
    let stemmer = Stemmer::create(Algorithm::English);
    let mut numbers = Numbers::default();
    words.iter().map(|word| numbers.give(stemmer.stem(word))).collect()
}

/// The best over the references.
pub fn score(candidate: &[u32], references: &[Vec<u32>], stems: &[u32]) -> f64 {
    references.iter().map(|reference| against(candidate, reference, stems)).fold(0.0, f64::max)
}

fn against(candidate: &[u32], reference: &[u32], stems: &[u32]) -> f64 {
    let places = aligned(candidate, reference, stems);
    let matches = places.iter().flatten().count() as f64;
    if matches == 0.0 {
        return 0.0;
    }
    let precision = matches / candidate.len() as f64;
    let recall = matches / reference.len() as f64;
    let mean = precision * recall / (ALPHA * precision + (1.0 - ALPHA) * recall);
    mean * (1.0 - GAMMA * (chunks(&places) as f64 / matches).powf(BETA))
}

/// Where in the reference each word of the candidate is found: equal words first, then equal stems, and each time
/// from the end, because NLTK does and the number of chunks depends on it.
fn aligned(candidate: &[u32], reference: &[u32], stems: &[u32]) -> Vec<Option<usize>> {
    let mut places = vec![None; candidate.len()];
    let mut taken = vec![false; reference.len()];
    let forms: [&dyn Fn(u32) -> u32; 2] = [&|word| word, &|word| stems[word as usize]];
    for form in forms {
        for (place, word) in places.iter_mut().zip(candidate).rev().filter(|(place, _)| place.is_none()) {
            *place = (0..reference.len()).rev().find(|at| !taken[*at] && form(reference[*at]) == form(*word));
            if let Some(at) = *place {
                taken[at] = true;
            }
        }
    }
    places
}

/// Rows of matches that are neighbours in both sentences.
fn chunks(places: &[Option<usize>]) -> usize {
    let mut end = None;
    let mut chunks = 0;
    for place in places {
        if place.is_some() && *place != end {
            chunks += 1;
        }
        end = place.map(|at| at + 1);
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    const NO_STEMS: [u32; 10] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

    #[test]
    fn words_of_one_stem_share_its_number() {
        let stems = stems(&["runs", "running", "ran", "run", "'s"]);
        assert_eq!(stems, [0, 0, 1, 0, 2]);
    }

    #[test]
    fn an_equal_word_goes_before_an_equal_stem() {
        // 1 and 2 have one stem, and the equal word is not the last.
        let stems = [0, 1, 1];
        assert_eq!(aligned(&[1], &[1, 2], &stems), [Some(0)]);
        assert_eq!(aligned(&[1, 1], &[1, 2], &stems), [Some(1), Some(0)]);
    }

    #[test]
    fn of_equal_words_the_last_is_taken_first() {
        assert_eq!(aligned(&[1, 2], &[1, 2, 1], &NO_STEMS), [Some(2), Some(1)]);
        assert_eq!(aligned(&[1, 1, 1], &[1, 1], &NO_STEMS), [None, Some(0), Some(1)]);
    }

    #[test]
    fn chunks_end_where_either_sentence_jumps() {
        assert_eq!(chunks(&[Some(0), Some(1), Some(2)]), 1);
        assert_eq!(chunks(&[Some(0), Some(2), Some(3)]), 2);
        assert_eq!(chunks(&[Some(0), None, Some(1)]), 2);
        assert_eq!(chunks(&[Some(1), Some(0), None]), 2);
        assert_eq!(chunks(&[None]), 0);
    }

    #[test]
    fn even_a_perfect_candidate_is_one_chunk() {
        assert_eq!(against(&[1, 2], &[1, 2], &NO_STEMS), 1.0 - 0.5 / 8.0);
    }
}
