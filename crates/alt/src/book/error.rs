//! Why a book cannot be read, or an entry not be changed.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
#[error("{}: {error}", path.display())]
pub struct BookFileError {
    pub path: PathBuf,
    pub error: BookError,
}

#[derive(Debug, thiserror::Error)]
pub enum BookError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("it has more than {most} bytes, and no book of texts has")]
    TooLarge { most: u64 },
    #[error("line {line} is not UTF-8; save the file as UTF-8")]
    NotUtf8 { line: usize },
    #[error(
        "line {line} is where git could not merge; keep what you want of both sides, take out the lines that begin with \
         <<<<<<<, |||||||, ======= and >>>>>>>, and run the command again"
    )]
    Conflict { line: usize },
    #[error("it is of version {0}, and this program reads version 1; take a newer program")]
    Version(u64),
    #[error("line {line}: {reason}; mend it, or take the file as it was committed last")]
    Damaged { line: usize, reason: String },
    #[error("the book has no picture {hash}; it has to be seen in a page first")]
    Unknown { hash: String },
    #[error("there is no text for {file} yet; write one, or call it decoration")]
    NoText { file: String },
    #[error(transparent)]
    Entry(#[from] EntryError),
}

/// What no entry has.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    #[error("\"{0}\" is no SHA-256 of a file, which has 64 hexadecimal digits in lower case")]
    Hash(String),
    #[error("\"{0}\" is no path from the site's root, with / between plain names")]
    Path(String),
    #[error("it was reviewed, and has no text; write one, or make the state \"decoration\"")]
    NoText,
    #[error("\"{0}\" cannot be the name of a note; give it another")]
    Note(&'static str),
    #[error("a probability is 0 to 1, not {0}")]
    Probability(f64),
}
