//! The addresses in a page → files of its site.

use std::path::{Component, Path, PathBuf};

use percent_encoding::percent_decode_str;

/// Where an address leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A file or folder of the site, as a path from the site's root.
    Here(PathBuf),
    /// Above the root, where no site reaches.
    Above,
    /// Another site, or something that is no file.
    Elsewhere(String),
}

impl Place {
    /// Where an address leads that stands in a page of this folder.
    pub fn follow(&self, address: &str) -> Self {
        // Browsers do the same before they look at an address.
        let address = address.trim_matches(|char: char| char <= ' ').replace(['\t', '\r', '\n'], "");
        let path = path(&address);
        if path.starts_with("//") || has_scheme(&path) {
            return Self::Elsewhere(address);
        }
        let mut place = match self {
            Self::Elsewhere(_) => return self.clone(),
            _ if path.starts_with('/') => PathBuf::new(),
            Self::Here(folder) => folder.clone(),
            Self::Above => return Self::Above,
        };
        for segment in path.split('/') {
            // Only now, so that an encoded slash is part of a name, and no name has one.
            let segment = percent_decode_str(segment).decode_utf8_lossy();
            let mut parts = Path::new(&*segment).components();
            match (parts.next(), parts.next()) {
                (None | Some(Component::CurDir), None) => {}
                (Some(Component::Normal(name)), None) if name == &*segment => place.push(name),
                (Some(Component::ParentDir), None) if place.pop() => {}
                _ => return Self::Above,
            }
        }
        Self::Here(place)
    }

    /// The folder that addresses begin from in a page of this folder that has this `<base>`.
    pub fn with_base(&self, base: &str) -> Self {
        let path = path(base.trim());
        let is_folder = ["", ".", ".."].contains(&path.rsplit('/').next().unwrap_or_default());
        match self.follow(base) {
            Self::Here(mut path) if !is_folder => {
                path.pop();
                Self::Here(path)
            }
            other => other,
        }
    }
}

/// An address without what names no file: the query and the fragment.
fn path(address: &str) -> String {
    address.split(['?', '#']).next().unwrap_or_default().replace('\\', "/")
}

fn has_scheme(address: &str) -> bool {
    let Some((scheme, _)) = address.split_once(':') else { return false };
    scheme.starts_with(|char: char| char.is_ascii_alphabetic())
        && scheme.chars().all(|char| char.is_ascii_alphanumeric() || "+-.".contains(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(path: &str) -> Place {
        Place::Here(path.into())
    }

    #[test]
    fn leads_to_files_as_browsers_go() {
        let page = here("blog/2024");
        for (address, path) in [
            ("a.jpg", "blog/2024/a.jpg"),
            ("./img//a.jpg", "blog/2024/img/a.jpg"),
            ("../a.jpg", "blog/a.jpg"),
            ("../../a.jpg", "a.jpg"),
            ("/img/a.jpg", "img/a.jpg"),
            ("\\img\\a.jpg", "img/a.jpg"),
            (" \n/im\ng/a.jpg\t ", "img/a.jpg"),
            ("a%20b%c3%A9.jpg?v=1#top", "blog/2024/a bé.jpg"),
            ("a%3Fb%23.jpg", "blog/2024/a?b#.jpg"),
            ("100%.jpg", "blog/2024/100%.jpg"),
            ("%2e%2e/a.jpg", "blog/a.jpg"),
            ("a.jpg?u=http://x/", "blog/2024/a.jpg"),
            ("1:2.jpg", "blog/2024/1:2.jpg"),
        ] {
            assert_eq!(page.follow(address), here(path), "{address}");
        }
    }

    #[test]
    fn never_leads_above_the_root() {
        for address in ["../../../a.jpg", "/../a.jpg", "..%2f..%2f..%2fa.jpg", "%2Fetc/passwd", "x/../../../../a.jpg"] {
            assert_eq!(here("blog/2024").follow(address), Place::Above, "{address}");
        }
    }

    #[test]
    fn other_sites_are_elsewhere() {
        for address in
            ["https://x.org/a.jpg", "//x.org/a.jpg", "\\\\x.org/a.jpg", "HTTP:a.jpg", "file:///a.jpg", "data:,x"]
        {
            assert_eq!(here("blog").follow(address), Place::Elsewhere(address.into()), "{address}");
        }
    }

    #[test]
    fn a_base_moves_addresses() {
        for (base, path) in [
            ("img/", "blog/img/a.jpg"),
            ("img/x.html", "blog/img/a.jpg"),
            ("..", "a.jpg"),
            (".", "blog/a.jpg"),
            ("", "blog/a.jpg"),
            ("?q", "blog/a.jpg"),
            ("/", "a.jpg"),
            ("x", "blog/a.jpg"),
        ] {
            assert_eq!(here("blog").with_base(base).follow("a.jpg"), here(path), "{base}");
        }
        let moved = here("blog").with_base("https://x.org/img/");
        assert_eq!(moved.follow("a.jpg"), Place::Elsewhere("https://x.org/img/".into()));
        assert_eq!(moved.follow("/a.jpg"), Place::Elsewhere("https://x.org/img/".into()));
        assert_eq!(here("blog").with_base("../../").follow("a.jpg"), Place::Above);
    }
}
