//! The lines of a file that may be endless, one at a time, and none longer than is allowed.

use std::io::{BufRead, Read};

/// Lines, or what else a byte ends.
pub struct Lines<Reader> {
    reader: Reader,
    end: u8,
    longest: usize,
    count: u64,
}

pub struct Line {
    /// Without what ends it.
    pub bytes: Vec<u8>,
    /// From 1.
    pub number: u64,
    /// False for what stands behind the last end.
    pub is_ended: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum LineError {
    #[error("line {number} has more than {longest} bytes")]
    TooLong { number: u64, longest: usize },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

impl<Reader: BufRead> Lines<Reader> {
    pub fn new(reader: Reader, end: u8, longest: usize) -> Self {
        Self { reader, end, longest, count: 0 }
    }

    /// The next line; nothing behind the last.
    pub fn next(&mut self) -> Result<Option<Line>, LineError> {
        let mut bytes = Vec::new();
        let most = self.longest as u64 + 1;
        (&mut self.reader).take(most).read_until(self.end, &mut bytes)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        self.count += 1;
        let number = self.count;
        let is_ended = bytes.pop_if(|last| *last == self.end).is_some();
        if bytes.len() > self.longest {
            return Err(LineError::TooLong { number, longest: self.longest });
        }
        Ok(Some(Line { bytes, number, is_ended }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, longest: usize) -> Result<Vec<(String, bool)>, String> {
        let mut lines = Lines::new(text.as_bytes(), b'\n', longest);
        let mut found = Vec::new();
        while let Some(line) = lines.next().map_err(|error| error.to_string())? {
            assert_eq!(line.number, found.len() as u64 + 1);
            found.push((String::from_utf8(line.bytes).unwrap(), line.is_ended));
        }
        Ok(found)
    }

    #[test]
    fn lines_come_one_by_one_and_the_last_may_be_half() {
        let line = |text: &str, is_ended| (text.to_string(), is_ended);
        assert_eq!(all("ab\n\nc", 3), Ok(vec![line("ab", true), line("", true), line("c", false)]));
        assert_eq!(all("abc\n", 3), Ok(vec![line("abc", true)]));
        assert_eq!(all("", 3), Ok(vec![]));
    }

    #[test]
    fn a_line_that_is_too_long_is_refused_before_it_is_read_to_its_end() {
        assert_eq!(all("a\nabcd\n", 3), Err("line 2 has more than 3 bytes".to_string()));
        assert_eq!(all("abcd", 3), Err("line 1 has more than 3 bytes".to_string()));
        let mut endless = Lines::new(std::io::BufReader::new(std::io::repeat(b'a')), b'\n', 1000);
        assert!(matches!(endless.next(), Err(LineError::TooLong { number: 1, longest: 1000 })));
    }
}
