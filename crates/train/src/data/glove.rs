//! Vectors of words that somebody else trained, such as GloVe's: text files of `word v1 … vn`, up to many gigabytes.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sha2::{Digest, Sha256};
use sightline::vocabulary::SPECIAL;

use sightline::humanize::thousands;

/// Longer is no line of a text file. Without it, a binary file would be read into memory whole.
const MAX_LINE: u64 = 16 << 20;
/// Missing words that are named.
const SHOWN: usize = 5;

/// A vector for each wanted word.
#[derive(Clone, Debug, PartialEq)]
pub struct WordVectors {
    /// Row by row: `[wanted words, dimension]`.
    pub values: Vec<f32>,
    /// How many of the wanted words the file has.
    pub found: usize,
    /// The others, without the special tokens, which no file has. Their vectors are drawn by chance.
    pub missing: Vec<String>,
}

#[derive(Debug, thiserror::Error)]
pub enum GloveError {
    #[error("{}: {reason}", file.display())]
    Io { file: PathBuf, reason: std::io::Error },
    #[error(
        "{}: line {line} has {found} numbers; wordvec_dim is {wanted}; set wordvec_dim: {found} or give a file of \
         {wanted} numbers a word",
        file.display()
    )]
    Width { file: PathBuf, line: u64, found: usize, wanted: usize },
    #[error(
        "{}: line {line} has {found} numbers where those before have {wanted}; the file is damaged, so get it again",
        file.display()
    )]
    Damaged { file: PathBuf, line: u64, found: usize, wanted: usize },
    #[error("{}: line {line} of {word:?} holds {value:?} in place of a finite number", file.display())]
    Number { file: PathBuf, line: u64, word: String, value: String },
    #[error("{}: line {line} holds no word and numbers; unpack the file if it is packed", file.display())]
    NotText { file: PathBuf, line: u64 },
    #[error(
        "{}: none of the {} wanted words is in it; give a file of the captions' language, in lower case",
        file.display(), thousands(*wanted)
    )]
    NothingFound { file: PathBuf, wanted: usize },
}

impl fmt::Display for WordVectors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = self.found + self.missing.len();
        let percent = 100.0 * self.found as f64 / words.max(1) as f64;
        write!(f, "found {} of {} words ({percent:.1} %)", thousands(self.found), thousands(words))?;
        let shown = &self.missing[..self.missing.len().min(SHOWN)];
        match self.missing.len() - shown.len() {
            _ if shown.is_empty() => Ok(()),
            0 => write!(f, "; vectors by chance for {}", shown.join(", ")),
            more => write!(f, "; vectors by chance for {} and {} more", shown.join(", "), thousands(more)),
        }
    }
}

/// Reads the vectors of the wanted words. The others pass by, so that memory is needed for what is wanted alone.
///
/// Of a word that stands twice the first vector counts. A word that the file does not have gets a vector of the same
/// mean and deviation as the found ones; it depends on the word and the seed, and not on the other missing words.
pub fn read(file: &Path, wanted: &[impl AsRef<str>], dimension: usize, seed: u64) -> Result<WordVectors, GloveError> {
    let vectors = found(file, wanted, dimension)?;
    if vectors.is_empty() {
        return Err(GloveError::NothingFound { file: file.to_path_buf(), wanted: wanted.len() });
    }
    // In the order of the wanted words: a sum depends on its order, and that of the file says nothing.
    let in_order = || wanted.iter().filter_map(|word| vectors.get(word.as_ref().as_bytes()));
    let moments = Moments::of(in_order().flatten().copied());
    let mut values = Vec::with_capacity(wanted.len() * dimension);
    let (mut known, mut missing) = (0, Vec::new());
    for word in wanted.iter().map(AsRef::as_ref) {
        match vectors.get(word.as_bytes()) {
            Some(vector) => {
                values.extend_from_slice(vector);
                known += 1;
            }
            None => {
                values.extend(moments.draw(word, seed).take(dimension));
                if !SPECIAL.contains(&word) {
                    missing.push(word.to_string());
                }
            }
        }
    }
    Ok(WordVectors { values, found: known, missing })
}

/// The vectors that the file has for wanted words.
fn found<'a>(
    path: &Path,
    wanted: &'a [impl AsRef<str>],
    dimension: usize,
) -> Result<HashMap<&'a [u8], Vec<f32>>, GloveError> {
    let mut left: HashMap<&[u8], ()> = wanted.iter().map(|word| (word.as_ref().as_bytes(), ())).collect();
    let mut vectors = HashMap::with_capacity(left.len());
    let io = |reason| GloveError::Io { file: path.to_path_buf(), reason };
    let mut reader = BufReader::with_capacity(1 << 20, File::open(path).map_err(io)?);
    let (mut buffer, mut number, mut is_first) = (Vec::new(), 0, true);
    // GloVe's files begin with the frequent words, so often no more than a part is read.
    while !left.is_empty() {
        buffer.clear();
        let length = reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut buffer).map_err(io)?;
        if length == 0 {
            break;
        }
        number += 1;
        let file = || path.to_path_buf();
        if length as u64 == MAX_LINE {
            return Err(GloveError::NotText { file: file(), line: number });
        }
        let line = trimmed(&buffer, number == 1);
        if line.is_empty() || (number == 1 && is_header(line)) {
            continue;
        }
        let (word, numbers) = split(line, dimension, is_first).map_err(|found| match found {
            0 if is_first => GloveError::NotText { file: file(), line: number },
            _ if is_first => GloveError::Width { file: file(), line: number, found, wanted: dimension },
            _ => GloveError::Damaged { file: file(), line: number, found, wanted: dimension },
        })?;
        is_first = false;
        let Some((word, ())) = left.remove_entry(word) else { continue };
        let vector = parse(numbers).map_err(|value| GloveError::Number {
            file: file(),
            line: number,
            word: String::from_utf8_lossy(word).into_owned(),
            value,
        })?;
        vectors.insert(word, vector);
    }
    Ok(vectors)
}

fn is_separator(byte: &u8) -> bool {
    // GloVe's words have other white space in them.
    matches!(byte, b' ' | b'\t')
}

/// A line without its end. Space at its beginning is kept: a word may be empty, or a no-break space.
fn trimmed(line: &[u8], is_first: bool) -> &[u8] {
    let line = if is_first { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
    let end = line.iter().rposition(|byte| !is_separator(byte) && !matches!(byte, b'\r' | b'\n'));
    &line[..end.map_or(0, |end| end + 1)]
}

/// word2vec's text files say first how many words they have, and of how many numbers.
fn is_header(line: &[u8]) -> bool {
    let mut fields = line.split(is_separator);
    let is_count = |field: Option<&[u8]>| field.is_some_and(is_digits);
    is_count(fields.next()) && is_count(fields.next()) && fields.next().is_none()
}

fn is_digits(field: &[u8]) -> bool {
    !field.is_empty() && field.iter().all(u8::is_ascii_digit)
}

/// The word and its numbers, or how many numbers there are where it is another number of them.
fn split(line: &[u8], dimension: usize, is_first: bool) -> Result<(&[u8], &[u8]), usize> {
    if line.iter().filter(|byte| is_separator(byte)).count() == dimension {
        let end = line.iter().position(is_separator).unwrap_or(line.len());
        return Ok((&line[..end], &line[end..]));
    }
    // GloVe has words of several parts, such as ". . .", so it is counted from the end.
    let (mut numbers, mut end, mut rest) = (0, None, line);
    while let Some(before) = rest.iter().rposition(is_separator) {
        let field = &rest[before + 1..];
        if !field.is_empty() {
            if number(field).is_none() {
                break;
            }
            numbers += 1;
            end = if numbers == dimension { Some(before) } else { end };
        }
        rest = &rest[..before];
    }
    let end = end.ok_or(numbers)?;
    let word = &line[..end];
    // All but the first part are numbers: a line that is too long, unless it is a word such as "area 51".
    let is_wide = numbers > dimension && !rest.iter().any(is_separator);
    if is_wide && (is_first || !word.split(is_separator).skip(1).all(is_digits)) {
        return Err(numbers);
    }
    Ok((word.trim_ascii_end(), &line[end..]))
}

fn parse(numbers: &[u8]) -> Result<Vec<f32>, String> {
    let fields = numbers.split(is_separator).skip(1);
    let shown = |field: &[u8]| String::from_utf8_lossy(field).chars().take(40).collect();
    fields.map(|field| number(field).ok_or_else(|| shown(field))).collect()
}

fn number(field: &[u8]) -> Option<f32> {
    str::from_utf8(field).ok()?.parse().ok().filter(|number: &f32| number.is_finite())
}

/// How the numbers of the found words are spread.
struct Moments {
    mean: f64,
    deviation: f64,
}

impl Moments {
    fn of(values: impl Iterator<Item = f32>) -> Self {
        let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for value in values.map(f64::from) {
            count += 1.0;
            sum += value;
            squares += value * value;
        }
        let mean = sum / f64::max(count, 1.0);
        Self { mean, deviation: (squares / f64::max(count, 1.0) - mean * mean).max(0.0).sqrt() }
    }

    /// Normally distributed numbers without end, by Box and Muller.
    fn draw(&self, word: &str, seed: u64) -> impl Iterator<Item = f32> {
        let hash = Sha256::new().chain_update(seed.to_le_bytes()).chain_update(word).finalize();
        let mut random = ChaCha8Rng::from_seed(hash.into());
        let (mean, deviation) = (self.mean, self.deviation);
        std::iter::repeat_with(move || {
            // Above 0, because the logarithm of 0 is no number.
            let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
            let (sine, cosine) = (std::f64::consts::TAU * random.random::<f64>()).sin_cos();
            [cosine, sine].map(|side| (mean + deviation * radius * side) as f32)
        })
        .flatten()
    }
}
