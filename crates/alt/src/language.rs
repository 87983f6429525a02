//! What a page is written in.

use std::path::Path;

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Language {
    #[default]
    Html,
    Markdown,
    Mdx,
}

impl Language {
    /// By the end of its name.
    pub fn of(path: &Path) -> Option<Self> {
        match &*path.extension()?.to_str()?.to_ascii_lowercase() {
            "html" | "htm" | "xhtml" | "xht" => Some(Self::Html),
            "md" | "markdown" => Some(Self::Markdown),
            "mdx" => Some(Self::Mdx),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_language() {
        let of = |name: &str| Language::of(Path::new(name));
        assert_eq!(of("a/index.HTM"), Some(Language::Html));
        assert_eq!(of("chapter.xhtml"), Some(Language::Html));
        assert_eq!(of("a.b.md"), Some(Language::Markdown));
        assert_eq!(of("post.mdx"), Some(Language::Mdx));
        assert_eq!((of("md"), of("a.txt"), of(".md")), (None, None, None));
    }
}
