//! What a captions file says, whatever its format, before anybody looks for the photos.

use std::collections::{BTreeMap, HashMap};

use super::left_out::{LeftOut, Unreadable};
use super::split::Split;
use super::text::{file_name, safe_name};

#[derive(Default)]
pub struct Captions {
    /// By name, so that nothing depends on the order of the file.
    pub photos: BTreeMap<String, Entry>,
    /// Rows or annotations, readable or not.
    pub lines: usize,
}

#[derive(Default)]
pub struct Entry {
    pub captions: Vec<String>,
    pub split: Option<Split>,
}

impl Captions {
    /// The entry of a photo; nothing where `left_out` names it as refused.
    pub fn photo(&mut self, name: &str, left_out: &mut LeftOut) -> Option<&mut Entry> {
        match safe_name(name) {
            Some(name) => Some(self.photos.entry(name).or_default()),
            None => {
                left_out.refused.push(name.to_string());
                None
            }
        }
    }

    /// Takes what was read of a line, or puts into `left_out` why nothing was.
    pub fn line(&mut self, place: String, read: Result<(String, String), String>, left_out: &mut LeftOut) {
        self.lines += 1;
        match read {
            Err(reason) => left_out.unreadable.push(Unreadable { place, reason }),
            Ok((name, caption)) => {
                if let Some(entry) = self.photo(&name, left_out) {
                    entry.captions.push(caption);
                }
            }
        }
    }

    /// For every name with a folder, the name without it, where no other photo is called so.
    pub fn flat_names(&self) -> HashMap<String, String> {
        let mut uses: HashMap<&str, usize> = HashMap::new();
        for name in self.photos.keys() {
            *uses.entry(file_name(name)).or_default() += 1;
        }
        let nested = self.photos.keys().filter(|name| name.contains('/') && uses[file_name(name)] == 1);
        nested.map(|name| (name.clone(), file_name(name).to_string())).collect()
    }
}
