//! Writes the pixels that an encoder sees of a photo to stdout, three bytes each, row by row:
//! `cargo run -p sightline-test-support --example prepared_photo -- PHOTO SIZE`. Decoders of JPEG differ by a level or two, so
//! a script that compares networks takes the pixels from here.

use std::error::Error;
use std::io::Write;

use sightline::Photo;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [photo, size] = &arguments[..] else { return Err("name a photo and the side of the square".into()) };
    let photo = Photo::decode(&std::fs::read(photo)?, &Default::default())?;
    std::io::stdout().write_all(&photo.squashed(size.parse()?))?;
    Ok(())
}
