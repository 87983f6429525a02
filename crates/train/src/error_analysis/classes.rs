//! Which words of English captions name a colour, a number, or a person's sex.

/// The eleven basic colours, each with the other ways to spell it.
const COLOURS: [(&str, &[&str]); 11] = [
    ("black", &["black"]),
    ("white", &["white"]),
    ("grey", &["grey", "gray"]),
    ("brown", &["brown"]),
    ("red", &["red"]),
    ("orange", &["orange"]),
    ("yellow", &["yellow"]),
    ("green", &["green"]),
    ("blue", &["blue"]),
    ("purple", &["purple"]),
    ("pink", &["pink"]),
];

/// "a" and "an" are no numbers here, because they stand before nearly everything.
const NUMBERS: [(&str, &[&str]); 4] = [
    ("one", &["one"]),
    ("two", &["two", "couple"]),
    ("three", &["three"]),
    (
        "several",
        &[
            "several", "many", "few", "multiple", "various", "numerous", "group", "groups", "crowd", "crowds", "bunch",
            "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "dozen", "dozens",
        ],
    ),
];

const MALE: [&str; 11] =
    ["man", "men", "boy", "boys", "guy", "guys", "male", "males", "gentleman", "gentlemen", "father"];
const FEMALE: [&str; 9] = ["woman", "women", "girl", "girls", "lady", "ladies", "female", "females", "mother"];

pub fn colours() -> Vec<&'static str> {
    COLOURS.map(|(name, _)| name).to_vec()
}

/// The colours that a caption names, by their places in [`colours`], each once.
pub fn colours_in(caption: &[String]) -> Vec<usize> {
    let is_said =
        |(_, (_, spellings)): &(usize, (&str, &[&str]))| caption.iter().any(|word| spellings.contains(&&**word));
    COLOURS.into_iter().enumerate().filter(is_said).map(|(colour, _)| colour).collect()
}

pub fn numbers() -> Vec<&'static str> {
    NUMBERS.iter().map(|(name, _)| *name).chain(["none"]).collect()
}

/// The first number of a caption, by its place in [`numbers`].
pub fn number_in(caption: &[String]) -> usize {
    let number = |word: &String| NUMBERS.iter().position(|(_, words)| words.contains(&&**word));
    caption.iter().find_map(number).unwrap_or(NUMBERS.len())
}

pub fn sexes() -> Vec<&'static str> {
    vec!["man or boy", "woman or girl", "both", "neither"]
}

/// Of whom a caption speaks, by the place in [`sexes`].
pub fn sex_in(caption: &[String]) -> usize {
    let says = |words: &[&str]| caption.iter().any(|word| words.contains(&&**word));
    match (says(&MALE), says(&FEMALE)) {
        (true, false) => 0,
        (false, true) => 1,
        (true, true) => 2,
        (false, false) => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::tokens;

    #[test]
    fn a_caption_names_each_colour_once_and_by_any_spelling() {
        let named =
            |caption| colours_in(&tokens(caption)).into_iter().map(|place| colours()[place]).collect::<Vec<_>>();
        assert_eq!(named("a black dog, a gray dog and another black dog"), ["black", "grey"]);
        assert!(named("a redhead in a blackish coat").is_empty());
    }

    #[test]
    fn the_first_number_counts_and_an_article_is_none() {
        let named = |caption| numbers()[number_in(&tokens(caption))];
        assert_eq!(named("a dog"), "none");
        assert_eq!(named("two dogs and three cats"), "two");
        assert_eq!(named("a group of five men"), "several");
        assert_eq!(named("only one man"), "one");
    }

    #[test]
    fn a_caption_speaks_of_a_man_a_woman_both_or_neither() {
        let named = |caption| sexes()[sex_in(&tokens(caption))];
        assert_eq!(named("the man's dog"), "man or boy");
        assert_eq!(named("a lady"), "woman or girl");
        assert_eq!(named("a girl and two boys"), "both");
        assert_eq!(named("people on a bench"), "neither");
    }
}
