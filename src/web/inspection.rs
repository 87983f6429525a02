//! What JavaScript asks about the inside of a captioner: maps, kernels and needed cells, as typed arrays.

use js_sys::{Float32Array, Function, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{WebCaptioner, WebEncodedPhoto, WebPhoto, error, goes_on, parse_muted, to_js};
use crate::captioner::CaptionError;
use crate::error_code::ErrorCode;
use crate::inspection::{FeatureMap, Kernels, LayerTime, NeededWord};
use crate::layer_table::Layer;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stage<'a> {
    name: &'a str,
    shape: [usize; 3],
    multiply_adds: u64,
    milliseconds: f64,
    layers: &'a [LayerTime],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FirstConvolution {
    shape: [usize; 4],
    stride: usize,
    padding: [usize; 2],
}

#[derive(Serialize)]
struct Decoder {
    name: &'static str,
    layers: Vec<Layer>,
}

#[derive(Serialize)]
struct Word<'a> {
    text: &'a str,
    probability: f32,
    agreement: Option<f32>,
}

#[wasm_bindgen]
impl WebCaptioner {
    /// What each stage makes of a photo. `on_stage` is told `{ name: "input", shape, values }`, then, for the stem and each
    /// stage, `{ name, shape, values, multiplyAdds, milliseconds, layers }`, and at last `{ name: "decoder", layers }`; where
    /// it answers `false`, that is all.
    pub async fn stages(&self, photo: &WebPhoto, muted: JsValue, on_stage: Function) -> Result<(), JsValue> {
        let (input, mut stages) = self.0.stages(&photo.0, &parse_muted(muted)?).await?;
        let told = feature_map(&input)?;
        set(&told, "name", &"input".into());
        if !goes_on(&on_stage, &told).await? {
            return Ok(());
        }
        while let Some(stage) = stages.advance().await? {
            let crate::inspection::StageMaps { name, map, multiply_adds, milliseconds, layers } = &stage;
            let (multiply_adds, milliseconds) = (*multiply_adds, *milliseconds);
            let told = to_js(&Stage { name, shape: map.shape, multiply_adds, milliseconds, layers })?;
            set_numbers(&told, "values", &map.values);
            if !goes_on(&on_stage, &told).await? {
                return Ok(());
            }
        }
        let manifest = &self.0.model().manifest;
        let layers = manifest.decoder.layers(manifest.grid().cells());
        on_stage.call1(&JsValue::NULL, &to_js(&Decoder { name: "decoder", layers })?)?;
        Ok(())
    }

    /// The first convolution and what each of its kernels makes of the photo: `{ shape, values, stride, padding, responses:
    /// { shape, values } }`, or null.
    pub async fn kernels(&self, photo: &WebPhoto) -> Result<JsValue, JsValue> {
        let Some(kernels) = self.0.kernels(&photo.0).await? else { return Ok(JsValue::NULL) };
        let Kernels { shape, values, stride, padding, responses } = kernels;
        let told = to_js(&FirstConvolution { shape, stride, padding })?;
        set_numbers(&told, "values", &values);
        set(&told, "responses", &feature_map(&responses)?);
        Ok(told)
    }

    /// Which cells each word of a sentence needed. `regions` are arrays of cells that are hidden together. `on_word` is
    /// told `{ text, probability, agreement, looked, cells, blocks, regions }`; where it answers `false`, that is all.
    pub async fn needed(
        &self,
        photo: &WebEncodedPhoto,
        words: Vec<String>,
        regions: JsValue,
        on_word: Function,
    ) -> Result<(), JsValue> {
        let regions: Option<Vec<Vec<usize>>> = serde_wasm_bindgen::from_value(regions).map_err(|fault| {
            error(ErrorCode::BadOption, &format!("regions is an array of arrays of cells: {fault}"))
        })?;
        let mut needed = self.0.needed(&photo.0, &words, &regions.unwrap_or_default())?;
        while let Some(word) = needed.advance().await.map_err(CaptionError::from)? {
            let NeededWord { text, probability, looked, cells, blocks, regions, agreement } = &word;
            let told = to_js(&Word { text, probability: *probability, agreement: *agreement })?;
            match looked {
                Some(looked) => set_numbers(&told, "looked", looked),
                None => set(&told, "looked", &JsValue::NULL),
            }
            set_numbers(&told, "cells", cells);
            set_numbers(&told, "blocks", blocks);
            set_numbers(&told, "regions", regions);
            if !goes_on(&on_word, &told).await? {
                break;
            }
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Shape {
    shape: [usize; 3],
}

fn feature_map(FeatureMap { shape, values }: &FeatureMap) -> Result<JsValue, JsValue> {
    let told = to_js(&Shape { shape: *shape })?;
    set_numbers(&told, "values", values);
    Ok(told)
}

fn set_numbers(object: &JsValue, name: &str, numbers: &[f32]) {
    set(object, name, &Float32Array::from(numbers));
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    // An object that serde made is an ordinary one, which always takes a property.
    let _ = Reflect::set(object, &name.into(), value);
}
