//! `captions.txt` of Flickr8k and Flickr30k: a CSV file with the header `image,caption`.
//!
//! A general CSV reader takes a quote that is never closed for the beginning of a caption as long as the rest of the
//! file. This one loses the line.

use super::captions::Captions;
use super::left_out::LeftOut;
use super::text::{lines, stem};

/// Lines that a quoted caption may have.
const MAX_LINES: usize = 8;

enum Fault {
    Open,
    Odd(&'static str),
}

pub fn is_header(line: &[u8]) -> bool {
    let bare: Vec<u8> = line.iter().filter(|byte| !b"\" \t".contains(byte)).map(u8::to_ascii_lowercase).collect();
    bare == b"image,caption"
}

pub fn read(bytes: &[u8], left_out: &mut LeftOut) -> Captions {
    let lines: Vec<_> = lines(bytes).skip(1).collect();
    let mut captions = Captions::default();
    let mut next = 0;
    while let Some((number, _)) = lines.get(next) {
        let (read, used) = row(&lines[next..]);
        captions.line(format!("line {number}"), read.map_err(str::to_string), left_out);
        next += used;
    }
    captions
}

/// The name and the caption that begin with the first line, and how many lines they take.
fn row(lines: &[(usize, &[u8])]) -> (Result<(String, String), &'static str>, usize) {
    let mut text = String::new();
    for (place, (_, line)) in lines.iter().take(MAX_LINES).enumerate() {
        let Ok(line) = str::from_utf8(line) else {
            // Only the first line is lost: the one that is not text may be a row of its own.
            return (Err(if place == 0 { "not UTF-8" } else { "a quote is not closed" }), 1);
        };
        if place > 0 && begins_a_row(line) {
            break;
        }
        text.push_str(if place > 0 { "\n" } else { "" });
        text.push_str(line);
        match fields(&text) {
            Ok(fields) => return (Ok(fields), place + 1),
            Err(Fault::Odd(reason)) => return (Err(reason), 1),
            Err(Fault::Open) => {}
        }
    }
    (Err("a quote is not closed"), 1)
}

fn begins_a_row(line: &str) -> bool {
    line.split_once(',').is_some_and(|(name, _)| stem(name.trim_matches(['"', ' '])).is_some())
}

fn fields(text: &str) -> Result<(String, String), Fault> {
    let (name, rest) = match text.strip_prefix('"') {
        Some(quoted) => unquoted(quoted)?,
        None => text.find(',').map(|end| (text[..end].to_string(), &text[end..])).ok_or(Fault::Odd("no comma"))?,
    };
    if name.trim().is_empty() {
        return Err(Fault::Odd("no name before the comma"));
    }
    let rest = rest.strip_prefix(',').ok_or(Fault::Odd("no comma after the name"))?;
    match rest.trim_start().strip_prefix('"') {
        // There is no third column, so a comma can only be one that somebody forgot to quote.
        None => Ok((name, rest.to_string())),
        Some(quoted) => match unquoted(quoted)? {
            (caption, after) if after.trim().is_empty() => Ok((name, caption)),
            _ => Err(Fault::Odd("text after the closing quote")),
        },
    }
}

/// What stands before the closing quote, and what comes after it.
fn unquoted(text: &str) -> Result<(String, &str), Fault> {
    let mut from = 0;
    loop {
        let quote = from + text[from..].find('"').ok_or(Fault::Open)?;
        if !text[quote + 1..].starts_with('"') {
            return Ok((text[..quote].replace("\"\"", "\""), &text[quote + 1..]));
        }
        from = quote + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(rows: &str) -> (Vec<(String, Vec<String>)>, Vec<String>) {
        let mut left_out = LeftOut::default();
        let captions = super::read(format!("image,caption\n{rows}").as_bytes(), &mut left_out);
        let photos = captions.photos.into_iter().map(|(name, entry)| (name, entry.captions)).collect();
        (photos, left_out.unreadable.iter().map(ToString::to_string).collect())
    }

    fn captions(rows: &str) -> Vec<String> {
        let (photos, unreadable) = read(rows);
        assert_eq!(unreadable, [""; 0]);
        photos.into_iter().flat_map(|(_, captions)| captions).collect()
    }

    #[test]
    fn quotes_are_read_as_they_are_meant() {
        assert_eq!(captions(r#"a.jpg,"A cat , asleep .""#), ["A cat , asleep ."]);
        assert_eq!(captions(r#""a.jpg","A cat""#), ["A cat"]);
        assert_eq!(captions(r#"a.jpg,"""Stop"" , says a sign""#), [r#""Stop" , says a sign"#]);
        assert_eq!(captions(r#"a.jpg,A sign of "stop" and 6" of snow"#), [r#"A sign of "stop" and 6" of snow"#]);
        assert_eq!(captions("a.jpg,\"\""), [""]);
        assert_eq!(captions("a.jpg,\"A cat\n and a dog\""), ["A cat\n and a dog"]);
    }

    #[test]
    fn a_comma_that_nobody_quoted_is_the_captions() {
        assert_eq!(captions("a.jpg,A cat , a dog , a bird"), ["A cat , a dog , a bird"]);
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_its_line_only() {
        let (photos, unreadable) = read("a.jpg,\"A cat\nb.jpg,A dog\nb.jpg,\"A bird\"\nc.jpg,\"A fish");
        assert_eq!(photos, [("b.jpg".to_string(), vec!["A dog".to_string(), "A bird".to_string()])]);
        assert_eq!(unreadable, ["line 2 (a quote is not closed)", "line 5 (a quote is not closed)"]);
        let endless = "a,\"A cat\n".to_string() + &"word\n".repeat(5000) + "b,A dog";
        assert_eq!(read(&endless).0[0].0, "b");
    }

    #[test]
    fn odd_rows_are_named() {
        let (photos, unreadable) = read("A cat\n,A cat\na.jpg,\"A\" cat\n\"a.jpg\" A cat\n\nb.jpg,A dog");
        assert_eq!(photos.len(), 1);
        let reasons =
            ["no comma", "no name before the comma", "text after the closing quote", "no comma after the name"];
        let lines = reasons.iter().zip(2..).map(|(reason, line)| format!("line {line} ({reason})"));
        assert_eq!(unreadable, lines.collect::<Vec<_>>());
    }
}
