//! Shows in the terminal where the model looked for every word: `cargo run --release --example attention -- MODEL PHOTO`.

use std::error::Error;

use sightline::device::OpenDevice;
use sightline::{Captioner, Photo};

/// From nothing to the most that a cell of this caption got.
const SHADES: [char; 5] = [' ', '░', '▒', '▓', '█'];

fn main() -> Result<(), Box<dyn Error>> {
    let [model, photo] = arguments()?;
    let cpu = OpenDevice::cpu();
    let captioner = Captioner::open(model.as_ref(), &cpu, &cpu)?;
    let photo = Photo::decode(&std::fs::read(photo)?, &Default::default())?;
    let caption = captioner.caption(&photo, &Default::default())?;

    println!("{}\n", caption.hedged);
    let cells = caption.words.iter().filter_map(|word| word.attention.as_ref()).flatten().flatten();
    let greatest = cells.copied().fold(f32::MIN_POSITIVE, f32::max);
    for word in &caption.words {
        print!("{} ({:.0} %)", word.text, 100.0 * word.log_probability.exp());
        match word.looked_away {
            Some(share) => println!(", looked away: {:.0} %", 100.0 * share),
            None => println!(),
        }
        for row in word.attention.iter().flatten() {
            let shade = |weight: &f32| SHADES[(weight / greatest * (SHADES.len() - 1) as f32).round() as usize];
            // Two characters are about as wide as one is high.
            println!("  {}", row.iter().flat_map(|weight| [shade(weight); 2]).collect::<String>());
        }
    }
    Ok(())
}

fn arguments() -> Result<[String; 2], &'static str> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    arguments.try_into().map_err(|_| "name a model folder and a photo")
}
