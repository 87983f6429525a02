//! How far two rows of numbers go together.

/// How alike each of these vectors is to the one at `place`: the cosine of their angle.
pub fn cosine_similarity(vectors: &[f32], length: usize, place: usize) -> Vec<f32> {
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    let vectors: Vec<&[f32]> = vectors.chunks(length.max(1)).collect();
    let Some(chosen) = vectors.get(place) else { return vec![] };
    let norm = product(chosen, chosen).sqrt();
    let cosine =
        |vector: &&[f32]| product(chosen, vector) / (norm * product(vector, vector).sqrt()).max(f64::MIN_POSITIVE);
    vectors.iter().map(|vector| cosine(vector) as f32).collect()
}

/// Spearman's: 1 where both are in the same order, -1 where one is in the other's turned round; nothing where either is
/// all the same.
pub fn rank_correlation(a: &[f32], b: &[f32]) -> Option<f32> {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let sum = |of: &dyn Fn((f64, f64)) -> f64| -> f64 { a.iter().zip(&b).map(|(a, b)| of((a - mean, b - mean))).sum() };
    let spread = (sum(&|(a, _)| a * a) * sum(&|(_, b)| b * b)).sqrt();
    (spread > 0.0).then(|| (sum(&|(a, b)| a * b) / spread) as f32)
}

/// From 0; equals share the mean of their ranks.
fn ranks(values: &[f32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for group in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let rank = first as f64 + (group.len() as f64 - 1.0) / 2.0;
        group.iter().for_each(|place| ranks[*place] = rank);
        first += group.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of SciPy's `spearmanr`.
    #[test]
    fn rank_correlation_is_scipys() {
        assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[10.0, 20.0, 400.0]), Some(1.0));
        assert_eq!(rank_correlation(&[1.0, 2.0, 3.0], &[3.0, 2.0, 1.0]), Some(-1.0));
        let correlation = rank_correlation(&[1.0, 2.0, 2.0, 4.0], &[3.0, 1.0, 4.0, 4.0]).unwrap();
        assert!((correlation - 0.5).abs() < 1e-6, "{correlation}");
        assert_eq!(rank_correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn a_vector_is_most_like_itself() {
        let similarity = cosine_similarity(&[1.0, 0.0, 2.0, 0.0, 0.0, 3.0, -1.0, 0.0, 0.0, 0.0], 2, 0);
        assert_eq!(similarity, [1.0, 1.0, 0.0, -1.0, 0.0]);
    }
}
