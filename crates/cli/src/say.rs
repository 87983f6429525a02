//! What people are told beside the results, on the standard error. Where nobody can be told, for a disk is full or whoever
//! listened is gone, the work goes on all the same.

use std::fmt::Arguments;
use std::io::Write;

use crate::escaped::{escaped, escaped_lines};

/// As `eprintln!`, which would end the program where nobody can be told. It stays one line, whatever names are in it.
macro_rules! say {
    ($($text:tt)*) => {
        $crate::say::line(format_args!($($text)*))
    };
}

/// What has several lines of its own.
macro_rules! say_lines {
    ($($text:tt)*) => {
        $crate::say::lines(format_args!($($text)*))
    };
}

pub fn line(text: Arguments) {
    write(&escaped(&text.to_string()));
}

pub fn lines(text: Arguments) {
    write(&escaped_lines(&text.to_string()));
}

fn write(text: &str) {
    // As one piece, so that no other thread's comes in between.
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}
