//! Who may write over what.

use super::*;

#[test]
fn a_draft_may_be_written_and_says_that_nobody_reviewed_it() {
    let mut book = book(&[(A, "a.jpg")]);
    assert_eq!(book.text_for(A), Some(Alt::Drafted("This is a.jpg.")));
    assert_eq!(book.text_for(B), None);
    book.seen(B, "b.jpg", "index.html").unwrap();
    assert_eq!(book.text_for(B), None, "nobody has written a text");
    let unreviewed: Vec<&str> = book.unreviewed().map(|(hash, _)| hash).collect();
    assert_eq!(unreviewed, [A, B]);
}

#[test]
fn what_a_person_reviewed_is_never_drafted_again() {
    for (review, alt) in [
        (Review::Accept, Alt::Reviewed("This is a.jpg.")),
        (Review::Correct(" A cat\u{1b}[31m\nsleeps. ".into()), Alt::Reviewed("A cat[31m sleeps.")),
        (Review::Decoration, Alt::Decoration),
    ] {
        let mut book = book(&[(A, "a.jpg")]);
        book.review(A, review).unwrap();
        assert_eq!(book.text_for(A), Some(alt));
        assert!(!book.draft(A, draft("Another.")).unwrap());
        assert_eq!(book.text_for(A), Some(alt));
        assert_eq!(book.unreviewed().count(), 0);
        book.review(A, Review::Undo).unwrap();
        assert_eq!(book.text_for(A), Some(Alt::Drafted("This is a.jpg.")), "as the model wrote it");
        assert!(book.draft(A, draft("Another.")).unwrap());
        assert_eq!(book.text_for(A), Some(Alt::Drafted("Another.")));
    }
}

#[test]
fn a_draft_that_was_changed_in_the_file_is_a_persons() {
    let text = json(&book(&[(A, "a.jpg")])).replace("\"text\": \"This is a.jpg.\"", "\"text\": \"A cat.\"");
    let mut changed = Book::from_json(text.as_bytes()).unwrap();
    assert!(!changed.draft(A, draft("Another.")).unwrap());
    assert_eq!(changed.text_for(A), Some(Alt::Reviewed("A cat.")));
}

#[test]
fn a_review_that_is_taken_back_leaves_what_was_before() {
    let mut book = book(&[(A, "a.jpg")]);
    book.review(A, Review::Correct("A cat.".into())).unwrap();
    book.review(A, Review::Decoration).unwrap();
    book.review(A, Review::Restore { text: "A cat.".into(), state: State::Reviewed }).unwrap();
    assert_eq!(book.text_for(A), Some(Alt::Reviewed("A cat.")));
    book.review(A, Review::Restore { text: "Mine, not yet done.".into(), state: State::Draft }).unwrap();
    assert_eq!(book.text_for(A), Some(Alt::Reviewed("Mine, not yet done.")), "a draft that a person changed");
    assert!(book.review(A, Review::Restore { text: " ".into(), state: State::Reviewed }).is_err());
}

#[test]
fn a_draft_that_was_emptied_in_the_file_is_written_anew() {
    let text = json(&book(&[(A, "a.jpg")])).replace("\"text\": \"This is a.jpg.\"", "\"text\": \"\"");
    let mut emptied = Book::from_json(text.as_bytes()).unwrap();
    assert_eq!(emptied.text_for(A), None);
    assert!(emptied.draft(A, draft("Another.")).unwrap());
}

#[test]
fn accepting_goes_back_from_decoration_to_the_models_text() {
    let mut book = book(&[(A, "a.jpg")]);
    book.review(A, Review::Decoration).unwrap();
    book.review(A, Review::Accept).unwrap();
    assert_eq!(book.text_for(A), Some(Alt::Reviewed("This is a.jpg.")));
}

#[test]
fn a_review_without_a_text_is_refused_and_changes_nothing() {
    let mut book = book(&[(A, "a.jpg")]);
    book.seen(B, "b.jpg", "index.html").unwrap();
    let before = json(&book);
    let error = book.review(B, Review::Accept).unwrap_err();
    assert_eq!(error.to_string(), "there is no text for b.jpg yet; write one, or call it decoration");
    assert!(matches!(book.review(A, Review::Correct("\t\u{7f}".into())), Err(BookError::NoText { .. })));
    assert_eq!(json(&book), before);
}

#[test]
fn a_picture_has_to_be_seen_before_anything_is_said_of_it() {
    let mut book = Book::default();
    assert!(matches!(book.draft(A, draft("A cat.")), Err(BookError::Unknown { .. })));
    assert!(matches!(book.review(A, Review::Accept), Err(BookError::Unknown { .. })));
    for hash in ["", "AB", &A.to_uppercase(), &A[1..]] {
        let error = book.seen(hash, "a.jpg", "index.html").unwrap_err().to_string();
        assert!(error.ends_with("is no SHA-256 of a file, which has 64 hexadecimal digits in lower case"), "{error}");
    }
    for path in ["", "/a.jpg", "../a.jpg", "b//a.jpg", "./a.jpg", "b/", "a\n.jpg"] {
        assert!(book.seen(A, path, "index.html").is_err(), "{path:?}");
        assert!(book.seen(A, "a.jpg", path).is_err(), "{path:?}");
    }
    assert!(!book.is_changed());
}

#[test]
fn a_picture_is_listed_with_each_page_once_and_by_the_first_of_its_names() {
    let mut book = Book::default();
    for (file, page) in [("b.jpg", "z.html"), ("b.jpg", "a/b.html"), ("a.jpg", "z.html"), ("c.jpg", "z.html")] {
        book.seen(A, file, page).unwrap();
    }
    let entry = book.entry(A).unwrap();
    assert_eq!(entry.file, "a.jpg");
    assert_eq!(entry.used.iter().collect::<Vec<_>>(), ["a/b.html", "z.html"]);
}

#[test]
fn a_picture_that_was_renamed_keeps_its_text_and_gets_its_new_name() {
    let mut book = book(&[(A, "a.jpg")]);
    book.forget_uses(|page| page == "index.html");
    assert!(book.entry(A).unwrap().used.is_empty());
    book.seen(A, "photos/cat.jpg", "index.html").unwrap();
    assert_eq!(book.entry(A).unwrap().file, "photos/cat.jpg");
    assert_eq!(book.text_for(A), Some(Alt::Drafted("This is a.jpg.")));
}

#[test]
fn pictures_that_are_gone_stay_until_they_are_pruned() {
    let mut book = book(&[(A, "a.jpg"), (B, "b.jpg")]);
    book.forget_uses(|_| true);
    let mut book = Book::from_json(&book.to_json()).unwrap();
    assert_eq!(book.entries().count(), 2);
    assert_eq!(book.prune(|hash| hash == B), 1);
    assert!(book.is_changed());
    assert_eq!(book.entries().map(|(hash, _)| hash).collect::<Vec<_>>(), [B]);
}

#[test]
fn a_new_draft_leaves_what_people_noted() {
    let noted = json(&book(&[(A, "a.jpg")])).replace("\"used\"", "\"ticket\": 12,\n    \"used\"");
    let mut book = Book::from_json(noted.as_bytes()).unwrap();
    assert!(book.draft(A, draft("Another.")).unwrap());
    assert!(json(&book).contains("\"ticket\": 12,"), "{}", json(&book));
}
