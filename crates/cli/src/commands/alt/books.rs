//! The books of texts, one for each site that has pages among those that were named: read before, written after.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::{Args, ValueEnum};
use sightline_alt::book::Book;

use super::pages::SitePage;
use super::rewrite::{expect_open, rewrite};
use crate::writable::expect_writable;

#[derive(Args)]
pub struct BookArguments {
    /// The book of texts [default: alt-texts.json where the site begins]
    #[arg(long, value_name = "FILE")]
    book: Option<PathBuf>,
    /// What the book of texts is where nothing names it: alt-texts.json, or alt-texts.csv [default: the one that is
    /// there, or json]
    #[arg(long, value_enum, conflicts_with = "book")]
    format: Option<BookFormat>,
}

#[derive(Clone, Copy, ValueEnum)]
enum BookFormat {
    Json,
    Csv,
}

impl BookFormat {
    fn file(self) -> &'static str {
        match self {
            Self::Json => "alt-texts.json",
            Self::Csv => "alt-texts.csv",
        }
    }
}

impl BookArguments {
    /// The book of the site that begins here.
    fn file(&self, root: &Path) -> anyhow::Result<PathBuf> {
        let [json, csv] = [BookFormat::Json, BookFormat::Csv].map(|format| root.join(format.file()));
        match (&self.book, self.format) {
            (Some(file), _) => Ok(file.clone()),
            (None, Some(format)) => Ok(root.join(format.file())),
            (None, None) if csv.exists() => {
                ensure!(
                    !json.exists(),
                    "{} and {} are two books of one site; --format json or --format csv says which counts",
                    json.display(),
                    csv.display()
                );
                Ok(csv)
            }
            (None, None) => Ok(json),
        }
    }
}

/// The book of a site.
pub struct SiteBook {
    pub path: PathBuf,
    pub book: Book,
}

pub struct Books {
    /// By where the site begins, with no links on the way.
    sites: BTreeMap<PathBuf, SiteBook>,
}

impl Books {
    pub fn open<'a>(arguments: &BookArguments, pages: impl Iterator<Item = &'a SitePage>) -> anyhow::Result<Self> {
        let mut sites = BTreeMap::new();
        for page in pages {
            if !sites.contains_key(&page.site) {
                let path = arguments.file(&page.root)?;
                let book = Book::read(&path)?;
                sites.insert(page.site.clone(), SiteBook { path, book });
            }
        }
        ensure!(
            arguments.book.is_none() || sites.len() < 2,
            "one book is that of one site, and these pages are of {}; name one folder, or say by --root where their \
             site begins",
            sites.len()
        );
        Ok(Self { sites })
    }

    /// The book of the site that one of the pages is of, with which these were opened.
    pub fn of(&mut self, page: &SitePage) -> anyhow::Result<&mut SiteBook> {
        self.sites.get_mut(&page.site).with_context(|| format!("{} has no book", page.root.display()))
    }

    /// All books, with where their sites begin.
    pub fn all(&self) -> impl Iterator<Item = (&Path, &SiteBook)> {
        self.sites.iter().map(|(site, book)| (&**site, book))
    }

    pub fn all_mut(&mut self) -> impl Iterator<Item = (&Path, &mut SiteBook)> {
        self.sites.iter_mut().map(|(site, book)| (&**site, book))
    }

    /// Writes those that say something else than their files.
    pub fn save(&mut self) -> anyhow::Result<()> {
        self.sites.values_mut().try_for_each(SiteBook::save)
    }
}

impl SiteBook {
    pub fn save(&mut self) -> anyhow::Result<()> {
        if self.book.is_changed() {
            rewrite(&self.path, &self.book.to_bytes()).with_context(|| self.unwritable())?;
            self.book.saved();
        }
        Ok(())
    }

    /// An error where it could not be saved, before the work whose result it keeps.
    pub fn expect_writable(&self) -> anyhow::Result<()> {
        expect_writable(&self.path)?;
        expect_open(&self.path).with_context(|| self.unwritable())
    }

    fn unwritable(&self) -> String {
        format!("{}: the book of texts cannot be written", self.path.display())
    }
}
