//! Photos' names as 16 bytes each: which shard a photo is in, and whether it was captioned before.

use std::str::FromStr;

use sha2::{Digest, Sha256};

/// The first half of the SHA-256 of a name. Of a billion names, no two have the same by any chance worth a thought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NameKey(u128);

impl NameKey {
    pub fn of(name: &str) -> Self {
        let digest: [u8; 32] = Sha256::digest(name).into();
        Self(digest[..16].iter().fold(0, |key, byte| key << 8 | u128::from(*byte)))
    }
}

/// Names that were captioned before.
#[derive(Debug, Default)]
pub struct DoneNames {
    /// Sorted: no more than 16 bytes for a name.
    keys: Vec<NameKey>,
}

impl DoneNames {
    pub fn contains(&self, key: NameKey) -> bool {
        self.keys.binary_search(&key).is_ok()
    }
}

impl FromIterator<NameKey> for DoneNames {
    fn from_iter<Keys: IntoIterator<Item = NameKey>>(keys: Keys) -> Self {
        let mut keys: Vec<NameKey> = keys.into_iter().collect();
        keys.sort_unstable();
        keys.shrink_to_fit();
        Self { keys }
    }
}

/// One of several equal parts of a collection. Which one a photo is in hangs on its name and on how many parts there
/// are, so that a photo that comes or goes moves no other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shard {
    /// From 1.
    pub number: u32,
    pub count: u32,
}

impl Shard {
    pub fn holds(self, key: NameKey) -> bool {
        // The upper half of a key, as a fraction of one, times the count.
        let place = ((key.0 >> 64) * u128::from(self.count)) >> 64;
        place == u128::from(self.number) - 1
    }
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ShardError {
    #[error("a shard is its number, / and how many there are, such as 3/16")]
    Form,
    #[error("there is no shard {number} of {count}; they are numbered from 1 to {count}")]
    NoSuchShard { number: u32, count: u32 },
    #[error("a collection in 0 shards is none; there is at least 1")]
    NoShards,
}

impl FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let (number, count) = text.split_once('/').ok_or(ShardError::Form)?;
        let [number, count] = [number, count].map(|part| part.parse().map_err(|_| ShardError::Form));
        match (number?, count?) {
            (_, 0) => Err(ShardError::NoShards),
            (number, count) if !(1..=count).contains(&number) => Err(ShardError::NoSuchShard { number, count }),
            (number, count) => Ok(Self { number, count }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Vec<NameKey> {
        (0..16_000).map(|photo| NameKey::of(&format!("photos/{photo:05}.jpg"))).collect()
    }

    #[test]
    fn every_name_is_in_one_shard_and_shards_are_nearly_equal() {
        for count in [1, 2, 16, 17] {
            let shards: Vec<Shard> = (1..=count).map(|number| Shard { number, count }).collect();
            let mut sizes = vec![0_usize; shards.len()];
            for key in keys() {
                let [place] = Vec::from_iter((0..shards.len()).filter(|place| shards[*place].holds(key)))[..] else {
                    panic!("{key:?} is not in one of {count}");
                };
                sizes[place] += 1;
            }
            let even = 16_000 / count as usize;
            // Names are fixed, and so are the sizes: about the square root more or less.
            assert!(sizes.iter().all(|size| size.abs_diff(even) < even / 10), "{sizes:?}");
        }
    }

    /// Who shares work among machines relies on it: a later version has to part collections alike.
    #[test]
    fn a_shard_is_the_same_in_every_version() {
        let key = NameKey::of("a.jpg");
        assert_eq!(format!("{:032x}", key.0), "509b0d4641a7c3ba088ffa28559d1f57");
        assert!(Shard { number: 6, count: 16 }.holds(key));
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        let parse = |text: &str| text.parse::<Shard>();
        assert_eq!(parse("3/16"), Ok(Shard { number: 3, count: 16 }));
        assert_eq!(parse("1/1"), Ok(Shard { number: 1, count: 1 }));
        for bad in ["", "3", "/", "3/", "/16", "a/b", "-1/16", "3/16/2", "3 / 16", "1.5/2", "99999999999/1"] {
            assert_eq!(parse(bad), Err(ShardError::Form), "{bad}");
        }
        assert_eq!(parse("0/16"), Err(ShardError::NoSuchShard { number: 0, count: 16 }));
        assert_eq!(parse("17/16"), Err(ShardError::NoSuchShard { number: 17, count: 16 }));
        assert_eq!(parse("0/0"), Err(ShardError::NoShards));
    }

    #[test]
    fn names_that_were_done_are_found_and_others_are_not() {
        let keys = keys();
        let done: DoneNames = keys.iter().step_by(2).copied().collect();
        assert!(keys.iter().enumerate().all(|(place, key)| done.contains(*key) == (place % 2 == 0)));
        assert!(!DoneNames::default().contains(keys[0]));
    }
}
