//! Lines and columns of places in a page, which are asked for in order.

#[derive(Default)]
pub struct Position<'a> {
    bytes: &'a [u8],
    counted: usize,
    line: usize,
    column: usize,
}

impl<'a> Position<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, counted: 0, line: 1, column: 1 }
    }

    /// The line and column of a place that is not before the last one.
    pub fn of(&mut self, at: usize) -> (usize, usize) {
        for byte in self.bytes.get(self.counted..at).unwrap_or_default() {
            match byte {
                b'\n' => (self.line, self.column) = (self.line + 1, 1),
                // Within a letter.
                0x80..=0xbf => {}
                _ => self.column += 1,
            }
        }
        self.counted = self.counted.max(at);
        (self.line, self.column)
    }

    /// The first line after the last place that was asked for which has something in it.
    pub fn next_line(&self) -> usize {
        let rest = &self.bytes[self.counted.min(self.bytes.len())..];
        let space = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
        self.line + space.filter(|byte| **byte == b'\n').count().max(1)
    }
}
