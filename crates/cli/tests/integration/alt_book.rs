//! `sightline alt` with its book of texts, on real photos by the real light model: what is written, what waits for a
//! person, and what a person said stays.

use std::path::PathBuf;
use std::process::Output;

use serde_json::{Value, json};
use sightline_test_support::{in_repo, read};

use crate::command::{sightline_in, stderr, stdout};

/// Of this photo the light model is sure, and of the other it is not.
const SURE: &str = "meadow.jpg";
const UNSURE: &str = "beach.jpg";
const MEADOW: &str = "A brown dog is running through the grass.";

struct Site(tempfile::TempDir);

impl Site {
    fn new(pages: &[(&str, &str)]) -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        for photo in [SURE, UNSURE] {
            site.write(photo, &read(&format!("www/page/samples/{photo}")));
        }
        pages.iter().for_each(|(path, page)| site.write(path, page.as_bytes()));
        site
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        std::fs::write(self.path(path), bytes).unwrap();
    }

    fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        sightline_in(self.0.path(), &[&["alt"], arguments].concat())
    }

    fn alt(&self, arguments: &[&str]) -> Output {
        let model = in_repo("models/flickr8k-lite");
        self.run(&[&["--device", "cpu", "--model", model.to_str().unwrap()], arguments].concat())
    }

    /// Where there is nothing to caption, no model is opened.
    fn alt_without_model(&self, arguments: &[&str]) -> Output {
        self.run(&[&["--model", "nowhere"], arguments].concat())
    }

    fn book(&self) -> Value {
        serde_json::from_str(&self.text("alt-texts.json")).unwrap()
    }

    fn entry(&self, file: &str) -> Value {
        let book = self.book();
        let entries = book.as_object().unwrap().values();
        entries.into_iter().find(|entry| entry["file"] == file).unwrap_or(&Value::Null).clone()
    }

    /// What a person writes into the book.
    fn edit(&self, file: &str, key: &str, value: &str) {
        let mut book = self.book();
        for (_, entry) in book.as_object_mut().unwrap() {
            if entry["file"] == file {
                entry[key] = json!(value);
            }
        }
        self.write("alt-texts.json", &serde_json::to_vec_pretty(&book).unwrap());
    }
}

fn assert_silent(output: &Output) {
    assert!(output.status.success(), "{}", stderr(output));
    assert_eq!((stdout(output), stderr(output)), Default::default());
}

#[test]
fn what_the_model_is_sure_of_is_written_and_the_rest_waits_in_the_book() {
    let page = "<img src=meadow.jpg>\n<img src='beach.jpg'>\n";
    let site = Site::new(&[("index.html", page)]);
    let output = site.alt(&["."]);
    assert_eq!(output.status.code(), Some(1), "one image has no alt yet");
    assert_eq!(site.text("index.html"), format!("<img src=meadow.jpg alt=\"{MEADOW}\">\n<img src='beach.jpg'>\n"));
    let draft = "Perhaps: a young boy is walking on the beach.";
    assert_eq!(
        stdout(&output),
        format!("./index.html:1: meadow.jpg: {MEADOW}\n./index.html:2: beach.jpg: draft: {draft}\n")
    );
    assert_eq!(stderr(&output), "1 draft waits for a person in ./alt-texts.json\n");
    let (meadow, beach) = (site.entry(SURE), site.entry(UNSURE));
    let of = |entry: &Value| json!([entry["text"], entry["sureness"], entry["state"], entry["model"], entry["used"]]);
    assert_eq!(of(&meadow), json!([MEADOW, "sure", "draft", "flickr8k-lite", ["index.html"]]));
    assert_eq!(of(&beach), json!([draft, "unsure", "draft", "flickr8k-lite", ["index.html"]]));
    assert!(meadow["probability"].as_f64() > beach["probability"].as_f64(), "{meadow} {beach}");

    // The second run captions nothing, and changes nothing.
    let before = (site.text("index.html"), site.text("alt-texts.json"));
    let again = site.alt_without_model(&["."]);
    assert_eq!((again.status.code(), stdout(&again).lines().count()), (Some(1), 1), "{}", stderr(&again));
    assert_eq!((site.text("index.html"), site.text("alt-texts.json")), before);

    let line: Value = serde_json::from_str(&stdout(&site.alt_without_model(&["--json", "."]))).unwrap();
    assert_eq!(
        line,
        json!({ "page": "./index.html", "line": 2, "src": "beach.jpg", "draft": draft,
        "sureness": "unsure", "probability": beach["probability"] })
    );

    assert!(site.alt_without_model(&["--least", "unsure", "."]).status.success());
    assert!(site.text("index.html").ends_with(&format!("<img src='beach.jpg' alt='{draft}'>\n")));
}

#[test]
fn a_correction_in_the_book_goes_into_pages_and_stays() {
    let site = Site::new(&[("index.html", "<img src=meadow.jpg><p>"), ("sub/two.html", "<img src=../meadow.jpg>")]);
    assert!(site.alt(&["."]).status.success());
    site.edit(SURE, "text", "Our dog in June");
    let corrected = site.alt_without_model(&["."]);
    assert!(corrected.status.success(), "{}", stderr(&corrected));
    assert_eq!(site.text("index.html"), "<img src=meadow.jpg alt=\"Our dog in June\"><p>");
    assert_eq!(site.text("sub/two.html"), "<img src=../meadow.jpg alt=\"Our dog in June\">");
    assert_silent(&site.alt(&["."]));
    assert_eq!(site.entry(SURE)["text"], "Our dog in June");

    // A new page has the person's text, too.
    site.write("three.html", b"<img src=/meadow.jpg>");
    assert!(site.alt_without_model(&["."]).status.success());
    assert_eq!(site.text("three.html"), "<img src=/meadow.jpg alt=\"Our dog in June\">");
    assert_eq!(site.entry(SURE)["used"], json!(["index.html", "sub/two.html", "three.html"]));
}

#[test]
fn pictures_that_cannot_be_captioned_need_no_model_and_stop_no_correction() {
    let site =
        Site::new(&[("index.html", "<img src=meadow.jpg><img src=no.jpg><img src=logo.svg><img src='data:,x'>")]);
    site.write("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>");
    let told = stderr(&site.alt(&["."]));
    assert_eq!(told.lines().count(), 3, "{told}");
    site.edit(SURE, "text", "Our dog in June");
    let corrected = site.alt_without_model(&["."]);
    assert_eq!((corrected.status.code(), stderr(&corrected)), (Some(1), told));
    assert!(site.text("index.html").starts_with("<img src=meadow.jpg alt=\"Our dog in June\">"));
}

#[test]
fn a_correction_in_a_page_is_kept_by_the_book() {
    let site = Site::new(&[("index.html", "<img src=meadow.jpg>"), ("two.html", "")]);
    assert!(site.alt(&["."]).status.success());
    site.write("index.html", b"<img src=meadow.jpg alt='Our dog'>");
    site.write("two.html", b"<img src=meadow.jpg>");
    assert!(site.alt_without_model(&["."]).status.success());
    assert_eq!(site.text("two.html"), "<img src=meadow.jpg alt=\"Our dog\">");
    let entry = site.entry(SURE);
    assert_eq!(
        (&entry["text"], &entry["state"], &entry["drafted"]),
        (&json!("Our dog"), &json!("reviewed"), &json!(MEADOW))
    );
}

#[test]
fn apply_writes_what_people_reviewed_and_nothing_else() {
    let page = "<img src=meadow.jpg><img src=beach.jpg><img src=no.jpg>";
    let site = Site::new(&[("index.html", page)]);
    site.alt(&["."]);
    site.write("index.html", page.as_bytes());
    assert_silent(&site.alt_without_model(&["--apply", "."]));
    assert_eq!(site.text("index.html"), page, "nobody has reviewed anything");
    site.edit(SURE, "state", "reviewed");
    site.edit(UNSURE, "state", "decoration");
    let applied = site.alt_without_model(&["--apply", "."]);
    assert!(applied.status.success(), "{}", stderr(&applied));
    let written = format!("<img src=meadow.jpg alt=\"{MEADOW}\"><img src=beach.jpg alt=\"\"><img src=no.jpg>");
    assert_eq!(site.text("index.html"), written);
    assert_silent(&site.alt_without_model(&["--apply", "."]));
}

#[test]
fn apply_knows_pictures_of_a_built_site_by_what_is_in_them_and_leaves_the_book_alone() {
    let site = Site::new(&[("src/index.html", "<img src=/meadow.jpg>"), ("out/index.html", "<img src=/img/f00.jpg>")]);
    std::fs::rename(site.path(SURE), site.path("src/meadow.jpg")).unwrap();
    site.write("out/img/f00.jpg", &read(&format!("www/page/samples/{SURE}")));
    assert!(site.alt(&["src"]).status.success());
    let book = site.text("src/alt-texts.json").replace("\"draft\"", "\"reviewed\"");
    site.write("src/alt-texts.json", book.as_bytes());
    assert!(site.alt_without_model(&["--apply", "--book", "src/alt-texts.json", "out"]).status.success());
    assert_eq!(site.text("out/index.html"), format!("<img src=/img/f00.jpg alt=\"{MEADOW}\">"));
    assert_eq!(site.text("src/alt-texts.json"), book);
}

#[test]
fn what_may_be_decoration_is_suggested_and_never_written() {
    let page = "<a href=x><img src=meadow.jpg> Our dog</a>";
    let site = Site::new(&[("index.html", page)]);
    let output = site.alt(&["--json", "."]);
    assert_eq!(output.status.code(), Some(1));
    let line: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(line["decoration"], "it stands in a link that has words", "{line}");
    assert_eq!(site.text("index.html"), page);
    let entry = site.entry(SURE);
    assert_eq!((&entry["suggestion"], &entry["state"]), (&json!("decoration"), &json!("draft")));
}

#[test]
fn pictures_that_are_gone_stay_in_the_book_until_it_is_pruned() {
    let site = Site::new(&[("index.html", "<img src=meadow.jpg><img src=beach.jpg>")]);
    site.alt(&["."]);
    site.write("index.html", b"<p>No pictures");
    std::fs::remove_file(site.path(UNSURE)).unwrap();
    assert_silent(&site.alt_without_model(&["."]));
    assert_eq!((&site.entry(UNSURE)["used"], &site.entry(SURE)["used"]), (&json!([]), &json!([])));
    let one_page = site.alt_without_model(&["--prune", "index.html"]);
    assert_eq!(one_page.status.code(), Some(1));
    assert!(stderr(&one_page).contains("--prune needs the whole site"), "{}", stderr(&one_page));
    let pruned = site.alt_without_model(&["--prune", "."]);
    assert!(pruned.status.success());
    assert_eq!(stderr(&pruned), "./alt-texts.json: 1 picture is gone\n");
    assert_eq!((site.entry(UNSURE), site.entry(SURE)["text"].as_str()), (Value::Null, Some(MEADOW)));
}

#[test]
fn the_book_may_be_a_table_or_lie_elsewhere() {
    let site = Site::new(&[("site/index.html", "<img src=meadow.jpg>"), ("other/index.html", "")]);
    std::fs::rename(site.path(SURE), site.path("site/meadow.jpg")).unwrap();
    assert!(site.alt(&["--format", "csv", "site"]).status.success());
    let table = site.text("site/alt-texts.csv");
    assert!(table.contains(MEADOW) && table.lines().count() == 2, "{table}");
    site.write("site/index.html", b"<img src=meadow.jpg>");
    assert!(site.alt_without_model(&["site"]).status.success(), "the book that is there is the site's");
    assert!(site.text("site/index.html").contains(MEADOW));
    site.write("site/alt-texts.json", b"{}");
    let both = site.alt_without_model(&["site"]);
    assert_eq!(both.status.code(), Some(1));
    assert!(stderr(&both).contains("site/alt-texts.csv are two books of one site; --format"), "{}", stderr(&both));
    site.write("site/index.html", b"<img src=meadow.jpg>");
    assert!(site.alt_without_model(&["--book", "site/alt-texts.csv", "site"]).status.success());
    assert!(site.text("site/index.html").contains(MEADOW));
    let two = site.alt_without_model(&["--book", "site/alt-texts.csv", "site", "other"]);
    assert_eq!(two.status.code(), Some(1));
    assert!(stderr(&two).contains("one book is that of one site, and these pages are of 2"), "{}", stderr(&two));
}

#[test]
fn a_book_that_cannot_be_read_stops_everything_before_anything_is_written() {
    let page = "<img src=meadow.jpg>";
    let site = Site::new(&[("index.html", page), ("alt-texts.json", "{\n<<<<<<< mine\n")]);
    let output = site.alt(&["."]);
    assert_eq!((output.status.code(), stdout(&output).as_str()), (Some(1), ""));
    assert!(stderr(&output).contains("./alt-texts.json: line 2 is where git could not merge"), "{}", stderr(&output));
    assert_eq!(site.text("index.html"), page);
}

#[test]
fn markdown_and_front_matter_get_their_texts_and_templates_are_left_alone() {
    let before = "---\ntitle: A dog\nimage: /meadow.jpg\n---\n\n![](meadow.jpg) ![][beach] ![]({{ photo }})\n\n\
                  `![](meadow.jpg)`\n\n[beach]: beach.jpg\n";
    let site =
        Site::new(&[("post.md", before), ("page.mdx", "# Hi\n\n<img src=\"meadow.jpg\" />\n<img src={photo} />\n")]);
    let output = site.alt(&["--front-matter", "image=image_alt", "--least", "any", "."]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("2 images were left alone"), "{}", stderr(&output));
    let after =
        before.replacen("image: /meadow.jpg\n", &format!("image: /meadow.jpg\nimage_alt: \"{MEADOW}\"\n"), 1).replacen(
            "\n![](meadow.jpg) ![]",
            &format!("\n![{MEADOW}](meadow.jpg) ![Perhaps: a young boy is walking on the beach.]"),
            1,
        );
    assert_eq!(site.text("post.md"), after);
    assert!(
        site.text("page.mdx").contains(&format!("<img src=\"meadow.jpg\" alt=\"{MEADOW}\" />\n<img src={{photo}} />"))
    );
}

#[test]
fn texts_are_written_as_the_site_writes_them() {
    let site = Site::new(&[("index.html", "<img src=x alt='two dogs at play'><img src=meadow.jpg>")]);
    assert!(site.alt(&["."]).status.success());
    assert!(site.text("index.html").ends_with("<img src=meadow.jpg alt=\"a brown dog is running through the grass\">"));
}
