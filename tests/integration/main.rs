//! The library from outside, in one program: every file here is a part of it.

mod backbones;
mod consensus;
mod decoder;
mod encoder;
mod inspection;
mod model_folder;
mod photo;
mod typescript;
