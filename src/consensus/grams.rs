//! Rows of neighbouring words as numbers that tell them apart without saying them.

/// Rows of up to so many words are compared.
pub const LONGEST: usize = 4;

/// Every row of `length` neighbouring words once, by its hash, with how often it occurs; sorted.
pub fn counted(words: &[u32], length: usize) -> Vec<(u32, u32)> {
    let mut hashes: Vec<u32> = words.windows(length).map(hash).collect();
    hashes.sort_unstable();
    hashes.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len() as u32)).collect()
}

/// 32-bit FNV-1a of the words' ids, four bytes each, the lowest first.
fn hash(words: &[u32]) -> u32 {
    let bytes = words.iter().flat_map(|word| word.to_le_bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_published_function() {
        // Of the bytes "a\0\0\0".
        let expected = b"a\0\0\0".iter().fold(2_166_136_261u32, |hash, byte| {
            let mixed = u64::from(hash ^ u32::from(*byte)) * 16_777_619;
            (mixed % (1 << 32)) as u32
        });
        assert_eq!(counted(&[97], 1), [(expected, 1)]);
    }

    #[test]
    fn rows_that_stand_again_are_counted() {
        let [(_, a), (_, b)] = counted(&[7, 3, 7, 3], 2)[..] else { panic!("two rows") };
        assert_eq!(a + b, 3);
        assert_eq!(counted(&[1, 2, 3], 4), []);
        assert_ne!(counted(&[1, 2], 2), counted(&[2, 1], 2));
    }
}
