//! Writes a model folder with a backbone of any kind, a small decoder and weights by a formula, for tests of the page and for
//! benchmarks: `cargo run -p sightline-test-support --example synthetic_model -- BACKBONE FOLDER [SIZE]`.

use std::error::Error;
use std::path::Path;

use sightline::encoder::EncoderConfig;
use sightline::model::{self, Dtype, Overwrite};
use sightline_test_support::{manifest_with, synthetic_model};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, folder, size) = match &arguments[..] {
        [name, folder] => (name, folder, None),
        [name, folder, size] => (name, folder, Some(size.parse()?)),
        _ => return Err("name a backbone and a folder, and the side of the photo if it is not the usual one".into()),
    };
    let mut manifest = manifest_with(EncoderConfig::named(name)?);
    manifest.name = name.clone();
    manifest.input.size = size.unwrap_or(manifest.input.size);
    model::write(Path::new(folder), &manifest, &synthetic_model(&manifest), None, Dtype::Int8, Overwrite::Replace)?;
    Ok(())
}
