//! Where an image's numbers lie.

/// Zeros around an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Border {
    pub top: usize,
    pub bottom: usize,
    pub left: usize,
    pub right: usize,
}

impl Border {
    /// As many zeros on each side as either of both has.
    pub fn around(self, other: Self) -> Self {
        Self {
            top: self.top.max(other.top),
            bottom: self.bottom.max(other.bottom),
            left: self.left.max(other.left),
            right: self.right.max(other.right),
        }
    }
}

/// An image of rows of pixels, each of which is its channels, with a border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    pub channels: usize,
    pub rows: usize,
    pub cols: usize,
    pub border: Border,
}

/// Numbers behind the last pixel, so that its last channels can be read as a whole vector.
const SLACK: usize = 16;

impl Layout {
    pub fn new(channels: usize, rows: usize, cols: usize) -> Self {
        Self { channels, rows, cols, border: Border::default() }
    }

    pub fn with_border(self, border: Border) -> Self {
        Self { border, ..self }
    }

    /// Numbers from a row to the next.
    pub fn pitch(&self) -> usize {
        (self.border.left + self.cols + self.border.right) * self.channels
    }

    /// Numbers that an image takes.
    pub fn len(&self) -> usize {
        (self.border.top + self.rows + self.border.bottom) * self.pitch() + SLACK
    }

    pub fn is_empty(&self) -> bool {
        self.rows * self.cols * self.channels == 0
    }

    pub fn pixels(&self) -> usize {
        self.rows * self.cols
    }

    /// Where the pixel at `row` and `col` begins.
    pub fn at(&self, row: usize, col: usize) -> usize {
        (self.border.top + row) * self.pitch() + (self.border.left + col) * self.channels
    }

    /// Fills the border with what stands for 0, whatever was there.
    pub fn clear_border<T: Copy>(&self, image: &mut [T], zero: T) {
        if self.border == Border::default() {
            return;
        }
        let (pitch, Border { top, left, right, .. }) = (self.pitch(), self.border);
        for (row, line) in image[..self.len() - SLACK].chunks_exact_mut(pitch.max(1)).enumerate() {
            if (top..top + self.rows).contains(&row) {
                line[..left * self.channels].fill(zero);
                line[pitch - right * self.channels..].fill(zero);
            } else {
                line.fill(zero);
            }
        }
    }

    /// Where each pixel begins, row by row.
    pub(crate) fn pixel_offsets(&self) -> Vec<usize> {
        let rows = 0..self.rows;
        rows.flat_map(|row| (0..self.cols).map(move |col| self.at(row, col))).collect()
    }

    /// Where the window of each pixel of `output` begins, row by row. The border has to have the padding's zeros.
    pub(crate) fn window_offsets(&self, output: &Self, stride: usize, padding: [usize; 2]) -> Vec<usize> {
        let [above, left] = padding;
        let first = self.at(0, 0) - above * self.pitch() - left * self.channels;
        let rows = (0..output.rows).map(|row| first + row * stride * self.pitch());
        rows.flat_map(|row| (0..output.cols).map(move |col| row + col * stride * self.channels)).collect()
    }

    /// An image whose channels come one after the other, as networks' photos do, in this layout; its border is filled
    /// with what stands for 0.
    pub fn from_planes<T: Copy>(&self, planes: &[T], zero: T) -> Vec<T> {
        let mut image = vec![zero; self.len()];
        for (channel, plane) in planes.chunks_exact(self.pixels().max(1)).enumerate().take(self.channels) {
            for (row, line) in plane.chunks_exact(self.cols).enumerate() {
                let line_at = self.at(row, 0) + channel;
                line.iter().enumerate().for_each(|(col, value)| image[line_at + col * self.channels] = *value);
            }
        }
        image
    }

    /// The other way round: channel by channel, without the border.
    pub fn to_planes<T: Copy>(&self, image: &[T]) -> Vec<T> {
        let offsets = self.pixel_offsets();
        (0..self.channels).flat_map(|channel| offsets.iter().map(move |at| image[at + channel])).collect()
    }

    /// Pixel by pixel, without the border.
    pub fn to_pixels<T: Copy>(&self, image: &[T]) -> Vec<T> {
        self.pixel_offsets().into_iter().flat_map(|at| &image[at..at + self.channels]).copied().collect()
    }
}
