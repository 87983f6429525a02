//! A window that goes over an image, of a convolution or of a pooling.

use crate::image::Image;
use crate::numbers::EVERYTHING;
use crate::programs::{self, GeometryLaunch};

/// How a window goes over an image.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Rows and columns of it.
    pub kernel: usize,
    pub stride: usize,
    /// Zeros above, and left.
    pub zeros_before: [usize; 2],
    /// Rows and columns that come out.
    pub sides_after: [usize; 2],
}

impl Window {
    /// Whether it reaches beyond an image.
    pub(crate) fn has_zeros(&self, image: &Image) -> bool {
        let [_, _, sides @ ..] = image.dims();
        (0..2).any(|axis| {
            let reach = (self.sides_after[axis].max(1) - 1) * self.stride + self.kernel;
            self.zeros_before[axis] > 0 || reach > sides[axis]
        })
    }

    pub(crate) fn geometry(&self, image: &Image, output: &Image, range: (f32, f32)) -> GeometryLaunch {
        let count = |count: usize| count as u32;
        let [_, _, rows, cols] = image.dims().map(count);
        let [out_rows, out_cols] = self.sides_after.map(count);
        let [above, left] = self.zeros_before.map(count);
        let (low, high) = output.numbers().within(range);
        GeometryLaunch::new(
            rows,
            cols,
            count(image.vectors()),
            out_rows,
            out_cols,
            output.pixels_at_work(),
            count(output.vectors()),
            count(self.kernel),
            count(self.stride),
            above,
            left,
            low,
            high,
        )
    }
}

/// The largest number of each window; zeros around the image count for nothing.
pub fn max_pool(image: &Image, window: Window) -> Image {
    let [_, channels, _, _] = image.dims();
    let [rows, cols] = window.sides_after;
    let output = image.output([channels, rows, cols]);
    let geometry = window.geometry(image, &output, EVERYTHING);
    let (cubes, dim) = output.one_axis(output.pixels() * output.vectors());
    // SAFETY: the geometry is that of the images, and there is a unit for each vector of the output.
    unsafe {
        programs::max_pool::launch_unchecked(
            image.client(),
            cubes,
            dim,
            image.buffer(),
            output.buffer(),
            geometry,
            image.numbers().kind(),
        );
    }
    output
}
