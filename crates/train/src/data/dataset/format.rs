//! Which of the formats a captions file has. Its content tells, not its name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde::de::IgnoredAny;
use sightline::files::too_large;

use super::captions::Captions;
use super::error::DatasetError;
use super::left_out::LeftOut;
use super::text::{lines, without_bom};
use super::{coco, flickr_csv, flickr_token, karpathy};

/// Enough of a file to tell its format, so that no film is read into memory to find that it is no captions file.
const HEAD: u64 = 64 << 10;

/// Several times what COCO's captions take. All of it is in memory.
const CAPTIONS_LIMIT: u64 = 1 << 30;

enum Format {
    Csv,
    Token,
    Json,
}

/// The captions of a file, and what of them could not be read.
pub fn read(file: &Path) -> Result<(Captions, LeftOut), DatasetError> {
    let unrecognised = || DatasetError::Unrecognised { file: file.to_path_buf() };
    let mut reader = File::open(file).map_err(DatasetError::io(file))?;
    let mut bytes = Vec::new();
    reader.by_ref().take(HEAD).read_to_end(&mut bytes).map_err(DatasetError::io(file))?;
    let format = recognise(&bytes).ok_or_else(unrecognised)?;
    reader.take(CAPTIONS_LIMIT + 1 - HEAD).read_to_end(&mut bytes).map_err(DatasetError::io(file))?;
    if bytes.len() as u64 > CAPTIONS_LIMIT {
        return Err(DatasetError::io(file)(too_large(CAPTIONS_LIMIT, "captions file")));
    }
    let mut left_out = LeftOut::default();
    let captions = match format {
        Format::Csv => flickr_csv::read(&bytes, &mut left_out),
        Format::Token => flickr_token::read(&bytes, &mut left_out),
        Format::Json => {
            let json = without_bom(&bytes);
            match parse(json, file, "JSON")? {
                Keys { images: Some(_), annotations: Some(_) } => {
                    coco::read(parse(json, file, "COCO captions JSON")?, &mut left_out)
                }
                Keys { images: Some(_), annotations: None } => {
                    karpathy::read(parse(json, file, "Karpathy's split JSON")?, &mut left_out)?
                }
                Keys { images: None, .. } => return Err(unrecognised()),
            }
        }
    };
    check(&captions, &left_out, file)?;
    Ok((captions, left_out))
}

fn recognise(head: &[u8]) -> Option<Format> {
    if without_bom(head).trim_ascii_start().starts_with(b"{") {
        return Some(Format::Json);
    }
    let mut first = lines(head).map(|(_, line)| line);
    if first.next().is_some_and(flickr_csv::is_header) {
        return Some(Format::Csv);
    }
    // The first line may be one of the odd ones.
    lines(head).take(10).any(|(_, line)| flickr_token::is_line(line)).then_some(Format::Token)
}

#[derive(Deserialize)]
struct Keys {
    images: Option<IgnoredAny>,
    annotations: Option<IgnoredAny>,
}

fn parse<'a, T: Deserialize<'a>>(json: &'a [u8], file: &Path, format: &'static str) -> Result<T, DatasetError> {
    serde_json::from_slice(json).map_err(|error| DatasetError::Json {
        file: file.to_path_buf(),
        format,
        reason: error.to_string(),
    })
}

/// A few odd lines are left out; where there are many, it is the file that is odd.
fn check(captions: &Captions, left_out: &LeftOut, file: &Path) -> Result<(), DatasetError> {
    let (unreadable, lines) = (left_out.unreadable.len(), captions.lines);
    let is_much = unreadable > 10 && unreadable > lines / 10;
    match left_out.unreadable.first() {
        Some(first) if is_much || unreadable == lines => Err(DatasetError::MostlyUnreadable {
            file: file.to_path_buf(),
            unreadable,
            lines,
            place: first.place.clone(),
            reason: first.reason.clone(),
        }),
        _ if lines == 0 => Err(DatasetError::NoCaptions { file: file.to_path_buf() }),
        _ => Ok(()),
    }
}
