//! What a template puts into a page later: nothing that stands there is literal.

use std::borrow::Cow;

/// What begins and ends a placeholder of Liquid, Nunjucks, Handlebars, Go, ERB and PHP.
const MARKS: [(&[u8; 2], &[u8; 2]); 5] =
    [(b"{{", b"}}"), (b"{%", b"%}"), (b"{#", b"#}"), (b"<%", b"%>"), (b"<?", b"?>")];

/// No placeholder that people wrote is longer; braces that are further apart belong to different things.
const LONGEST: usize = 1000;

/// A page in which nothing within a placeholder can be taken for markup.
#[derive(Debug)]
pub struct Neutral<'a> {
    /// As long as the page.
    pub bytes: Cow<'a, [u8]>,
    /// Images that stand in placeholders.
    pub images: usize,
}

/// Puts letters in place of what stands within placeholders.
pub fn neutral(bytes: &[u8]) -> Neutral<'_> {
    let mut result = Neutral { bytes: Cow::Borrowed(bytes), images: 0 };
    let mut at = 0;
    while at + 1 < bytes.len() {
        let Some(length) = placeholder(&bytes[at..]) else {
            at += 1;
            continue;
        };
        let inside = at + 2..at + length - 2;
        result.images += images_in(&bytes[inside.clone()]);
        for byte in &mut result.bytes.to_mut()[inside] {
            if !byte.is_ascii_alphanumeric() && *byte != b'\n' {
                *byte = b'x';
            }
        }
        at += length;
    }
    result
}

/// The length of the placeholder that begins here.
fn placeholder(bytes: &[u8]) -> Option<usize> {
    let (begin, end) = MARKS.into_iter().find(|(begin, _)| bytes.starts_with(*begin))?;
    let inside = &bytes[2..bytes.len().min(LONGEST)];
    for (at, two) in inside.windows(2).enumerate() {
        if two == end {
            return Some(at + 4);
        }
        // Where another begins, the first was none. An end tag of HTML stands in no placeholder.
        let is_program = begin[0] == b'<';
        if two == begin || !is_program && two == b"</" {
            return None;
        }
    }
    None
}

/// How many images begin in an expression.
pub fn images_in(bytes: &[u8]) -> usize {
    bytes.windows(4).filter(|four| four.eq_ignore_ascii_case(b"<img")).count()
}

/// Whether a value waits for a template, or is an expression.
pub fn is_templated(value: &[u8]) -> bool {
    // Where none ends the tag with a space before it, the slash belongs to the value: `alt={text}/>`.
    let is_expression = value.first() == Some(&b'{') && value.contains(&b'}');
    is_expression || value.windows(2).any(|two| two == b"${" || MARKS.iter().any(|(begin, _)| two == *begin))
}

/// Whether this is no attribute, but what a template or a framework puts in place of some.
pub fn is_templated_name(name: &[u8]) -> bool {
    name.iter().any(|byte| b"{}%".contains(byte)) || name.starts_with(b"<?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn becomes(page: &str, expected: &str) {
        assert_eq!(neutral(page.as_bytes()).bytes, expected.as_bytes());
    }

    #[test]
    fn nothing_in_a_placeholder_is_markup() {
        becomes("<a b=\"{{ \"c\" | d }}\">", "<a b=\"{{xxcxxxxdx}}\">");
        becomes("{% if a > b %}<img>{% endif %}", "{%xifxaxxxbx%}<img>{%xendifx%}");
        becomes("<?php echo '</p>' ?><b>", "<?phpxechoxxxxpxxx?><b>");
        becomes("{{{ a }}}", "{{xxax}}}");
        assert_eq!(neutral(b"{{ '<img src=a>' }} {% x '<IMG>' %} <img>").images, 2);
    }

    #[test]
    fn braces_that_belong_to_nothing_stay() {
        for page in
            ["{{ a", "{{ <p></p> }}", "{ { a } }", "{{{{{{", "", "{", &format!("{{{{{}}}}}", " ".repeat(LONGEST))]
        {
            becomes(page, page);
        }
        becomes("{{ {{ <a> }}", "{{ {{xxaxx}}");
    }
}
