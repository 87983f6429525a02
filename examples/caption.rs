//! Captions a photo, word by word: `cargo run --release --example caption -- MODEL PHOTO`.

use std::error::Error;
use std::io::Write;

use sightline::device::OpenDevice;
use sightline::{CaptionOptions, Captioner, Photo};

fn main() -> Result<(), Box<dyn Error>> {
    let [model, photo] = arguments()?;
    let cpu = OpenDevice::cpu();
    let captioner = Captioner::open(model.as_ref(), &cpu, &cpu)?;
    let photo = Photo::decode(&std::fs::read(photo)?, &Default::default())?;

    // One beam never changes its mind about a word that was shown.
    let options = CaptionOptions { beams: Some(1), ..Default::default() };
    pollster::block_on(async {
        let encoded = captioner.encode(&photo).await?;
        let mut generation = captioner.generate(&encoded, &options)?;
        let mut shown = 0;
        loop {
            let goes_on = generation.advance().await?;
            // Of a picture that is no photo that the model knows, nothing is told but that.
            let words = if generation.is_withheld() { vec![] } else { generation.words() };
            for word in words.iter().skip(shown) {
                print!("{} ", word.text);
                std::io::stdout().flush()?;
            }
            shown = words.len();
            if !goes_on {
                break;
            }
        }
        println!("\n{}", generation.into_caption().hedged);
        Ok(())
    })
}

fn arguments() -> Result<[String; 2], &'static str> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    arguments.try_into().map_err(|_| "name a model folder and a photo")
}
