//! Karpathy's split JSON for Flickr8k, Flickr30k and COCO: photos with their captions and their split.

use serde::Deserialize;

use super::captions::Captions;
use super::error::DatasetError;
use super::left_out::LeftOut;
use super::split::Split;

#[derive(Deserialize)]
pub struct File {
    images: Vec<Image>,
}

#[derive(Deserialize)]
struct Image {
    filename: String,
    /// The folder, where photos are in several.
    #[serde(default)]
    filepath: String,
    split: Option<KarpathySplit>,
    sentences: Vec<Sentence>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum KarpathySplit {
    Train,
    /// COCO's validation photos that Karpathy neither validates nor tests with. Everybody trains on them.
    Restval,
    Val,
    Test,
}

#[derive(Deserialize)]
struct Sentence {
    raw: String,
}

pub fn read(file: File, left_out: &mut LeftOut) -> Result<Captions, DatasetError> {
    let mut captions = Captions::default();
    for Image { filename, filepath, split, sentences } in file.images {
        let name = if filepath.is_empty() { filename } else { format!("{filepath}/{filename}") };
        captions.lines += sentences.len();
        let Some(entry) = captions.photo(&name, left_out) else { continue };
        entry.captions.extend(sentences.into_iter().map(|sentence| sentence.raw));
        let split = split.map(|split| match split {
            KarpathySplit::Train | KarpathySplit::Restval => Split::Train,
            KarpathySplit::Val => Split::Validation,
            KarpathySplit::Test => Split::Test,
        });
        match (entry.split, split) {
            (Some(first), Some(second)) if first != second => {
                return Err(DatasetError::TwoSplits { name, first, second });
            }
            (_, Some(split)) => entry.split = Some(split),
            (_, None) => {}
        }
    }
    Ok(captions)
}
