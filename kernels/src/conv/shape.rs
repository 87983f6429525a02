//! What a convolution joins, and what happens to its sums.

use crate::layout::Layout;

/// Every number: what comes out is not clamped.
pub const EVERYTHING: (f32, f32) = (f32::NEG_INFINITY, f32::INFINITY);

/// What a convolution joins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    pub inputs: usize,
    pub outputs: usize,
    /// Rows and columns of a window.
    pub kernel: [usize; 2],
    pub stride: usize,
    /// Each group of input channels goes to a group of output channels of its own.
    pub groups: usize,
}

impl ConvShape {
    /// Numbers in a window that an output is a sum of.
    pub(crate) fn window(&self) -> usize {
        self.kernel[0] * self.kernel[1] * (self.inputs / self.groups)
    }

    /// # Panics
    /// If an input of so many numbers is too short, or a window of the output reaches beyond it.
    pub(crate) fn check(&self, numbers: usize, input: &Layout, padding: [usize; 2], output: &Layout) {
        assert!(numbers >= input.len(), "an image is too short");
        assert_eq!((input.channels, output.channels), (self.inputs, self.outputs), "the channels do not fit");
        let border = input.border;
        let fits = |side: usize, before: usize, after: usize, axis: usize, windows: usize| {
            let reach = (windows - 1) * self.stride + self.kernel[axis];
            padding[axis] <= before && reach <= padding[axis] + side + after
        };
        assert!(
            fits(input.rows, border.top, border.bottom, 0, output.rows)
                && fits(input.cols, border.left, border.right, 1, output.cols),
            "a window of {self:?} reaches beyond {input:?}"
        );
    }
}

/// What happens to a sum before it is written.
#[derive(Clone, Copy, Debug)]
pub struct Epilogue<'a> {
    /// An image that is added to it.
    pub added: Option<(&'a [f32], &'a Layout)>,
    /// What it is clamped to: a ReLU is `(0.0, f32::INFINITY)`. What is not a number stays so.
    pub range: (f32, f32),
}

/// What a convolution computes with, once it is known to fit.
pub struct Images<'a> {
    pub shape: &'a ConvShape,
    pub input: &'a [f32],
    pub input_layout: &'a Layout,
    pub padding: [usize; 2],
    pub epilogue: Epilogue<'a>,
    pub output_layout: &'a Layout,
    /// Whether every processor is to compute the same bits.
    pub is_reproducible: bool,
}

impl Images<'_> {
    /// Whether products may be added with one rounding. A wasm has that only in relaxed SIMD; for others nothing is compiled.
    #[inline(always)]
    pub fn is_fused(&self) -> bool {
        cfg!(any(not(target_family = "wasm"), feature = "relaxed-simd")) && !self.is_reproducible
    }
}
