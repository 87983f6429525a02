//! Names of files from a list or from a pipe, one at a time: a list of millions is never in memory.

use std::fs::File;
use std::io::{BufRead, BufReader, stdin};
use std::path::{Path, PathBuf};

use crate::lines::{LineError, Lines};

/// More than any system allows in a name, and less than anybody would mind in memory.
const LONGEST: usize = 32 << 10;

/// What names the standard input.
const STDIN: &str = "-";

#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error("{list}: {source}")]
    Unreadable { list: String, source: std::io::Error },
    #[error("{list} is a folder; name a file with one name a line, or the folder without --list")]
    Folder { list: String },
    #[error(
        "{list}: name {number} has more than {LONGEST} bytes; a list has one name a line, or with --null a NUL behind \
         each"
    )]
    TooLong { list: String, number: u64 },
    #[error(
        "{list}: there is a NUL byte in line {number}, so this is no list of one name a line; give --null where NULs \
         end the names, as find -print0 writes them"
    )]
    Nul { list: String, number: u64 },
    #[error("{list}: line {number} is not UTF-8, as names are here")]
    NotUtf8 { list: String, number: u64 },
}

/// What ends each name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NameEnd {
    Line,
    Nul,
}

/// Opens a list. Its names are told until the first error; empty lines are no names.
pub fn names_in(
    path: &Path,
    end: NameEnd,
) -> Result<impl Iterator<Item = Result<PathBuf, ListError>> + Send + use<>, ListError> {
    let is_stdin = path == Path::new(STDIN);
    let list = if is_stdin { "the standard input".to_string() } else { path.display().to_string() };
    if path.is_dir() {
        return Err(ListError::Folder { list });
    }
    let reader: Box<dyn BufRead + Send> = match is_stdin {
        // Not locked, for the lock would have to stay in this thread.
        true => Box::new(BufReader::new(stdin())),
        false => match File::open(path) {
            Ok(file) => Box::new(BufReader::new(file)),
            Err(source) => return Err(ListError::Unreadable { list, source }),
        },
    };
    Ok(names(reader, end, list))
}

fn names(reader: impl BufRead, end: NameEnd, list: String) -> impl Iterator<Item = Result<PathBuf, ListError>> {
    let byte = if end == NameEnd::Line { b'\n' } else { 0 };
    let mut lines = Some(Lines::new(reader, byte, LONGEST));
    std::iter::from_fn(move || {
        let name = next_name(lines.as_mut()?, end, &list);
        if !matches!(name, Some(Ok(_))) {
            lines = None;
        }
        name
    })
}

fn next_name(lines: &mut Lines<impl BufRead>, end: NameEnd, list: &str) -> Option<Result<PathBuf, ListError>> {
    let list = || list.to_string();
    loop {
        let line = match lines.next() {
            Ok(line) => line?,
            Err(LineError::TooLong { number, .. }) => return Some(Err(ListError::TooLong { list: list(), number })),
            Err(LineError::Io(source)) => return Some(Err(ListError::Unreadable { list: list(), source })),
        };
        let (number, mut name) = (line.number, line.bytes);
        if end == NameEnd::Line {
            // Lists from Windows end their lines with two bytes.
            name.pop_if(|last| *last == b'\r');
            if name.contains(&0) {
                return Some(Err(ListError::Nul { list: list(), number }));
            }
        }
        if !name.is_empty() {
            return Some(path_of(name).ok_or_else(|| ListError::NotUtf8 { list: list(), number }));
        }
    }
}

#[cfg(unix)]
fn path_of(name: Vec<u8>) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    Some(std::ffi::OsString::from_vec(name).into())
}

#[cfg(not(unix))]
fn path_of(name: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(name).ok().map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &[u8], end: NameEnd) -> Vec<Result<PathBuf, String>> {
        names(text, end, "list".into()).map(|name| name.map_err(|error| error.to_string())).collect()
    }

    fn named(names: &[&str]) -> Vec<Result<PathBuf, String>> {
        names.iter().map(|name| Ok(PathBuf::from(name))).collect()
    }

    #[test]
    fn names_stand_on_lines_of_any_system_and_the_last_needs_no_end() {
        assert_eq!(all(b"a.jpg\nb c.jpg\r\n\n d", NameEnd::Line), named(&["a.jpg", "b c.jpg", " d"]));
        assert_eq!(all(b"a\nb.jpg\0c\r\0\0d", NameEnd::Nul), named(&["a\nb.jpg", "c\r", "d"]));
        assert_eq!(all(b"", NameEnd::Line), named(&[]));
    }

    #[test]
    fn what_is_no_list_is_refused_and_ends_it() {
        let names = all(b"a\nb\0c\nd\n", NameEnd::Line);
        assert_eq!(names[0], Ok("a".into()));
        assert!(names[1].as_ref().unwrap_err().contains("NUL byte in line 2"), "{names:?}");
        assert_eq!(names.len(), 2);
        let long = all(&[b'a'; LONGEST + 1], NameEnd::Nul);
        assert!(long[0].as_ref().unwrap_err().starts_with("list: name 1 has more than 32768 bytes"), "{long:?}");
        assert_eq!(long.len(), 1);
    }
}
