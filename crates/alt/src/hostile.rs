//! Pages that nobody would write: whatever they are, only the texts of images change in them.
//!
//! Each is a row of pieces that chance chose; the seed is the number of the page. `SIGHTLINE_PAGES=100000` makes that many
//! of each language.

mod fragments;

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::front_matter::FrontMatter;
use crate::html::tags::{Dialect, Token, tokens};
use crate::image::Kind;
use crate::language::Language;
use crate::markdown::images::{FILLER, events, image_spans};
use crate::markdown::mdx::Mdx;
use crate::page::{Format, Page, PageError};
use crate::place::one_line;
use crate::rules::{Rules, check};
use crate::template::neutral;
use fragments::{HTML, MARKDOWN, MDX, TEXT};

fn pages() -> Range<u64> {
    0..std::env::var("SIGHTLINE_PAGES").ok().and_then(|count| count.parse().ok()).unwrap_or(2000)
}

/// A row of fragments.
fn row(random: &mut ChaCha8Rng, fragments: &[&[&str]], length: usize) -> String {
    let pick = |random: &mut ChaCha8Rng| fragments.choose(random).and_then(|some| some.choose(random)).copied();
    (0..random.random_range(1..=length)).filter_map(|_| pick(random)).collect()
}

/// What came of writing into pages.
#[derive(Debug, Default)]
struct Count {
    pages: usize,
    images: usize,
    /// Pages into which no text can be written so that nothing else changes.
    refused: usize,
}

/// Writes texts into pages of these fragments. `rest` is what of a page has to stay.
fn hold<T: PartialEq>(language: Language, fragments: &[&[&str]], rest: fn(&str) -> T) -> Count {
    let format = Format { language, front_matter: "image=alt".parse().unwrap() };
    let mut count = Count::default();
    for seed in pages() {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let page = row(&mut random, fragments, 40);
        let Ok(read) = Page::read(page.as_bytes(), &format) else { continue };
        check(&read, &Rules::default());
        let texts = read.images().iter().map(|image| {
            let is_written = image.takes_text() && random.random_bool(0.8);
            is_written.then(|| row(&mut random, &[TEXT], 12))
        });
        let texts: Vec<Option<String>> = texts.collect();
        count.pages += 1;
        count.images += texts.iter().flatten().count();
        let written = match read.with_texts(page.as_bytes(), &format, &texts) {
            Ok(written) => String::from_utf8(written).unwrap(),
            Err(PageError::Rest | PageError::Text(_)) => {
                count.refused += 1;
                continue;
            }
            Err(error) => panic!("page {seed}: {error}\n{page}"),
        };
        let again = Page::read(written.as_bytes(), &format).unwrap();
        assert_eq!(again.images().len(), read.images().len(), "page {seed}:\n{page}\n\n{written}");
        for ((before, after), text) in read.images().iter().zip(again.images()).zip(&texts) {
            let expected = match text.as_deref().map(one_line) {
                Some(text) if text.is_empty() && before.kind == Kind::Markdown => None,
                Some(text) => Some(text),
                None => before.text.clone(),
            };
            assert_eq!(after.text, expected, "page {seed}:\n{page}\n\n{written}");
            assert_eq!((&after.source, after.kind), (&before.source, before.kind), "page {seed}:\n{page}\n\n{written}");
        }
        assert!(rest(&page) == rest(&written), "page {seed}:\n{page}\n\n{written}");
    }
    count
}

/// Every tag, word and comment, without the texts of images.
fn rest_of_html(page: &str, dialect: Dialect) -> Vec<String> {
    let page = neutral(page.as_bytes());
    let told = tokens(&page.bytes, dialect).map(|token| match token {
        Token::Start(tag) => {
            let has_text = ["img", "input", "area"].contains(&&*tag.name);
            let attributes = tag.attributes.iter().filter(|attribute| !(has_text && attribute.name == b"alt"));
            let attributes =
                attributes.map(|attribute| (attribute.name.escape_ascii().to_string(), attribute.value.value.clone()));
            format!("<{} {:?}", tag.name, attributes.collect::<Vec<_>>())
        }
        Token::End { name, .. } => format!("</{name}>"),
        Token::Text(text) | Token::Comment(text) => text.value.escape_ascii().to_string(),
    });
    told.collect()
}

/// The page without front matter and with nothing in its placeholders.
fn body(page: &str) -> String {
    let body = FrontMatter::read(page.as_bytes(), &"image=alt".parse().unwrap()).blanked(page.as_bytes()).into_owned();
    String::from_utf8(body).unwrap()
}

/// Every event of Markdown outside of images, but for HTML, and that.
fn told_in(markdown: &str) -> (Vec<String>, String) {
    let mut depth = 0;
    let (mut told, mut html) = (Vec::new(), String::new());
    for (event, _) in events(markdown) {
        match event {
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                told.extend((depth == 0).then(|| format!("image {dest_url} {title}")));
                depth += 1;
            }
            Event::End(TagEnd::Image) => depth -= 1,
            _ if depth > 0 => {}
            Event::Html(text) | Event::InlineHtml(text) => html += &text,
            // A tag has as many of these as it has bytes.
            event => told.push(format!("{event:?}").replace(&FILLER.escape_debug().to_string(), "")),
        }
    }
    (told, html)
}

fn rest_of_markdown(page: &str) -> (Vec<String>, Vec<String>) {
    let body = neutral(body(page).as_bytes()).bytes.into_owned();
    let (told, html) = told_in(&String::from_utf8(body).unwrap());
    (told, rest_of_html(&html, Dialect::Html))
}

fn rest_of_mdx(page: &str) -> (Vec<String>, Vec<String>, usize) {
    let mdx = Mdx::read(&body(page)).unwrap();
    let (markdown, mut jsx) = (mdx.markdown(), mdx.jsx);
    image_spans(&markdown).for_each(|span| jsx[span].fill(b' '));
    let (told, _) = told_in(&markdown);
    let tags = rest_of_html(std::str::from_utf8(&jsx).unwrap(), Dialect::Jsx);
    let tags = tags.into_iter().filter(|told| !told.trim().is_empty()).collect();
    (told, tags, mdx.comments.len())
}

#[test]
fn only_texts_change_in_html() {
    let count = hold(Language::Html, &[HTML], |page| rest_of_html(page, Dialect::Html));
    assert!(count.images > count.pages / 2, "{count:?}");
    // A text that is taken away may have kept a brace before it from being a template's.
    assert!(count.refused <= count.pages / 10_000, "{count:?}");
}

#[test]
fn only_texts_change_in_markdown() {
    let count = hold(Language::Markdown, &[MARKDOWN, HTML], rest_of_markdown);
    assert!(count.images > count.pages / 2 && count.refused < count.pages / 100, "{count:?}");
}

#[test]
fn only_texts_change_in_mdx() {
    let count = hold(Language::Mdx, &[MARKDOWN, MDX], rest_of_mdx);
    assert!(count.images > count.pages / 2 && count.refused < count.pages / 100, "{count:?}");
}
