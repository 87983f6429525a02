//! The rows of neighbouring words that BLEU and CIDEr-D count.

/// Every row of `N` neighbouring words once, with how often it occurs; sorted, so that it can be searched.
pub fn counted<const N: usize>(sentence: &[u32]) -> Vec<([u32; N], u32)> {
    let mut grams: Vec<[u32; N]> = sentence.array_windows().copied().collect();
    grams.sort_unstable();
    grams.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as u32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_rows_are_counted_and_short_sentences_have_none() {
        assert_eq!(counted(&[7, 3, 7, 3]), [([3, 7], 1), ([7, 3], 2)]);
        assert_eq!(counted::<4>(&[1, 2, 3]), []);
        assert_eq!(counted::<1>(&[]), []);
    }
}
