//! The browser's face: a model folder's bytes in, captions out. Thin on purpose; what it does is in [`crate::captioner`].

use js_sys::Function;
use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::bundle::{Assembly, BundleError};
use crate::captioner::{CaptionError, CaptionOptions, Captioner};
use crate::decoder::search::{SearchOptions, Strategy};
use crate::device::Place;
use crate::photo::{Limits, Photo, PhotoError};

/// A model on its way: `model.json` first, then each shard in any order, then [`ModelLoader::finish`].
#[wasm_bindgen]
pub struct ModelLoader(Assembly);

#[wasm_bindgen]
impl ModelLoader {
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8]) -> Result<ModelLoader, JsValue> {
        Ok(Self(Assembly::new(manifest)?))
    }

    /// What has to be added: an array of `{ file, bytes, sha256 }`.
    pub fn shards(&self) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::to_value(&self.0.manifest().shards)?)
    }

    /// Verifies a shard and takes it over; its bytes are not needed any more.
    pub fn add(&mut self, file: &str, bytes: &[u8]) -> Result<(), JsValue> {
        Ok(self.0.add(file, bytes)?)
    }

    pub fn finish(self) -> Result<WebCaptioner, JsValue> {
        let cpu = Place::cpu();
        let model = self.0.into_model(&cpu, &cpu)?;
        Ok(WebCaptioner(Captioner::new(model)))
    }
}

/// A model at work.
#[wasm_bindgen]
pub struct WebCaptioner(Captioner);

/// What a page may ask for; all of it may be left out.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct WebOptions {
    beams: usize,
    min_words: usize,
    max_words: usize,
    prefix: Vec<String>,
    cells: Option<Vec<usize>>,
}

impl Default for WebOptions {
    fn default() -> Self {
        let SearchOptions { min_words, max_words, .. } = SearchOptions::default();
        Self { beams: 3, min_words, max_words, prefix: vec![], cells: None }
    }
}

impl From<WebOptions> for CaptionOptions {
    fn from(options: WebOptions) -> Self {
        let WebOptions { beams, min_words, max_words, prefix, cells } = options;
        let strategy = if beams == 1 { Strategy::Greedy } else { Strategy::Beam { width: beams } };
        let search = SearchOptions { strategy, min_words, max_words, ..SearchOptions::default() };
        Self { search, prefix, cells }
    }
}

#[wasm_bindgen]
impl WebCaptioner {
    /// The caption of a photo's bytes. `on_words` is called after each step with the words so far; what it returns is
    /// awaited, so that it can let messages in, and `false` ends the caption there.
    pub async fn caption(&self, photo: Vec<u8>, options: JsValue, on_words: Function) -> Result<JsValue, JsValue> {
        let options: Option<WebOptions> =
            serde_wasm_bindgen::from_value(options).map_err(|fault| error("bad-option", &fault.to_string()))?;
        let options = CaptionOptions::from(options.unwrap_or_default());
        let decoded = Photo::decode(&photo, &Limits::default())?;
        drop(photo);
        let view = self.0.look(&decoded).await?;
        let mut telling = self.0.tell(&view, &options)?;
        while telling.advance().await? {
            let words = serde_wasm_bindgen::to_value(&telling.words())?;
            let answer = on_words.call1(&JsValue::NULL, &words)?;
            let answer = wasm_bindgen_futures::JsFuture::from(js_sys::Promise::resolve(&answer)).await?;
            if answer == JsValue::FALSE {
                break;
            }
        }
        Ok(serde_wasm_bindgen::to_value(&telling.into_caption())?)
    }
}

/// An `Error` with a stable `code` that a program can test.
fn error(code: &str, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    // An `Error` is an ordinary object, which always takes a property.
    let _ = js_sys::Reflect::set(&error, &"code".into(), &code.into());
    error.into()
}

impl From<BundleError> for JsValue {
    fn from(source: BundleError) -> Self {
        error(source.code(), &source.to_string())
    }
}

impl From<PhotoError> for JsValue {
    fn from(source: PhotoError) -> Self {
        error(source.code(), &source.to_string())
    }
}

impl From<CaptionError> for JsValue {
    fn from(source: CaptionError) -> Self {
        error(source.code(), &source.to_string())
    }
}
