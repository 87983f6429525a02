//! What may follow a convolution: pooling, and other levels for each pixel.

use anyhow::ensure;
use clap::ValueEnum;

use super::pixels::Pixels;

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum Pooling {
    Max,
    Average,
}

impl Pooling {
    /// A pixel of each whole window.
    pub fn pooled(self, pixels: &Pixels, window: usize) -> anyhow::Result<Pixels> {
        let (width, height, channels) = (pixels.width / window, pixels.height / window, pixels.channels);
        ensure!(
            width > 0 && height > 0,
            "a window of {window}×{window} does not fit into the {}×{} pixels that are to be pooled; take a smaller --window",
            pixels.width,
            pixels.height
        );
        let pixel = |row: usize, col: usize, channel: usize| {
            let rows = (row * window..(row + 1) * window).map(|row| (row * pixels.width + col * window) * channels);
            let values = rows.flat_map(|first| (0..window).map(move |right| first + right * channels + channel));
            self.of(values.map(|place| pixels.values[place]), window * window)
        };
        let places = (0..height).flat_map(|row| (0..width).map(move |col| (row, col)));
        let values = places.flat_map(|(row, col)| (0..channels).map(move |channel| (row, col, channel)));
        let values = values.map(|(row, col, channel)| pixel(row, col, channel)).collect();
        Ok(Pixels { width, height, channels, values })
    }

    fn of(self, values: impl Iterator<Item = u8>, count: usize) -> u8 {
        match self {
            Self::Max => values.max().unwrap_or(0),
            Self::Average => (values.map(f64::from).sum::<f64>() / count as f64).round() as u8,
        }
    }
}

pub fn gamma(value: u8, exponent: f64) -> u8 {
    (255.0 * (f64::from(value) / 255.0).powf(exponent)).round() as u8
}

pub fn threshold(value: u8, least: u8) -> u8 {
    if value >= least { 255 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_that_are_cut_off_are_left_out() {
        let pixels = Pixels { width: 5, height: 3, channels: 1, values: (0..15).collect() };
        let pooled = |pooling: Pooling| pooling.pooled(&pixels, 2).unwrap();
        assert_eq!(pooled(Pooling::Max), Pixels { width: 2, height: 1, channels: 1, values: vec![6, 8] });
        // (0 + 1 + 5 + 6) / 4 = 3 and (2 + 3 + 7 + 8) / 4 = 5.
        assert_eq!(pooled(Pooling::Average).values, [3, 5]);
        let error = Pooling::Max.pooled(&pixels, 4).unwrap_err().to_string();
        assert!(error.contains("a window of 4×4 does not fit into the 5×3 pixels"), "{error}");
    }

    #[test]
    fn means_are_rounded_up_from_a_half_and_channels_kept_apart() {
        let pixels = Pixels { width: 2, height: 2, channels: 2, values: vec![0, 9, 0, 9, 1, 9, 1, 9] };
        assert_eq!(Pooling::Average.pooled(&pixels, 2).unwrap().values, [1, 9]);
    }

    #[test]
    fn levels() {
        // 255 · (128 / 255)² = 64.25.
        assert_eq!([gamma(128, 2.0), gamma(0, 0.1), gamma(255, 10.0), gamma(77, 1.0)], [64, 0, 255, 77]);
        assert_eq!([threshold(99, 100), threshold(100, 100), threshold(0, 0)], [0, 255, 255]);
    }
}
