//! `sightline alt` on a site as people, and those who wish us ill, write them.

use std::path::PathBuf;
use std::process::Output;

use serde_json::{Value, json};
use sightline::model::Manifest;
use sightline_alt::{House, fitted};
use sightline_test_support::{read, small_manifest, words};

use crate::command::{Model, knows_nothing, sightline_in, stderr, stdout};

/// A folder with pages and pictures, and a model.
struct Site {
    folder: tempfile::TempDir,
    model: Model,
}

impl Site {
    fn new(pictures: &[(&str, &str)]) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), model: Model::new() };
        for (path, photo) in pictures {
            site.write(path, &read(&format!("tests/photos/{photo}")));
        }
        site
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, bytes: &[u8]) {
        std::fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        std::fs::write(self.path(path), bytes).unwrap();
    }

    fn page(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        sightline_in(self.folder.path(), &[&["alt"], arguments].concat())
    }

    fn alt(&self, arguments: &[&str]) -> Output {
        self.run(&[&["--device", "cpu", "--model", &self.model.path(), "--least", "any"], arguments].concat())
    }

    /// What the model says of a photo of the tests, as an alternative text.
    fn caption(&self, photo: &str) -> String {
        let caption = stdout(&self.model.caption(&[photo]));
        assert!(caption.starts_with("Hard to say. Perhaps: w"), "{caption}");
        fitted(caption.trim_end(), &House::default())
    }
}

/// `@"@` is where a text in these quotes has to be; all else has to stay.
const HOSTILE: &[(&str, &[u8])] = &[
    ("plain.html", b"<!doctype html>\n<p><img src=\"scene.jpg\"@\"@></p>\n"),
    ("quotes.htm", b"<img src='scene.jpg'@'@ class=x><img src=scene.jpg@\"@><img src=scene.jpg@\"@ /><img src=\"scene.jpg\"@\"@/>"),
    ("sub/LINES.HTML", b"<IMG\r\n\tSRC = \"../scene.jpg\"@\"@\r\n\tWIDTH=9\r\n>\r<img src=../scene.jpg@\"@\r>\r\n\r\n"),
    ("unquoted.html", b"<img src=./scene.jpg?a=b&c=d/@\"@><img src=scene.jpg@\"@ title= >"),
    ("odd.html", b"<img/src=scene.jpg@\"@ title='>'><img title=\"<img src=scene.jpg>\" src=scene.jpg@\"@ src=no.jpg =x <b>"),
    ("alt.html", b"<img src=scene.jpg alt><img alt='' src=scene.jpg><img src=no.jpg ALT=\"\"><img src=scene.jpg alt=y>"),
    ("comments.html", b"<!-- <img src=scene.jpg> --><!--><img src=scene.jpg@\"@>--><!-- <!-- --!><img src=scene.jpg@\"@><!-- <img src=scene.jpg>"),
    ("scripts.html", b"<script>'<img src=scene.jpg>'</script><script><!--<script></script><img src=scene.jpg>--></script><style><img src=scene.jpg></style>"),
    ("texts.html", b"<title><img src=scene.jpg></title><textarea><img src=scene.jpg></textarea><xmp><img src=scene.jpg></xmp><iframe><img src=scene.jpg></iframe>"),
    ("plaintext.html", b"<plaintext><img src=scene.jpg></plaintext>"),
    ("svg.html", b"<svg><![CDATA[ > <img src=scene.jpg> ]]><title/><script/><image href=scene.jpg /></svg><img src=scene.jpg@\"@>"),
    ("cdata.html", b"<![CDATA[ > <img src=scene.jpg@\"@> ]]>"),
    ("inert.html", b"<noscript><img src=scene.jpg@\"@></noscript><template><img src=scene.jpg@\"@></template>"),
    ("picture.html", b"<picture><source srcset=\"no.webp\" type=image/webp><img src=scene.jpg@\"@></picture>"),
    ("lazy.html", b"<img class=lazy src=\"data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=\" data-src='scene.jpg'@'@><img srcset=\"scene.jpg 1x, no.jpg 2x\"@\"@>"),
    ("latin.html", b"<title>caf\xe9</title>\xff<img title=\xe9 src=sc%65ne.jpg@\"@>\xe9\x80"),
    ("marked.html", b"\xef\xbb\xbf<img src=scene.jpg@\"@>\xc3\xa9\xff"),
    ("cut-1.html", b"<img src=scene.jpg@\"@><img src=scene.jpg"),
    ("cut-2.html", b"<img src=scene.jpg@\"@><img src=\"scene.jpg>"),
    ("cut-3.html", b"<img src=scene.jpg@\"@><img"),
    ("decoration.html", b"<img src=scene.jpg role=presentation><img src=no.jpg aria-hidden=true>"),
    ("empty.html", b""),
    ("notes.txt", b"<img src=scene.jpg>"),
    (".hidden/page.html", b"<img src=scene.jpg>"),
    ("node_modules/theirs/page.html", b"<img src=scene.jpg>"),
];

/// A page before texts are written, and after.
fn without_and_with(page: &[u8], caption: &str) -> (Vec<u8>, Vec<u8>) {
    let (mut without, mut with) = (Vec::new(), Vec::new());
    let mut rest = page;
    while let [byte, after @ ..] = rest {
        match rest {
            [b'@', quote, b'@', after @ ..] => {
                let quote = char::from(*quote);
                with.extend(format!(" alt={quote}{caption}{quote}").as_bytes());
                rest = after;
            }
            _ => {
                without.push(*byte);
                with.push(*byte);
                rest = after;
            }
        }
    }
    (without, with)
}

fn assert_same(found: &[u8], expected: &[u8], page: &str) {
    assert!(found == expected, "{page}:\n{}\ninstead of\n{}", found.escape_ascii(), expected.escape_ascii());
}

#[test]
fn hostile_pages_get_their_texts_and_nothing_else_changes() {
    let site = Site::new(&[("scene.jpg", "scene.jpg")]);
    let caption = site.caption("scene.jpg");
    for (path, page) in HOSTILE {
        site.write(path, &without_and_with(page, &caption).0);
    }
    let wanted: usize =
        HOSTILE.iter().map(|(_, page)| page.windows(3).filter(|w| [&b"@\"@"[..], b"@'@"].contains(w)).count()).sum();

    let checked = site.run(&["--check", "."]);
    assert_eq!((checked.status.code(), stderr(&checked).as_str()), (Some(1), ""));
    let listed = stdout(&checked);
    assert!(listed.contains("plain.html:2:4: error: this image has no alt"), "{listed}");
    assert!(listed.contains("sub/LINES.HTML:4:3: error: this image has no alt"), "{listed}");
    assert_eq!(listed.matches("[missing-alt]").count(), wanted, "{listed}");
    for (path, page) in HOSTILE {
        assert_same(&std::fs::read(site.path(path)).unwrap(), &without_and_with(page, &caption).0, path);
    }

    let written = site.alt(&["."]);
    assert!(written.status.success(), "{}", stderr(&written));
    assert!(stdout(&written).contains(&format!("./plain.html:2: scene.jpg: {caption}\n")));
    assert_eq!(stdout(&written).lines().count(), wanted);
    for (path, page) in HOSTILE {
        assert_same(&std::fs::read(site.path(path)).unwrap(), &without_and_with(page, &caption).1, path);
    }

    let again = site.alt(&["."]);
    assert!(again.status.success());
    assert_eq!((stdout(&again), stderr(&again)), Default::default());
    let checked = stdout(&site.run(&["--check", "."]));
    assert!(!checked.contains("[missing-alt]"), "{checked}");
    for (path, page) in HOSTILE {
        assert_same(&std::fs::read(site.path(path)).unwrap(), &without_and_with(page, &caption).1, path);
    }
}

#[test]
fn images_that_cannot_be_captioned_are_named_and_left_alone() {
    let site = Site::new(&[("a.jpg", "scene.jpg"), ("dot.png", "one-pixel.png"), ("cut.jpg", "truncated.jpg")]);
    site.write("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>");
    let images = [
        ("https://x.org/a.jpg", "elsewhere", "it is on another site, and nothing is fetched from there"),
        ("//x.org/a.jpg", "elsewhere", "it is on another site"),
        ("no.jpg", "missing", "there is no ./no.jpg"),
        ("../a.jpg", "outside", "it lies above ., where the site begins"),
        ("logo.svg", "unsupported-image", "SVG is not supported"),
        ("cut.jpg", "image-corrupt", "the JPEG file ends before the picture does"),
        ("dot.png", "too-small", "it has 1×1 pixels"),
        ("data:image/png;base64,$", "image-corrupt", "the data in its address is damaged"),
        ("", "no-source", "the tag names no picture"),
    ];
    let page: String = images.iter().map(|(src, ..)| format!("<img src='{src}'>\n")).collect();
    site.write("bad.html", page.as_bytes());
    site.write("good.html", b"<img src=a.jpg>");

    let output = site.alt(&["--json", "."]);
    assert_eq!(output.status.code(), Some(1));
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), images.len() + 1);
    for (index, (src, code, message)) in images.iter().enumerate() {
        assert_eq!(lines[index]["page"], "./bad.html");
        assert_eq!(lines[index]["line"], index + 1);
        assert_eq!(lines[index]["src"].as_str().unwrap_or_default(), *src);
        assert_eq!(lines[index]["error"]["code"], *code, "{src}");
        assert!(lines[index]["error"]["message"].as_str().unwrap().contains(message), "{}", lines[index]);
        assert!(stderr(&output).contains(&format!("./bad.html:{}: ", index + 1)), "{}", stderr(&output));
        assert_eq!(lines[index]["alt"], Value::Null);
    }
    assert_eq!(lines.last().unwrap()["alt"], site.caption("scene.jpg"));
    assert_eq!(site.page("bad.html"), page);
    assert_eq!(site.page("good.html"), format!("<img src=a.jpg alt=\"{}\">", site.caption("scene.jpg")));
}

#[test]
fn a_picture_that_is_no_photo_that_the_model_knows_gets_no_text_unless_it_is_asked_for() {
    let site = Site { model: Model::of(&knows_nothing()), ..Site::new(&[("a.jpg", "scene.jpg")]) };
    site.write("index.html", b"<img src=a.jpg>");
    let output = site.alt(&["index.html"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(1), String::new()));
    let message = "it is not a photo that the model knows; --any-photo captions it all the same";
    assert_eq!(stderr(&output), format!("index.html:1: a.jpg: {message}\n"));
    assert_eq!(site.page("index.html"), "<img src=a.jpg>");
    let line: Value = serde_json::from_str(&stdout(&site.alt(&["--json", "index.html"]))).unwrap();
    assert_eq!(line["error"], json!({ "code": "unfamiliar", "message": message }));

    assert!(site.alt(&["--any-photo", "index.html"]).status.success());
    assert!(site.page("index.html").starts_with("<img src=a.jpg alt=\"Hard to say. Perhaps: w"));
}

#[test]
fn a_picture_in_the_page_itself_is_captioned() {
    let site = Site::new(&[]);
    let bytes: String = read("tests/photos/scene.jpg").iter().map(|byte| format!("%{byte:02x}")).collect();
    let page = format!("<img src=\"data:image/jpeg,{bytes}\">");
    site.write("index.html", page.as_bytes());
    let output = site.alt(&["index.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(site.page("index.html"), page.replace("\">", &format!("\" alt=\"{}\">", site.caption("scene.jpg"))));
    assert!(stdout(&output).len() < 300, "a whole picture is not shown");
}

#[test]
fn addresses_begin_where_the_site_does() {
    let site = Site::new(&[("site/img/a b.jpg", "scene.jpg"), ("site/blog/b.png", "grey.jpg")]);
    let (scene, grey) = (site.caption("scene.jpg"), site.caption("grey.jpg"));
    assert_ne!(scene, grey, "or nothing is shown here");
    let pages = [
        ("site/index.html", "<img src='/img/a%20b.jpg'@scene>"),
        ("site/blog/one.html", "<img src='/img/a b.jpg'@scene><img src='../img/a b.jpg'@scene><img src='b.png'@grey>"),
        ("site/blog/base.html", "<base href='/img/'><img src='a b.jpg'@scene><img src='../blog/b.png'@grey>"),
        ("site/blog/far.html", "<base href='https://x.org/'><img src='b.png'>"),
    ];
    let without = |page: &str| page.replace("@scene", "").replace("@grey", "");
    let with =
        |page: &str| page.replace("@scene", &format!(" alt='{scene}'")).replace("@grey", &format!(" alt='{grey}'"));
    for arguments in [
        &["site"][..],
        &["site/index.html", "site/blog/one.html", "site/blog/base.html", "site/blog/far.html"],
        &["site/**/*.html"],
        &["--root", "site", "site/index.html", "site/blog"],
        &["--root", "site", "site/blog/../blog", "site/index.html", "site", "./site/blog/one.html"],
    ] {
        pages.iter().for_each(|(path, page)| site.write(path, without(page).as_bytes()));
        let output = site.alt(arguments);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(
            stderr(&output).contains("far.html:1: b.png: the page's <base> is https://x.org/"),
            "{}",
            stderr(&output)
        );
        assert_eq!(stderr(&output).lines().count(), 1, "{arguments:?}: {}", stderr(&output));
        pages.iter().for_each(|(path, page)| assert_eq!(site.page(path), with(page), "{path} of {arguments:?}"));
    }
}

#[test]
fn a_root_that_is_wrong_is_told() {
    let site = Site::new(&[("site/img/a.jpg", "scene.jpg")]);
    site.write("site/blog/one.html", b"<img src=/img/a.jpg><img src=../img/a.jpg>");
    let errors = stderr(&site.alt(&["site/blog/one.html"]));
    assert!(errors.contains("blog/img/a.jpg; --root names the folder where the site begins"), "{errors}");
    assert!(
        errors.contains("../img/a.jpg: it lies above") && errors.contains("--root names another folder"),
        "{errors}"
    );
    let errors = stderr(&site.alt(&["--root", "site/img", "site/blog/one.html"]));
    assert_eq!(errors, "site/blog/one.html: it lies outside site/img, which --root names\n");
}

#[test]
fn a_page_that_cannot_be_read_is_reported_and_the_rest_is_done() {
    let site = Site::new(&[("a.jpg", "scene.jpg")]);
    let wide: Vec<u8> = "\u{feff}<img src=a.jpg>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    site.write("wide.html", &wide);
    site.write("good.html", b"<img src=a.jpg>");
    let output = site.alt(&["wide.html", "no.html", "no-*.html", "a.jpg", "good.html"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = stderr(&output);
    let lines: Vec<&str> = errors.lines().collect();
    assert!(lines[0].starts_with("wide.html: the page is written in UTF-16LE"), "{errors}");
    assert!(
        lines[1].starts_with("no.html: No such file") && lines[2].starts_with("no-*.html: No such file"),
        "{errors}"
    );
    assert!(lines[3].starts_with("a.jpg: there are zero bytes in it"), "{errors}");
    assert_eq!(std::fs::read(site.path("wide.html")).unwrap(), wide);
    assert_eq!(stdout(&output), format!("good.html:1: a.jpg: {}\n", site.caption("scene.jpg")));

    site.write("empty/a.txt", b"");
    let empty = site.alt(&["empty"]);
    assert_eq!((empty.status.code(), stderr(&empty).as_str()), (Some(1), "empty: there is no page in this folder\n"));
}

#[test]
fn the_model_is_read_where_there_is_something_to_write() {
    let site = Site::new(&[("a.jpg", "scene.jpg")]);
    site.write("index.html", b"<img src=a.jpg>");
    let nowhere = site.run(&["index.html", "--model", "nowhere"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(stderr(&nowhere).contains("nowhere/model.json: not found"), "{}", stderr(&nowhere));
    assert!(stderr(&site.alt(&["index.html", "--beams", "0"])).contains("the number of beams is 0"));
    assert_eq!(site.page("index.html"), "<img src=a.jpg>");

    let greedy = stdout(&site.model.caption(&["--beams", "1", "scene.jpg"]));
    assert!(site.alt(&["index.html", "--beams", "1"]).status.success());
    assert_eq!(
        site.page("index.html"),
        format!("<img src=a.jpg alt=\"{}\">", fitted(greedy.trim_end(), &House::default()))
    );
}

#[test]
fn check_writes_json_too() {
    let site = Site::new(&[]);
    site.write("index.html", b"\n<img src=a.jpg>");
    let output = site.run(&["--check", "--json", "index.html"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let found = &report["findings"][0];
    let place = [&found["rule"], &found["file"], &found["line"], &found["column"], &found["picture"]];
    assert_eq!(place, [&json!("missing-alt"), &json!("index.html"), &json!(2), &json!(1), &json!("a.jpg")]);
}

#[test]
fn a_model_without_words_writes_nothing() {
    let vocabulary = words(4).into_iter().chain((1..37).map(|length| ".".repeat(length))).collect();
    let model = Model::of(&Manifest { vocabulary, ..small_manifest() });
    let site = Site { folder: tempfile::tempdir().unwrap(), model };
    site.write("a.jpg", &read("tests/photos/scene.jpg"));
    let page = "<img src=a.jpg>";
    site.write("index.html", page.as_bytes());
    for arguments in [&["."][..], &["--any-photo", "."]] {
        let output = site.alt(arguments);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            stderr(&output).contains("the model says nothing about it that has a word in it"),
            "{}",
            stderr(&output)
        );
        assert_eq!(site.page("index.html"), page);
    }
}

#[cfg(unix)]
mod on_unix {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    #[test]
    fn a_page_keeps_its_permissions_and_its_links() {
        let site = Site::new(&[("site/a.jpg", "scene.jpg")]);
        site.write("site/real.html", b"<img src=a.jpg>");
        std::fs::set_permissions(site.path("site/real.html"), PermissionsExt::from_mode(0o640)).unwrap();
        symlink("real.html", site.path("site/index.html")).unwrap();
        assert!(site.alt(&["site"]).status.success());
        assert!(site.path("site/index.html").is_symlink());
        assert!(site.page("site/real.html").contains(" alt="));
        let after = std::fs::metadata(site.path("site/real.html")).unwrap();
        assert_eq!(after.permissions().mode() & 0o777, 0o640);

        assert!(site.alt(&["site"]).status.success());
        assert_eq!(std::fs::metadata(site.path("site/real.html")).unwrap().ino(), after.ino(), "not written again");
    }

    #[test]
    fn a_page_that_a_link_leads_to_out_of_the_site_is_left_alone() {
        let site = Site::new(&[("site/a.jpg", "scene.jpg"), ("elsewhere/a.jpg", "scene.jpg")]);
        site.write("site/own.html", b"<img src=a.jpg>");
        site.write("elsewhere/page.html", b"<img src=a.jpg>");
        symlink("../elsewhere/page.html", site.path("site/page.html")).unwrap();
        symlink("../elsewhere", site.path("site/folder")).unwrap();
        symlink("..", site.path("site/above")).unwrap();
        let output = site.alt(&["site"]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stderr(&output).contains("were left alone, for links lead to them, out of the site"));
        assert_eq!(site.page("elsewhere/page.html"), "<img src=a.jpg>");
        assert!(site.page("site/own.html").contains(" alt="));

        let output = site.alt(&["site/page.html"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("a link leads out of the site, to "), "{}", stderr(&output));
        assert_eq!(site.page("elsewhere/page.html"), "<img src=a.jpg>");

        let output = site.alt(&["site/page.html", "--root", "."]);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(site.page("elsewhere/page.html").contains(" alt="));
    }

    #[test]
    fn a_picture_out_of_the_site_is_not_read() {
        let site = Site::new(&[("a.jpg", "scene.jpg"), ("site/own.jpg", "scene.jpg")]);
        site.write("site/index.html", b"<img src=a.jpg>");
        symlink("../a.jpg", site.path("site/a.jpg")).unwrap();
        let output = site.alt(&["site"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            stderr(&output).contains("a link leads out of site, where the site begins, to "),
            "{}",
            stderr(&output)
        );
        // From one place of the site to another.
        std::fs::remove_file(site.path("site/a.jpg")).unwrap();
        symlink("own.jpg", site.path("site/a.jpg")).unwrap();
        assert!(site.alt(&["site"]).status.success());
    }

    #[test]
    fn a_pipe_is_no_picture() {
        let site = Site::new(&[]);
        site.write("index.html", b"<img src=a.jpg>");
        assert!(Command::new("mkfifo").arg(site.path("a.jpg")).status().unwrap().success());
        let output = site.alt(&["."]);
        assert_eq!(output.status.code(), Some(1));
        assert!(stderr(&output).contains("a.jpg is no file"), "{}", stderr(&output));
    }
}

#[test]
fn a_page_is_read_in_its_own_encoding() {
    let site = Site::new(&[("é.jpg", "scene.jpg")]);
    let caption = site.caption("scene.jpg");
    site.write("latin.html", b"<meta charset=windows-1252>\xe9<img src='\xe9.jpg'>");
    site.write("utf8.html", "<img src='é.jpg'><img src='%C3%A9.jpg'><img src='&eacute;.jpg'>".as_bytes());
    let output = site.alt(&["latin.html", "utf8.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let latin = [b"<meta charset=windows-1252>\xe9<img src='\xe9.jpg' alt='", caption.as_bytes(), b"'>"].concat();
    assert_same(&std::fs::read(site.path("latin.html")).unwrap(), &latin, "latin.html");
    assert_eq!(site.page("utf8.html").matches(&format!(" alt='{caption}'")).count(), 3);
}
