//! What words tell about a text for an image.

use percent_encoding::percent_decode_str;

/// How many characters a text may have. It is heard in one go, and some screen readers cut longer ones.
pub const LONGEST: usize = 125;

/// What people write where a text should come later.
const PLACEHOLDERS: [&str; 36] = [
    "add alt text",
    "add alt text here",
    "alt",
    "alt here",
    "alt tag",
    "alt text",
    "alt text here",
    "alternative text",
    "blank",
    "caption",
    "description",
    "enter alt text",
    "fixme",
    "graphic",
    "image",
    "image alt",
    "image alt text",
    "image description",
    "img",
    "insert alt text",
    "insert alt text here",
    "lorem ipsum",
    "n/a",
    "null",
    "photo",
    "photograph",
    "pic",
    "picture",
    "placeholder",
    "placeholder image",
    "spacer",
    "tbd",
    "todo",
    "undefined",
    "untitled",
    "xxx",
];

pub fn is_placeholder(text: &str) -> bool {
    let text = text.trim_matches(|char: char| char.is_whitespace() || ".:!?-_…<>[](){}\"'".contains(char));
    // "Image 3" says as little.
    let text = text.trim_end_matches(|char: char| char.is_ascii_digit() || " #_-".contains(char)).to_lowercase();
    PLACEHOLDERS.contains(&&*text.replace(['-', '_'], " "))
}

/// Whether a text is more than spaces and a word that stands in for one.
pub fn says_something(text: &str) -> bool {
    !text.trim().is_empty() && !is_placeholder(text)
}

const IMAGES: [&str; 9] =
    ["image", "picture", "photo", "photograph", "pic", "img", "graphic", "snapshot", "illustration"];

/// The length of "a picture of" and the like, with the space behind it, where a text begins so and goes on.
pub fn opening(text: &str) -> Option<usize> {
    let mut rest = text;
    let mut next = || {
        let word = rest.split([' ', '\u{a0}']).next().unwrap_or("");
        rest = rest[word.len()..].trim_start();
        (word.to_lowercase(), text.len() - rest.len())
    };
    let (mut word, _) = next();
    if ["a", "an", "the", "this", "our", "my"].contains(&&*word) {
        (word, _) = next();
    }
    // Of images there are black and white ones, and the colour of one is worth its words.
    if !IMAGES.contains(&&*word) {
        return None;
    }
    let (word, length) = next();
    let is_opening = match &*word {
        "of" | "showing" | "shows" | "depicting" | "depicts" => true,
        "that" | "which" => ["shows", "depicts"].contains(&&*next().0),
        _ => false,
    };
    let length = if ["that", "which"].contains(&&*word) { text.len() - rest.len() } else { length };
    (is_opening && length < text.len()).then_some(length)
}

/// The text as the name of a file, if it is one.
pub fn file_name<'a>(text: &'a str, source: Option<&str>) -> Option<&'a str> {
    let text = text.trim();
    let is_name = is_image_file(text)
        || is_of_camera(text)
        || is_identifier(text)
        || source.is_some_and(|source| is_of(text, source));
    is_name.then_some(text)
}

/// One word that ends as the names of images do.
fn is_image_file(text: &str) -> bool {
    const ENDINGS: [&str; 13] =
        ["apng", "avif", "bmp", "gif", "heic", "jfif", "jpeg", "jpg", "png", "svg", "tif", "tiff", "webp"];
    let Some((name, ending)) = text.rsplit_once('.') else { return false };
    let is_ending = ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    // A sentence may end with the name of a format, but has more words before it.
    is_ending && !name.is_empty() && name.split_whitespace().count() <= 3
}

/// What cameras and telephones call their photos: DSC_0012, IMG-20240102-WA0003, P1010023.
fn is_of_camera(text: &str) -> bool {
    const BEGINNINGS: [&str; 11] =
        ["dscf", "dscn", "dsc", "gopr", "image", "img", "mvi", "photo", "pxl", "screenshot", "p"];
    let lower = text.to_ascii_lowercase();
    let Some(number) = BEGINNINGS.iter().find_map(|beginning| lower.strip_prefix(beginning)) else { return false };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let is_plain = number.chars().all(|char| char.is_ascii_alphanumeric() || "-_~().".contains(char));
    let letters = number.chars().filter(char::is_ascii_alphabetic).count();
    is_plain && digits >= 3 && letters <= 4
}

/// A number, a UUID or a digest.
fn is_identifier(text: &str) -> bool {
    let is_hex = text.chars().all(|char| char.is_ascii_hexdigit() || "-_".contains(char));
    let digits = text.chars().filter(char::is_ascii_digit).count();
    is_hex && (text.len() >= 16 && digits >= 4 || digits >= 5 && digits == text.len())
}

/// Whether it is the name of this picture. A plain word, one with a hyphen as "e-mail" has it, and a short number as 404
/// may be both a name and a text.
fn is_of(text: &str, source: &str) -> bool {
    let path = source.split(['?', '#']).next().unwrap_or("");
    let name = percent_decode_str(path.rsplit(['/', '\\']).next().unwrap_or("")).decode_utf8_lossy().to_lowercase();
    let stem = name.rsplit_once('.').map_or(&*name, |(stem, _)| stem);
    let text = text.to_lowercase();
    let hyphens = text.matches('-').count();
    let is_word = hyphens < 2 && text.chars().all(|char| char.is_alphabetic() || " -".contains(char));
    let is_number = text.len() <= 4 && text.chars().all(|char| char.is_ascii_digit());
    !text.is_empty() && (text == name && name != stem || text == stem && !is_word && !is_number)
}

/// Whether two texts say the same.
pub fn same_words(one: &str, other: &str) -> bool {
    let words = |text: &str| {
        let words = text.split(|char: char| !char.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>()
    };
    let (one, other) = (words(one), words(other));
    !one.is_empty() && one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_known_by_their_words() {
        for text in
            ["image", "IMG", " Alt-Text ", "[TODO]", "Image 3", "photo #12", "insert alt text here...", "Untitled_2"]
        {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["", "12", "imagery", "A photo album", "alt rock band", "picture frame"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn an_opening_says_that_it_is_an_image() {
        for (text, rest) in [
            ("image of a dog", "a dog"),
            ("A picture  of dogs", "dogs"),
            ("The Photograph showing it", "it"),
            ("a photo that shows two", "two"),
            ("Photo of É", "É"),
        ] {
            assert_eq!(opening(text).map(|length| &text[length..]), Some(rest), "{text}");
        }
        for text in ["a dog", "photo album of a dog", "image of", "picture", "a photo that", "", "imageof a"] {
            assert_eq!(opening(text), None, "{text}");
        }
    }

    #[test]
    fn names_of_files_are_known() {
        for text in [
            "DSC_0012",
            "img-20240102-WA0003",
            "P1010023",
            "photo.jpg",
            "my cat.PNG",
            "20240102",
            "IMG_0001 ",
            "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "d41d8cd98f00b204e9800998ecf8427e",
        ] {
            assert!(file_name(text, None).is_some(), "{text}");
        }
        for text in [
            "A dog",
            "Peter 2024",
            "How to save a picture as .png",
            "2024",
            "deadbeef",
            "P. 12",
            "decade",
            "Apollo 11",
            "",
        ] {
            assert_eq!(file_name(text, None), None, "{text}");
        }
        assert!(file_name("my-cat_2", Some("/img/My-Cat_2.jpg?v=1")).is_some());
        assert!(file_name("é-1", Some("%C3%A9-1.jpg")).is_some());
        assert!(file_name("my-old-cat", Some("my-old-cat.jpg")).is_some());
        for text in ["cat", "e-mail", "404", "grey cat"] {
            assert!(file_name(text, Some(&format!("{text}.jpg"))).is_none(), "it may be just that");
        }
        assert!(file_name("", Some("")).is_none());
    }

    #[test]
    fn the_same_words_are_the_same_text() {
        assert!(same_words("A dog, running.", "a dog running"));
        assert!(!same_words("a dog", "a dog runs"));
        assert!(!same_words("…", "!"));
    }
}
