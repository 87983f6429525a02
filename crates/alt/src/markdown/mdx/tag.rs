//! A tag of JSX.

use std::ops::Range;

use super::javascript::JavaScript;

#[derive(Debug, Default, PartialEq)]
pub struct Tag<'a> {
    /// Empty for a fragment.
    pub name: &'a str,
    pub length: usize,
    pub is_end: bool,
    pub is_self_closing: bool,
    /// Where expressions stand in it, with their braces.
    pub braces: Vec<Range<usize>>,
}

/// The tag that a text begins with, if it is one.
pub fn tag(text: &str) -> Option<Tag<'_>> {
    let mut tag = Tag::default();
    let mut at = 1;
    let space = |at: usize| at + text[at..].len() - text[at..].trim_start().len();
    let name = |at: usize| text[at..].find(|char| !is_name(char)).unwrap_or(text.len() - at);
    tag.is_end = text[at..].starts_with('/');
    at += usize::from(tag.is_end);
    let length = name(at);
    tag.name = &text[at..at + length];
    if length == 0 && !text[at..].starts_with('>') || !is_first(tag.name) {
        return None;
    }
    at += length;
    loop {
        let spaced = space(at);
        match text.as_bytes().get(spaced)? {
            b'>' => {
                tag.length = spaced + 1;
                return Some(tag);
            }
            b'/' if !tag.is_end => {
                let end = space(spaced + 1);
                tag.is_self_closing = true;
                tag.length = end + 1;
                return text[end..].starts_with('>').then_some(tag);
            }
            _ if tag.is_end => return None,
            b'{' => {
                let length = JavaScript::new(&text[spaced..]).braces()?;
                tag.braces.push(spaced..spaced + length);
                at = spaced + length;
            }
            _ => {
                let length = name(spaced);
                // Names stand apart, but what is in quotes or braces has an end of its own.
                if length == 0 || !is_first(&text[spaced..spaced + length]) {
                    return None;
                }
                at = spaced + length;
                let equals = space(at);
                if !text[equals..].starts_with('=') {
                    continue;
                }
                let value = space(equals + 1);
                let length = match text.as_bytes().get(value)? {
                    b'{' => {
                        let length = JavaScript::new(&text[value..]).braces()?;
                        tag.braces.push(value..value + length);
                        length
                    }
                    quote @ (b'"' | b'\'') => text[value + 1..].find(char::from(*quote))? + 2,
                    _ => return None,
                };
                at = value + length;
            }
        }
    }
}

fn is_name(char: char) -> bool {
    char.is_alphanumeric() || "_$-:.".contains(char)
}

fn is_first(name: &str) -> bool {
    name.chars().next().is_none_or(|first| first.is_alphabetic() || "_$".contains(first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_has_a_name_and_attributes() {
        let read = |text| tag(text).map(|tag| (tag.name, tag.length, tag.is_end, tag.is_self_closing));
        assert_eq!(read("<a>b"), Some(("a", 3, false, false)));
        assert_eq!(read("<a.B c:d-e='>' f = {'}'}\n{...g} h />"), Some(("a.B", 36, false, true)));
        assert_eq!(read("</a >"), Some(("a", 5, true, false)));
        assert_eq!((read("<>"), read("</>")), (Some(("", 2, false, false)), Some(("", 3, true, false))));
        for text in
            ["<a", "<3>", "<a b=c>", "<a b='>", "<a {b>", "<a / b>", "</a b>", "<https://x>", "<a@b.c>", "<", "</"]
        {
            assert_eq!(tag(text), None, "{text}");
        }
    }
}
