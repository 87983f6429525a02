//! Small pictures side by side, their pixels large enough to be seen.

use image::imageops::{FilterType, overlay, resize};
use image::{Rgb, RgbImage};

/// Pixels between two tiles.
const GAP: u32 = 2;
const BETWEEN: Rgb<u8> = Rgb([64, 64, 64]);

/// Tiles of one size, row by row, as square a wall as they make. Each pixel becomes a square, so that a tile comes near
/// to `side` pixels; one that is larger stays as it is.
pub fn wall(tiles: &[RgbImage], side: u32) -> RgbImage {
    let (width, height) = tiles.first().map_or((1, 1), RgbImage::dimensions);
    let scale = (f64::from(side) / f64::from(width.max(height).max(1))).round().max(1.0) as u32;
    let (width, height) = (width * scale, height * scale);
    let across = (1u32..).find(|across| (across * across) as usize >= tiles.len()).unwrap_or(1);
    let down = (tiles.len() as u32).div_ceil(across);
    let length = |tiles: u32, side: u32| (tiles * (side + GAP)).saturating_sub(GAP);
    let mut wall = RgbImage::from_pixel(length(across, width), length(down, height), BETWEEN);
    for (place, tile) in (0..).zip(tiles) {
        let (left, top) = (place % across * (width + GAP), place / across * (height + GAP));
        overlay(&mut wall, &resize(tile, width, height, FilterType::Nearest), left.into(), top.into());
    }
    wall
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tiles_make_two_rows_of_three() {
        let tiles: Vec<RgbImage> = (1..=5).map(|value| RgbImage::from_pixel(7, 7, Rgb([value; 3]))).collect();
        let wall = wall(&tiles, 112);
        assert_eq!(wall.dimensions(), (3 * 112 + 2 * 2, 2 * 112 + 2));
        let at = |x, y| wall.get_pixel(x, y).0[0];
        assert_eq!([at(0, 0), at(111, 111), at(112, 0), at(114, 0), at(339, 0)], [1, 1, 64, 2, 3]);
        assert_eq!([at(0, 112), at(0, 114), at(339, 225)], [64, 4, 64]);
    }

    #[test]
    fn a_pixel_becomes_a_square() {
        let tile = RgbImage::from_fn(2, 2, |x, y| Rgb([(10 * y + x) as u8; 3]));
        let wall = wall(&[tile], 5);
        assert_eq!(wall.dimensions(), (6, 6), "2.5 is rounded");
        assert!(wall.enumerate_pixels().all(|(x, y, pixel)| u32::from(pixel.0[0]) == 10 * (y / 3) + x / 3));
        assert_eq!(super::wall(&[RgbImage::new(300, 300)], 112).dimensions(), (300, 300));
    }
}
