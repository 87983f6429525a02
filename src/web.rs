//! The browser's face: a model folder's bytes and a photo's in, captions out. Thin on purpose; what it does is in
//! [`crate::captioner`].

use js_sys::{Function, Promise};
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::bundle::{Assembly, BundleError};
use crate::caption::{Devices, Grid};
use crate::captioner::{CaptionError, CaptionOptions, Captioner, View};
use crate::decoder::search::{SearchOptions, Strategy};
use crate::device::{self, Choice, DeviceError, Place};
use crate::photo::{Limits, Photo, PhotoError};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(message: &str);
}

/// A panic ends in a trap that names nothing; its message goes to the console.
#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|panic| console_error(&panic.to_string())));
}

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

    /// The model, with its encoder on `"cpu"` or `"webgpu"`. Words are decoded on the processor either way: a small step
    /// costs less there than a round trip to a GPU.
    pub async fn finish(self, encoder: &str) -> Result<WebCaptioner, JsValue> {
        let choice = match encoder {
            "cpu" => Choice::Cpu,
            "webgpu" => Choice::Wgpu,
            other => return Err(error("bad-option", &format!("the device is {other:?}; it has to be cpu or webgpu"))),
        };
        let encoder = device::open_in_browser(choice).await?;
        Ok(WebCaptioner(Captioner::new(self.0.into_model(&encoder, &Place::cpu())?)))
    }
}

/// A model at work.
#[wasm_bindgen]
pub struct WebCaptioner(Captioner);

/// A photo that went through the encoder, to be captioned once or more.
#[wasm_bindgen]
pub struct WebEncodedPhoto(View);

/// What a page may want to know of a model.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct About<'a> {
    name: &'a str,
    license: Option<&'a str>,
    decoder: String,
    has_attention: bool,
    words: usize,
    grid: Grid,
    device: Devices,
}

/// What a page may ask for; all of it may be left out.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WebOptions {
    beams: Option<usize>,
    temperature: Option<f64>,
    top_p: Option<f64>,
    seed: Option<u64>,
    min_words: Option<usize>,
    max_words: Option<usize>,
    length_power: Option<f64>,
    prefix: Vec<String>,
    cells: Option<Vec<usize>>,
}

impl WebOptions {
    fn parse(options: JsValue) -> Result<CaptionOptions, JsValue> {
        let bad = |message: &str| error("bad-option", message);
        let options: Option<Self> = serde_wasm_bindgen::from_value(options).map_err(|fault| bad(&fault.to_string()))?;
        let Self { beams, temperature, top_p, seed, min_words, max_words, length_power, prefix, cells } =
            options.unwrap_or_default();
        let plain = SearchOptions::default();
        let strategy = match (beams, temperature, top_p, seed) {
            (None, None, None, None) => plain.strategy,
            (Some(1), None, None, None) => Strategy::Greedy,
            (Some(width), None, None, None) => Strategy::Beam { width },
            (None, temperature, top_p, seed) => Strategy::Sample {
                temperature: temperature.unwrap_or(1.0),
                top_p: top_p.unwrap_or(1.0),
                seed: seed.unwrap_or(0),
            },
            _ => {
                return Err(bad(
                    "beams cannot be combined with temperature, topP or seed; leave the one or the others out",
                ));
            }
        };
        let search = SearchOptions {
            strategy,
            min_words: min_words.unwrap_or(plain.min_words),
            max_words: max_words.unwrap_or(plain.max_words),
            length_power: length_power.unwrap_or(plain.length_power),
            ..plain
        };
        Ok(CaptionOptions { search, prefix, cells })
    }
}

#[wasm_bindgen]
impl WebCaptioner {
    /// An object that tells what model this is.
    pub fn about(&self) -> Result<JsValue, JsValue> {
        let model = self.0.model();
        let about = About {
            name: &model.manifest.name,
            license: model.manifest.license.as_deref(),
            decoder: model.manifest.decoder.name(),
            has_attention: model.manifest.decoder.has_attention(),
            words: model.vocabulary.len(),
            grid: model.manifest.grid(),
            device: model.devices,
        };
        Ok(serde_wasm_bindgen::to_value(&about)?)
    }

    /// Goes through the whole model once, so that the first photo does not wait for what is done only the first time.
    #[wasm_bindgen(js_name = warmUp)]
    pub async fn warm_up(&self) -> Result<(), JsValue> {
        Ok(self.0.warm_up().await?)
    }

    /// Decodes and encodes a photo's file.
    pub async fn encode(&self, photo: Vec<u8>) -> Result<WebEncodedPhoto, JsValue> {
        let decoded = Photo::decode(&photo, &Limits::default())?;
        drop(photo);
        Ok(WebEncodedPhoto(self.0.look(&decoded).await?))
    }

    /// Encodes pixels: four bytes each (red, green, blue, opacity), row by row.
    #[wasm_bindgen(js_name = encodePixels)]
    pub async fn encode_pixels(&self, width: u32, height: u32, rgba: Vec<u8>) -> Result<WebEncodedPhoto, JsValue> {
        let photo = Photo::from_rgba(width, height, rgba, &Limits::default())?;
        Ok(WebEncodedPhoto(self.0.look(&photo).await?))
    }

    /// The caption of a photo. `on_words` is called after each step with the words so far; what it returns is awaited, so
    /// that it can let messages in, and `false` ends the caption there.
    pub async fn generate(&self, photo: &WebEncodedPhoto, options: JsValue, on_words: Function) -> Result<JsValue, JsValue> {
        let options = WebOptions::parse(options)?;
        let mut telling = self.0.tell(&photo.0, &options)?;
        while telling.advance().await? {
            let words = serde_wasm_bindgen::to_value(&telling.words())?;
            let answer = on_words.call1(&JsValue::NULL, &words)?;
            if JsFuture::from(Promise::resolve(&answer)).await? == JsValue::FALSE {
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

impl From<DeviceError> for JsValue {
    fn from(source: DeviceError) -> Self {
        error("device-unavailable", &source.to_string())
    }
}
