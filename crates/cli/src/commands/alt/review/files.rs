//! The page's own files, which are in the program.

use super::http::Response;

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// A file of this folder's page, or of what the project's other pages have as well.
macro_rules! file {
    (page $name:literal) => {
        include_str!(concat!("page/", $name))
    };
    (www $name:literal) => {
        include_str!(concat!("../../../../../../www/", $name))
    };
}

/// By their paths below the token.
const FILES: [(&str, &str, &str); 13] = [
    ("", HTML, file!(page "index.html")),
    ("card.js", SCRIPT, file!(page "card.js")),
    ("list.js", SCRIPT, file!(page "list.js")),
    ("review.js", SCRIPT, file!(page "review.js")),
    ("texts.js", SCRIPT, file!(page "texts.js")),
    ("words.js", SCRIPT, file!(page "words.js")),
    ("dom.js", SCRIPT, file!(www "dom.js")),
    ("view/attention-map.js", SCRIPT, file!(www "view/attention-map.js")),
    ("view/attention-overlay.js", SCRIPT, file!(www "view/attention-overlay.js")),
    ("view/contour.js", SCRIPT, file!(www "view/contour.js")),
    ("view/interpolation.js", SCRIPT, file!(www "view/interpolation.js")),
    ("view/spotlight.js", SCRIPT, file!(www "view/spotlight.js")),
    ("icon.svg", "image/svg+xml", file!(www "page/icon.svg")),
];

/// Style sheets that stand in scripts, as the element has them in its shadow tree.
const TOKENS: &str = file!(www "view/tokens.js");
const WORDS_STYLE: &str = file!(www "view/words-style.js");

pub fn file(path: &str) -> Option<Response> {
    if path == "review.css" {
        let own = file!(page "review.css");
        return Some(Response::new(CSS, format!(":root {{{}}}\n{}\n{own}", quoted(TOKENS), quoted(WORDS_STYLE))));
    }
    let (_, content_type, text) = FILES.iter().find(|(name, ..)| *name == path)?;
    Some(Response::new(content_type, *text))
}

/// What stands between the backticks of a script.
fn quoted(script: &str) -> &str {
    script.split('`').nth(1).unwrap_or_default()
}
