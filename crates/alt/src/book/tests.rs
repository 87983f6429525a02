mod files;
mod merging;
mod reviewing;

use super::*;

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
const C: &str = "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc";
const D: &str = "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd";
const E: &str = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

/// What a model makes of a picture of which it is sure.
fn draft(text: &str) -> Draft {
    Draft {
        text: text.into(),
        sureness: Some(Sureness::Sure),
        probability: Some(0.61237),
        model: "small".into(),
        ..Draft::default()
    }
}

/// Pictures on one page, each with a draft that names its file.
fn book(pictures: &[(&str, &str)]) -> Book {
    let mut book = Book::default();
    for (hash, file) in pictures {
        add(&mut book, hash, file);
    }
    book
}

fn add(book: &mut Book, hash: &str, file: &str) {
    book.seen(hash, file, "index.html").unwrap();
    book.draft(hash, draft(&format!("This is {file}."))).unwrap();
}

fn json(book: &Book) -> String {
    String::from_utf8(book.to_json()).unwrap()
}

fn csv(book: &Book) -> String {
    String::from_utf8(book.to_csv()).unwrap()
}
