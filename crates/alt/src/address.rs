//! The addresses in a page → files of its site.
//!
//! The `url` crate joins them as browsers do. What is ours is the guard: no address leads above the site's root, where a
//! browser would stop at the root and take another file.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, percent_encode};
use url::{ParseError, Url};

/// Where an address leads.
#[derive(Clone, Debug, PartialEq)]
pub enum SitePath {
    /// A file or folder of the site, as a path from the site's root.
    Here(PathBuf),
    /// Above the root, where no site reaches.
    Above,
    /// Another site, or something that is no file.
    Elsewhere(String),
}

impl SitePath {
    /// Where an address leads that stands in a page of this folder.
    pub fn follow(&self, address: &str) -> Self {
        self.join(address, |segments| segments)
    }

    /// The folder that addresses begin from in a page of this folder that has this `<base>`.
    pub fn with_base(&self, base: &str) -> Self {
        self.join(base, |segments| segments.split_last().map_or(segments, |(_file, folder)| folder))
    }

    /// Where an address leads, or of that what `part` takes.
    fn join(&self, address: &str, part: fn(&[String]) -> &[String]) -> Self {
        // Browsers do the same before they look at an address.
        let address = address.trim_matches(|char: char| char <= ' ').replace(['\t', '\r', '\n'], "");
        let site = match Url::parse("http://site.invalid/") {
            Ok(site) if is_of_site(&address, &site) => site,
            _ => return Self::Elsewhere(address),
        };
        let from_root = address.starts_with(['/', '\\']);
        let folder = match self {
            Self::Elsewhere(_) => return self.clone(),
            _ if from_root => Path::new(""),
            Self::Here(folder) => folder,
            Self::Above => return Self::Above,
        };
        match segments(&site, folder, address.trim_start_matches(['/', '\\'])) {
            Some(segments) => part(&segments)
                .iter()
                .try_fold(PathBuf::new(), |path, segment| pushed(path, segment))
                .map_or(Self::Above, Self::Here),
            None => Self::Above,
        }
    }
}

/// Whether an address, which names no scheme, leads to the site that its page is on.
fn is_of_site(address: &str, site: &Url) -> bool {
    let names_no_scheme = Url::parse(address) == Err(ParseError::RelativeUrlWithoutBase);
    names_no_scheme && site.join(address).is_ok_and(|url| url.origin() == site.origin())
}

/// The path under the site's root, in percent-encoded segments; nothing where an address leads above the root. Joining
/// stops at the root, so an address that leaves it gives the same path from one folder deeper.
fn segments(site: &Url, folder: &Path, address: &str) -> Option<Vec<String>> {
    let joined = |deeper: &[&str]| {
        let mut base = site.clone();
        let names = folder.components().map(|name| name.as_os_str().as_encoded_bytes());
        let names = deeper.iter().map(|name| name.as_bytes()).chain(names);
        let path: String =
            names.flat_map(|name| ["/".into(), percent_encode(name, NON_ALPHANUMERIC).to_string()]).collect();
        base.set_path(&(path + "/"));
        base.join(address).ok()
    };
    let (found, deeper) = (joined(&[])?, joined(&["deeper"])?);
    let stays = deeper.path().strip_prefix("/deeper") == Some(found.path());
    stays.then(|| found.path_segments().map(|segments| segments.map(str::to_string).collect()))?
}

/// A path with one segment more, which has to be a plain name: an encoded slash is part of a name, and no name has one.
fn pushed(mut path: PathBuf, segment: &str) -> Option<PathBuf> {
    let name = file_name(segment);
    let mut parts = Path::new(&name).components();
    match (parts.next(), parts.next()) {
        (None, None) => {}
        (Some(Component::Normal(part)), None) if part == name => path.push(part),
        _ => return None,
    }
    Some(path)
}

/// The name of a file that a segment stands for. Not every one is UTF-8.
fn file_name(segment: &str) -> OsString {
    let bytes = percent_decode_str(segment);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStringExt;
        OsString::from_vec(bytes.collect())
    }
    #[cfg(not(unix))]
    OsString::from(bytes.decode_utf8_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(path: &str) -> SitePath {
        SitePath::Here(path.into())
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

    #[cfg(unix)]
    #[test]
    fn names_need_not_be_utf8() {
        use std::os::unix::ffi::OsStringExt;
        let folder = PathBuf::from(OsString::from_vec(b"caf\xe9 %41".to_vec()));
        let page = SitePath::Here(folder.clone());
        assert_eq!(page.follow("a.jpg"), SitePath::Here(folder.join("a.jpg")));
        assert_eq!(page.follow("../caf%E9%20%2541/a.jpg"), SitePath::Here(folder.join("a.jpg")));
    }

    #[test]
    fn never_leads_above_the_root() {
        for address in [
            "../../../a.jpg",
            "../../../deeper/a.jpg",
            "../../../blog/2024/a.jpg",
            "/../a.jpg",
            "..%2f..%2f..%2fa.jpg",
            "%2Fetc/passwd",
            "x/../../../../a.jpg",
        ] {
            assert_eq!(here("blog/2024").follow(address), SitePath::Above, "{address}");
        }
    }

    #[test]
    fn other_sites_are_elsewhere() {
        for address in [
            "https://x.org/a.jpg",
            "//x.org/a.jpg",
            "\\\\x.org/a.jpg",
            "HTTP:a.jpg",
            "file:///a.jpg",
            "ftp:a.jpg",
            "http:a.jpg",
            "data:,x",
            "http://[",
        ] {
            assert_eq!(here("blog").follow(address), SitePath::Elsewhere(address.into()), "{address}");
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
        assert_eq!(moved.follow("a.jpg"), SitePath::Elsewhere("https://x.org/img/".into()));
        assert_eq!(moved.follow("/a.jpg"), SitePath::Elsewhere("https://x.org/img/".into()));
        assert_eq!(here("blog").with_base("../../").follow("a.jpg"), SitePath::Above);
    }
}
