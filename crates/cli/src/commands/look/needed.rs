//! A word of a caption: where the model looked for it, and which cells it needed.

use std::io::Write;

use anyhow::{Context, ensure};
use image::{GenericImage, Rgb, RgbImage};
use sightline::encoder::{Grid, MutedChannel};
use sightline::inspection::{BLOCK, NeededWord, blocks};
use sightline::photo::Photo;
use sightline::{CaptionOptions, Captioner};

use super::overlay::{SIDE, shaded, shares};
use super::view::{Numbers, View, expect_cells};
use crate::pictures::fitted;

/// Pixels between the two pictures.
const GAP: u32 = 8;

#[derive(Debug)]
pub struct Needed {
    photo: RgbImage,
    grid: Grid,
    caption: String,
    word: NeededWord,
}

pub async fn look(captioner: &Captioner, photo: &Photo, word: &str, muted: &[MutedChannel]) -> anyhow::Result<Needed> {
    expect_cells(captioner)?;
    let about = captioner.about();
    ensure!(
        about.takes_cells,
        "{}: this model needs the whole grid, so no cell can be hidden from it; --cell, --stage and --kernels look inside",
        about.name
    );
    let encoded = captioner.encode_muted(photo, muted).await?;
    let caption = captioner.generate(&encoded, &CaptionOptions::default())?.finish().await?;
    let words: Vec<String> = caption.words.into_iter().map(|word| word.text).collect();
    let place = words.iter().position(|other| other.to_lowercase() == word.to_lowercase());
    let place = place.with_context(|| {
        let text = &caption.text;
        format!("--needed {word}: the caption {text:?} has no such word; its words are {}", words.join(", "))
    })?;
    let mut needed = captioner.needed(&encoded, &words, &[])?;
    for _ in 0..place {
        needed.advance().await?;
    }
    let word = needed.advance().await?.context("the caption ended before the word")?;
    Ok(Needed { photo: fitted(photo, SIDE), grid: about.grid, caption: caption.text, word })
}

/// The place of the greatest, and how much it is.
fn greatest(falls: &[f32]) -> Option<(usize, f32)> {
    falls.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, fall)| *fall > 0.0)
}

impl Needed {
    /// A cell as row and column.
    fn named(&self, cell: usize) -> String {
        format!("{},{}", cell / self.grid.cols, cell % self.grid.cols)
    }

    fn fall(&self, part: &str, found: Option<(String, f32)>) -> String {
        let probability = self.word.probability;
        match found {
            Some((name, fall)) => {
                format!("largest fall by {part}: {fall:.4}, to {:.4}, without {name}", probability - fall)
            }
            None => format!("largest fall by {part}: none; it is no less probable without any"),
        }
    }
}

impl View for Needed {
    fn tell(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        let NeededWord { text, probability, looked, cells, blocks: falls, agreement, .. } = &self.word;
        writeln!(out, "caption: {}", self.caption)?;
        writeln!(out, "word: {text}, of a probability of {probability:.4}")?;
        match (agreement, looked) {
            (Some(agreement), _) => {
                writeln!(out, "where it looked and what it needed: {agreement:.3} of Spearman's rank correlation")?;
            }
            (None, None) => writeln!(out, "where it looked: this model has no attention")?,
            (None, Some(_)) => writeln!(out, "where it looked and what it needed: all cells are alike")?,
        }
        let cell = greatest(cells).map(|(cell, fall)| (format!("the cell {}", self.named(cell)), fall));
        writeln!(out, "{}", self.fall("a cell", cell))?;
        let of_blocks = blocks(self.grid);
        let corners = |block: usize| {
            let [first, .., last] = of_blocks[block][..] else { return String::new() };
            format!("the cells {} to {}", self.named(first), self.named(last))
        };
        let block = greatest(falls).map(|(block, fall)| (corners(block), fall));
        if falls.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}", self.fall(&format!("a block of {BLOCK}×{BLOCK}"), block))
    }

    fn picture(&self) -> RgbImage {
        let looked = self.word.looked.as_ref();
        let left = looked.map_or(self.photo.clone(), |looked| shaded(&self.photo, self.grid, &shares(looked)));
        let right = shaded(&self.photo, self.grid, &shares(&self.word.cells));
        let (width, height) = self.photo.dimensions();
        let mut both = RgbImage::from_pixel(2 * width + GAP, height, Rgb([255; 3]));
        for (picture, x) in [(left, 0), (right, width + GAP)] {
            both.copy_from(&picture, x, 0).expect("there is room for both");
        }
        both
    }

    fn numbers(&self) -> Vec<Numbers<'_>> {
        let Grid { rows, cols } = self.grid;
        let NeededWord { looked, cells, blocks, .. } = &self.word;
        let map = |name, values| Numbers { name, shape: vec![rows, cols], values: vec![values] };
        let mut numbers: Vec<Numbers> = looked.iter().map(|looked| map("looked", looked)).collect();
        numbers.push(map("cells", cells));
        if !blocks.is_empty() {
            let shape = vec![rows - (BLOCK - 1), cols - (BLOCK - 1)];
            numbers.push(Numbers { name: "blocks", shape, values: vec![blocks] });
        }
        numbers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rises_is_no_fall() {
        assert_eq!(greatest(&[0.1, 0.3, -0.5]), Some((1, 0.3)));
        assert_eq!(greatest(&[-0.1, 0.0]), None);
        assert_eq!(greatest(&[]), None);
    }
}
