//! A kernel slid over pixels, as networks do: not turned round, with zeros outside.

use std::fmt::{self, Display, Formatter};

use anyhow::Context;

use super::kernel::Kernel;
use super::pixels::Pixels;

/// Zeros on each side.
const MOST_ZEROS: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Padding {
    /// With a stride of 1, as many pixels come out as go in.
    Same,
    Valid,
    /// Every place where the kernel touches the photo.
    Full,
    Each(usize),
}

impl Padding {
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "same" => Ok(Self::Same),
            "valid" => Ok(Self::Valid),
            "full" => Ok(Self::Full),
            _ => match text.parse() {
                Ok(zeros) if zeros <= MOST_ZEROS => Ok(Self::Each(zeros)),
                _ => Err(format!("same, valid, full or a number from 0 to {MOST_ZEROS} is allowed")),
            },
        }
    }

    /// Zeros before and after each axis.
    fn around(self, kernel: usize) -> [usize; 2] {
        let all = kernel - 1;
        match self {
            Self::Same => [all / 2, all - all / 2],
            Self::Valid => [0, 0],
            Self::Full => [all, all],
            Self::Each(zeros) => [zeros, zeros],
        }
    }
}

/// The places of a kernel along an axis.
#[derive(Clone, Copy, Debug)]
pub struct Axis {
    pixels: usize,
    padding: [usize; 2],
    kernel: usize,
    stride: usize,
}

impl Axis {
    /// Pixels that the kernel can go beyond its first place; nothing where it has none.
    fn room(&self) -> Option<usize> {
        (self.pixels + self.padding.iter().sum::<usize>()).checked_sub(self.kernel)
    }

    fn places(&self) -> Option<usize> {
        self.room().map(|room| room / self.stride + 1)
    }
}

/// How many places there are, with the way to the number.
impl Display for Axis {
    fn fmt(&self, out: &mut Formatter<'_>) -> fmt::Result {
        let Self { pixels, padding: [before, after], kernel, stride } = self;
        let is_even = self.room().is_some_and(|room| room % stride == 0);
        let [open, close] = if is_even { ["", ""] } else { ["⌊", "⌋"] };
        let places = self.places().unwrap_or(0);
        write!(out, "{open}({pixels} + {before} + {after} − {kernel}) / {stride}{close} + 1 = {places}")
    }
}

/// What comes out, and the axes across and down.
pub fn convolved(
    pixels: &Pixels,
    kernel: &Kernel,
    padding: Padding,
    stride: usize,
) -> anyhow::Result<(Pixels, [Axis; 2])> {
    let size = kernel.size;
    let padding = padding.around(size);
    let axes = [pixels.width, pixels.height].map(|pixels| Axis { pixels, padding, kernel: size, stride });
    let [Some(width), Some(height)] = axes.map(|axis| axis.places()) else {
        let [before, after] = padding;
        let Pixels { width, height, .. } = pixels;
        anyhow::bail!(
            "a kernel of {size}×{size} does not fit into {width}×{height} pixels with {before} zeros before and \
             {after} after; take a smaller kernel, or --padding same"
        );
    };
    let input = pixels.surrounded(padding);
    let channels = input.channels;
    // Always in the order of the weights: another might round another way.
    let sum = |row: usize, col: usize, channel: usize| {
        let mut sum = 0.0;
        for (i, weights) in kernel.weights.chunks(size).enumerate() {
            let first = ((row * stride + i) * input.width + col * stride) * channels + channel;
            let values = input.values[first..].iter().step_by(channels);
            for (weight, value) in weights.iter().zip(values) {
                sum += weight * f64::from(*value);
            }
        }
        kernel.shown.level(sum)
    };
    let mut values = Vec::new();
    values.try_reserve_exact(width * height * channels).context("the picture does not fit into memory")?;
    for row in 0..height {
        for col in 0..width {
            values.extend((0..channels).map(|channel| sum(row, col, channel)));
        }
    }
    Ok((Pixels { width, height, channels, values }, axes))
}

#[cfg(test)]
mod tests {
    use super::super::kernel::{NamedKernel, Shown};
    use super::*;

    fn grey(width: usize, height: usize, values: &[u8]) -> Pixels {
        Pixels { width, height, channels: 1, values: values.to_vec() }
    }

    fn filtered(pixels: &Pixels, kernel: &str, padding: Padding, stride: usize) -> Pixels {
        convolved(pixels, &Kernel::parse(kernel).unwrap(), padding, stride).unwrap().0
    }

    #[test]
    fn a_kernel_is_not_turned_round() {
        let pixels = grey(3, 2, &[1, 2, 3, 4, 5, 6]);
        let right = "0,0,0;0,0,1;0,0,0";
        assert_eq!(filtered(&pixels, right, Padding::Same, 1), grey(3, 2, &[2, 3, 0, 5, 6, 0]));
        assert_eq!(filtered(&pixels, "1,10;100,0", Padding::Valid, 1).values, [255, 255]);
        assert_eq!(filtered(&pixels, "1,10;3,0", Padding::Valid, 1).values, [1 + 20 + 12, 2 + 30 + 15]);
    }

    #[test]
    fn padding_says_how_many_come_out() {
        let pixels = grey(5, 3, &(1..=15).collect::<Vec<u8>>());
        let sides = |padding, stride| {
            let Pixels { width, height, .. } = filtered(&pixels, "1,0,0;0,0,0;0,0,0", padding, stride);
            (width, height)
        };
        assert_eq!(sides(Padding::Same, 1), (5, 3));
        assert_eq!(sides(Padding::Same, 2), (3, 2));
        assert_eq!(sides(Padding::Valid, 1), (3, 1));
        assert_eq!(sides(Padding::Full, 1), (7, 5));
        assert_eq!(sides(Padding::Each(0), 3), (1, 1));
        assert_eq!(sides(Padding::Each(64), 16), (9, 9));
        // A kernel of two has no middle, so there is one zero, after.
        assert_eq!(filtered(&grey(2, 1, &[1, 2]), "0,1;0,0", Padding::Same, 1), grey(2, 1, &[2, 0]));
    }

    #[test]
    fn channels_keep_to_themselves() {
        let pixels = Pixels { width: 2, height: 1, channels: 3, values: vec![1, 2, 3, 4, 5, 6] };
        let found = filtered(&pixels, "0,0,0;1,1,1;0,0,0", Padding::Same, 1);
        assert_eq!(found, Pixels { values: vec![5, 7, 9, 5, 7, 9], ..pixels });
    }

    #[test]
    fn a_sum_is_shown_as_its_kernel_wants() {
        let pixels = grey(3, 3, &[0, 0, 0, 0, 100, 0, 0, 0, 0]);
        let found = |named| convolved(&pixels, &Kernel::named(named, 3), Padding::Same, 1).unwrap().0.values;
        assert_eq!(found(NamedKernel::Box), [11; 9]);
        assert_eq!(found(NamedKernel::Gaussian), [6, 13, 6, 13, 25, 13, 6, 13, 6]);
        assert_eq!(found(NamedKernel::Sharpen), [0, 0, 0, 0, 175, 0, 0, 0, 0]);
        assert_eq!(found(NamedKernel::SobelX), [100, 0, 100, 200, 0, 200, 100, 0, 100]);
        assert_eq!(found(NamedKernel::Emboss), [200, 100, 0, 100, 100, 0, 0, 0, 0]);
        assert_eq!(Kernel::named(NamedKernel::Edge, 3).shown, Shown::Absolute);
    }

    #[test]
    fn the_formula_is_filled_in() {
        let axis = Axis { pixels: 224, padding: [1, 1], kernel: 3, stride: 1 };
        assert_eq!(axis.to_string(), "(224 + 1 + 1 − 3) / 1 + 1 = 224");
        let axis = Axis { pixels: 224, padding: [0, 0], kernel: 3, stride: 2 };
        assert_eq!(axis.to_string(), "⌊(224 + 0 + 0 − 3) / 2⌋ + 1 = 111");
    }

    #[test]
    fn padding_is_read() {
        assert_eq!(Padding::parse("full"), Ok(Padding::Full));
        assert_eq!(Padding::parse("64"), Ok(Padding::Each(64)));
        for wrong in ["65", "-1", "much", ""] {
            assert_eq!(Padding::parse(wrong).unwrap_err(), "same, valid, full or a number from 0 to 64 is allowed");
        }
    }
}
