//! Texts for the images that have none: from the book, or by a model, into the book and the pages.

use std::collections::HashSet;
use std::collections::hash_map::{Entry, HashMap};
use std::path::{Path, PathBuf};

use anyhow::ensure;
use sightline::CaptionOptions;
use sightline::photo::Limits;
use sightline_alt::book::{self, Book, Review, Suggestion};
use sightline_alt::{FrontMatterKeys, House, Image, says_something};

use super::arguments::Arguments;
use super::books::{Books, SiteBook};
use super::captions::{CaptionArguments, Seen, captioned, hashed};
use super::decision::{Allowed, Decision, Found, decide, lacks_caption};
use super::output::Output;
use super::pages::{ReadPage, read_pages, tell_templated};
use super::picture::{Picture, hash_of};
use super::rewrite::rewrite;
use crate::inputs::photo_bytes;
use crate::json_error::JsonError;
use crate::status::CommandStatus;

/// Captions between two times that the book is written; more would be lost with a power cut.
const CAPTIONS_BETWEEN: usize = 16;

/// Stands in the book for a page whose name is not UTF-8.
const NAMELESS: &str = "?";

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let mut output = Output::new(arguments.json);
    let (pages, failed) = read_pages(&arguments.pages, arguments.root.as_deref(), &arguments.front_matter);
    failed.into_iter().try_for_each(|(path, reason)| output.failed(&path, reason))?;
    let mut books = Books::open(&arguments.books, pages.iter().map(|page| &page.place))?;
    let mut pictures = Pictures::of(&pages, &books, arguments);
    pictures.look(arguments, &mut books)?;
    if !arguments.apply {
        pictures.caption(arguments, &mut books)?;
        pictures.note_uses(&mut books)?;
    }
    if arguments.prune {
        prune(arguments, &pictures, &mut books)?;
    }
    books.save()?;
    let allowed = if arguments.apply { Allowed::Reviewed } else { arguments.least.allowed() };
    for (page, pictures_of_page) in pages.iter().zip(&pictures.of_images) {
        let book = &books.of(&page.place)?.book;
        let decide = |(image, picture): (&Image, &Option<_>)| match picture {
            Some(Ok(picture)) => match pictures.found.get(picture) {
                Some(found) => decide(image, found, book, allowed),
                None => Decision::Leave,
            },
            Some(Err(error)) => decide(image, &Found::Failed(JsonError::clone(error)), book, allowed),
            None => Decision::Leave,
        };
        let decisions = page.page.images().iter().zip(pictures_of_page).map(decide).collect();
        write(page, decisions, arguments, &mut output)?;
    }
    tell_templated(&pages);
    if output.drafts > 0 && !arguments.json {
        let files: Vec<String> = books.all().map(|(_, site)| site.path.display().to_string()).collect();
        let drafts = if output.drafts == 1 { "1 draft waits".into() } else { format!("{} drafts wait", output.drafts) };
        say!("{drafts} for a person in {}", files.join(", "));
    }
    Ok(output.status)
}

/// The pictures of all pages.
struct Pictures<'a> {
    pages: &'a [ReadPage],
    /// Of every image of every page, where it is of interest.
    of_images: Vec<Vec<Option<Result<Picture, JsonError>>>>,
    found: HashMap<Picture, Found>,
}

/// A picture that the model is asked about.
struct Wanted<'a> {
    picture: Picture,
    /// The first that shows it.
    page: &'a ReadPage,
    /// Why all of its images may be decoration.
    suggestion: Option<String>,
}

impl<'a> Pictures<'a> {
    /// Those of images that lack a text; and of the others, where a book may know them.
    fn of(pages: &'a [ReadPage], books: &Books, arguments: &Arguments) -> Self {
        let has_entries = books.all().any(|(_, site)| site.book.entries().next().is_some());
        let of_image = |page: &ReadPage, image: &Image| {
            let folder = page.page.folder(page.place.folder.clone());
            let lacks = lacks_caption(image) && (has_entries || !arguments.apply);
            let is_wanted = lacks || (has_entries && image.is_captioned() && image.source.is_some());
            is_wanted.then(|| Picture::of(image, &folder, &page.place.root, &page.place.site).map_err(JsonError::from))
        };
        let of_page = |page: &ReadPage| page.page.images().iter().map(|image| of_image(page, image)).collect();
        Self { pages, of_images: pages.iter().map(of_page).collect(), found: HashMap::new() }
    }

    /// All images of interest that have a picture, in order, each with its page.
    fn images(&self) -> impl Iterator<Item = (&'a ReadPage, &'a Image, &Picture)> {
        self.pages.iter().zip(&self.of_images).flat_map(|(page, pictures)| {
            let images = page.page.images().iter().zip(pictures);
            images.filter_map(move |(image, picture)| Some((page, image, picture.as_ref()?.as_ref().ok()?)))
        })
    }

    /// Finds in the books what they may know: pictures of the files that they name, and all that have a text already. The
    /// others are read when they are captioned, and where none is, now.
    fn look(&mut self, arguments: &Arguments, books: &mut Books) -> anyhow::Result<()> {
        let files = |site: &SiteBook| site.book.entries().map(|(_, entry)| entry.file.clone()).collect();
        let named: HashMap<PathBuf, HashSet<String>> =
            books.all().map(|(place, site)| (place.to_path_buf(), files(site))).collect();
        let mut seen = HashSet::new();
        let mut looked = Vec::new();
        for (page, image, picture) in self.images() {
            let Picture::File { in_site: Some(file), .. } = picture else { continue };
            let is_named = named.get(&page.place.site).is_some_and(|files| files.contains(file));
            if (is_named || arguments.apply || !lacks_caption(image)) && seen.insert(picture) {
                looked.push((page, picture.clone()));
            }
        }
        for (page, picture) in looked {
            let Seen { picture, hash: Some(hash), .. } = hashed(picture) else { continue };
            if is_answered(&books.of(&page.place)?.book, &hash, arguments.any_photo) {
                self.found.insert(picture, Found::InBook(hash));
            }
        }
        Ok(())
    }

    /// What no book knows, each picture once.
    fn wanted(&self) -> Vec<Wanted<'a>> {
        let mut wanted: Vec<Wanted> = Vec::new();
        let mut places: HashMap<&Picture, usize> = HashMap::new();
        for (page, image, picture) in self.images().filter(|(_, image, _)| lacks_caption(image)) {
            if self.found.contains_key(picture) {
                continue;
            }
            let suggestion = image.decoration().map(|reason| reason.to_string());
            match places.entry(picture) {
                Entry::Vacant(place) => {
                    place.insert(wanted.len());
                    wanted.push(Wanted { picture: picture.clone(), page, suggestion });
                }
                Entry::Occupied(place) => {
                    let common = &mut wanted[*place.get()].suggestion;
                    *common = common.take().filter(|_| suggestion.is_some());
                }
            }
        }
        wanted
    }

    /// Captions what no book knows.
    fn caption(&mut self, arguments: &Arguments, books: &mut Books) -> anyhow::Result<()> {
        let wanted = self.wanted();
        if wanted.is_empty() {
            return Ok(());
        }
        books.all().try_for_each(|(_, site)| site.expect_writable())?;
        let pictures = wanted.iter().map(|wanted| wanted.picture.clone()).collect();
        let wanted: HashMap<Picture, Wanted> =
            wanted.into_iter().map(|wanted| (wanted.picture.clone(), wanted)).collect();
        let known = books.all().flat_map(|(_, site)| site.book.entries()).map(|(hash, _)| hash.to_string());
        let known = known
            .filter(|hash| books.all().any(|(_, site)| is_answered(&site.book, hash, arguments.any_photo)))
            .collect();
        let caption_arguments = CaptionArguments {
            model: &arguments.model,
            device: &arguments.device,
            workers: &arguments.workers,
            options: CaptionOptions { any_photo: arguments.any_photo, ..arguments.beams.options() },
            house: self.house(),
        };
        let mut count = 0;
        let found = &mut self.found;
        captioned(pictures, known, &caption_arguments, |Seen { picture, hash, draft }| {
            let Wanted { page, suggestion, .. } = &wanted[&picture];
            let page = &page.place;
            let site = books.of(page)?;
            let known = match (hash, draft, &picture) {
                (_, Some(Err(error)), _) => Found::Failed(error),
                (Some(hash), draft, Picture::File { in_site: Some(file), .. }) => {
                    site.book.seen(&hash, file, page.in_site().as_deref().unwrap_or(NAMELESS))?;
                    if let Some(Ok(mut draft)) = draft {
                        if let Some(reason) = suggestion {
                            draft.suggestion = Some(Suggestion::Decoration);
                            draft.reason = reason.clone();
                        }
                        site.book.draft(&hash, draft)?;
                    }
                    Found::InBook(hash)
                }
                (_, Some(Ok(draft)), _) => Found::Draft(draft),
                (_, None, _) => return Ok(()),
            };
            found.insert(picture, known);
            count += 1;
            if count % CAPTIONS_BETWEEN == 0 { site.save() } else { Ok(()) }
        })
    }

    /// How the site writes its texts. A word alone tells nothing of sentences.
    fn house(&self) -> House {
        let images = self.pages.iter().flat_map(|page| page.page.images());
        House::of(images.filter_map(|image| image.text.as_deref()).filter(|text| text.trim().contains(' ')))
    }

    /// Notes in the books where pictures are used, and what people wrote into pages in place of a draft.
    fn note_uses(&self, books: &mut Books) -> anyhow::Result<()> {
        let mut read: HashMap<&Path, HashSet<String>> = HashMap::new();
        for ReadPage { place, .. } in self.pages {
            read.entry(&place.site).or_default().extend(place.in_site());
        }
        for (place, site) in books.all_mut() {
            site.book.forget_uses(|page| read.get(place).is_some_and(|pages| pages.contains(page)));
        }
        // What people say of a picture, by its place and its hash.
        let mut said: HashMap<(&Path, &str), HashSet<&str>> = HashMap::new();
        for (page, image, picture) in self.images() {
            let (Some(Found::InBook(hash)), Picture::File { in_site: Some(file), .. }, Some(name)) =
                (self.found.get(picture), picture, page.place.in_site())
            else {
                continue;
            };
            books.of(&page.place)?.book.seen(hash, file, &name)?;
            let text = image.text.as_deref().filter(|text| says_something(text));
            said.entry((&page.place.site, hash)).or_default().extend(text);
        }
        for (place, site) in books.all_mut() {
            learn(&mut site.book, said.iter().filter(|(key, _)| key.0 == place).map(|(key, texts)| (key.1, texts)))?;
        }
        Ok(())
    }
}

/// Takes up what people wrote into pages in place of a draft, where all pages say the same of a picture.
fn learn<'a>(book: &mut Book, said: impl Iterator<Item = (&'a str, &'a HashSet<&'a str>)>) -> anyhow::Result<()> {
    for (hash, texts) in said {
        let (Some(text), 1) = (texts.iter().next(), texts.len()) else { continue };
        let is_draft = |entry: &book::Entry| !entry.is_touched() && !entry.drafted.is_empty() && *text != entry.drafted;
        if book.entry(hash).is_some_and(is_draft) {
            book.review(hash, Review::Correct(text.to_string()))?;
        }
    }
    Ok(())
}

/// Whether a book has what there is to say of a picture. Whoever empties a draft asks for another; a picture that the model
/// did not know has none, and gets one where `any_photo` is asked for.
fn is_answered(book: &Book, hash: &str, any_photo: bool) -> bool {
    book.entry(hash).is_some_and(|entry| {
        let is_emptied = entry.text.is_empty() && !entry.drafted.is_empty();
        let is_asked_for = any_photo && entry.drafted.is_empty();
        entry.is_touched() || !(entry.model.is_empty() || is_emptied || is_asked_for)
    })
}

/// Takes pictures out of the books that no page shows and that are no files any more.
fn prune(arguments: &Arguments, pictures: &Pictures, books: &mut Books) -> anyhow::Result<()> {
    ensure!(
        arguments.pages.iter().all(|page| page.is_dir()),
        "--prune needs the whole site to know which pictures are gone; name its folder"
    );
    let used: HashSet<&String> = pictures
        .found
        .values()
        .filter_map(|found| match found {
            Found::InBook(hash) => Some(hash),
            _ => None,
        })
        .collect();
    for (root, site) in books.all_mut() {
        let files: HashMap<String, String> =
            site.book.entries().map(|(hash, entry)| (hash.to_string(), entry.file.clone())).collect();
        let is_there = |hash: &str| {
            let bytes = || photo_bytes(&root.join(&files[hash]), &Limits::default());
            let is_file = || bytes().is_ok_and(|bytes| hash_of(&bytes) == hash);
            used.contains(&hash.to_string()) || is_file()
        };
        match site.book.prune(is_there) {
            0 => {}
            1 => say!("{}: 1 picture is gone", site.path.display()),
            count => say!("{}: {count} pictures are gone", site.path.display()),
        }
    }
    Ok(())
}

/// Writes into a page what is to be written, and tells what became of each image.
fn write(page: &ReadPage, decisions: Vec<Decision>, arguments: &Arguments, output: &mut Output) -> anyhow::Result<()> {
    let ReadPage { place, page: content } = page;
    let text = |decision: &Decision| match decision {
        Decision::Write(text, _) => Some(text.clone()),
        _ => None,
    };
    let texts: Vec<Option<String>> = decisions.iter().map(text).collect();
    if texts.iter().any(Option::is_some)
        && let Err(error) = put(page, &texts, &arguments.front_matter)
    {
        return Ok(output.failed(&place.path, format!("{error:#}"))?);
    }
    for (image, decision) in content.images().iter().zip(decisions) {
        match decision {
            Decision::Leave => {}
            Decision::Write(text, judgement) => output.written(place, image, &text, judgement)?,
            Decision::Draft(text, judgement) => output.drafted(place, image, &text, judgement)?,
            Decision::Fail(error) => output.image_failed(place, image, error)?,
        }
    }
    Ok(())
}

/// Writes the texts into the page. Captions take their time, and somebody may have saved the page meanwhile.
fn put(page: &ReadPage, texts: &[Option<String>], front_matter: &FrontMatterKeys) -> anyhow::Result<()> {
    let ReadPage { place, page: content } = page;
    let (bytes, now) = place.read(front_matter)?;
    ensure!(
        now.images() == content.images(),
        "its images were changed while they were captioned, so run the command again"
    );
    let written = place.with_texts(&now, &bytes, front_matter, texts)?;
    rewrite(&place.path, &written)
}

#[cfg(test)]
mod tests;
