//! What people are told beside the results, on the standard error. Where nobody can be told, for a disk is full or whoever
//! listened is gone, the work goes on all the same.

use std::fmt::Arguments;
use std::io::Write;

use crate::escaped::escaped_lines;

/// As `eprintln!`, which would end the program where nobody can be told.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::say::line(format_args!($($text)*))
    };
}

pub fn line(text: Arguments) {
    let text = text.to_string();
    // As one piece, so that no other thread's comes in between.
    let _ = std::io::stderr().write_all(format!("{}\n", escaped_lines(&text)).as_bytes());
}
