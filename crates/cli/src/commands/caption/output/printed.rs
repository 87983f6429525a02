//! Captions on the standard output.

use std::io::Write;
use std::path::Path;

use serde::Serialize;
use sightline::Caption;

use crate::escaped::{escaped, plain_cell};
use crate::inputs::PhotoFailure;
use crate::json_error::JsonError;
use crate::terminal::{stdout, write_json};

pub enum Printed {
    /// The caption alone: the answer to one photo.
    Caption,
    /// `photo: caption`, for several.
    Lines,
    Json,
    Csv,
}

#[derive(Serialize)]
struct Line<'a> {
    photo: &'a str,
    #[serde(flatten)]
    caption: Option<&'a Caption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JsonError>,
}

impl Printed {
    pub fn new(is_json: bool, is_csv: bool, is_single: bool) -> anyhow::Result<Self> {
        Ok(match () {
            () if is_json => Self::Json,
            () if is_csv => {
                write_row(&mut stdout(), ["photo", "caption", "log_probability", "error"])?;
                Self::Csv
            }
            () if is_single => Self::Caption,
            () => Self::Lines,
        })
    }

    pub fn write(&self, path: &Path, result: &Result<Caption, PhotoFailure>) -> std::io::Result<()> {
        let photo = path.display().to_string();
        let mut out = stdout();
        match (self, result) {
            (Self::Caption, Ok(caption)) => writeln!(out, "{}", escaped(&caption.hedged)),
            (Self::Lines, Ok(caption)) => writeln!(out, "{}: {}", escaped(&photo), escaped(&caption.hedged)),
            (Self::Caption | Self::Lines, Err(_)) => Ok(()),
            (Self::Json, result) => {
                let error = result.as_ref().err();
                let error = error.map(|error| JsonError { code: error.code(), message: error.to_string() });
                write_json(&mut out, &Line { photo: &photo, caption: result.as_ref().ok(), error })
            }
            (Self::Csv, result) => {
                let (text, log_probability, error) = match result {
                    Ok(caption) => (caption.hedged.clone(), caption.log_probability.to_string(), String::new()),
                    Err(failure) => (String::new(), String::new(), failure.to_string()),
                };
                let row = [photo, text, log_probability, error].map(plain_cell);
                // A program gets names as they are, so that it finds the files by them.
                let is_terminal = out.is_terminal();
                let row = row.map(|cell| if is_terminal { escaped(&cell).into_owned() } else { cell });
                write_row(&mut out, row)
            }
        }
    }
}

/// At once, so that a row is there when the next photo is begun.
fn write_row<Cell: AsRef<[u8]>>(out: &mut impl Write, cells: [Cell; 4]) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(cells).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    })?;
    writer.flush()
}
