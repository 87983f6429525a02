//! What lies over a photo: cells bright or dark, and frames.

use image::{Rgb, RgbImage};
use sightline::encoder::Grid;

/// Pixels along the longer side of a photo with something over it.
pub const SIDE: u32 = 560;
/// How much of a pixel's light is left in a cell of 0.
const DARK: f32 = 0.15;
/// Pixels of a frame's colour; one of black is on either side.
const FRAME: i64 = 2;

/// Each cell as bright as its share of 1.
pub fn shaded(photo: &RgbImage, grid: Grid, shares: &[f32]) -> RgbImage {
    let (width, height) = photo.dimensions();
    let along = |place: u32, pixels: u32, cells: usize| place as usize * cells / pixels as usize;
    RgbImage::from_fn(width, height, |x, y| {
        let cell = along(y, height, grid.rows) * grid.cols + along(x, width, grid.cols);
        let light = DARK + (1.0 - DARK) * shares[cell];
        Rgb(photo.get_pixel(x, y).0.map(|value| (f32::from(value) * light).round() as u8))
    })
}

/// Of the greatest; what is below 0 counts as 0.
pub fn shares(values: &[f32]) -> Vec<f32> {
    let greatest = values.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    values.iter().map(|value| (value / greatest).max(0.0)).collect()
}

/// A part of a picture from 0 to 1 along both of its sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    pub across: [f64; 2],
    pub down: [f64; 2],
}

/// A frame within a part, which begins and ends at whole pixels.
pub fn frame(picture: &mut RgbImage, part: Part, colour: Rgb<u8>) {
    let (width, height) = picture.dimensions();
    let [left, right] = part.across.map(|place| (place * f64::from(width)).round() as i64);
    let [top, bottom] = part.down.map(|place| (place * f64::from(height)).round() as i64);
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (x, y) = (i64::from(x), i64::from(y));
        let from_edge = (x - left).min(right - 1 - x).min(y - top).min(bottom - 1 - y);
        match from_edge {
            0 => *pixel = Rgb([0; 3]),
            1..=FRAME => *pixel = colour,
            _ if from_edge == FRAME + 1 => *pixel = Rgb([0; 3]),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_as_bright_as_their_shares() {
        let photo = RgbImage::from_pixel(4, 2, Rgb([200, 100, 0]));
        let grid = Grid { rows: 1, cols: 2 };
        let shaded = shaded(&photo, grid, &shares(&[-1.0, 0.5]));
        assert_eq!((shaded.get_pixel(1, 1).0, shaded.get_pixel(2, 0).0), ([30, 15, 0], [200, 100, 0]));
        assert_eq!(shares(&[0.0, -1.0]), [0.0, 0.0]);
        assert_eq!(shares(&[0.5, 2.0]), [0.25, 1.0]);
    }

    #[test]
    fn a_frame_stays_in_its_part() {
        let mut picture = RgbImage::from_pixel(20, 20, Rgb([9; 3]));
        frame(&mut picture, Part { across: [0.5, 1.0], down: [0.0, 1.0] }, Rgb([255, 0, 0]));
        let row = |y| (9..20).map(|x| picture.get_pixel(x, y).0[0]).collect::<Vec<u8>>();
        assert_eq!(row(10), [9, 0, 255, 255, 0, 9, 9, 0, 255, 255, 0]);
        assert_eq!(row(0), [9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        // A thread of pixels has no room for all of it.
        frame(&mut RgbImage::new(3, 1), Part { across: [0.0, 1.0], down: [0.0, 1.0] }, Rgb([255; 3]));
    }
}
