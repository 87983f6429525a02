//! The pages that the arguments name, and where the site of each begins.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use sightline_alt::SitePath;

use crate::inputs::files_under;

/// A page of a site.
pub struct SitePage {
    pub path: PathBuf,
    /// What `/` is in its addresses.
    pub root: PathBuf,
    /// Where it lies under the root.
    pub folder: SitePath,
}

/// Every page, once, in the order of the arguments; and what cannot be one, with the reason.
pub fn pages(arguments: &[PathBuf], root: Option<&Path>) -> Vec<Result<SitePage, (PathBuf, String)>> {
    let arguments: Vec<PathBuf> = arguments.iter().flat_map(|argument| expanded(argument)).collect();
    let common = arguments.iter().filter(|path| !path.is_dir()).filter_map(|path| parent(path).canonicalize().ok());
    let common = common.reduce(|a, b| {
        let both = a.components().zip(b.components()).take_while(|(a, b)| a == b);
        both.map(|(part, _)| part).collect()
    });
    let mut seen = HashSet::new();
    let mut pages = Vec::new();
    for argument in &arguments {
        let (start, own_root) = match argument.is_dir() {
            true => (argument.as_path(), argument.as_path()),
            false => (parent(argument), common.as_deref().unwrap_or(parent(argument))),
        };
        for (path, found) in files_under(std::slice::from_ref(argument), is_page, "page") {
            let page = found.and_then(|()| site_page(&path, start, root.unwrap_or(own_root)));
            if !path.canonicalize().is_ok_and(|path| !seen.insert(path)) {
                pages.push(page.map_err(|reason| (path, reason)));
            }
        }
    }
    pages
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
    path.extension().is_some_and(|extension| ["html", "htm"].iter().any(|page| extension.eq_ignore_ascii_case(page)))
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A page at or under a folder that was named, which may be or lie under the root. What links do below that folder is the
/// site's own affair.
fn site_page(path: &Path, start: &Path, root: &Path) -> Result<SitePage, String> {
    let real = |path: &Path| path.canonicalize().map_err(|error: io::Error| format!("{}: {error}", path.display()));
    let start_in_root = real(start)?.strip_prefix(real(root)?).map(Path::to_path_buf);
    let start_in_root = start_in_root.map_err(|_| format!("it lies outside {}, which --root names", root.display()))?;
    let below = parent(path).strip_prefix(start).unwrap_or(Path::new(""));
    Ok(SitePage {
        path: path.to_path_buf(),
        root: root.to_path_buf(),
        folder: SitePath::Here(start_in_root.join(below)),
    })
}
