//! A cell of the grid: how much of the photo it sees, and which cells are like it.

use std::io::Write;

use anyhow::{Context, ensure};
use image::{Rgb, RgbImage};
use sightline::encoder::{Grid, MutedChannel, Row};
use sightline::inspection::cosine_similarity;
use sightline::model::Manifest;
use sightline::photo::Photo;
use sightline::{CaptionOptions, Captioner};

use super::overlay::{Part, SIDE, frame, shaded};
use super::view::{Numbers, View, expect_cells};
use crate::pictures::fitted;

const CELL: Rgb<u8> = Rgb([255, 255, 255]);
const FIELD: Rgb<u8> = Rgb([255, 190, 0]);
/// How many similar cells are told.
const SIMILAR: usize = 5;

pub fn parse(text: &str) -> Result<[usize; 2], String> {
    let parts = text.split_once(',').and_then(|(row, col)| Some([row.trim().parse().ok()?, col.trim().parse().ok()?]));
    parts.ok_or_else(|| "a row and a column from 0 are wanted, such as 3,4".into())
}

#[derive(Debug)]
pub struct Cell {
    photo: RgbImage,
    grid: Grid,
    place: [usize; 2],
    field: Field,
    similarity: Vec<f32>,
    caption: String,
    without_where: String,
}

/// The square of pixels that a cell depends on, before it is cut at the edges of what the encoder gets.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Field {
    /// The first pixel, right and down.
    first: [f64; 2],
    side: f64,
    /// Side of what the encoder gets.
    input: f64,
}

pub async fn look(
    captioner: &Captioner,
    photo: &Photo,
    place: [usize; 2],
    muted: &[MutedChannel],
) -> anyhow::Result<Cell> {
    expect_cells(captioner)?;
    let manifest = &captioner.model().manifest;
    let grid = manifest.grid();
    let Grid { rows, cols } = grid;
    let [row, col] = place;
    ensure!(
        row < rows && col < cols,
        "--cell {row},{col}: there is no such cell; the grid has {rows}×{cols} cells, 0,0 to {},{}",
        rows - 1,
        cols - 1
    );
    let field = Field::of(manifest, place)?;
    let encoded = captioner.encode_muted(photo, muted).await?;
    let features: Vec<f32> = encoded.feature_grid().features.to_data().iter().collect();
    let similarity = cosine_similarity(&features, manifest.encoder.channels(), row * cols + col);
    let mut captions = vec![];
    for averaged in [false, true] {
        let options = CaptionOptions { averaged, ..Default::default() };
        captions.push(captioner.generate(&encoded, &options)?.finish().await?.text);
    }
    let without_where = captions.pop().unwrap_or_default();
    let caption = captions.pop().unwrap_or_default();
    Ok(Cell { photo: fitted(photo, SIDE), grid, place, field, similarity, caption, without_where })
}

impl Field {
    fn of(manifest: &Manifest, [row, col]: [usize; 2]) -> anyhow::Result<Self> {
        let Manifest { encoder, input, .. } = manifest;
        let trunk = encoder.description().trunk().len();
        let table = encoder.layer_table(input.size);
        let last = table.and_then(|table| table.rows.into_iter().rev().find(|row| row.place < trunk));
        let Row { receptive_field, jump, first_centre, .. } = last.context("the encoder has no table of layers")?;
        let side = receptive_field as f64;
        let first = |cell: usize| first_centre + (cell * jump.unwrap_or(0)) as f64 - (side - 1.0) / 2.0;
        Ok(Self { first: [first(col), first(row)], side, input: input.size as f64 })
    }

    /// The first pixel and the one behind the last, along both axes.
    fn clipped(self) -> [[f64; 2]; 2] {
        self.first.map(|first| [first, first + self.side].map(|edge| edge.clamp(0.0, self.input)))
    }

    fn part(self) -> Part {
        let [across, down] = self.clipped().map(|edges| edges.map(|edge| edge / self.input));
        Part { across, down }
    }
}

impl Cell {
    /// Other cells, the most similar first.
    fn similar(&self) -> Vec<(usize, f32)> {
        let [row, col] = self.place;
        let mut others: Vec<(usize, f32)> = self.similarity.iter().copied().enumerate().collect();
        others.remove(row * self.grid.cols + col);
        others.sort_by(|a, b| b.1.total_cmp(&a.1));
        others.truncate(SIMILAR);
        others
    }
}

impl View for Cell {
    fn tell(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        let Self { grid: Grid { rows, cols }, place: [row, col], field, .. } = self;
        let Field { side, input, .. } = field;
        let [[left, right], [top, bottom]] = field.clipped();
        writeln!(out, "cell {row},{col} of {rows}×{cols}")?;
        write!(out, "receptive field: {side}×{side} pixels, of which columns {left} to {} and ", right - 1.0)?;
        writeln!(out, "rows {top} to {} lie in the {input}×{input} that the encoder gets", bottom - 1.0)?;
        let similar = self.similar();
        let similar = similar.iter().map(|(cell, cosine)| format!("{},{} ({cosine:.3})", cell / cols, cell % cols));
        writeln!(out, "most similar cells: {}", similar.collect::<Vec<_>>().join(", "))?;
        writeln!(out, "caption: {}", self.caption)?;
        writeln!(out, "without where: {}", self.without_where)
    }

    fn picture(&self) -> RgbImage {
        let least = self.similarity.iter().copied().fold(f32::INFINITY, f32::min);
        let range = (1.0 - least).max(f32::MIN_POSITIVE);
        let shares: Vec<f32> =
            self.similarity.iter().map(|cosine| ((cosine - least) / range).clamp(0.0, 1.0)).collect();
        let mut picture = shaded(&self.photo, self.grid, &shares);
        frame(&mut picture, self.field.part(), FIELD);
        let [row, col] = self.place;
        let between = |place: usize, cells: usize| [place, place + 1].map(|edge| edge as f64 / cells as f64);
        let part = Part { across: between(col, self.grid.cols), down: between(row, self.grid.rows) };
        frame(&mut picture, part, CELL);
        picture
    }

    fn numbers(&self) -> Vec<Numbers<'_>> {
        let Grid { rows, cols } = self.grid;
        vec![Numbers { name: "similarity", shape: vec![rows, cols], values: vec![&self.similarity] }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline::encoder::EncoderConfig;
    use sightline_test_support::manifest_with;

    /// A ResNet-50's cells see 427 pixels and lie 32 apart, the first around the photo's first pixel.
    #[test]
    fn a_field_is_cut_at_the_edges() {
        let manifest = manifest_with(EncoderConfig::named("resnet50").unwrap());
        let field = Field::of(&manifest, [0, 6]).unwrap();
        assert_eq!(field, Field { first: [192.0 - 213.0, -213.0], side: 427.0, input: 224.0 });
        assert_eq!(field.clipped(), [[0.0, 224.0], [0.0, 214.0]]);
        let small = Field { first: [10.0, -2.0], side: 5.0, input: 28.0 };
        assert_eq!(small.clipped(), [[10.0, 15.0], [0.0, 3.0]]);
        assert_eq!(small.part().across, [10.0 / 28.0, 15.0 / 28.0]);
    }

    #[test]
    fn places_are_read() {
        assert_eq!(parse("3, 4"), Ok([3, 4]));
        for wrong in ["3", "3,", "-1,2", "3,4,5", "a,b"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
