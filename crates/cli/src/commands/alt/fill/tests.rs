//! What of filling pages no command line can show: pages that others save meanwhile, and what the model is asked.

use clap::Parser;

use super::*;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

struct Site(tempfile::TempDir);

impl Site {
    fn new(pages: &[(&str, &str)]) -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        pages.iter().for_each(|(page, content)| site.write(page, content));
        site
    }

    fn write(&self, page: &str, content: &str) {
        std::fs::write(self.0.path().join(page), content).unwrap();
    }

    fn pages(&self) -> Vec<ReadPage> {
        let (pages, failed) = read_pages(&[self.0.path().to_path_buf()], None, &FrontMatterKeys::default());
        assert!(failed.is_empty(), "{failed:?}");
        pages
    }
}

#[test]
fn what_is_saved_meanwhile_is_not_lost() {
    let site = Site::new(&[("index.html", "<img src=a.jpg><p>old")]);
    let [page] = <[ReadPage; 1]>::try_from(site.pages()).ok().unwrap();
    let put = || put(&page, &[Some("A dog".into())], &FrontMatterKeys::default());
    let content = || std::fs::read_to_string(&page.place.path).unwrap();

    site.write("index.html", "<img src=a.jpg><p>new");
    put().unwrap();
    assert_eq!(content(), "<img src=a.jpg alt=\"A dog\"><p>new");

    site.write("index.html", "<p>new<img src=a.jpg>");
    let error = put().unwrap_err().to_string();
    assert!(error.contains("changed while they were captioned"), "{error}");
    assert_eq!(content(), "<p>new<img src=a.jpg>");
}

#[test]
fn the_model_is_asked_once_about_a_picture_in_several_pages() {
    let site = Site::new(&[
        ("one.html", "<img src=a.jpg width=9><img src=b.jpg width=9>"),
        ("two.html", "<img src=/a.jpg><img src=./b.jpg width=9><img src=c.jpg alt=''>"),
    ]);
    let pages = site.pages();
    let Line { arguments } = Line::parse_from(["sightline", &*site.0.path().to_string_lossy()]);
    let books = Books::open(&arguments.books, pages.iter().map(|page| &page.place)).unwrap();
    let pictures = Pictures::of(&pages, &books, &arguments);
    let asked: Vec<(Option<String>, bool)> = pictures
        .wanted()
        .into_iter()
        .map(|Wanted { picture, suggestion, .. }| match picture {
            Picture::File { in_site, .. } => (in_site, suggestion.is_some()),
            Picture::Data(_) => (None, false),
        })
        .collect();
    // Decoration is what all images of a picture may be.
    assert_eq!(asked, [(Some("a.jpg".into()), false), (Some("b.jpg".into()), true)]);
}
