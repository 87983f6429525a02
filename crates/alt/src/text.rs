//! A caption → a text that is fit for an image, as those of the site are.

use crate::wording::{LONGEST, opening};

/// How a site writes the texts of its images, as far as those that it has tell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct House {
    /// Whether they end with a full stop.
    pub has_full_stop: Option<bool>,
    /// Whether they begin with a capital letter.
    pub has_capital: Option<bool>,
}

impl House {
    /// What most of these texts do.
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut stops, mut capitals) = (0_i64, 0_i64);
        for text in texts.into_iter().map(str::trim) {
            // A single word tells nothing of sentences.
            if text.contains(' ') {
                stops += if text.ends_with('.') { 1 } else { -1 };
            }
            if let Some(first) = text.chars().next().filter(|first| first.is_alphabetic()) {
                // There are letters without capitals.
                capitals += i64::from(first.is_uppercase()) - i64::from(first.is_lowercase());
            }
        }
        let most = |count: i64| (count != 0).then_some(count > 0);
        Self { has_full_stop: most(stops), has_capital: most(capitals) }
    }
}

/// A caption without what says that it is one, as long as a text may be, and written as the site writes.
pub fn fitted(caption: &str, house: &House) -> String {
    let caption = caption.split_whitespace().collect::<Vec<_>>().join(" ");
    let begins_with_capital = caption.starts_with(char::is_uppercase);
    let mut words = &caption[opening(&caption).unwrap_or(0)..];
    let had_full_stop = words.ends_with('.') && !words.ends_with("..");
    if had_full_stop {
        words = &words[..words.len() - 1];
    }
    let has_full_stop = house.has_full_stop.unwrap_or(had_full_stop);
    let mut text = shortened(words, LONGEST - usize::from(has_full_stop)).to_string();
    let capital = house.has_capital.unwrap_or(begins_with_capital);
    let mut chars = text.chars();
    if let Some(first) = chars.next() {
        let is_word = chars.next().is_none_or(|second| !second.is_uppercase());
        let first_written: String = match capital {
            true => first.to_uppercase().collect(),
            // Neither "TV" nor "I" is written small.
            false if is_word && !text.starts_with("I ") => first.to_lowercase().collect(),
            false => first.into(),
        };
        text.replace_range(..first.len_utf8(), &first_written);
    }
    if has_full_stop && text.ends_with(char::is_alphanumeric) {
        text.push('.');
    }
    text
}

/// As many whole words as there is room for.
fn shortened(text: &str, room: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(room) else { return text };
    let cut = &text[..end];
    let whole = match text[end..].starts_with(' ') {
        true => cut,
        // A word that is longer than all of it is cut itself.
        false => cut.rsplit_once(' ').map_or(cut, |(whole, _)| whole),
    };
    whole.trim_end_matches(|char: char| char.is_whitespace() || ",;:-–—(".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_house_is_learnt_from_its_texts() {
        assert_eq!(House::of([]), House::default());
        let house = House::of(["A dog runs.", "Logo", "Two boys."]);
        assert_eq!(house, House { has_full_stop: Some(true), has_capital: Some(true) });
        let house = House::of(["a dog runs", "two boys.", "a cat", "3 men", "犬"]);
        assert_eq!(house, House { has_full_stop: Some(false), has_capital: Some(false) });
    }

    #[test]
    fn a_caption_becomes_what_the_house_writes() {
        let text = |caption, has_full_stop, has_capital| fitted(caption, &House { has_full_stop, has_capital });
        assert_eq!(text("A dog runs.", None, None), "A dog runs.");
        assert_eq!(text("A dog runs.", Some(false), None), "A dog runs");
        assert_eq!(text("A dog runs", Some(true), Some(false)), "a dog runs.");
        assert_eq!(text("a  dog\nruns", None, Some(true)), "A dog runs");
        assert_eq!(text("A picture of two boys.", None, None), "Two boys.");
        assert_eq!(text("a photo of TV sets", None, Some(false)), "TV sets");
        assert_eq!(text("I see", None, Some(false)), "I see");
        assert_eq!(text("élan", None, Some(true)), "Élan");
        assert_eq!(text("Why?", Some(true), None), "Why?");
        assert_eq!(text("Wait...", Some(false), None), "Wait...");
        assert_eq!((text("", Some(true), None), text(".", None, None)), (String::new(), String::new()));
    }

    #[test]
    fn a_long_caption_is_cut_between_words() {
        let house = House { has_full_stop: Some(true), has_capital: None };
        let text = fitted(&"vier wörter, ".repeat(20), &house);
        assert!(text.chars().count() <= 125 && text.ends_with("wörter, vier."), "{text}");
        let exact = "a".repeat(60) + " " + &"b".repeat(64);
        assert_eq!(fitted(&exact, &House::default()), exact);
        assert_eq!(fitted(&format!("{exact} c"), &House::default()), exact);
        assert_eq!(fitted(&format!("{exact}c"), &House::default()), "a".repeat(60));
        assert_eq!(fitted(&"é".repeat(200), &House::default()).chars().count(), 125);
    }
}
