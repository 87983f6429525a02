//! `sightline alt`: an alternative text for every image of a site that has none.

mod pages;
mod picture;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use clap::Args;
use serde::Serialize;
use sightline::CaptionOptions;
use sightline::files::{read_at_most, replace};
use sightline_alt::{Format, Image, Page};

use self::pages::{SitePage, pages};
use self::picture::{Picture, PictureCaptions};
use crate::arguments::{BeamArguments, DeviceArguments, expect_captions};
use crate::json_error::JsonError;
use crate::shipped_models::ModelArgument;
use crate::status::CommandStatus;
use crate::terminal::progress;

pub const AFTER_HELP: &str = "\
An alt that is there stays as it is: an empty one says that the image is decoration, and so do role=\"none\" and
aria-hidden. Nothing else in a page is changed. Images from other sites are named and left alone: nothing is fetched.

The exit code is 0 where every image has an alt now, and 1 where one has none.

Examples:
  sightline alt site/ --model my-model
  sightline alt site/ --check";

/// No page that people wrote has more bytes.
const PAGE_LIMIT: u64 = 64 << 20;

/// How much of an address is shown; a whole picture may be in it.
const SHOWN: usize = 100;

#[derive(Args)]
pub struct Arguments {
    /// HTML pages, patterns such as 'site/**/*.html', and folders (all .html and .htm files in them)
    #[arg(required = true, value_name = "PAGE")]
    pages: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelArgument,
    /// Change nothing, and list the images that have no alt
    #[arg(long)]
    check: bool,
    /// The folder that src="/a.jpg" begins from; if not given, the folder that was named, or what pages that were named
    /// have in common
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(flatten)]
    beams: BeamArguments,
    /// Write a caption even of a picture that looks like no photo that the model knows
    #[arg(long)]
    any_photo: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    device: DeviceArguments,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    let mut output = Output { is_json: arguments.json, status: CommandStatus::AllWell };
    let lacking = find(arguments, &mut output)?;
    if arguments.check {
        for (page, html) in &lacking {
            lacking_in(html).try_for_each(|image| output.lacks(page, image))?;
        }
    } else if !lacking.is_empty() {
        write(arguments, &lacking, &mut output)?;
    }
    Ok(output.status)
}

/// The pages with images that lack an `alt`.
fn find(arguments: &Arguments, output: &mut Output) -> anyhow::Result<Vec<(SitePage, Page)>> {
    let mut lacking = Vec::new();
    for page in pages(&arguments.pages, arguments.root.as_deref()) {
        let read = page.and_then(|page| match read(&page.path) {
            Ok((_, html)) => Ok((page, html)),
            Err(error) => Err((page.path, error.to_string())),
        });
        match read {
            Ok((page, html)) if lacking_in(&html).next().is_some() => lacking.push((page, html)),
            Ok(_) => {}
            Err((path, reason)) => output.failed(&path, reason)?,
        }
    }
    Ok(lacking)
}

/// The images that a caption is written for.
fn lacking_in(html: &Page) -> impl Iterator<Item = &Image> {
    html.images().iter().filter(|image| lacks_caption(image))
}

fn lacks_caption(image: &Image) -> bool {
    image.is_captioned() && image.is_missing_text()
}

fn read(path: &Path) -> anyhow::Result<(Vec<u8>, Page)> {
    let bytes = read_at_most(path, PAGE_LIMIT)?;
    let bytes = bytes.with_context(|| format!("it has more than {PAGE_LIMIT} bytes, and no page has"))?;
    let html = Page::read(&bytes, &Format::default())?;
    Ok((bytes, html))
}

fn write(arguments: &Arguments, lacking: &[(SitePage, Page)], output: &mut Output) -> anyhow::Result<()> {
    let model = &arguments.model.model;
    let options = CaptionOptions { any_photo: arguments.any_photo, ..arguments.beams.options() };
    let captioner = arguments.device.open_model(model)?;
    expect_captions(model, &captioner.model().manifest.decoder)?;
    captioner.check(&options)?;
    let mut captions = PictureCaptions::new(captioner, options);
    let bar = progress(lacking.iter().map(|(_, html)| lacking_in(html).count()).sum());
    for (page, html) in lacking {
        bar.set_message(page.path.display().to_string());
        let folder = html.folder(page.folder.clone());
        let caption = |image| {
            let found = Picture::of(image, &folder, &page.root).map_err(JsonError::from).and_then(|it| captions.of(it));
            bar.inc(1);
            found
        };
        let found: Vec<Result<String, JsonError>> = lacking_in(html).map(caption).collect();
        let mut written = found.iter().map(|found| found.clone().ok());
        let text = |image| if lacks_caption(image) { written.next().flatten() } else { None };
        let texts: Vec<Option<String>> = html.images().iter().map(text).collect();
        let written = if texts.iter().any(Option::is_some) { put(page, html, &texts) } else { Ok(()) };
        bar.suspend(|| match written {
            Ok(()) => lacking_in(html).zip(found).try_for_each(|(image, found)| output.captioned(page, image, found)),
            Err(error) => output.failed(&page.path, format!("{error:#}")),
        })?;
    }
    bar.finish_and_clear();
    Ok(())
}

/// Writes the texts into the page. Captions take their time, and somebody may have saved the page meanwhile.
fn put(page: &SitePage, html: &Page, texts: &[Option<String>]) -> anyhow::Result<()> {
    let (bytes, now) = read(&page.path)?;
    ensure!(now == *html, "its images were changed while they were captioned, so run the command again");
    Ok(replace(&page.path, &html.with_texts(&bytes, &Format::default(), texts)?)?)
}

/// How results are written, and how all of it came out.
struct Output {
    is_json: bool,
    status: CommandStatus,
}

#[derive(Default, Serialize)]
struct Line<'a> {
    page: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    src: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JsonError>,
}

impl Output {
    /// An image that lacks an `alt`, and gets none.
    fn lacks(&mut self, page: &SitePage, image: &Image) -> std::io::Result<()> {
        self.status = CommandStatus::SomeFailed;
        self.line(Line::of(page, image), "no alt")
    }

    fn captioned(&mut self, page: &SitePage, image: &Image, found: Result<String, JsonError>) -> std::io::Result<()> {
        let line = Line::of(page, image);
        match found {
            Ok(text) => self.line(Line { alt: Some(text.clone()), ..line }, &text),
            Err(error) => self.error(line, error),
        }
    }

    fn failed(&mut self, path: &Path, message: String) -> std::io::Result<()> {
        let line = Line { page: path.display().to_string(), ..Line::default() };
        self.error(line, JsonError { code: "page", message })
    }

    fn error(&mut self, line: Line, error: JsonError) -> std::io::Result<()> {
        self.status = CommandStatus::SomeFailed;
        eprintln!("{}: {}", line.location(), error.message);
        if self.is_json { self.line(Line { error: Some(error), ..line }, "") } else { Ok(()) }
    }

    fn line(&mut self, line: Line, text: &str) -> std::io::Result<()> {
        let mut stdout = std::io::stdout().lock();
        if self.is_json {
            serde_json::to_writer(&mut stdout, &line)?;
            writeln!(stdout)
        } else {
            writeln!(stdout, "{}: {text}", line.location())
        }
    }
}

impl<'a> Line<'a> {
    fn of(page: &SitePage, image: &'a Image) -> Self {
        let src = image.source.as_deref();
        Self { page: page.path.display().to_string(), line: Some(image.line), src, ..Self::default() }
    }

    /// Where a person finds it.
    fn location(&self) -> String {
        let Self { page, line: Some(line), src, .. } = self else { return self.page.clone() };
        let src = src.unwrap_or("<img>");
        match src.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{page}:{line}: {}…", &src[..end]),
            None => format!("{page}:{line}: {src}"),
        }
    }
}
