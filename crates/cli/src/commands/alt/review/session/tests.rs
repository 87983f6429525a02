//! Reviews of a site in a temporary folder, without sockets.

mod strangers;

use std::path::PathBuf;

use clap::Parser;
use serde_json::{Value, json};
use sightline_alt::book::{Book, Draft};

use super::*;
use crate::commands::alt::arguments::Arguments;
use crate::commands::alt::picture::hash_of;
use sightline_test_support::read;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const HOST: &str = "127.0.0.1:4321";

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    arguments: Arguments,
}

struct TestSite(tempfile::TempDir);

impl TestSite {
    /// A page with two photos, and a book with a draft for each.
    fn new() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        let mut book = Book::default();
        for photo in ["beach.jpg", "meadow.jpg"] {
            let bytes = read(&format!("www/page/samples/{photo}"));
            book.seen(&hash_of(&bytes), photo, "index.html").unwrap();
            let draft = Draft { text: format!("This is {photo}."), model: "some".into(), ..Draft::default() };
            book.draft(&hash_of(&bytes), draft).unwrap();
            site.write(photo, &bytes);
        }
        site.write("alt-texts.json", &book.to_bytes());
        let page = "<a href=/><img src=beach.jpg> Home</a>\n<figure><img src=meadow.jpg><figcaption>Our dog</figcaption></figure>";
        site.write("index.html", page.as_bytes());
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    fn opened(&self) -> anyhow::Result<Session> {
        let folder = self.0.path().to_str().unwrap();
        let Arguments { model, device, beams, .. } = arguments(folder);
        let site = Site::open(&arguments(folder), format!("sightline alt --apply {folder}"))?;
        Ok(Session::new(site, Maps::new(model, device, beams.options()), Guard::new(TOKEN.into(), 4321)))
    }

    /// As the page begins.
    fn session(&self) -> Session {
        let session = self.opened().unwrap();
        assert_eq!(session.answer(&get("texts")).status, 200);
        session
    }

    fn entry(&self, file: &str) -> Value {
        let book: Value = serde_json::from_str(&self.text("alt-texts.json")).unwrap();
        let entries = book.as_object().unwrap().values();
        entries.into_iter().find(|entry| entry["file"] == file).unwrap().clone()
    }

    fn hash(&self, file: &str) -> String {
        hash_of(&std::fs::read(self.path(file)).unwrap())
    }

    /// What the page sends of a text that is a draft as it was seen.
    fn said(&self, file: &str, review: Value) -> Value {
        json!({ "hash": self.hash(file), "seen": { "text": format!("This is {file}."), "state": "draft" }, "review": review })
    }
}

fn arguments(folder: &str) -> Arguments {
    Line::try_parse_from(["alt", folder, "--review", "--model", "nowhere"]).unwrap().arguments
}

fn get(path: &str) -> Request {
    let target = format!("/{TOKEN}/{path}");
    Request { method: "GET".into(), target, host: Some(HOST.into()), ..Request::default() }
}

fn post(body: &Value) -> Request {
    let body = serde_json::to_vec(body).unwrap();
    let content_type = Some("application/json".into());
    Request { method: "POST".into(), origin: Some(format!("http://{HOST}")), content_type, body, ..get("review") }
}

fn answer(session: &Session, request: &Request) -> (u16, Value) {
    let response = session.answer(request);
    (response.status, serde_json::from_slice(&response.body).unwrap())
}

#[test]
fn the_page_gets_its_files_the_texts_and_the_photos() {
    let site = TestSite::new();
    let session = site.session();
    for path in ["", "review.js", "view/attention-overlay.js", "review.css", "icon.svg"] {
        assert_eq!(session.answer(&get(path)).status, 200, "{path}");
    }
    let style = String::from_utf8(session.answer(&get("review.css")).body).unwrap();
    assert!(style.contains("--accent: light-dark(") && style.contains("svg.contour path") && !style.contains('`'));
    let (_, texts) = answer(&session, &get("texts"));
    assert_eq!(texts["apply"], format!("sightline alt --apply {}", site.0.path().display()));
    let [beach, meadow] = &texts["texts"].as_array().unwrap()[..] else { panic!("{texts}") };
    let of = |text: &Value| json!([text["file"], text["text"], text["state"], text["isReviewed"]]);
    assert_eq!(of(beach), json!(["beach.jpg", "This is beach.jpg.", "draft", false]));
    assert_eq!(beach["uses"], json!([{ "page": "index.html", "line": 1, "link": "Home" }]));
    assert_eq!(meadow["uses"], json!([{ "page": "index.html", "line": 2, "caption": "Our dog" }]));
    let photo = session.answer(&get(&format!("photos/{}", site.hash("beach.jpg"))));
    assert_eq!((photo.status, photo.content_type), (200, "image/jpeg"));
    assert_eq!(photo.body, read("www/page/samples/beach.jpg"));
    let (status, refusal) = answer(&session, &get(&format!("maps/{}", site.hash("beach.jpg"))));
    assert!(status == 503 && refusal["error"].as_str().unwrap().contains("nowhere"), "there is no model: {refusal}");
}

#[test]
fn each_review_is_in_the_file_at_once() {
    let site = TestSite::new();
    let session = site.session();
    let draft = json!({ "text": "This is beach.jpg.", "state": "draft" });
    let mut seen = draft.clone();
    for (review, text, state) in [
        (json!("accept"), "This is beach.jpg.", "reviewed"),
        (json!({ "correct": { "text": " A boy\non a beach. " } }), "A boy on a beach.", "reviewed"),
        (json!("decoration"), "", "decoration"),
        (json!({ "restore": { "text": "A boy on a beach.", "state": "reviewed" } }), "A boy on a beach.", "reviewed"),
        (json!({ "restore": draft }), "This is beach.jpg.", "draft"),
    ] {
        let said = json!({ "hash": site.hash("beach.jpg"), "seen": seen, "review": review });
        let (status, now) = answer(&session, &post(&said));
        assert_eq!((status, &now["text"]["text"], &now["text"]["state"]), (200, &json!(text), &json!(state)), "{now}");
        let entry = site.entry("beach.jpg");
        assert_eq!((&entry["text"], &entry["state"]), (&json!(text), &json!(state)));
        seen = json!({ "text": text, "state": state });
    }
    assert_eq!(site.entry("meadow.jpg")["state"], "draft", "another picture is another's affair");
}

#[test]
fn what_others_wrote_meanwhile_stays_and_is_told() {
    let site = TestSite::new();
    let (session, other) = (site.session(), site.session());
    // An editor changes another picture, and adds a note.
    let edited =
        site.text("alt-texts.json").replace("\"text\": \"This is meadow.jpg.\"", "\"text\": \"Mine\", \"by\": \"me\"");
    site.write("alt-texts.json", edited.as_bytes());
    assert_eq!(answer(&session, &post(&site.said("beach.jpg", json!("accept")))).0, 200);
    assert_eq!(site.entry("meadow.jpg")["text"], "Mine");
    assert_eq!(site.entry("meadow.jpg")["by"], "me");

    // The same picture, by an editor and by another tab.
    let before = site.text("alt-texts.json");
    for (file, text) in [("meadow.jpg", "Mine"), ("beach.jpg", "This is beach.jpg.")] {
        let (status, now) = answer(&other, &post(&site.said(file, json!("decoration"))));
        assert_eq!((status, &now["text"]["text"]), (409, &json!(text)));
        assert_eq!(now["error"], "somebody has changed this text meanwhile");
    }
    assert_eq!(site.text("alt-texts.json"), before);

    std::fs::remove_file(site.path("alt-texts.json")).unwrap();
    assert_eq!(answer(&session, &post(&site.said("beach.jpg", json!("accept")))).0, 410);
    assert!(!site.path("alt-texts.json").exists(), "a book that was taken away does not come back");
    site.write("alt-texts.json", b"{\n<<<<<<< mine\n");
    let (status, refusal) = answer(&session, &post(&site.said("beach.jpg", json!("accept"))));
    assert!(status == 500 && refusal["error"].as_str().unwrap().contains("line 2"), "{refusal}");
    assert_eq!(site.text("alt-texts.json"), "{\n<<<<<<< mine\n");
}

#[test]
fn reviews_that_come_at_once_are_all_written() {
    let site = TestSite::new();
    let (one, other) = (site.session(), site.said("meadow.jpg", json!("decoration")));
    std::thread::scope(|scope| {
        scope.spawn(|| assert_eq!(one.answer(&post(&site.said("beach.jpg", json!("accept")))).status, 200));
        scope.spawn(|| assert_eq!(one.answer(&post(&other)).status, 200));
    });
    assert_eq!(site.entry("beach.jpg")["state"], "reviewed");
    assert_eq!(site.entry("meadow.jpg")["state"], "decoration");
}

#[test]
fn nothing_is_written_after_the_end() {
    let site = TestSite::new();
    let session = site.session();
    session.close();
    assert_eq!(answer(&session, &post(&site.said("beach.jpg", json!("accept")))).0, 503);
    assert_eq!(site.entry("beach.jpg")["state"], "draft");
}

#[test]
fn a_site_without_a_book_or_without_pictures_says_what_to_do() {
    let site = TestSite::new();
    site.write("alt-texts.json", &Book::default().to_bytes());
    let error = site.opened().err().unwrap().to_string();
    assert!(error.contains("alt-texts.json: there is nothing to review"), "{error}");
    std::fs::remove_file(site.path("alt-texts.json")).unwrap();
    let error = site.opened().err().unwrap().to_string();
    assert!(error.contains("there is no book of texts yet; first run: sightline alt "), "{error}");
    std::fs::remove_file(site.path("index.html")).unwrap();
    let error = site.opened().err().unwrap().to_string();
    assert!(error.ends_with("there is no page in it"), "{error}");
}
