//! What every view of a photo gives: words, a picture, and the numbers that are in it.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use image::RgbImage;
use safetensors::tensor::{Dtype, TensorView};
use sightline::Captioner;
use sightline::files::replace;

pub trait View {
    fn tell(&self, out: &mut Vec<u8>) -> std::io::Result<()>;
    fn picture(&self) -> RgbImage;
    fn numbers(&self) -> Vec<Numbers<'_>>;
}

/// A tensor by its name.
#[derive(Debug)]
pub struct Numbers<'a> {
    pub name: &'static str,
    pub shape: Vec<usize>,
    pub values: Vec<&'a [f32]>,
}

/// How a view is written.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Form {
    Picture,
    Numbers,
}

impl Form {
    /// As the file's name ends.
    pub fn of(path: &Path) -> anyhow::Result<Self> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        match ending.as_deref() {
            Some("png") => Ok(Self::Picture),
            Some("safetensors") => Ok(Self::Numbers),
            _ => bail!(
                "{}: the name has to end in .png for the picture, or in .safetensors for its numbers",
                path.display()
            ),
        }
    }
}

pub fn write_numbers(path: &Path, numbers: &[Numbers]) -> anyhow::Result<()> {
    let file = || path.display().to_string();
    let bytes = |Numbers { values, .. }: &Numbers| -> Vec<u8> {
        values.iter().flat_map(|values| *values).flat_map(|value| value.to_le_bytes()).collect()
    };
    let bytes: Vec<Vec<u8>> = numbers.iter().map(bytes).collect();
    let mut tensors = Vec::with_capacity(numbers.len());
    for (Numbers { name, shape, .. }, bytes) in numbers.iter().zip(&bytes) {
        tensors.push((*name, TensorView::new(Dtype::F32, shape.clone(), bytes).with_context(|| name.to_string())?));
    }
    replace(path, &safetensors::serialize(tensors, None).with_context(file)?).with_context(file)
}

/// A grid of one cell has nothing to be compared.
pub fn expect_cells(captioner: &Captioner) -> anyhow::Result<()> {
    let about = captioner.about();
    let name = about.name;
    ensure!(
        about.grid.cells() > 1,
        "{name}: the grid of this model has only one cell; --stage and --kernels look inside"
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_written() {
        assert_eq!(Form::of(Path::new("a.b/c.PNG")).unwrap(), Form::Picture);
        assert_eq!(Form::of(Path::new("c.safetensors")).unwrap(), Form::Numbers);
        for wrong in ["c.jpg", "png", ".png", ""] {
            let error = Form::of(Path::new(wrong)).unwrap_err().to_string();
            assert!(error.contains(".png") && error.contains(".safetensors"), "{error}");
        }
    }
}
