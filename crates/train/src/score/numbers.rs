//! Numbers in place of words and grams, because scoring compares them all the time and a number compares at once.

use std::collections::HashMap;
use std::hash::Hash;

/// Gives equal things the same number, counting from 0 in the order in which they come.
#[derive(Debug)]
pub struct Numbers<T>(HashMap<T, u32>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash> Numbers<T> {
    /// The number of this thing, which is a new one where it has not come before.
    pub fn give(&mut self, thing: T) -> u32 {
        let next = self.0.len() as u32;
        *self.0.entry(thing).or_insert(next)
    }

    pub fn get(&self, thing: &T) -> Option<u32> {
        self.0.get(thing).copied()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What the numbers stand for: `[numbers]`.
    pub fn into_things(self) -> Vec<T> {
        let mut things: Vec<(T, u32)> = self.0.into_iter().collect();
        things.sort_unstable_by_key(|(_, number)| *number);
        things.into_iter().map(|(thing, _)| thing).collect()
    }
}
