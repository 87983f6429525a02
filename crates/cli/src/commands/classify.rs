//! `sightline classify`: photos in, the most probable classes out, in the order in which the photos were named.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::ensure;
use clap::Args;
use serde::Serialize;
use sightline::Captioner;
use sightline::caption::Classification;
use sightline::decoder::ModelKind;
use sightline::photo::Limits;

use crate::arguments::DeviceArguments;
use crate::escaped::escaped;
use crate::inputs::{PhotoFailure, files_under, is_photo, read_photo};
use crate::json_error::JsonError;
use crate::status::CommandStatus;
use crate::terminal::{progress, stdout, write_json};

#[derive(Args)]
pub struct Arguments {
    /// Photos (JPEG, PNG, WebP, GIF, BMP) and folders of photos
    #[arg(required = true, value_name = "PHOTO")]
    photos: Vec<PathBuf>,
    /// The model folder, of a classifier
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
    /// How many classes to tell of each photo
    #[arg(long, default_value_t = 5, value_name = "N")]
    top: usize,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    device: DeviceArguments,
}

pub fn run(arguments: &Arguments) -> anyhow::Result<CommandStatus> {
    ensure!(arguments.top > 0, "--top has to be at least 1");
    let captioner = arguments.device.open_model(&arguments.model)?;
    ensure!(
        captioner.about().kind == ModelKind::Classes,
        "{}: this model writes captions; use sightline caption",
        arguments.model.display()
    );
    let photos = files_under(&arguments.photos, is_photo, "photo");
    let is_single = photos.len() == 1 && !arguments.photos[0].is_dir();
    let bar = progress(photos.len());
    let mut status = CommandStatus::AllWell;
    for (path, found) in photos {
        bar.set_message(escaped(&path.to_string_lossy()).into_owned());
        let result = match found {
            Ok(()) => classify(&captioner, &path, arguments.top),
            Err(reason) => Err(PhotoFailure::Unreadable(reason)),
        };
        if let Err(failure) = &result {
            status = CommandStatus::SomeFailed;
            bar.suspend(|| say!("{}: {failure}", path.display()));
        }
        bar.suspend(|| write(&path, &result, arguments.json, is_single))?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(status)
}

fn classify(captioner: &Captioner, path: &Path, top: usize) -> Result<Classification, PhotoFailure> {
    let photo = read_photo(path, &Limits::default())?;
    Ok(pollster::block_on(async {
        let photo = captioner.encode(&photo).await?;
        captioner.classify(&photo, top).await
    })?)
}

#[derive(Serialize)]
struct Line<'a> {
    photo: &'a str,
    #[serde(flatten)]
    classification: Option<&'a Classification>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<JsonError>,
}

/// The answer to one photo is the classes alone; those of several stand under the photos' names.
fn write(
    path: &Path,
    result: &Result<Classification, PhotoFailure>,
    is_json: bool,
    is_single: bool,
) -> std::io::Result<()> {
    let photo = path.display().to_string();
    let mut out = stdout();
    if is_json {
        let error = result.as_ref().err();
        let error = error.map(|error| JsonError { code: error.code(), message: error.to_string() });
        return write_json(&mut out, &Line { photo: &photo, classification: result.as_ref().ok(), error });
    }
    let Ok(classification) = result else { return Ok(()) };
    if !is_single {
        writeln!(out, "{}", escaped(&photo))?;
    }
    for class in &classification.classes {
        let percent = f64::from(class.log_probability).exp() * 100.0;
        writeln!(out, "{}{percent:5.1} %  {}", if is_single { "" } else { "  " }, escaped(&class.text))?;
    }
    Ok(())
}
