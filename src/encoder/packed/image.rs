//! What the steps of a packed network hand on: images in floats, in bytes, or in both, and the memory that they lie in.

use sightline_kernels::{Bytes, Layout, Quantization};

/// In what an image is kept: as whoever takes it wants it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Form {
    pub floats: bool,
    pub bytes: Option<Quantization>,
}

impl Form {
    pub const FLOATS: Self = Self { floats: true, bytes: None };
}

/// What a step made of one photo, or the photo.
#[derive(Debug)]
pub struct Image {
    pub layout: Layout,
    floats: Option<Vec<f32>>,
    bytes: Option<(Vec<u8>, Quantization)>,
}

impl Image {
    /// In the form that is wanted.
    pub fn of_floats(layout: Layout, floats: Vec<f32>, form: Form, memory: &mut Memory) -> Self {
        let bytes = form.bytes.map(|quantization| {
            let mut bytes = take(&mut memory.bytes, layout.len());
            quantization.bytes_of(&floats[..layout.len()], &mut bytes);
            (bytes, quantization)
        });
        let mut image = Self { layout, floats: Some(floats), bytes };
        if !form.floats && image.bytes.is_some() {
            memory.floats.extend(image.floats.take());
        }
        image
    }

    pub fn of_bytes(layout: Layout, bytes: Vec<u8>, quantization: Quantization) -> Self {
        Self { layout, floats: None, bytes: Some((bytes, quantization)) }
    }

    /// Nothing where it is kept in bytes alone.
    pub fn floats(&self) -> Option<(&[f32], &Layout)> {
        Some((self.floats.as_deref()?, &self.layout))
    }

    /// Nothing where it is kept in floats alone.
    pub fn bytes(&self) -> Option<Bytes<'_>> {
        let (bytes, quantization) = self.bytes.as_ref()?;
        Some(Bytes { bytes, layout: &self.layout, quantization: *quantization })
    }

    /// Its numbers in floats, whatever it is kept in.
    pub fn into_floats(self) -> (Layout, Vec<f32>) {
        let floats = match (self.floats, self.bytes) {
            (Some(floats), _) => floats,
            (None, Some((bytes, quantization))) => {
                let mut floats = vec![0.0; bytes.len()];
                quantization.values_of(&bytes, &mut floats);
                floats
            }
            (None, None) => unreachable!("an image is kept in one of both"),
        };
        (self.layout, floats)
    }
}

/// Memory of images that nobody wants any more.
#[derive(Debug, Default)]
pub struct Memory {
    floats: Vec<Vec<f32>>,
    bytes: Vec<Vec<u8>>,
}

impl Memory {
    /// For an image of this layout, with zeros in its border.
    pub fn floats(&mut self, layout: &Layout) -> Vec<f32> {
        let mut floats = take(&mut self.floats, layout.len());
        layout.clear_border(&mut floats, 0.0);
        floats
    }

    /// For an image of this layout, with bytes that stand for 0 in its border.
    pub fn bytes(&mut self, layout: &Layout, zero: u8) -> Vec<u8> {
        let mut bytes = take(&mut self.bytes, layout.len());
        layout.clear_border(&mut bytes, zero);
        bytes
    }

    pub fn give_back(&mut self, image: Image) {
        self.floats.extend(image.floats);
        self.bytes.extend(image.bytes.map(|(bytes, _)| bytes));
    }
}

/// The smallest that is large enough, or else the largest, which grows.
fn take<T: Clone + Default>(free: &mut Vec<Vec<T>>, length: usize) -> Vec<T> {
    free.sort_by_key(Vec::capacity);
    let place = free.iter().position(|numbers| numbers.capacity() >= length);
    let mut numbers = place.map(|place| free.remove(place)).or_else(|| free.pop()).unwrap_or_default();
    numbers.resize(length, T::default());
    numbers
}
