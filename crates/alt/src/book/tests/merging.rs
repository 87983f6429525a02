//! What git makes of two people's changes.

use std::fs::write;
use std::process::Command;

use super::*;

/// What `git merge-file` makes of a file that two sides changed; nothing where it finds a conflict.
fn merged(base: &[u8], ours: &[u8], theirs: &[u8]) -> (bool, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let [ours, base, theirs] = [("ours", ours), ("base", base), ("theirs", theirs)].map(|(name, bytes)| {
        let path = folder.path().join(name);
        write(&path, bytes).unwrap();
        path
    });
    let output = Command::new("git").args(["merge-file", "-p"]).args([ours, base, theirs]).output().unwrap();
    (output.status.success(), output.stdout)
}

/// What two changes of one book make together, by git.
#[track_caller]
fn together(base: &Book, ours: impl Fn(&mut Book), theirs: impl Fn(&mut Book)) {
    let changed = |change: &dyn Fn(&mut Book)| {
        let mut book = base.clone();
        change(&mut book);
        book
    };
    let (one, other) = (changed(&ours), changed(&theirs));
    let both = changed(&|book| {
        ours(book);
        theirs(book);
    });
    type Written = fn(&Book) -> Vec<u8>;
    for (written, read) in
        [(Book::to_json as Written, Book::from_json as fn(&[u8]) -> _), (Book::to_csv, Book::from_csv)]
    {
        let (is_clean, bytes) = merged(&written(base), &written(&one), &written(&other));
        assert!(is_clean, "{}", String::from_utf8_lossy(&bytes));
        assert_eq!(written(&read(&bytes).unwrap()), written(&both));
    }
}

#[test]
fn pictures_that_are_added_at_different_places_merge() {
    together(&book(&[(B, "b.jpg"), (D, "d.jpg")]), |ours| add(ours, A, "a.jpg"), |theirs| add(theirs, C, "c.jpg"));
}

#[test]
fn a_picture_at_the_end_merges_with_one_before() {
    together(&book(&[(B, "b.jpg"), (D, "d.jpg")]), |ours| add(ours, C, "c.jpg"), |theirs| add(theirs, E, "e.jpg"));
}

#[test]
fn a_picture_at_the_end_merges_with_a_correction_of_the_last() {
    // In a table each picture is one line, and git merges no lines that touch.
    let base = book(&[(A, "a.jpg"), (B, "b.jpg")]);
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    add(&mut ours, C, "c.jpg");
    theirs.review(B, Review::Correct("A bear.".into())).unwrap();
    let (is_clean, bytes) = merged(&base.to_json(), &ours.to_json(), &theirs.to_json());
    assert!(is_clean, "{}", String::from_utf8_lossy(&bytes));
    let book = Book::from_json(&bytes).unwrap();
    assert_eq!(book.text_for(B), Some(Alt::Reviewed("A bear.")));
    assert_eq!(book.text_for(C), Some(Alt::Drafted("This is c.jpg.")));
}

#[test]
fn corrections_of_different_pictures_merge() {
    let correct =
        |hash, text: &'static str| move |book: &mut Book| book.review(hash, Review::Correct(text.into())).unwrap();
    let base = book(&[(A, "a.jpg"), (B, "b.jpg"), (C, "c.jpg")]);
    together(&base, correct(A, "An ape."), correct(C, "A cat."));
}

#[test]
fn corrections_of_neighbours_merge_in_json() {
    let base = book(&[(A, "a.jpg"), (B, "b.jpg")]);
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    ours.review(A, Review::Correct("An ape.".into())).unwrap();
    theirs.review(B, Review::Decoration).unwrap();
    let (is_clean, bytes) = merged(&base.to_json(), &ours.to_json(), &theirs.to_json());
    assert!(is_clean, "{}", String::from_utf8_lossy(&bytes));
    let book = Book::from_json(&bytes).unwrap();
    assert_eq!(book.text_for(A), Some(Alt::Reviewed("An ape.")));
    assert_eq!(book.text_for(B), Some(Alt::Decoration));
}

#[test]
fn a_correction_merges_with_another_use_of_the_same_picture() {
    let base = book(&[(A, "a.jpg")]);
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    ours.review(A, Review::Correct("An ape.".into())).unwrap();
    theirs.seen(A, "a.jpg", "zoo.html").unwrap();
    let (is_clean, bytes) = merged(&base.to_json(), &ours.to_json(), &theirs.to_json());
    assert!(is_clean, "{}", String::from_utf8_lossy(&bytes));
    let book = Book::from_json(&bytes).unwrap();
    assert_eq!(book.text_for(A), Some(Alt::Reviewed("An ape.")));
    assert_eq!(book.entry(A).unwrap().used.len(), 2);
}

#[test]
fn a_conflict_is_named_with_its_line_and_the_way_out() {
    let base = book(&[(A, "a.jpg")]);
    let (mut ours, mut theirs) = (base.clone(), base.clone());
    ours.review(A, Review::Correct("An ape.".into())).unwrap();
    theirs.review(A, Review::Correct("A monkey.".into())).unwrap();
    for (written, read) in
        [(Book::to_json as fn(&Book) -> _, Book::from_json as fn(&[u8]) -> _), (Book::to_csv, Book::from_csv)]
    {
        let (is_clean, bytes) = merged(&written(&base), &written(&ours), &written(&theirs));
        assert!(!is_clean);
        let before =
            String::from_utf8(bytes.clone()).unwrap().lines().take_while(|line| !line.starts_with('<')).count();
        let error = read(&bytes).unwrap_err().to_string();
        assert!(error.starts_with(&format!("line {} is where git could not merge; keep", before + 1)), "{error}");
    }
}

#[test]
fn a_picture_that_is_added_or_pruned_changes_no_other_line() {
    let base = book(&[(B, "b.jpg"), (D, "d.jpg")]);
    let lines = |book: &Book| json(book).lines().map(str::to_string).collect::<Vec<_>>();
    for (hash, file) in [(A, "a.jpg"), (C, "c.jpg"), (E, "e.jpg")] {
        let mut more = base.clone();
        add(&mut more, hash, file);
        let (fewer, more) = (lines(&base), lines(&more));
        let start = fewer.iter().zip(&more).take_while(|(one, other)| one == other).count();
        let end = fewer.iter().rev().zip(more.iter().rev()).take_while(|(one, other)| one == other).count();
        assert!(start + end >= fewer.len(), "{file}: {start} lines and {end} of {} stayed", fewer.len());
    }
}
