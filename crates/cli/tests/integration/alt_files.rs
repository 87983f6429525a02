//! What `sightline alt` leaves as it is of the files that it writes into: who owns them, who may write them, and their
//! other names.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Output;

use sightline_test_support::read;

use crate::command::{Model, sightline_in, stderr, stdout};

const PAGE: &str = "<img src=\"scene.jpg\">";
const BOOK: &str = "{\n  \"version\": 1\n}\n";

struct Site {
    folder: tempfile::TempDir,
    model: Model,
}

impl Site {
    fn new(pages: &[&str]) -> Self {
        let site = Self { folder: tempfile::tempdir().unwrap(), model: Model::new() };
        std::fs::write(site.path("scene.jpg"), read("tests/photos/scene.jpg")).unwrap();
        pages.iter().for_each(|page| std::fs::write(site.path(page), PAGE).unwrap());
        site
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn alt(&self) -> Output {
        let model = self.model.path();
        sightline_in(self.folder.path(), &["alt", "--device", "cpu", "--model", &model, "--least", "any", "."])
    }

    fn has_text(&self, page: &str) -> bool {
        std::fs::read_to_string(self.path(page)).unwrap().contains(" alt=\"")
    }
}

fn owner(path: &Path) -> (u32, u32) {
    let metadata = path.metadata().unwrap();
    (metadata.uid(), metadata.gid())
}

/// Gives a file to somebody else where this may be done, which is where tests run as root.
fn given_away(path: &Path) -> (u32, u32) {
    let _ = chown(path, Some(4242), Some(4243));
    owner(path)
}

#[test]
fn pages_and_the_book_keep_their_owner_group_and_permissions() {
    let site = Site::new(&["page.html"]);
    std::fs::write(site.path("alt-texts.json"), BOOK).unwrap();
    let files = ["page.html", "alt-texts.json"].map(|file| site.path(file));
    files.iter().for_each(|file| set_permissions(file, Permissions::from_mode(0o640)).unwrap());
    let owners = files.each_ref().map(|file| given_away(file));
    let output = site.alt();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(site.has_text("page.html"));
    assert!(std::fs::read_to_string(site.path("alt-texts.json")).unwrap().contains("scene.jpg"));
    assert_eq!(files.each_ref().map(|file| owner(file)), owners);
    assert_eq!(files.each_ref().map(|file| file.metadata().unwrap().mode() & 0o777), [0o640, 0o640]);
}

#[test]
fn a_page_that_has_another_name_is_the_same_file_under_both_after_it_was_written() {
    let site = Site::new(&["page.html"]);
    let elsewhere = tempfile::tempdir_in(site.folder.path().parent().unwrap()).unwrap();
    let other = elsewhere.path().join("page.html");
    std::fs::hard_link(site.path("page.html"), &other).unwrap();
    let output = site.alt();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(site.has_text("page.html"));
    assert_eq!(std::fs::read(&other).unwrap(), std::fs::read(site.path("page.html")).unwrap());
    assert_eq!(other.metadata().unwrap().nlink(), 2);
    let left = std::fs::read_dir(site.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(left.into_iter().all(|name| !name.to_string_lossy().starts_with(".sightline-")), "nothing is left behind");
}

#[test]
fn a_page_with_two_names_in_a_site_is_written_once() {
    let site = Site::new(&["page.html"]);
    std::fs::hard_link(site.path("page.html"), site.path("same.html")).unwrap();
    let output = site.alt();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&output).lines().count(), 1, "{}", stdout(&output));
    assert!(site.has_text("page.html") && site.has_text("same.html"));
}

#[test]
fn what_is_write_protected_is_left_alone_and_named() {
    let site = Site::new(&["open.html", "protected.html"]);
    set_permissions(site.path("protected.html"), Permissions::from_mode(0o444)).unwrap();
    let output = site.alt();
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("protected.html: it is write-protected"), "{message}");
    assert!(!site.has_text("protected.html") && site.has_text("open.html"), "{}", stdout(&output));
    assert_eq!(site.path("protected.html").metadata().unwrap().mode() & 0o777, 0o444);

    let site = Site::new(&["page.html"]);
    std::fs::write(site.path("alt-texts.json"), BOOK).unwrap();
    set_permissions(site.path("alt-texts.json"), Permissions::from_mode(0o444)).unwrap();
    // Before a model is opened, which here is not there.
    let message = stderr(&sightline_in(site.folder.path(), &["alt", "--model", "nowhere", "."]));
    assert!(
        message.contains("alt-texts.json: the book of texts cannot be written: it is write-protected"),
        "{message}"
    );
    assert_eq!(std::fs::read_to_string(site.path("alt-texts.json")).unwrap(), BOOK);
}
