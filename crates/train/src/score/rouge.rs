//! ROUGE-L as `pycocoevalcap` computes it: how much of a reference a candidate says in the same order.

/// How much more recall weighs than precision.
const BETA: f64 = 1.2;

/// Precision and recall may come from different references.
pub fn score(candidate: &[u32], references: &[Vec<u32>]) -> f64 {
    let (mut precision, mut recall) = (0f64, 0f64);
    for reference in references {
        let common = common(candidate, reference) as f64;
        precision = precision.max(common / words(candidate));
        recall = recall.max(common / words(reference));
    }
    if precision == 0.0 || recall == 0.0 {
        return 0.0;
    }
    let beta = BETA * BETA;
    (1.0 + beta) * precision * recall / (recall + beta * precision)
}

/// The original splits at spaces, which makes one empty word of an empty sentence.
fn words(sentence: &[u32]) -> f64 {
    sentence.len().max(1) as f64
}

/// The length of the longest row of words that both sentences hold in the same order, with gaps.
fn common(a: &[u32], b: &[u32]) -> usize {
    if a.is_empty() && b.is_empty() {
        return 1; // the empty word, see `words`
    }
    // For each beginning of b, what it has in common with the part of a that has been read.
    let mut lengths = vec![0; b.len() + 1];
    for word in a {
        let mut diagonal = 0;
        for (at, other) in b.iter().enumerate() {
            let above = lengths[at + 1];
            lengths[at + 1] = if word == other { diagonal + 1 } else { above.max(lengths[at]) };
            diagonal = above;
        }
    }
    lengths[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_may_have_gaps_but_keep_their_order() {
        assert_eq!(common(&[1, 2, 3, 4], &[1, 9, 3, 4]), 3);
        assert_eq!(common(&[1, 2, 3], &[3, 2, 1]), 1);
        assert_eq!(common(&[1, 1, 1], &[1]), 1);
        assert_eq!(common(&[], &[1]), 0);
    }

    #[test]
    fn precision_and_recall_are_each_the_best() {
        // All of the candidate is in the first reference, all of the second is in the candidate.
        assert_eq!(score(&[1, 2], &[vec![1, 2, 3, 4], vec![2]]), 1.0);
    }
}
