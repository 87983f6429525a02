//! Every way in which photos with classes can be unusable. Each names the place, and the way out.

use std::path::PathBuf;

use crate::data::idx::IdxError;
use sightline::humanize::thousands;

#[derive(Debug, thiserror::Error)]
pub enum LabelledError {
    #[error(transparent)]
    Idx(#[from] IdxError),
    #[error("{}: {reason}", path.display())]
    Io { path: PathBuf, reason: std::io::Error },
    #[error(
        "{}: there is no such folder; give one with a folder of photos for each class, or an IDX file and its labels",
        folder.display()
    )]
    NoFolder { folder: PathBuf },
    #[error(
        "{}: these are IDX pictures; name the file of their labels as well, as data.labels or data.test_labels",
        images.display()
    )]
    NoLabels { images: PathBuf },
    #[error(
        "{} has {} pictures, and {} has {} labels; give two files that belong together",
        images.display(), thousands(*pictures), file.display(), thousands(*labels)
    )]
    Counts { images: PathBuf, pictures: usize, file: PathBuf, labels: usize },
    #[error(
        "{}: there is one class in it, {classes:?}, and nothing to tell it from; two or more are needed, each a folder of \
         photos",
        place.display()
    )]
    OneClass { place: PathBuf, classes: String },
    #[error("{}: there is no folder in it; each class is a folder of photos", folder.display())]
    NoClass { folder: PathBuf },
    #[error("{}: the class {class} has no photo; give it some, or take it away", place.display())]
    EmptyClass { place: PathBuf, class: String },
    #[error("{}: the class {class} is not among those that are learnt: {known}", place.display())]
    UnknownClass { place: PathBuf, class: String, known: String },
    #[error("{}: the name of a class has to be Unicode; rename the folder", folder.display())]
    ClassName { folder: PathBuf },
    #[error("the class {class} has no photo to learn from; give it more{}", after(left_out))]
    NothingToLearn { class: String, left_out: String },
    #[error(
        "there is no photo to judge by; raise data.validation, or give more photos of each class{}",
        after(left_out)
    )]
    NothingToJudgeBy { left_out: String },
}

fn after(left_out: &str) -> String {
    if left_out.is_empty() { String::new() } else { format!(" ({left_out})") }
}
