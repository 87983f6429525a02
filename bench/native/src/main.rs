//! The encoder of a model, as ONNX, in other runtimes than Sightline: one photo for each line that is read.
//!
//! `sightline-bench-native RUNTIME FOLDER`; the folder is what `tests/reference/bench_onnx.py` made. Says `ready` and the
//! cosine of its grid with PyTorch's, and then how many milliseconds each encode took.

mod candle;
mod tract;

use std::io::{Write, stdin, stdout};
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};

/// What a runtime makes of a photo, `[3, side, side]`.
type Encode = Box<dyn Fn(&[f32]) -> Result<Vec<f32>>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, runtime, folder] = arguments.as_slice() else { bail!("usage: sightline-bench-native RUNTIME FOLDER") };
    let folder = Path::new(folder);
    let photo = floats(&folder.join("photo.f32"))?;
    let side = (photo.len() / 3).isqrt();
    let path = folder.join("encoder.onnx");
    let encode = match runtime.as_str() {
        "tract" => tract::load(&path, side)?,
        "candle" => candle::load(&path, side)?,
        other => bail!("there is no runtime {other}; there are tract and candle"),
    };
    let found = cosine(&encode(&photo)?, &floats(&folder.join("grid.f32"))?)?;
    println!("ready {found:.6}");
    for line in stdin().lines() {
        line?;
        let begin = Instant::now();
        encode(&photo)?;
        println!("{:.4}", 1000.0 * begin.elapsed().as_secs_f64());
        stdout().flush()?;
    }
    Ok(())
}

fn floats(path: &Path) -> Result<Vec<f32>> {
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    Ok(bytes.chunks_exact(4).map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect())
}

fn cosine(one: &[f32], other: &[f32]) -> Result<f64> {
    ensure!(one.len() == other.len(), "the grid has {} numbers, PyTorch's has {}", one.len(), other.len());
    let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>();
    Ok(product(one, other) / (product(one, one) * product(other, other)).sqrt())
}
