//! Which rules the tags of a page stand under: those of HTML, or those of an SVG or MathML that is written into it.
//!
//! There, `<script/>` ends where it begins and `<![CDATA[` hides what follows; in HTML neither is so.

use std::collections::HashMap;

/// The elements that changed the rules and are still open.
#[derive(Default)]
pub struct Nesting {
    /// The innermost last.
    open: Vec<(&'static str, Rules)>,
    /// How many of each name are open.
    count: HashMap<&'static str, usize>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Rules {
    Html,
    Svg,
    MathMl,
}

/// Where an element changes the rules, its name, and the rules inside.
const CHANGING: [(&[Rules], &str, Rules); 10] = [
    (&[Rules::Html, Rules::Svg], "svg", Rules::Svg),
    (&[Rules::Html, Rules::MathMl], "math", Rules::MathMl),
    (&[Rules::Svg], "foreignobject", Rules::Html),
    (&[Rules::Svg], "desc", Rules::Html),
    (&[Rules::Svg], "title", Rules::Html),
    (&[Rules::MathMl], "mi", Rules::Html),
    (&[Rules::MathMl], "mo", Rules::Html),
    (&[Rules::MathMl], "mn", Rules::Html),
    (&[Rules::MathMl], "ms", Rules::Html),
    (&[Rules::MathMl], "mtext", Rules::Html),
];

/// What the HTML standard lets end an SVG or MathML that nobody ended. `<font>` is left out, as it does so only with
/// some attributes.
const ENDING: [&str; 43] = [
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "center",
    "code",
    "dd",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "hr",
    "i",
    "img",
    "li",
    "listing",
    "menu",
    "meta",
    "nobr",
    "ol",
    "p",
    "pre",
    "ruby",
    "s",
    "small",
    "span",
    "strong",
    "strike",
    "sub",
    "sup",
    "table",
    "tt",
    "u",
    "ul",
];

impl Nesting {
    pub fn is_foreign(&self) -> bool {
        self.rules() != Rules::Html
    }

    /// Takes note of a start tag, and tells whether it is HTML's own.
    pub fn begin(&mut self, name: &str, is_self_closing: bool) -> bool {
        if ENDING.contains(&name) {
            self.leave();
        }
        let rules = self.rules();
        let Some((name, inside)) = CHANGING.iter().find_map(|(place, name_there, inside)| {
            (place.contains(&rules) && *name_there == name).then_some((*name_there, *inside))
        }) else {
            return rules == Rules::Html;
        };
        if !is_self_closing {
            self.open.push((name, inside));
            *self.count.entry(name).or_default() += 1;
        }
        rules == Rules::Html
    }

    pub fn end(&mut self, name: &str) {
        if ["br", "p"].contains(&name) {
            self.leave();
        }
        // Only where one of this name is open: whoever looked through all that are would look for ever in a page of
        // nothing but end tags.
        while self.count.get(name).is_some_and(|open| *open > 0) {
            if self.pop() == Some(name) {
                break;
            }
        }
    }

    fn leave(&mut self) {
        while self.is_foreign() {
            self.pop();
        }
    }

    fn pop(&mut self) -> Option<&'static str> {
        let (name, _) = self.open.pop()?;
        if let Some(open) = self.count.get_mut(name) {
            *open -= 1;
        }
        Some(name)
    }

    fn rules(&self) -> Rules {
        self.open.last().map_or(Rules::Html, |(_, rules)| *rules)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_tag_ends_what_is_open_in_it() {
        let mut nesting = Nesting::default();
        assert!(nesting.begin("svg", false));
        assert!(!nesting.begin("foreignobject", false));
        assert!(nesting.begin("math", false));
        nesting.end("desc");
        assert!(nesting.is_foreign());
        nesting.end("foreignobject");
        assert_eq!(nesting.open, [("svg", Rules::Svg)]);
        nesting.end("svg");
        assert!(!nesting.is_foreign());
    }

    #[test]
    fn what_was_never_begun_is_not_looked_for() {
        let mut nesting = Nesting::default();
        assert_eq!((0..1000).filter(|_| nesting.begin("svg", false)).count(), 1);
        nesting.end("title");
        nesting.end("nothing");
        assert_eq!(nesting.open.len(), 1000, "none was taken off");
        assert_eq!(nesting.count.get("title"), None);
        // As many are counted as are open, or the search would begin in vain.
        nesting.begin("p", false);
        assert_eq!((nesting.open.len(), nesting.count["svg"]), (0, 0));
    }
}
