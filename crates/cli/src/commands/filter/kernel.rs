//! The kernels: those that have names, and those that people write. A kernel is a square of weights.

use std::fmt::{self, Display, Formatter};

use clap::ValueEnum;

/// Rows that a kernel which somebody writes may have.
const MOST_ROWS: usize = 15;

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub enum NamedKernel {
    /// Twice the pixel less the Gaussian mean around it
    Sharpen,
    /// The pixel against the sum of those around it
    Edge,
    /// The mean
    Box,
    /// The mean, nearer pixels more than those farther off
    Gaussian,
    /// How much brighter it gets to the lower right, over the photo itself
    Emboss,
    /// How much brighter it gets from left to right
    SobelX,
    /// How much brighter it gets downwards
    SobelY,
}

/// How a sum becomes a level from 0 to 255.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown {
    AsItIs,
    /// Without its sign, where the weights sum to 0 and either sign is an edge.
    Absolute,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Kernel {
    pub size: usize,
    /// Row by row.
    pub weights: Vec<f64>,
    pub shown: Shown,
}

impl Kernel {
    /// Of one of the sizes 3, 5 and 7.
    pub fn named(named: NamedKernel, size: usize) -> Self {
        let last = size - 1;
        let side = size as f64;
        let centre = last as f64 / 2.0;
        let peak = |i: usize, j: usize| if (2 * i, 2 * j) == (last, last) { 1.0 } else { 0.0 };
        let binomial = binomial(last);
        let slope = slope(size);
        let sum: f64 = binomial.iter().sum();
        let gaussian = |i: usize, j: usize| binomial[i] * binomial[j] / (sum * sum);
        let weight = |i: usize, j: usize| match named {
            NamedKernel::Sharpen => 2.0 * peak(i, j) - gaussian(i, j),
            NamedKernel::Edge => side * side * peak(i, j) - 1.0,
            NamedKernel::Box => 1.0 / (side * side),
            NamedKernel::Gaussian => gaussian(i, j),
            NamedKernel::Emboss => ((i + j) as f64 - last as f64) / centre + peak(i, j),
            NamedKernel::SobelX => binomial[i] * slope[j],
            NamedKernel::SobelY => slope[i] * binomial[j],
        };
        let shown = match named {
            NamedKernel::Edge | NamedKernel::SobelX | NamedKernel::SobelY => Shown::Absolute,
            NamedKernel::Sharpen | NamedKernel::Box | NamedKernel::Gaussian | NamedKernel::Emboss => Shown::AsItIs,
        };
        let weights = (0..size).flat_map(|i| (0..size).map(move |j| (i, j))).map(|(i, j)| weight(i, j)).collect();
        Self { size, weights, shown }
    }

    /// Rows parted by semicolons, numbers parted by commas.
    pub fn parse(text: &str) -> Result<Self, String> {
        let rows: Vec<&str> = text.split(';').collect();
        let size = rows.len();
        if size > MOST_ROWS {
            return Err(format!("there are {size} rows; at most {MOST_ROWS} are possible"));
        }
        let mut weights = Vec::with_capacity(size * size);
        for (place, row) in rows.iter().enumerate() {
            let before = weights.len();
            for number in row.split(',').map(str::trim) {
                let weight = number.parse().ok().filter(|weight: &f64| weight.is_finite());
                weights.push(weight.ok_or_else(|| format!("{number:?} in row {} is no number", place + 1))?);
            }
            let numbers = weights.len() - before;
            if numbers != size {
                let row = place + 1;
                return Err(format!(
                    "a kernel is a square: there are {size} rows, and row {row} has {numbers} numbers"
                ));
            }
        }
        let is_balanced = weights.iter().sum::<f64>().abs() < 1e-9;
        Ok(Self { size, weights, shown: if is_balanced { Shown::Absolute } else { Shown::AsItIs } })
    }
}

impl Shown {
    pub fn level(self, value: f64) -> u8 {
        let value = match self {
            Self::AsItIs => value,
            Self::Absolute => value.abs(),
        };
        value.clamp(0.0, 255.0).round() as u8
    }
}

/// Its weights as rows of text.
impl Display for Kernel {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        // What is added makes 0 of -0.
        let text = |weight: &f64| ((weight * 1e4).round() / 1e4 + 0.0).to_string();
        let texts: Vec<String> = self.weights.iter().map(text).collect();
        let width = texts.iter().map(String::len).max().unwrap_or(0);
        let rows = texts.chunks(self.size).map(|row| row.iter().map(|text| format!("  {text:>width$}")).collect());
        out.write_str(&rows.collect::<Vec<String>>().join("\n"))
    }
}

/// The coefficients of (1 + x)^order.
fn binomial(order: usize) -> Vec<f64> {
    (0..order).fold(vec![1.0], |row, _| {
        let with = |place: usize| row.get(place).copied().unwrap_or(0.0);
        (0..=row.len()).map(|place| with(place) + place.checked_sub(1).map_or(0.0, with)).collect()
    })
}

/// The difference of what is behind and what is before, smoothed as the binomial of the same size.
fn slope(size: usize) -> Vec<f64> {
    let smooth = binomial(size - 3);
    let with = |place: Option<usize>| place.and_then(|place| smooth.get(place)).copied().unwrap_or(0.0);
    (0..size).map(|place| with(place.checked_sub(2)) - with(Some(place))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use NamedKernel::{Box, Edge, Emboss, Gaussian, Sharpen, SobelX, SobelY};

    fn rows(named: NamedKernel, size: usize) -> Vec<Vec<f64>> {
        Kernel::named(named, size).weights.chunks(size).map(<[f64]>::to_vec).collect()
    }

    #[test]
    fn small_kernels_are_the_well_known_ones() {
        assert_eq!(rows(SobelX, 3), [[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]);
        assert_eq!(rows(SobelY, 3), [[-1.0, -2.0, -1.0], [0.0, 0.0, 0.0], [1.0, 2.0, 1.0]]);
        assert_eq!(rows(Edge, 3), [[-1.0, -1.0, -1.0], [-1.0, 8.0, -1.0], [-1.0, -1.0, -1.0]]);
        assert_eq!(rows(Emboss, 3), [[-2.0, -1.0, 0.0], [-1.0, 1.0, 1.0], [0.0, 1.0, 2.0]]);
        assert_eq!(rows(Box, 3), [[1.0 / 9.0; 3]; 3]);
        let sixteenths = |row: [f64; 3]| row.map(|weight| weight / 16.0);
        assert_eq!(rows(Gaussian, 3), [[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]].map(sixteenths));
        assert_eq!(rows(Sharpen, 3), [[-1.0, -2.0, -1.0], [-2.0, 28.0, -2.0], [-1.0, -2.0, -1.0]].map(sixteenths));
    }

    #[test]
    fn larger_kernels_follow_the_same_rules() {
        assert_eq!(rows(SobelX, 5)[2], [-6.0, -12.0, 0.0, 12.0, 6.0]);
        assert_eq!(rows(SobelX, 7)[0], [-1.0, -4.0, -5.0, 0.0, 5.0, 4.0, 1.0]);
        assert_eq!(rows(SobelY, 7)[5], [4.0, 24.0, 60.0, 80.0, 60.0, 24.0, 4.0]);
        assert_eq!(rows(Emboss, 5)[0], [-2.0, -1.5, -1.0, -0.5, 0.0]);
        assert_eq!(rows(Edge, 7)[3][3], 48.0);
        assert_eq!(rows(Gaussian, 7)[3][3], 400.0 / 4096.0);
        for size in [3, 5, 7] {
            for (named, wanted) in [(Sharpen, 1.0), (Gaussian, 1.0), (Box, 1.0), (Emboss, 1.0), (Edge, 0.0)] {
                let sum: f64 = Kernel::named(named, size).weights.iter().sum();
                // A 49th has to be rounded.
                assert!((sum - wanted).abs() < 1e-12, "{named:?} of {size}: {sum}");
            }
        }
    }

    #[test]
    fn people_write_kernels_row_by_row() {
        let kernel = Kernel::parse("0, 1,0;1,-4,1;0,1,0").unwrap();
        assert_eq!((kernel.size, kernel.shown), (3, Shown::Absolute));
        assert_eq!(kernel.weights, [0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(Kernel::parse("0.5").unwrap().shown, Shown::AsItIs);
        assert_eq!(kernel.to_string(), "   0   1   0\n   1  -4   1\n   0   1   0");
        let error = |text| Kernel::parse(text).unwrap_err();
        assert_eq!(error("1,2;3"), "a kernel is a square: there are 2 rows, and row 2 has 1 numbers");
        assert_eq!(error("1,x;3,4"), "\"x\" in row 1 is no number");
        assert_eq!(error("nan"), "\"nan\" in row 1 is no number");
        assert_eq!(error(""), "\"\" in row 1 is no number");
        assert_eq!(error(&";".repeat(15)), "there are 16 rows; at most 15 are possible");
    }

    #[test]
    fn levels_are_rounded_between_black_and_white() {
        assert_eq!([-3.0, 0.49, 0.5, 254.5, 300.0].map(|value| Shown::AsItIs.level(value)), [0, 0, 1, 255, 255]);
        assert_eq!([-3.0, 2.5].map(|value| Shown::Absolute.level(value)), [3, 3]);
    }
}
