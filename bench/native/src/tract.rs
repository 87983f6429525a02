//! tract, which reads ONNX and optimises it for the processor that it is on.

use std::path::Path;

use anyhow::Result;
use tract_onnx::prelude::*;

use crate::Encode;

pub fn load(path: &Path, side: usize) -> Result<Encode> {
    let shape = [1, 3, side, side];
    let model = tract_onnx::onnx()
        .model_for_path(path)?
        .with_input_fact(0, f32::fact(shape).into())?
        .into_optimized()?
        .into_runnable()?;
    Ok(Box::new(move |photo| {
        let input = Tensor::from_shape(&shape, photo)?;
        let grid = model.run(tvec!(input.into()))?.remove(0);
        Ok(grid.try_as_plain_ram()?.as_slice::<f32>()?.to_vec())
    }))
}
