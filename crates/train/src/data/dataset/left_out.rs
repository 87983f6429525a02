//! What of a data set was left out, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use sightline::humanize::thousands;

/// Names that are shown of each kind; the lists have all of them.
const SHOWN: usize = 3;

/// What was left out. A name stands for a photo, as the captions file writes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Lines and JSON entries that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// Names that lead out of the image folder.
    pub refused: Vec<String>,
    /// Names in a list of a split that the captions file does not have.
    pub without_entry: Vec<String>,
    /// Photos that are in none of the splits.
    pub without_split: Vec<String>,
    /// Photos that have no file.
    pub missing: Vec<String>,
    /// For every caption without a letter or digit, the name of its photo.
    pub empty_captions: Vec<String>,
    /// Photos that have no caption, or none that is not empty.
    pub without_caption: Vec<String>,
    /// Photos whose file is no photo, as was found when they were decoded.
    pub broken: Vec<Broken>,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unreadable {
    /// Such as `line 17`.
    pub place: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Broken {
    pub name: String,
    pub reason: String,
}

impl LeftOut {
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// A sentence for each kind of thing that was left out.
    pub fn lines(&self) -> Vec<String> {
        [
            line(&self.unreadable, "line is unreadable", "lines are unreadable"),
            line(&self.refused, "name leads out of the image folder", "names lead out of the image folder"),
            line(&self.without_entry, "listed photo has no captions", "listed photos have no captions"),
            line(&self.without_split, "photo is in no split", "photos are in no split"),
            line(&self.missing, "photo is missing", "photos are missing"),
            line(&self.empty_captions, "caption is empty", "captions are empty"),
            line(&self.without_caption, "photo has no caption", "photos have no caption"),
            line(&self.broken, "photo is broken", "photos are broken"),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// The same lists for the same data, in whatever order it was met.
    pub(super) fn sort(&mut self) {
        let Self { refused, without_entry, without_split, missing, empty_captions, without_caption, .. } = self;
        for names in [refused, without_entry, without_split, missing, without_caption] {
            names.sort();
            // A photo is named once for each of its captions.
            names.dedup();
        }
        empty_captions.sort();
        self.broken.sort();
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines().join("\n"))
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.place, self.reason)
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.reason)
    }
}

fn line(items: &[impl fmt::Display], one: &str, many: &str) -> Option<String> {
    let kind = if items.len() == 1 { one } else { many };
    let shown: Vec<String> = items.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = match items.len() - shown.len() {
        0 => String::new(),
        more => format!(" and {} more", thousands(more)),
    };
    // A name comes from a file, and a terminal obeys control characters.
    let shown = shown.join(", ").replace(char::is_control, "\u{fffd}");
    (!items.is_empty()).then(|| format!("{} {kind}: {shown}{more}", thousands(items.len())))
}
