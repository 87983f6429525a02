//! The table as a safetensors file, and back. `models/FORMAT.md` specifies it.

use safetensors::tensor::{Dtype, SafeTensors, TensorView};

use super::error::ConsensusError;
use super::table::Table;

/// Its tensors, by name.
const NAMES: [&str; 10] = [
    "centre",
    "projection",
    "projection:scale",
    "directions",
    "grams",
    "photos_with",
    "lengths",
    "sizes",
    "entries",
    "weights",
];

pub fn read(bytes: &[u8]) -> Result<Table, ConsensusError> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| ConsensusError::Header(error.to_string()))?;
    let mut names = file.names();
    // Sorted, so that of several faults it is always the same one that is reported.
    names.sort_unstable();
    if let Some(unknown) = names.into_iter().find(|name| !NAMES.contains(name)) {
        return Err(ConsensusError::Unknown { tensor: unknown.to_string() });
    }
    let scales: Vec<f32> = numbers(&vector(&file, "projection:scale", Dtype::F32)?, f32::from_le_bytes);
    let centre: Vec<f32> = numbers(&vector(&file, "centre", Dtype::F32)?, f32::from_le_bytes);
    let sizes = vector(&file, "sizes", Dtype::U8)?.data().to_vec();
    Ok(Table {
        projection: matrix(&file, "projection", [scales.len(), centre.len()], "[dimensions, channels]")?,
        directions: matrix(&file, "directions", [sizes.len(), scales.len()], "[photos, dimensions]")?,
        grams: numbers(&vector(&file, "grams", Dtype::U32)?, u32::from_le_bytes),
        photos_with: numbers(&vector(&file, "photos_with", Dtype::U32)?, u32::from_le_bytes),
        lengths: numbers(&vector(&file, "lengths", Dtype::U32)?, u32::from_le_bytes),
        entries: numbers(&vector(&file, "entries", Dtype::U16)?, u16::from_le_bytes),
        weights: vector(&file, "weights", Dtype::U8)?.data().to_vec(),
        centre,
        scales,
        sizes,
    })
}

fn tensor<'f>(file: &SafeTensors<'f>, name: &'static str, dtype: Dtype) -> Result<TensorView<'f>, ConsensusError> {
    let view = file.tensor(name).map_err(|_| ConsensusError::Missing { tensor: name })?;
    if view.dtype() != dtype {
        let (expected, found) = (format!("{dtype:?}"), format!("{:?}", view.dtype()));
        return Err(ConsensusError::Dtype { tensor: name, expected, found });
    }
    Ok(view)
}

fn vector<'f>(file: &SafeTensors<'f>, name: &'static str, dtype: Dtype) -> Result<TensorView<'f>, ConsensusError> {
    let view = tensor(file, name, dtype)?;
    match view.shape().len() {
        1 => Ok(view),
        _ => Err(ConsensusError::Shape { tensor: name, expected: "one axis", found: view.shape().to_vec() }),
    }
}

fn matrix(
    file: &SafeTensors,
    name: &'static str,
    shape: [usize; 2],
    expected: &'static str,
) -> Result<Vec<i8>, ConsensusError> {
    let view = tensor(file, name, Dtype::I8)?;
    match view.shape() == shape {
        true => Ok(view.data().iter().map(|byte| *byte as i8).collect()),
        false => Err(ConsensusError::Shape { tensor: name, expected, found: view.shape().to_vec() }),
    }
}

fn numbers<T, const N: usize>(view: &TensorView, number: impl Fn([u8; N]) -> T) -> Vec<T> {
    view.data().as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect()
}

pub fn bytes(table: &Table) -> Result<Vec<u8>, ConsensusError> {
    fn little<T: Copy, const N: usize>(values: &[T], bytes: impl Fn(T) -> [u8; N]) -> Vec<u8> {
        values.iter().flat_map(|value| bytes(*value)).collect()
    }
    let signed = |values: &[i8]| values.iter().map(|value| *value as u8).collect::<Vec<u8>>();
    let (channels, dimensions, photos) = (table.channels(), table.dimensions(), table.photos());
    let tensors = [
        ("centre", Dtype::F32, vec![channels], little(&table.centre, f32::to_le_bytes)),
        ("projection", Dtype::I8, vec![dimensions, channels], signed(&table.projection)),
        ("projection:scale", Dtype::F32, vec![dimensions], little(&table.scales, f32::to_le_bytes)),
        ("directions", Dtype::I8, vec![photos, dimensions], signed(&table.directions)),
        ("grams", Dtype::U32, vec![table.grams.len()], little(&table.grams, u32::to_le_bytes)),
        ("photos_with", Dtype::U32, vec![table.photos_with.len()], little(&table.photos_with, u32::to_le_bytes)),
        ("lengths", Dtype::U32, vec![table.lengths.len()], little(&table.lengths, u32::to_le_bytes)),
        ("sizes", Dtype::U8, vec![photos], table.sizes.clone()),
        ("entries", Dtype::U16, vec![table.entries.len()], little(&table.entries, u16::to_le_bytes)),
        ("weights", Dtype::U8, vec![table.weights.len()], table.weights.clone()),
    ];
    let failed = |error: safetensors::SafeTensorError| ConsensusError::Header(error.to_string());
    let views: Result<Vec<_>, _> = (tensors.iter())
        .map(|(name, dtype, shape, bytes)| Ok((*name, TensorView::new(*dtype, shape.clone(), bytes)?)))
        .collect();
    safetensors::serialize(views.map_err(failed)?, None).map_err(failed)
}
