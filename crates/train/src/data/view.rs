//! Views of a photo: as it is, as a mirror shows it, or only a part of it. Each is learnt from as if it were another
//! photo.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use sightline::photo::{InputSpec, Photo};

use super::photo_list::PhotoList;

/// The side of a crop, as a share of the photo's.
const CROP: f64 = 0.875;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Only this corner of it: 0 to 3, row by row.
    pub corner: Option<u8>,
    pub is_mirrored: bool,
}

/// A photo as a step takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Among all photos.
    pub row: usize,
    pub view: View,
}

impl View {
    /// The photo as it is, and what else there is of it.
    pub fn all(mirror: bool, crops: bool) -> Vec<Self> {
        let corners = [None].into_iter().chain((0..4).filter(|_| crops).map(Some));
        let mirrored: &[bool] = if mirror { &[false, true] } else { &[false] };
        corners
            .flat_map(|corner| mirrored.iter().map(move |is_mirrored| Self { corner, is_mirrored: *is_mirrored }))
            .collect()
    }

    /// Changes what an encoder takes of a photo, `[channels, size, size]`.
    pub fn apply(self, input: &mut [f32], size: usize) {
        if let Some(corner) = self.corner {
            input.chunks_exact_mut((size * size).max(1)).for_each(|plane| crop(plane, size, corner));
        }
        if self.is_mirrored {
            mirror(input, size);
        }
    }

    /// These words have stayed the same since the first version, so that what was encoded is found.
    fn identity(self) -> String {
        let corner = self.corner.map_or_else(String::new, |corner| format!("corner {corner}\0"));
        corner + if self.is_mirrored { "mirrored\0" } else { "" }
    }
}

impl Shown {
    pub fn as_it_is(row: usize) -> Self {
        Self { row, view: View::default() }
    }
}

/// Photos, each in one of the views by chance.
pub fn by_chance(rows: &[usize], views: &[View], random: &mut ChaCha8Rng) -> Vec<Shown> {
    rows.iter().map(|row| Shown { row: *row, view: views[random.random_range(0..views.len())] }).collect()
}

/// Some photos of a list in a view.
#[derive(Clone, Copy, Debug)]
pub struct Viewed<'a, L: PhotoList + ?Sized> {
    pub list: &'a L,
    pub rows: &'a [usize],
    pub view: View,
}

impl<L: PhotoList + ?Sized> PhotoList for Viewed<'_, L> {
    fn len(&self) -> usize {
        self.rows.len()
    }

    fn identity(&self, photo: usize) -> Vec<u8> {
        [&self.list.identity(self.rows[photo])[..], self.view.identity().as_bytes()].concat()
    }

    fn decode(&self, photo: usize) -> Result<Photo, String> {
        self.list.decode(self.rows[photo])
    }

    fn input(&self, photo: usize, spec: &InputSpec) -> Result<Vec<f32>, String> {
        let mut input = self.list.input(self.rows[photo], spec)?;
        self.view.apply(&mut input, spec.size);
        Ok(input)
    }
}

/// Turns rows of pixels around.
fn mirror(input: &mut [f32], size: usize) {
    input.chunks_mut(size.max(1)).for_each(<[f32]>::reverse);
}

/// A corner of a square, as large as the square: what lies between two pixels is mixed of both.
fn crop(plane: &mut [f32], size: usize, corner: u8) {
    let part = (size as f64 * CROP).round().max(1.0);
    let begin = |is_far: bool| if is_far { size as f64 - part } else { 0.0 };
    let (top, left) = (begin(corner >= 2), begin(corner % 2 == 1));
    let between = |at: usize, begin: f64| {
        let place = (begin + (at as f64 + 0.5) * part / size as f64 - 0.5).clamp(0.0, (size - 1) as f64);
        let first = place as usize;
        (first, (first + 1).min(size - 1), (place - first as f64) as f32)
    };
    let whole = plane.to_vec();
    for (y, row) in plane.chunks_exact_mut(size).enumerate() {
        let (above, below, down) = between(y, top);
        for (x, pixel) in row.iter_mut().enumerate() {
            let (before, after, across) = between(x, left);
            let mixed = |row: usize| whole[row * size + before] * (1.0 - across) + whole[row * size + after] * across;
            *pixel = mixed(above) * (1.0 - down) + mixed(below) * down;
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn all_views_are_the_photo_its_corners_and_both_in_a_mirror() {
        assert_eq!(View::all(false, false), [View::default()]);
        assert_eq!(View::all(true, false), [false, true].map(|is_mirrored| View { corner: None, is_mirrored }));
        assert_eq!(View::all(true, true).len(), 10);
        assert_eq!(View::all(true, true)[0], View::default());
    }

    #[test]
    fn a_corner_is_a_part_as_large_as_the_whole() {
        let size = 16;
        // Bright towards the right, and a hundred times more towards the bottom.
        let ramp: Vec<f32> = (0..size * size).map(|at| (at % size) as f32 + 100.0 * (at / size) as f32).collect();
        for (corner, first, last) in [(0, [0.0, 0.0], [13.0, 13.0]), (3, [2.0, 2.0], [15.0, 15.0])] {
            let mut plane = ramp.clone();
            View { corner: Some(corner), is_mirrored: false }.apply(&mut plane, size);
            let near = |at: usize, [x, y]: [f32; 2]| (plane[at] - (x + 100.0 * y)).abs() < 51.0;
            assert!(
                near(0, first) && near(size * size - 1, last),
                "{corner}: {} to {}",
                plane[0],
                plane[size * size - 1]
            );
        }
        let mut mirrored = ramp.clone();
        View { corner: None, is_mirrored: true }.apply(&mut mirrored, size);
        assert_eq!(mirrored[0], 15.0);
    }

    #[test]
    fn chance_shows_each_view_as_often_and_a_seed_the_same_ones() {
        let rows: Vec<usize> = (0..1000).collect();
        let drawn = |seed| by_chance(&rows, &View::all(true, false), &mut ChaCha8Rng::seed_from_u64(seed));
        let mirrored = drawn(3).iter().filter(|photo| photo.view.is_mirrored).count();
        assert!((400..600).contains(&mirrored), "{mirrored}");
        assert_eq!(drawn(3), drawn(3));
        assert_ne!(drawn(3), drawn(4));
    }
}
