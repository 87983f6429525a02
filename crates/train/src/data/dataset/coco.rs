//! COCO's captions JSON: photos and their captions in two lists, tied by an id.

use std::collections::HashMap;

use serde::Deserialize;

use super::captions::Captions;
use super::left_out::{LeftOut, Unreadable};

#[derive(Deserialize)]
pub struct File {
    images: Vec<Image>,
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Image {
    id: u64,
    file_name: String,
}

#[derive(Deserialize)]
struct Annotation {
    image_id: u64,
    caption: String,
}

pub fn read(file: File, left_out: &mut LeftOut) -> Captions {
    let mut captions = Captions::default();
    let mut names = HashMap::with_capacity(file.images.len());
    for image in file.images {
        // A photo that no annotation names is to be reported as one without caption.
        captions.photo(&image.file_name, left_out);
        if let Some(other) = names.insert(image.id, image.file_name) {
            let reason = format!("{other} has the same id");
            left_out.unreadable.push(Unreadable { place: format!("image {}", image.id), reason });
        }
    }
    for (place, annotation) in file.annotations.into_iter().enumerate() {
        let name = names.get(&annotation.image_id).cloned();
        let name = name.ok_or_else(|| format!("there is no image with the id {}", annotation.image_id));
        let place = format!("annotation {}", place + 1);
        captions.line(place, name.map(|name| (name, annotation.caption)), left_out);
    }
    captions
}
