//! Where JavaScript that stands in a page ends, as far as braces, texts and comments tell.

pub struct JavaScript<'a> {
    text: &'a [u8],
    at: usize,
    /// Up to where no text ends that begins with one of these quotes.
    endless: [(u8, usize); 3],
}

impl<'a> JavaScript<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text: text.as_bytes(), at: 0, endless: [(b'"', 0), (b'\'', 0), (b'`', 0)] }
    }

    /// The length of what stands between braces, with them; nothing where the first is never closed.
    pub fn braces(mut self) -> Option<usize> {
        let mut depth = 0;
        loop {
            match self.next()? {
                b'{' => depth += 1,
                b'}' if depth == 1 => return Some(self.at),
                b'}' => depth -= 1,
                _ => {}
            }
        }
    }

    /// The length of statements, up to an empty line outside of brackets.
    pub fn module(mut self) -> usize {
        let mut depth = 0_usize;
        while let Some(byte) = self.next() {
            match byte {
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => depth = depth.saturating_sub(1),
                b'\n' if depth == 0 => {
                    let rest = &self.text[self.at..];
                    let space = rest.iter().take_while(|byte| b" \t\r".contains(byte)).count();
                    if matches!(rest.get(space), None | Some(b'\n')) {
                        return self.at;
                    }
                }
                _ => {}
            }
        }
        self.text.len()
    }

    /// The next byte that is neither in a text nor in a comment.
    fn next(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.get(self.at)?;
            let rest = &self.text[self.at..];
            match byte {
                b'"' | b'\'' | b'`' if self.skip_text(byte) => {}
                b'/' if rest.starts_with(b"/*") => {
                    self.at += 4 + rest[2..].windows(2).position(|two| two == b"*/")?;
                }
                // In JSX, an address has two slashes as well.
                b'/' if rest.starts_with(b"//") && !self.text[..self.at].ends_with(b":") => {
                    self.at += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                }
                _ => {
                    self.at += 1;
                    return Some(byte);
                }
            }
        }
    }

    /// Goes behind a text, if it ends where it has to: an apostrophe in JSX begins none.
    fn skip_text(&mut self, quote: u8) -> bool {
        let Some((_, endless)) = self.endless.iter_mut().find(|(of, endless)| *of == quote && *endless <= self.at)
        else {
            return false;
        };
        let mut at = self.at + 1;
        while let Some(byte) = self.text.get(at) {
            match *byte {
                b'\\' => at += 1,
                b'\n' if quote != b'`' => break,
                byte if byte == quote => {
                    self.at = at + 1;
                    return true;
                }
                _ => {}
            }
            at += 1;
        }
        *endless = at;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_end_where_they_do_in_javascript() {
        for (expression, rest) in [
            ("{a}", "}"),
            ("{ {a: {}} }", " }"),
            ("{'}' + \"}\" + `}\n`}", "b"),
            ("{/* } it's */}", ""),
            ("{a // }\n}", ""),
            ("{<p>Don't, http://x</p>}", "\n'"),
            ("{'\\'}'}", "}"),
        ] {
            assert_eq!(
                JavaScript::new(&format!("{expression}{rest}")).braces(),
                Some(expression.len()),
                "{expression}"
            );
        }
        for endless in ["{", "{{}", "{'}'", "{/* }", "{// }", "{`}`"] {
            assert_eq!(JavaScript::new(endless).braces(), None, "{endless}");
        }
    }

    #[test]
    fn a_module_ends_with_an_empty_line_outside_of_brackets() {
        let module = |text| JavaScript::new(text).module();
        assert_eq!(module("import a from 'b'\n\nc"), 18);
        assert_eq!(module("export const a = {\n\n}\nb\n \nc"), 24);
        assert_eq!(module("import a"), 8);
    }
}
