//! Markup in which nothing that comes from a file can be taken for markup: text becomes [`Html`] only by being escaped.

/// Markup of HTML, or of SVG within it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Html(String);

/// An attribute's name and value.
pub type Attribute<'a> = (&'static str, &'a str);

impl Html {
    /// Of this program's own source, such as a style sheet.
    pub fn own(markup: &'static str) -> Self {
        Self(markup.into())
    }

    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<&str> for Html {
    fn from(text: &str) -> Self {
        Self(escaped(text))
    }
}

impl From<String> for Html {
    fn from(text: String) -> Self {
        Self(escaped(&text))
    }
}

impl FromIterator<Html> for Html {
    fn from_iter<I: IntoIterator<Item = Html>>(parts: I) -> Self {
        Self(parts.into_iter().map(|part| part.0).collect())
    }
}

/// An element with what is in it, one thing after another.
pub fn element(name: &'static str, attributes: &[Attribute], content: impl IntoIterator<Item = Html>) -> Html {
    let content: Html = content.into_iter().collect();
    Html(format!("{}{}</{name}>", tag(name, attributes), content.0))
}

/// An element that never has anything in it and no end, such as `meta`.
pub fn void(name: &'static str, attributes: &[Attribute]) -> Html {
    Html(tag(name, attributes))
}

/// An element with a text in it.
pub fn text(name: &'static str, attributes: &[Attribute], text: impl Into<Html>) -> Html {
    element(name, attributes, [text.into()])
}

fn tag(name: &str, attributes: &[Attribute]) -> String {
    let attributes: String = attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect();
    format!("<{name}{attributes}>")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // A browser would show nothing in their place.
            letter if letter.is_control() && !letter.is_ascii_whitespace() => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_from_files_is_no_markup() {
        let name = "</title><script>alert('\"&')</script>\u{7}";
        let escaped = "&lt;/title&gt;&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;\u{fffd}";
        let html = element("p", &[("title", name)], [name.into(), text("b", &[], name), void("br", &[])]);
        assert_eq!(html.into_string(), format!("<p title=\"{escaped}\">{escaped}<b>{escaped}</b><br></p>"));
    }
}
