//! Drawn digits, which look a little like MNIST's handwritten ones: strokes with random slant, size, place, thickness and
//! noise. A network learns to read them without anything being downloaded.

use std::f32::consts::TAU;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Pixels along a side.
pub const SIDE: usize = 28;

/// White strokes on black, and what they stand for.
#[derive(Clone, Debug)]
pub struct Digits {
    /// One picture after the other, row by row.
    pub pixels: Vec<u8>,
    pub labels: Vec<u8>,
}

impl Digits {
    /// As many of each digit, but for the last few; the same for the same seed.
    pub fn draw(count: usize, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let labels: Vec<u8> = (0..count).map(|digit| (digit % 10) as u8).collect();
        let pixels = labels.iter().flat_map(|digit| draw(*digit, &mut random)).collect();
        Self { pixels, labels }
    }

    /// Writes the two gzipped IDX files in which MNIST is distributed.
    pub fn write(&self, images: &Path, labels: &Path) -> std::io::Result<()> {
        let count = self.labels.len() as u32;
        gzip(images, &[0x0803, count, SIDE as u32, SIDE as u32], &self.pixels)?;
        gzip(labels, &[0x0801, count], &self.labels)
    }
}

fn gzip(path: &Path, header: &[u32], values: &[u8]) -> std::io::Result<()> {
    let mut file = GzEncoder::new(std::fs::File::create(path)?, Compression::default());
    header.iter().try_for_each(|number| file.write_all(&number.to_be_bytes()))?;
    file.write_all(values)?;
    file.finish()?.sync_all()
}

type Point = [f32; 2];

/// A digit's strokes, in a square from 0 to 1, downwards.
fn strokes(digit: u8, random: &mut ChaCha8Rng) -> Vec<Vec<Point>> {
    let is_other = random.random::<bool>();
    match digit {
        0 => vec![arc([0.5, 0.5], [0.27, 0.4], 0.0, 1.0)],
        1 if is_other => vec![vec![[0.5, 0.1], [0.5, 0.9]]],
        1 => vec![vec![[0.32, 0.3], [0.55, 0.1], [0.55, 0.9]]],
        2 => vec![[arc([0.5, 0.32], [0.25, 0.22], 0.5, 1.1), vec![[0.22, 0.9], [0.8, 0.9]]].concat()],
        3 => vec![[arc([0.45, 0.3], [0.25, 0.2], 0.55, 1.25), arc([0.45, 0.7], [0.28, 0.2], 0.75, 1.45)].concat()],
        4 if is_other => vec![vec![[0.25, 0.1], [0.2, 0.5], [0.78, 0.5]], vec![[0.7, 0.1], [0.7, 0.9]]],
        4 => vec![vec![[0.62, 0.9], [0.62, 0.1], [0.2, 0.62], [0.82, 0.62]]],
        5 => vec![[vec![[0.75, 0.1], [0.3, 0.1], [0.27, 0.46]], arc([0.48, 0.66], [0.27, 0.24], 0.63, 1.4)].concat()],
        6 => vec![vec![[0.65, 0.1], [0.36, 0.38], [0.25, 0.66]], arc([0.48, 0.69], [0.23, 0.21], 0.0, 1.0)],
        7 if is_other => vec![vec![[0.2, 0.1], [0.8, 0.1], [0.4, 0.9]], vec![[0.36, 0.5], [0.74, 0.5]]],
        7 => vec![vec![[0.2, 0.1], [0.8, 0.1], [0.4, 0.9]]],
        8 => vec![arc([0.5, 0.3], [0.2, 0.19], 0.0, 1.0), arc([0.5, 0.7], [0.24, 0.21], 0.0, 1.0)],
        _ => vec![arc([0.5, 0.32], [0.22, 0.21], 0.0, 1.0), vec![[0.72, 0.32], [0.68, 0.65], [0.55, 0.9]]],
    }
}

/// A part of an ellipse, between two parts of a turn; 0 is to the right, a quarter is down.
fn arc([x, y]: Point, [wide, high]: Point, from: f32, to: f32) -> Vec<Point> {
    let point = |step: usize| {
        let angle = TAU * (from + (to - from) * step as f32 / 16.0);
        [x + wide * angle.cos(), y + high * angle.sin()]
    };
    (0..=16).map(point).collect()
}

/// Every hand writes in its own way.
fn draw(digit: u8, random: &mut ChaCha8Rng) -> Vec<u8> {
    let strokes = strokes(digit, random);
    let mut between = |least: f32, most: f32| random.random_range(least..most);
    let (wide, high) = (between(14.0, 21.0), between(17.0, 21.0));
    let (slant, turn) = (between(-0.3, 0.3), between(-0.15, 0.15));
    let (right, down) = (between(-2.0, 2.0), between(-2.0, 2.0));
    let (thick, light) = (between(0.7, 1.6), between(0.75, 1.0));
    let mut placed = |[x, y]: Point| {
        let (x, y) = (x - 0.5 + between(-0.025, 0.025), y - 0.5 + between(-0.025, 0.025));
        let (x, y) = (wide * (x - slant * y), high * y);
        let (sine, cosine) = turn.sin_cos();
        let middle = SIDE as f32 / 2.0;
        [middle + right + x * cosine - y * sine, middle + down + x * sine + y * cosine]
    };
    let strokes: Vec<Vec<Point>> =
        strokes.into_iter().map(|stroke| stroke.into_iter().map(&mut placed).collect()).collect();
    let lines: Vec<[Point; 2]> =
        strokes.iter().flat_map(|stroke| stroke.windows(2)).map(|line| [line[0], line[1]]).collect();
    let pixel = |place: usize| {
        let point = [(place % SIDE) as f32 + 0.5, (place / SIDE) as f32 + 0.5];
        let distance = lines.iter().map(|line| distance(point, *line)).fold(f32::MAX, f32::min);
        let ink = (thick + 0.5 - distance).clamp(0.0, 1.0) * light;
        let noise = random.random_range(-0.06..0.06f32);
        ((ink + noise).clamp(0.0, 1.0) * 255.0) as u8
    };
    (0..SIDE * SIDE).map(pixel).collect()
}

/// From a point to the nearest point of a line.
fn distance([x, y]: Point, [[x0, y0], [x1, y1]]: [Point; 2]) -> f32 {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let along = ((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy).max(1e-9);
    let along = along.clamp(0.0, 1.0);
    (x - x0 - along * dx).hypot(y - y0 - along * dy)
}
