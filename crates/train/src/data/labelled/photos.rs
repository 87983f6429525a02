//! Photos of several places as one list.

use std::path::{Path, PathBuf};

use sightline::photo::{InputSpec, Photo};

use crate::data::idx::IdxImages;
use crate::data::photo_list::PhotoList;

#[derive(Clone, Debug)]
pub struct Photos(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Folder { folder: PathBuf, files: Vec<PathBuf> },
    Idx(IdxImages),
}

impl Photos {
    pub fn of_folder(folder: &Path, files: Vec<PathBuf>) -> Self {
        Self(vec![Part::Folder { folder: folder.to_path_buf(), files }])
    }

    pub fn of_idx(pictures: IdxImages) -> Self {
        Self(vec![Part::Idx(pictures)])
    }

    /// Rows that follow the others.
    pub fn add(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// What a person calls a photo.
    pub fn name(&self, photo: usize) -> String {
        match self.part(photo) {
            (Part::Idx(pictures), picture) => pictures.name(picture),
            (Part::Folder { folder, files }, file) => {
                files[file].strip_prefix(folder).unwrap_or(&files[file]).display().to_string()
            }
        }
    }

    /// The place that a photo is from, and its place in it.
    fn part(&self, photo: usize) -> (&Part, usize) {
        let mut rest = photo;
        for part in &self.0 {
            if rest < part.len() {
                return (part, rest);
            }
            rest -= part.len();
        }
        panic!("there is no photo {photo}");
    }
}

impl Part {
    fn len(&self) -> usize {
        match self {
            Self::Folder { files, .. } => files.len(),
            Self::Idx(pictures) => pictures.len(),
        }
    }
}

impl PhotoList for Photos {
    fn len(&self) -> usize {
        self.0.iter().map(Part::len).sum()
    }

    fn identity(&self, photo: usize) -> Vec<u8> {
        match self.part(photo) {
            // Files of different classes may have the same name and length, so the class belongs to it.
            (Part::Folder { folder, files }, file) => {
                let class = files[file].parent().and_then(|parent| parent.strip_prefix(folder).ok());
                let class = class.map_or(&[][..], |class| class.as_os_str().as_encoded_bytes());
                [class, b"\0", &files[..].identity(file)].concat()
            }
            (Part::Idx(pictures), picture) => pictures.identity(picture),
        }
    }

    fn decode(&self, photo: usize) -> Result<Photo, String> {
        match self.part(photo) {
            (Part::Folder { files, .. }, file) => files[..].decode(file),
            (Part::Idx(pictures), picture) => pictures.decode(picture),
        }
    }

    fn input(&self, photo: usize, spec: &InputSpec) -> Result<Vec<f32>, String> {
        match self.part(photo) {
            (Part::Folder { files, .. }, file) => files[..].input(file, spec),
            (Part::Idx(pictures), picture) => pictures.input(picture, spec),
        }
    }
}
