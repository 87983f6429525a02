//! Which rules the tags of a page stand under: those of HTML, or those of an SVG or MathML that is written into it.
//!
//! There, `<script/>` ends where it begins and `<![CDATA[` hides what follows; in HTML neither is so.

/// The elements that changed the rules and are still open, the innermost last.
#[derive(Default)]
pub struct Nesting(Vec<(String, Rules)>);

#[derive(Clone, Copy, PartialEq)]
enum Rules {
    Html,
    Svg,
    MathMl,
}

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
        let inside = match (rules, name) {
            (Rules::Html | Rules::Svg, "svg") => Rules::Svg,
            (Rules::Html | Rules::MathMl, "math") => Rules::MathMl,
            (Rules::Svg, "foreignobject" | "desc" | "title") => Rules::Html,
            (Rules::MathMl, "mi" | "mo" | "mn" | "ms" | "mtext") => Rules::Html,
            _ => return rules == Rules::Html,
        };
        if !is_self_closing {
            self.0.push((name.to_string(), inside));
        }
        rules == Rules::Html
    }

    pub fn end(&mut self, name: &str) {
        if ["br", "p"].contains(&name) {
            self.leave();
        }
        if let Some(place) = self.0.iter().rposition(|(open, _)| open == name) {
            self.0.truncate(place);
        }
    }

    fn leave(&mut self) {
        while self.is_foreign() {
            self.0.pop();
        }
    }

    fn rules(&self) -> Rules {
        self.0.last().map_or(Rules::Html, |(_, rules)| *rules)
    }
}
