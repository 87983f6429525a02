//! The pages that the arguments name, where the site of each begins, and what is in them.

use std::collections::HashSet;
#[cfg(unix)]
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sightline::files::read_at_most;
use sightline::humanize::thousands;
use sightline_alt::{Format, FrontMatterKeys, Language, Page, SitePath};

use super::picture::written_path;
use crate::inputs::files_under;

/// No page that people wrote has more bytes.
const PAGE_LIMIT: u64 = 64 << 20;

/// A page of a site.
pub struct SitePage {
    pub path: PathBuf,
    /// What `/` is in its addresses.
    pub root: PathBuf,
    /// The same, with no links on the way, by which sites are told apart.
    pub site: PathBuf,
    /// Where it lies under the root.
    pub folder: SitePath,
}

impl SitePage {
    /// The path to it from the site's root, if it can be written down.
    pub fn in_site(&self) -> Option<String> {
        let SitePath::Here(folder) = &self.folder else { return None };
        written_path(&folder.join(self.path.file_name()?))
    }

    fn format(&self, front_matter: &FrontMatterKeys) -> Format {
        // What is no other language's by its name was called a page by whoever named it.
        let language = Language::of(&self.path).unwrap_or_default();
        Format { language, front_matter: front_matter.clone() }
    }

    /// Its bytes, and what is in them.
    pub fn read(&self, front_matter: &FrontMatterKeys) -> anyhow::Result<(Vec<u8>, Page)> {
        let bytes = read_at_most(&self.path, PAGE_LIMIT)?;
        let bytes =
            bytes.with_context(|| format!("it has more than {} bytes, and no page has", thousands(PAGE_LIMIT)))?;
        let page = Page::read(&bytes, &self.format(front_matter))?;
        Ok((bytes, page))
    }

    /// The page with texts put in.
    pub fn with_texts(
        &self,
        page: &Page,
        bytes: &[u8],
        front_matter: &FrontMatterKeys,
        texts: &[Option<String>],
    ) -> anyhow::Result<Vec<u8>> {
        Ok(page.with_texts(bytes, &self.format(front_matter), texts)?)
    }
}

/// A page, and what is in it.
pub struct ReadPage {
    pub place: SitePage,
    pub page: Page,
}

/// All pages that can be read, and what is wrong with the others.
pub fn read_pages(
    named: &[PathBuf],
    root: Option<&Path>,
    front_matter: &FrontMatterKeys,
) -> (Vec<ReadPage>, Vec<(PathBuf, String)>) {
    let (mut read, mut failed) = (Vec::new(), Vec::new());
    for place in pages(named, root) {
        let page = place.and_then(|place| match place.read(front_matter) {
            Ok((_, page)) => Ok(ReadPage { place, page }),
            Err(error) => Err((place.path, error.to_string())),
        });
        match page {
            Ok(page) => read.push(page),
            Err(failure) => failed.push(failure),
        }
    }
    (read, failed)
}

/// What a person is told of images that a template writes.
pub fn tell_templated(pages: &[ReadPage]) {
    match pages.iter().map(|ReadPage { page, .. }| page.templated() + page.uncertain()).sum::<usize>() {
        0 => {}
        1 => say!("1 image was left alone, for a template writes it, or it is not certain how it is written"),
        count => say!("{count} images were left alone, for templates write them, or it is not certain how"),
    }
}

/// Every page, once, in the order of the arguments; and what cannot be one, with the reason.
fn pages(arguments: &[PathBuf], root: Option<&Path>) -> Vec<Result<SitePage, (PathBuf, String)>> {
    let arguments: Vec<PathBuf> = arguments.iter().flat_map(|argument| expanded(argument)).collect();
    let common = arguments.iter().filter(|path| !path.is_dir()).filter_map(|path| parent(path).canonicalize().ok());
    let common = common.reduce(|a, b| {
        let both = a.components().zip(b.components()).take_while(|(a, b)| a == b);
        both.map(|(part, _)| part).collect()
    });
    let mut seen = HashSet::new();
    let mut pages = Vec::new();
    let mut leading_out = Vec::new();
    for argument in &arguments {
        let (start, own_root) = match argument.is_dir() {
            true => (argument.as_path(), argument.as_path()),
            false => (parent(argument), common.as_deref().unwrap_or(parent(argument))),
        };
        for (path, found) in files_under(std::slice::from_ref(argument), is_page, "page") {
            let page = found.map_err(NoPage::Other).and_then(|()| site_page(&path, start, root.unwrap_or(own_root)));
            match page {
                // Nobody named it.
                Err(NoPage::LeadsOut(_)) if argument.is_dir() => leading_out.push(path),
                _ if identity(&path).is_some_and(|file| !seen.insert(file)) => {}
                page => pages.push(page.map_err(|reason| (path, reason.to_string()))),
            }
        }
    }
    tell_leading_out(&leading_out);
    pages
}

/// By what a file is known whatever name it is reached by.
#[derive(Eq, Hash, PartialEq)]
enum Identity {
    Path(PathBuf),
    /// Of a file that has several names, by hard links: its device and number, of which the others need not have one.
    #[cfg(unix)]
    Number(u64, u64),
}

fn identity(path: &Path) -> Option<Identity> {
    #[cfg(unix)]
    if let Some(file) = path.metadata().ok().filter(|file| file.nlink() > 1) {
        return Some(Identity::Number(file.dev(), file.ino()));
    }
    path.canonicalize().ok().map(Identity::Path)
}

/// What a person is told of pages that nobody named, and that a folder only leads to.
fn tell_leading_out(pages: &[PathBuf]) {
    match pages {
        [] => {}
        [page] => say!("{} was left alone, for a link leads to it, out of the site", page.display()),
        [first, ..] => say!(
            "{} pages, {} the first of them, were left alone, for links lead to them, out of the site",
            pages.len(),
            first.display()
        ),
    }
}

/// A pattern that no shell has put names in place of, because it was quoted or because that shell never does.
fn expanded(argument: &Path) -> Vec<PathBuf> {
    let text = argument.to_string_lossy();
    let paths = match glob::glob(&text) {
        Ok(paths) if text.contains(['*', '?', '[']) && !argument.exists() => paths.filter_map(Result::ok).collect(),
        _ => Vec::new(),
    };
    if paths.is_empty() { vec![argument.to_path_buf()] } else { paths }
}

fn is_page(path: &Path) -> bool {
    Language::of(path).is_some()
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Why a path is no page of a site.
#[derive(Debug, thiserror::Error)]
enum NoPage {
    #[error("a link leads out of the site, to {}; name that page, or by --root a folder that has both", .0.display())]
    LeadsOut(PathBuf),
    #[error("{0}")]
    Other(String),
}

/// A page at or under a folder that was named, which may be or lie under the root. Links may lead from one place of the
/// site to another, and never out of it.
fn site_page(path: &Path, start: &Path, root: &Path) -> Result<SitePage, NoPage> {
    let real = |path: &Path| path.canonicalize().map_err(|error| NoPage::Other(format!("{}: {error}", path.display())));
    let site = real(root)?;
    let outside = || NoPage::Other(format!("it lies outside {}, which --root names", root.display()));
    let start_in_root = real(start)?.strip_prefix(&site).map_err(|_| outside())?.to_path_buf();
    // Whoever reads it will tell that it cannot be read.
    match path.canonicalize() {
        Ok(page) if !page.starts_with(&site) => return Err(NoPage::LeadsOut(page)),
        _ => {}
    }
    let below = parent(path).strip_prefix(start).unwrap_or(Path::new(""));
    Ok(SitePage {
        path: path.to_path_buf(),
        root: root.to_path_buf(),
        site,
        folder: SitePath::Here(start_in_root.join(below)),
    })
}
