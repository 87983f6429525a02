//! The site whose texts are reviewed, as the command was told.

use std::path::PathBuf;

use anyhow::{Context, bail, ensure};

use super::super::arguments::Arguments;
use super::super::books::Books;
use super::super::pages::read_pages;
use super::command_line::named;
use super::uses::{Uses, uses};

pub struct Site {
    /// Where the site begins, with no links on the way.
    pub root: PathBuf,
    /// The book's file.
    pub book: PathBuf,
    /// The command that writes the texts into the pages.
    pub apply: String,
    pub uses: Uses,
    /// How many pictures nobody has seen to yet.
    pub unreviewed: usize,
}

impl Site {
    pub fn open(arguments: &Arguments, apply: String) -> anyhow::Result<Self> {
        let (pages, failed) = read_pages(&arguments.pages, arguments.root.as_deref(), &arguments.front_matter);
        for (path, reason) in &failed {
            say!("{}: {reason}", path.display());
        }
        let named = named(&arguments.pages);
        let books = Books::open(&arguments.books, pages.iter().map(|page| &page.place))?;
        let mut sites = books.all();
        let (root, site) = sites.next().with_context(|| format!("{named}: there is no page in it"))?;
        if sites.next().is_some() {
            bail!("one review is that of one site; name one folder, or say by --root where the site begins");
        }
        let file = site.path.display();
        ensure!(site.path.exists(), "{file}: there is no book of texts yet; first run: sightline alt {named}");
        ensure!(
            site.book.entries().next().is_some(),
            "{file}: there is nothing to review, for no picture is in the book; sightline alt {named} looks for some"
        );
        Ok(Self {
            root: root.to_path_buf(),
            book: site.path.clone(),
            apply,
            uses: uses(&pages),
            unreviewed: site.book.unreviewed().count(),
        })
    }
}
