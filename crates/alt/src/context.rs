//! The pieces of a page → its images, with what stands around each.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

use crate::image::{Context, Image, Kind, Link};
use crate::piece::{Element, Found, Part, Piece};
use crate::place::one_line;

mod position;

use position::Position;

/// How much of a text around an image is kept, in bytes. Nobody writes more into a link, and it is kept for each image.
const KEPT: usize = 600;

/// Elements that the next of their kind ends.
const ENDED_BY_NEXT: [&str; 8] = ["dd", "dt", "li", "option", "p", "td", "th", "tr"];

/// What a page has to say.
#[derive(Debug, PartialEq)]
pub struct Outline {
    pub images: Vec<Image>,
    pub remarks: Vec<Remark>,
    /// Images that are not literal.
    pub templated: usize,
    /// Images of which it is not certain how they are written.
    pub uncertain: usize,
    /// What it is made of, but for the texts of images: it stays the same when these are written.
    pub rest: u64,
}

/// A comment.
#[derive(Debug, PartialEq)]
pub struct Remark {
    pub text: String,
    /// Where it ends.
    pub line: usize,
    pub column: usize,
    /// The line after it that has something in it.
    pub next_line: usize,
    /// How many images come before it.
    pub images_before: usize,
}

impl Outline {
    pub fn of(bytes: &[u8], pieces: impl Iterator<Item = Piece>) -> Self {
        let mut reader = Reader { position: Position::new(bytes), ..Reader::default() };
        pieces.for_each(|piece| reader.take(piece));
        reader.finish()
    }
}

/// What was read of a page so far.
#[derive(Default)]
struct Reader<'a> {
    position: Position<'a>,
    hasher: DefaultHasher,
    images: Vec<Pending>,
    remarks: Vec<Remark>,
    templated: usize,
    uncertain: usize,
    /// Every word so far, with one space between them.
    words: String,
    /// The open elements of each name: what each of them is besides.
    open: HashMap<String, Vec<Open>>,
    links: Vec<LinkAt>,
    open_links: Vec<usize>,
    figures: Vec<Option<Range<usize>>>,
    open_figures: Vec<usize>,
    /// The elements with an id: where their words begin, and end where they have.
    named: HashMap<String, Range<usize>>,
    /// How many elements were begun.
    begun: usize,
    /// The number of the outermost element that is open and hidden, and its name.
    hidden: Option<(usize, String)>,
    /// What a `<source>` offers to the image of its `<picture>`.
    offer: Option<String>,
    svg: Option<Svg>,
    /// The image that the next SVG is: it comes right before it.
    svg_image: Option<usize>,
}

struct Pending {
    image: Image,
    labelled_by: Option<String>,
    needs_name: bool,
    link: Option<usize>,
    figure: Option<usize>,
    /// Where the words of the title that names it stand.
    title: Option<Range<usize>>,
}

/// What an element is the beginning of.
#[derive(Default)]
struct Open {
    number: usize,
    begin: usize,
    id: Option<String>,
    link: Option<usize>,
    figure: Option<usize>,
    is_title: bool,
}

struct LinkAt {
    link: Link,
    words: Range<usize>,
}

/// An SVG that is open.
struct Svg {
    /// The image that it is, if it is one.
    image: Option<usize>,
    depth: usize,
}

impl Reader<'_> {
    fn take(&mut self, Piece { at, part }: Piece) {
        match &part {
            Part::Text(text) => one_line(text).hash(&mut self.hasher),
            part => part.hash(&mut self.hasher),
        }
        match part {
            Part::Start(element) => self.start(element),
            Part::End(name) => self.end(&name),
            Part::Text(text) => self.push(&text),
            Part::Comment(text) => self.remark(at, text),
            Part::Image(found) => self.image(at, *found),
            Part::Templated => self.templated += 1,
            Part::Uncertain => self.uncertain += 1,
        }
    }

    fn push(&mut self, text: &str) {
        for char in text.chars() {
            match char.is_whitespace() {
                true if self.words.ends_with(' ') => {}
                true => self.words.push(' '),
                false => self.words.push(char),
            }
        }
    }

    fn image(&mut self, at: usize, found: Found) {
        let (line, column) = self.position.of(at);
        let Found { kind, source, text, labelled_by, needs_name, width, height, place } = found;
        let link = self.open_links.last().copied();
        if let Some(link) = link.filter(|_| text.as_ref().is_some_and(|text| !text.trim().is_empty())) {
            self.links[link].link.is_named_otherwise = true;
        }
        let source = source.or_else(|| self.offer.take_if(|_| kind == Kind::Img));
        // Nothing is said of an image that shows nothing.
        let place = place.filter(|_| kind != Kind::Img || source.is_some() || text.is_some());
        let context = Context { width, height, is_hidden: self.hidden.is_some(), ..Context::default() };
        let image = Image { kind, line, column, source, text, context, place };
        let figure = self.open_figures.last().copied();
        if kind == Kind::Svg {
            self.svg_image = Some(self.images.len());
        }
        self.images.push(Pending { image, labelled_by, needs_name, link, figure, title: None });
    }

    fn remark(&mut self, at: usize, text: String) {
        let (line, column) = self.position.of(at);
        let next_line = self.position.next_line();
        self.remarks.push(Remark { text, line, column, next_line, images_before: self.images.len() });
    }

    fn start(&mut self, element: Element) {
        let Element { name, id, label, is_named, has_address, is_hidden, offer, is_void, .. } = element;
        let begin = self.words.len();
        if let Some(id) = &id {
            self.named.entry(id.clone()).or_insert(begin..usize::MAX);
        }
        self.begun += 1;
        let mut open = Open { number: self.begun, begin, id, ..Open::default() };
        // Of these none stands in another, and few are ended.
        let is_next = |hidden: &mut (usize, String)| ENDED_BY_NEXT.contains(&&*name) && hidden.1 == name;
        self.hidden.take_if(is_next);
        if is_hidden && !is_void {
            self.hidden.get_or_insert_with(|| (self.begun, name.clone()));
        }
        match &*name {
            "svg" if self.svg.is_none() && !is_void => {
                self.svg = Some(Svg { image: self.svg_image.take(), depth: 0 });
            }
            "a" | "button" if !is_void => {
                // Neither can stand in one of its kind.
                if self.open.get(&name).is_some_and(|open| !open.is_empty()) {
                    self.end(&name);
                }
                if has_address || name == "button" {
                    open.link = Some(self.links.len());
                    self.open_links.push(self.links.len());
                    let text = label.unwrap_or_default();
                    let link = Link { is_button: name == "button", text, is_named_otherwise: is_named };
                    self.links.push(LinkAt { link, words: begin..usize::MAX });
                }
            }
            "picture" => self.offer = None,
            "source" => self.offer = self.offer.take().or(offer),
            "figure" if !is_void => {
                open.figure = Some(self.figures.len());
                self.open_figures.push(self.figures.len());
                self.figures.push(None);
            }
            "title" if self.svg.as_ref().is_some_and(|svg| svg.depth == 1) => open.is_title = true,
            _ => {}
        }
        if is_void {
            return;
        }
        if let Some(svg) = &mut self.svg {
            svg.depth += 1;
        }
        self.open.entry(name).or_default().push(open);
    }

    fn end(&mut self, name: &str) {
        let end = self.words.len();
        if let Some(svg) = &mut self.svg {
            svg.depth = svg.depth.saturating_sub(1);
        }
        let Some(open) = self.open.get_mut(name).and_then(Vec::pop) else { return };
        // What was begun in it ends with it.
        self.hidden.take_if(|(number, _)| *number >= open.number);
        if name == "picture" {
            self.offer = None;
        }
        let words = open.begin..end;
        if let Some(svg) = &self.svg {
            if let (true, Some(image)) = (open.is_title, svg.image) {
                self.images[image].title.get_or_insert(words.clone());
            }
            if name == "svg" && svg.depth == 0 {
                self.svg = None;
            }
        }
        if let Some(named) = open.id.and_then(|id| self.named.get_mut(&id)).filter(|named| named.start == open.begin) {
            named.end = end;
        }
        if let Some(link) = open.link {
            self.links[link].words.end = end;
            close(&mut self.open_links, link);
        }
        if name == "figcaption"
            && let Some(figure) = self.open_figures.last()
        {
            self.figures[*figure].get_or_insert(words);
        }
        if let Some(figure) = open.figure {
            close(&mut self.open_figures, figure);
        }
    }

    fn finish(mut self) -> Outline {
        let words = |range: &Range<usize>| kept(&self.words, range);
        let links = std::mem::take(&mut self.links).into_iter().map(|LinkAt { mut link, words: at }| {
            if link.text.trim().is_empty() {
                link.text = words(&at);
            }
            Arc::new(link)
        });
        let links: Vec<Arc<Link>> = links.collect();
        let mut images: Vec<Image> = Vec::with_capacity(self.images.len());
        for mut pending in std::mem::take(&mut self.images) {
            let image = &mut pending.image;
            if image.text.is_none() {
                let label = |ids: String| {
                    let names = ids.split_ascii_whitespace().take(8).filter_map(|id| self.named.get(id)).map(words);
                    one_line(&names.collect::<Vec<_>>().join(" "))
                };
                let label = pending.labelled_by.map(label).filter(|label| !label.is_empty());
                image.text = label.or_else(|| pending.title.as_ref().map(words));
            }
            if pending.needs_name && image.text.as_ref().is_none_or(String::is_empty) {
                continue;
            }
            image.context.link = pending.link.map(|link| links[link].clone());
            let caption = pending.figure.and_then(|figure| self.figures[figure].as_ref()).map(words);
            image.context.figcaption = caption.filter(|caption| !caption.is_empty());
            images.push(pending.image);
        }
        compare(&mut images);
        let Self { remarks, templated, uncertain, hasher, .. } = self;
        Outline { images, remarks, templated, uncertain, rest: hasher.finish() }
    }
}

/// Takes what is open off a stack, with everything in it.
fn close(open: &mut Vec<usize>, which: usize) {
    // They were opened in order.
    open.truncate(open.partition_point(|other| *other < which));
}

/// As many of these words as are kept.
fn kept(words: &str, range: &Range<usize>) -> String {
    let end = range.end.min(words.len()).min(range.start + KEPT);
    words[range.start..words.floor_char_boundary(end)].trim().to_string()
}

/// Finds out which images show the same picture.
fn compare(images: &mut [Image]) {
    let mut seen = std::collections::HashSet::new();
    for i in 0..images.len() {
        let Some(source) = images[i].source.clone() else { continue };
        let beside = [i.checked_sub(1), Some(i + 1)].into_iter().flatten().filter_map(|other| images.get(other));
        let neighbour =
            beside.filter(|other| other.source.as_ref() == Some(&source)).find_map(|other| other.text.clone());
        images[i].context.neighbour = neighbour.filter(|text| !text.is_empty());
        images[i].context.is_repeated = !seen.insert(source);
    }
}
