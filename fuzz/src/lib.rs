//! Each reads bytes as one kind of file that strangers write, and must neither panic nor take all memory or time.
//!
//! What can be read is used as well, and what can be written again has to be the same when it is read once more.

use std::io::Write;
use std::path::{Path, PathBuf};

use sightline::checkpoint;
use sightline::consensus::{Consensus, SETTINGS};
use sightline::hash::sha256;
use sightline::model::{Manifest, ModelLoader, Shard};
use sightline::photo::{InputSpec, Limits, Photo};
use sightline_alt::book::Book;
use sightline_alt::{Format, Language, Page, Rules, check};
use sightline_test_support::small_manifest;
use sightline_train::TaskConfig;
use sightline_train::data::dataset::{Dataset, Portion, Sources, Splits};
use sightline_train::data::{IdxImages, PhotoList, glove as word_vectors, read_labels};
use tempfile::NamedTempFile;

/// Something to fuzz.
#[derive(Debug)]
pub struct Target {
    pub name: &'static str,
    pub run: fn(&[u8]),
}

/// All that there are.
pub const TARGETS: [Target; 12] = [
    Target { name: "book", run: book },
    Target { name: "captions", run: captions },
    Target { name: "config", run: config },
    Target { name: "consensus", run: consensus },
    Target { name: "glove", run: glove },
    Target { name: "html", run: html },
    Target { name: "idx", run: idx },
    Target { name: "manifest", run: manifest },
    Target { name: "markdown", run: markdown },
    Target { name: "photo", run: photo },
    Target { name: "pytorch", run: pytorch },
    Target { name: "shard", run: shard },
];

/// A photo's file → what an encoder sees.
pub fn photo(bytes: &[u8]) {
    // Small ones are as hostile as large ones, and there are more of them in a minute.
    let limits = Limits { pixels: 1 << 20, bytes: 16 << 20, ..Limits::default() };
    let Ok(photo) = Photo::decode(bytes, &limits) else { return };
    let spec = InputSpec { size: 32, ..InputSpec::imagenet() };
    let input = photo.input(&spec);
    assert_eq!(input.len(), spec.channels() * spec.size * spec.size);
    assert!(input.iter().all(|value| value.is_finite()));
}

/// `model.json`.
pub fn manifest(bytes: &[u8]) {
    let Ok((manifest, _)) = Manifest::parse(bytes) else { return };
    let written = serde_json::to_vec(&manifest).expect("a manifest is JSON");
    let (again, _) = Manifest::parse(&written).expect("what was read is written so that it can be read");
    assert_eq!(again, manifest);
    // What follows from it before any weight is there.
    manifest.slots();
    manifest.bytes();
}

/// A file of weights, of a model whose manifest vouches for it.
pub fn shard(bytes: &[u8]) {
    let file = "weights.safetensors".to_string();
    let shard = Shard { file: file.clone(), bytes: bytes.len() as u64, sha256: sha256(bytes) };
    let manifest = Manifest { shards: vec![shard], ..small_manifest() };
    let json = serde_json::to_vec(&manifest).expect("a manifest is JSON");
    // A shard of no bytes is refused before it is asked for.
    let Ok(mut loader) = ModelLoader::new(&json) else { return };
    if loader.add(&file, bytes).is_ok() {
        let _ = loader.into_weights();
    }
}

/// What a model keeps of its training captions.
pub fn consensus(bytes: &[u8]) {
    const CHANNELS: usize = 8;
    let Ok(consensus) = Consensus::read(bytes, CHANNELS, SETTINGS) else { return };
    let written = consensus.to_bytes().expect("what was read can be written");
    Consensus::read(&written, CHANNELS, SETTINGS).expect("what was written can be read");
}

/// A checkpoint of PyTorch's, or a safetensors file in its place.
pub fn pytorch(bytes: &[u8]) {
    let _ = checkpoint::read(in_file(bytes, ".pth").path());
}

/// The YAML file of a training run.
pub fn config(bytes: &[u8]) {
    let Ok(config) = TaskConfig::read(in_file(bytes, ".yaml").path(), &[]) else { return };
    let yaml = match &config {
        TaskConfig::Caption(config) => config.to_yaml(),
        TaskConfig::Classify(config) => config.to_yaml(),
    };
    let yaml = yaml.expect("a configuration is YAML");
    let again = TaskConfig::read(in_file(yaml.as_bytes(), ".yaml").path(), &[]);
    assert_eq!(again.expect("what was read is written so that it can be read"), config);
}

/// Captions in any of the formats that are known.
pub fn captions(bytes: &[u8]) {
    let file = in_file(bytes, ".txt");
    let splits = Splits::Drawn { seed: 1, validation: Portion::Share(0.1), test: Portion::Share(0.1) };
    let sources = Sources { captions: file.path().to_path_buf(), images: photos(), splits };
    let _ = Dataset::read(&sources);
}

/// Word vectors as text.
pub fn glove(bytes: &[u8]) {
    let file = in_file(bytes, ".txt");
    let Ok(vectors) = word_vectors::read(file.path(), &["a", "dog", "snow"], 4, 1) else { return };
    assert!(vectors.found > 0);
}

/// Pictures and labels as MNIST has them.
pub fn idx(bytes: &[u8]) {
    let file = in_file(bytes, "");
    let _ = read_labels(file.path());
    let Ok(pictures) = IdxImages::read(file.path()) else { return };
    if pictures.len() > 0 {
        let _ = pictures.decode(pictures.len() - 1);
    }
}

/// A page of a site, whose images get texts.
pub fn html(bytes: &[u8]) {
    texts_stay(bytes, Language::Html);
}

/// The same in Markdown, with the tags of MDX where the first byte is odd.
pub fn markdown(bytes: &[u8]) {
    let Some((first, bytes)) = bytes.split_first() else { return };
    texts_stay(bytes, if first % 2 == 0 { Language::Markdown } else { Language::Mdx });
}

/// The file in which a site keeps its texts, as JSON and as a table.
pub fn book(bytes: &[u8]) {
    for book in [Book::from_json(bytes).ok(), Book::from_csv(bytes).ok()].into_iter().flatten() {
        let from_json = Book::from_json(&book.to_json()).expect("what was written as JSON can be read");
        let from_csv = Book::from_csv(&book.to_csv()).expect("what was written as a table can be read");
        for read in [from_json, from_csv] {
            assert!(read.entries().map(|(hash, _)| hash).eq(book.entries().map(|(hash, _)| hash)));
        }
    }
}

/// Writes a text for every image that takes one; what can be written is read again as it is.
fn texts_stay(bytes: &[u8], language: Language) {
    const TEXT: &str = "A dog, \"wet\" & {happy} — <runs>";
    let format = Format { language, front_matter: "image=alt".parse().expect("a pair of keys") };
    let Ok(page) = Page::read(bytes, &format) else { return };
    check(&page, &Rules::default());
    let texts: Vec<_> = page.images().iter().map(|image| image.takes_text().then(|| TEXT.to_string())).collect();
    let Ok(written) = page.with_texts(bytes, &format, &texts) else { return };
    let again = Page::read(&written, &format).expect("a page with texts is a page");
    assert_eq!(again.images().len(), page.images().len());
    for (image, text) in again.images().iter().zip(&texts).filter(|(_, text)| text.is_some()) {
        assert_eq!(&image.text, text);
    }
}

/// Some readers want a file.
fn in_file(bytes: &[u8], suffix: &str) -> NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(suffix).tempfile().expect("a temporary file");
    file.write_all(bytes).expect("a file that can be written");
    file
}

/// Photos that captions can be about.
fn photos() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/photos")
}
