//! What JavaScript calls: a model folder's bytes and a photo's in, captions out. Thin on purpose; what it does is in
//! [`crate::captioner`].

mod inspection;

use js_sys::{Function, Promise};
use serde::Serialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use crate::captioner::{CaptionError, Captioner, EncodedPhoto};
use crate::device::{self, DeviceError, DeviceRequest, OpenDevice, Precision};
use crate::encoder::MutedChannel;
use crate::error_code::ErrorCode;
use crate::hash;
use crate::model::{ModelError, ModelLoader};
use crate::options::CaptionOptions;
use crate::photo::{Limits, Photo, PhotoError};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    fn console_error(message: &str);
}

#[cfg(feature = "wgpu")]
unsafe extern "C" {
    /// What the compiler of a GPU's programs registers before it begins. Where nobody calls it, the linker has every
    /// function that JavaScript calls do so, each time.
    fn __wasm_call_ctors();
}

/// A panic ends in a trap that names nothing; its message goes to the console.
#[wasm_bindgen(start)]
fn start() {
    #[cfg(feature = "wgpu")]
    // SAFETY: the linker makes it, and this is called once, before everything else.
    unsafe {
        __wasm_call_ctors()
    };
    std::panic::set_hook(Box::new(|panic| console_error(&panic.to_string())));
}

/// A model on its way: `model.json` first, then each shard in any order, then [`WebModelLoader::finish`].
#[wasm_bindgen(js_name = ModelLoader)]
#[derive(Debug)]
pub struct WebModelLoader(ModelLoader);

#[wasm_bindgen(js_class = ModelLoader)]
impl WebModelLoader {
    #[wasm_bindgen(constructor)]
    pub fn new(manifest: &[u8]) -> Result<WebModelLoader, JsValue> {
        Ok(Self(ModelLoader::new(manifest)?))
    }

    /// What has to be added: an array of `{ file, bytes, sha256 }`.
    pub fn shards(&self) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::to_value(&self.0.manifest().files().collect::<Vec<_>>())?)
    }

    /// Verifies a shard and takes it over; its bytes are not needed any more. Where the browser has computed their SHA-256,
    /// it is not computed again.
    pub fn add(&mut self, file: &str, bytes: &[u8], sha256: Option<Vec<u8>>) -> Result<(), JsValue> {
        match sha256 {
            Some(digest) => Ok(self.0.add_hashed(file, bytes, || hash::hex(&digest))?),
            None => Ok(self.0.add(file, bytes)?),
        }
    }

    /// Whether this file's bytes were those that the manifest promises, so that other copies are no better.
    #[wasm_bindgen(js_name = isVerified)]
    pub fn is_verified(&self, file: &str) -> bool {
        self.0.is_verified(file)
    }

    /// Lets a GPU compile what the encoder needs, while the shards are still to come.
    pub fn prepare(&self, device: &WebDevice) {
        let manifest = self.0.manifest();
        manifest.encoder.prepare(manifest.input.size, manifest.is_in_bytes(), &device.0);
    }

    /// The model, with its encoder on this device. Words are decoded on the processor either way: a small step costs less
    /// there than a round trip to a GPU.
    pub fn finish(self, device: &WebDevice) -> Result<WebCaptioner, JsValue> {
        let decoder = OpenDevice::cpu().with_precision(device.0.precision);
        Ok(WebCaptioner(Captioner::new(self.0.into_model(&device.0, &decoder)?)))
    }
}

/// What an encoder computes on.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WebDevice(OpenDevice);

#[wasm_bindgen]
impl WebDevice {
    /// `"cpu"` or `"webgpu"`, and a precision, `"auto"` or `"f32"`.
    pub async fn open(device: &str, precision: &str) -> Result<WebDevice, JsValue> {
        let request = match device {
            "cpu" => DeviceRequest::Cpu,
            "webgpu" => DeviceRequest::Wgpu,
            other => return Err(no_choice("device", other, "cpu or webgpu")),
        };
        let precision = match precision {
            "auto" => Precision::Auto,
            "f32" => Precision::F32,
            other => return Err(no_choice("precision", other, "auto or f32")),
        };
        Ok(Self(device::open_in_browser(request).await?.with_precision(precision)))
    }
}

/// What is wrong with an option that is one of a few words.
fn no_choice(option: &str, given: &str, choices: &str) -> JsValue {
    error(ErrorCode::BadOption, &format!("the {option} is {given:?}; it has to be {choices}"))
}

/// A model at work.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WebCaptioner(Captioner);

/// A decoded photo.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WebPhoto(Photo);

#[wasm_bindgen]
impl WebPhoto {
    /// From a file's bytes.
    #[wasm_bindgen(js_name = ofFile)]
    pub fn of_file(bytes: Vec<u8>) -> Result<WebPhoto, JsValue> {
        Ok(Self(Photo::decode(&bytes, &Limits::default())?))
    }

    /// From pixels: four bytes each (red, green, blue, opacity), row by row.
    #[wasm_bindgen(js_name = ofPixels)]
    pub fn of_pixels(width: u32, height: u32, rgba: Vec<u8>) -> Result<WebPhoto, JsValue> {
        Ok(Self(Photo::from_rgba(width, height, rgba, &Limits::default())?))
    }
}

/// A photo that went through the encoder, to be captioned once or more.
#[wasm_bindgen]
#[derive(Debug)]
pub struct WebEncodedPhoto(EncodedPhoto);

fn is_option(name: &str) -> bool {
    CaptionOptions::NAMES.contains(&name)
}

/// What a page may ask for. A misspelt option is an error, not a default.
fn parse_options(options: JsValue) -> Result<CaptionOptions, JsValue> {
    let bad = |message: &str| error(ErrorCode::BadOption, message);
    // serde-wasm-bindgen looks only for what it knows, and never meets the others.
    if let Some(object) = js_sys::Object::try_from(&options) {
        let names = js_sys::Object::keys(object);
        let unknown = names.iter().filter_map(|name| name.as_string()).find(|name| !is_option(name));
        if let Some(unknown) = unknown {
            return Err(bad(&format!("there is no option {unknown}; there are {}", CaptionOptions::NAMES.join(", "))));
        }
    }
    let options: Option<CaptionOptions> =
        serde_wasm_bindgen::from_value(options).map_err(|fault| bad(&fault.to_string()))?;
    Ok(options.unwrap_or_default())
}

/// The channels that are to be silent.
fn parse_muted(muted: JsValue) -> Result<Vec<MutedChannel>, JsValue> {
    let muted: Option<Vec<MutedChannel>> = serde_wasm_bindgen::from_value(muted)
        .map_err(|fault| error(ErrorCode::BadOption, &format!("muted is an array of {{ stage, channel }}: {fault}")))?;
    Ok(muted.unwrap_or_default())
}

/// Whether the page wants more, after it was told something. What it answers is awaited, so that it can let messages in.
async fn goes_on(tell: &Function, what: &JsValue) -> Result<bool, JsValue> {
    let answer = tell.call1(&JsValue::NULL, what)?;
    Ok(JsFuture::from(Promise::resolve(&answer)).await? != JsValue::FALSE)
}

#[wasm_bindgen]
impl WebCaptioner {
    /// An object that tells what model this is.
    pub fn about(&self) -> Result<JsValue, JsValue> {
        Ok(serde_wasm_bindgen::to_value(&self.0.about())?)
    }

    /// Goes through the whole model once, so that the first photo does not wait for what is done only the first time.
    #[wasm_bindgen(js_name = warmUp)]
    pub async fn warm_up(&self) -> Result<(), JsValue> {
        Ok(self.0.warm_up().await?)
    }

    /// Encodes a photo, with some channels of some stages silent: an array of `{ stage, channel }`, the stem being stage 0.
    pub async fn encode(&self, photo: &WebPhoto, muted: JsValue) -> Result<WebEncodedPhoto, JsValue> {
        Ok(WebEncodedPhoto(self.0.encode_muted(&photo.0, &parse_muted(muted)?).await?))
    }

    /// The caption of a photo. `on_words` is called after each step with the words so far; what it returns is awaited, so
    /// that it can let messages in, and `false` ends the caption there.
    pub async fn generate(
        &self,
        photo: &WebEncodedPhoto,
        options: JsValue,
        on_words: Function,
    ) -> Result<JsValue, JsValue> {
        let options = parse_options(options)?;
        let mut generation = self.0.generate(&photo.0, &options)?;
        while generation.advance().await? {
            let words = if generation.is_withheld() { vec![] } else { generation.words() };
            if !goes_on(&on_words, &to_js(&words)?).await? {
                break;
            }
        }
        to_js(&generation.into_caption())
    }
}

/// As JavaScript has it; what is not there is `null`.
fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    let serializer = serde_wasm_bindgen::Serializer::new().serialize_missing_as_null(true);
    Ok(value.serialize(&serializer)?)
}

/// An `Error` with a stable `code` that a program can test.
fn error(code: ErrorCode, message: &str) -> JsValue {
    let error = js_sys::Error::new(message);
    // An `Error` is an ordinary object, which always takes a property.
    let _ = js_sys::Reflect::set(&error, &"code".into(), &code.as_str().into());
    error.into()
}

impl From<ModelError> for JsValue {
    fn from(source: ModelError) -> Self {
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
        error(ErrorCode::DeviceUnavailable, &source.to_string())
    }
}
