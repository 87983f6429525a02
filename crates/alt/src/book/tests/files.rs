//! What a book's file looks like, and which are refused.

use std::fs::write;

use super::*;

/// Everything that an entry can hold.
fn full() -> Book {
    let mut book = book(&[(B, "photos/dog.jpg"), (A, "photos/cat.jpg"), (C, "dot.gif")]);
    book.seen(B, "photos/dog.jpg", "about/index.html").unwrap();
    book.review(B, Review::Correct("=\"Rex\", the dog".into())).unwrap();
    let reason = "it has 1×1 pixels".to_string();
    let suggestion = Some(Suggestion::Decoration);
    book.draft(C, Draft { suggestion, reason, ..Draft::default() }).unwrap();
    let noted =
        json(&book).replacen("\"used\"", "\"ticket\": \"-12\",\n    \"by\": [\"us\", null, 0.1],\n    \"used\"", 1);
    Book::from_json(noted.as_bytes()).unwrap()
}

#[track_caller]
fn refused(read: fn(&[u8]) -> Result<Book, BookError>, bytes: impl AsRef<[u8]>, expected: &str) {
    assert_eq!(read(bytes.as_ref()).unwrap_err().to_string(), expected);
}

#[test]
fn a_file_is_as_it_always_was() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/");
    crate::golden::assert_golden(&format!("{folder}alt-texts.json"), &full().to_json());
    crate::golden::assert_golden(&format!("{folder}alt-texts.csv"), &full().to_csv());
}

#[test]
fn a_book_says_the_same_after_it_was_written_and_read() {
    let mut book = full();
    let texts = ["=1+1", "'=1", "''@a", "'it", "-", "+1", "a,\"b\"", "json:1", "'", "＝1", "naïve 猫"];
    for (i, text) in texts.iter().enumerate() {
        let hash = format!("{i:064x}");
        add(&mut book, &hash, &format!("{text}.jpg"));
        book.review(&hash, Review::Correct(text.to_string())).unwrap();
        for note in [text.to_string(), format!("{text}\r\n{text}\n"), format!("\t{text}")] {
            let notes = &mut book.entries.get_mut(&hash).unwrap().notes;
            notes.insert(format!("{text}{}", notes.len()), note.into());
        }
    }
    let values = [serde_json::json!(""), serde_json::json!({"a": [1, -2.125, false]}), serde_json::json!(null)];
    for (i, value) in values.into_iter().enumerate() {
        book.entries.get_mut(A).unwrap().notes.insert(i.to_string(), value);
    }
    for again in [Book::from_json(&book.to_json()).unwrap(), Book::from_csv(&book.to_csv()).unwrap()] {
        assert_eq!(again.entries, book.entries);
        assert!(!again.is_changed());
    }
    let through_a_table = Book::from_csv(&Book::from_json(&book.to_json()).unwrap().to_csv()).unwrap();
    assert_eq!(through_a_table.entries, book.entries);
}

#[test]
fn no_cell_of_a_table_is_a_formula() {
    let mut book = book(&[(A, "@a.jpg")]);
    book.review(A, Review::Correct("=HYPERLINK(1)".into())).unwrap();
    let table = csv(&book);
    let mut reader = ::csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let row = reader.records().next().unwrap().unwrap();
    assert_eq!((&row[0], &row[1]), ("'@a.jpg", "'=HYPERLINK(1)"));
}

#[test]
fn no_line_of_a_table_is_taken_for_a_conflict() {
    let mut book = book(&[(A, "<<<<<<< a.jpg")]);
    for page in [">>>>>>> index.html", "'||||||| index.html", "<<<<<<< index.html"] {
        book.seen(A, "<<<<<<< a.jpg", page).unwrap();
    }
    let note = "=\n>>>>>>> theirs\n''>>>>>>> theirs\n'mine";
    book.entries.get_mut(A).unwrap().notes.insert("||||||| by".into(), note.into());
    assert_eq!(Book::from_csv(&book.to_csv()).unwrap().entries, book.entries);
}

#[test]
fn lines_end_as_they_did() {
    let json = json(&full());
    let crlf = json.replace('\n', "\r\n");
    assert_eq!(Book::from_json(json.as_bytes()).unwrap().to_bytes(), json.as_bytes());
    assert_eq!(Book::from_json(crlf.as_bytes()).unwrap().to_bytes(), crlf.as_bytes());
    let marked = format!("\u{feff}{crlf}");
    assert_eq!(Book::from_json(marked.as_bytes()).unwrap().to_bytes(), marked.as_bytes());

    let csv = csv(&full());
    let plain = csv.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    assert_eq!(Book::from_csv(csv.as_bytes()).unwrap().to_bytes(), csv.as_bytes());
    assert_eq!(Book::from_csv(plain.as_bytes()).unwrap().to_bytes(), plain.as_bytes());
}

#[test]
fn a_file_that_only_looks_different_is_not_changed() {
    let compact = serde_json::from_slice::<serde_json::Value>(&full().to_json()).unwrap().to_string();
    let mut book = Book::from_json(compact.as_bytes()).unwrap();
    assert!(!book.is_changed());
    let pictures: Vec<(String, Entry)> = book.entries().map(|(hash, entry)| (hash.into(), entry.clone())).collect();
    book.forget_uses(|_| true);
    for (hash, Entry { file, used, .. }) in &pictures {
        used.iter().for_each(|page| book.seen(hash, file, page).unwrap());
    }
    book.draft(A, draft("This is photos/cat.jpg.")).unwrap();
    assert!(!book.is_changed(), "all of it was there");
    book.review(A, Review::Accept).unwrap();
    assert!(book.is_changed());
    book.saved();
    assert!(!book.is_changed());
}

#[test]
fn a_file_that_is_not_there_is_an_empty_book_and_others_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("alt-texts.json");
    let book = Book::read(&path).unwrap();
    assert_eq!((book.entries().count(), book.is_changed()), (0, false));
    write(&path, full().to_json()).unwrap();
    assert_eq!(Book::read(&path).unwrap().entries, full().entries);
    let table = folder.path().join("alt-texts.CSV");
    write(&table, full().to_csv()).unwrap();
    assert_eq!(Book::read(&table).unwrap().to_bytes(), full().to_csv());
    write(&path, "{").unwrap();
    let error = Book::read(&path).unwrap_err().to_string();
    let reason = "line 1: EOF while parsing an object; mend it, or take the file as it was committed last";
    assert_eq!(error, format!("{}: {reason}", path.display()));
    assert!(Book::read(folder.path()).unwrap_err().to_string().starts_with(&folder.path().display().to_string()));
}

#[test]
fn damaged_json_is_refused_with_its_line() {
    let json = json(&full());
    let refused = |from: &str, to: &str, expected: &str| {
        assert!(json.contains(from), "{from}");
        refused(Book::from_json, json.replacen(from, to, 1), expected);
    };
    let end = "; mend it, or take the file as it was committed last";
    refused(
        "\"draft\"",
        "\"drafd\"",
        &format!("line 5: unknown variant `drafd`, expected one of `draft`, `reviewed`, `decoration`{end}"),
    );
    refused("\"dot.gif\",", "\"dot.gif\"", &format!("line 4: expected `,` or `}}`{end}"));
    refused(A, B, &format!("line 30: the picture {B} stands here a second time{end}"));
    refused(
        A,
        "a",
        &format!("line 18: \"a\" is no SHA-256 of a file, which has 64 hexadecimal digits in lower case{end}"),
    );
    refused(
        "\"dot.gif\"",
        "\"/dot.gif\"",
        &format!("line 17: \"/dot.gif\" is no path from the site's root, with / between plain names{end}"),
    );
    refused("0.6124", "1.5", &format!("line 29: a probability is 0 to 1, not 1.5{end}"));
    refused(
        "\"ticket\"",
        "\"sha256\"",
        &format!("line 17: \"sha256\" cannot be the name of a note; give it another{end}"),
    );
    refused(
        "\"draft\"",
        "\"reviewed\"",
        &format!("line 17: it was reviewed, and has no text; write one, or make the state \"decoration\"{end}"),
    );
    refused(
        "\"version\": 1",
        "\"version\": 2",
        "it is of version 2, and this program reads version 1; take a newer program",
    );
    refused(",\n  \"version\": 1", "", &format!("line 43: missing field `version`{end}"));
}

#[test]
fn damaged_tables_are_refused_with_their_line() {
    let end = "; mend it, or take the file as it was committed last";
    let table = |row: &str| format!("file,sha256,state,probability,note\na.jpg,{A},,,\"two\nlines\"\n{row}\n");
    let refused = |row: &str, expected: &str| refused(Book::from_csv, table(row), &format!("line 4: {expected}{end}"));
    refused(&format!("b.jpg,{B}"), "the row has 2 cells, and the first row has 5");
    refused(&format!("a.jpg,{A},,,"), &format!("the picture {A} stands here a second time"));
    refused(&format!("b.jpg,{B},,much,"), "\"much\" is no probability");
    refused(&format!("b.jpg,{B},,NaN,"), "a probability is 0 to 1, not NaN");
    refused(&format!("b.jpg,{B},done,,"), "unknown variant `done`, expected one of `draft`, `reviewed`, `decoration`");
    refused(&format!("b.jpg,{B},,,json:{{"), "what follows \"json:\" is no JSON");
    refused(",,,,x", "\"\" is no SHA-256 of a file, which has 64 hexadecimal digits in lower case");
    assert_eq!(Book::from_csv(table(",,,,").as_bytes()).unwrap().entries().count(), 1, "an empty row is none");
    let header =
        |header: &str, expected: &str| self::refused(Book::from_csv, header, &format!("line 1: {expected}{end}"));
    header("file;sha256\n", "there is no column file; the columns have names, with commas between them");
    header("file,text,text,sha256\n", "there are two columns text");
    assert_eq!(Book::from_csv(b"").unwrap().entries().count(), 0);
}

#[test]
fn what_is_no_text_is_refused() {
    refused(Book::from_json, b"{\n\xff", "line 2 is not UTF-8; save the file as UTF-8");
    refused(Book::from_csv, b"file\n\n\xff", "line 3 is not UTF-8; save the file as UTF-8");
    let large = vec![b' '; SIZE_LIMIT as usize + 1];
    refused(Book::from_json, large, "it has more than 67108864 bytes, and no book of texts has");
    assert!(Book::from_json("[".repeat(1 << 20).as_bytes()).is_err());
}

#[test]
fn texts_are_one_line_without_commands_wherever_they_come_from() {
    let text = "A\u{1b}]0;x\u{7} man\u{202e}\n\n  and\u{85}a\u{200f} dog\u{a0}!\u{2028}";
    let expected = "A]0;x man and a\u{200f} dog\u{a0}!";
    assert_eq!(cleaned(text), expected);
    let mut value: serde_json::Value = serde_json::from_slice(&book(&[(A, "a.jpg")]).to_json()).unwrap();
    value[A]["text"] = text.into();
    let read = Book::from_json(value.to_string().as_bytes()).unwrap();
    assert_eq!(read.text_for(A), Some(Alt::Reviewed(expected)));
    let read = Book::from_csv(format!("file,sha256,text\na.jpg,{A},\"{text}\"\n").as_bytes()).unwrap();
    assert_eq!(read.text_for(A), Some(Alt::Reviewed(expected)));
}

#[test]
fn a_file_that_was_damaged_anywhere_is_refused_or_says_the_same_when_it_is_written_again() {
    for (bytes, read) in [(full().to_json(), Book::from_json as fn(&[u8]) -> _), (full().to_csv(), Book::from_csv)] {
        for at in 0..bytes.len() {
            let cut = bytes[..at].to_vec();
            let changed = b"\"',\n\r={\0".iter().map(|byte| [&bytes[..at], &[*byte], &bytes[at + 1..]].concat());
            for book in std::iter::once(cut).chain(changed).filter_map(|bytes| read(&bytes).ok()) {
                assert_eq!(Book::from_json(&book.to_json()).unwrap().entries, book.entries);
                assert_eq!(Book::from_csv(&book.to_csv()).unwrap().entries, book.entries);
            }
        }
    }
}
