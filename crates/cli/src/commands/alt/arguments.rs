//! What `sightline alt` is told.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use sightline_alt::FrontMatterKeys;
use sightline_alt::book::Sureness;

use super::books::BookArguments;
use super::check_arguments::CheckArguments;
use super::decision::Allowed;
use super::review_arguments::ReviewArguments;
use crate::arguments::{BeamArguments, DeviceArguments};
use crate::shipped_models::ModelArgument;
use crate::workers::WorkerArguments;

#[derive(Args)]
pub struct Arguments {
    /// Pages (HTML, Markdown, MDX), patterns such as 'site/**/*.html', and folders (all pages in them)
    #[arg(required = true, value_name = "PAGE")]
    pub pages: Vec<PathBuf>,
    #[command(flatten)]
    pub model: ModelArgument,
    /// How sure the model has to be of what is written into pages
    #[arg(long, value_enum, default_value = "sure")]
    pub least: Least,
    #[command(flatten)]
    pub books: BookArguments,
    /// Write into the pages what people reviewed in the book, and nothing else; no model is needed
    #[arg(long, conflicts_with = "check")]
    pub apply: bool,
    /// Take pictures out of the book that are gone from the site
    #[arg(long, conflicts_with_all = ["apply", "check"])]
    pub prune: bool,
    #[command(flatten)]
    pub check: CheckArguments,
    #[command(flatten)]
    pub review: ReviewArguments,
    /// Keys of front matter that hold a picture and its text, such as image=image_alt,cover.image=cover.alt
    #[arg(long, default_value = "", hide_default_value = true, value_name = "KEYS")]
    pub front_matter: FrontMatterKeys,
    /// The folder that src="/a.jpg" begins from; if not given, the folder that was named, or what pages that were named
    /// have in common
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    #[command(flatten)]
    pub beams: BeamArguments,
    /// Write a caption even of a picture that looks like no photo that the model knows
    #[arg(long)]
    pub any_photo: bool,
    /// One JSON object a line; with --check the same as --report json
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub workers: WorkerArguments,
    #[command(flatten)]
    pub device: DeviceArguments,
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Least {
    Sure,
    Unsure,
    /// Also where the image may be decoration
    Any,
}

impl Least {
    pub fn allowed(self) -> Allowed {
        match self {
            Self::Sure => Allowed::Least(Sureness::Sure),
            Self::Unsure => Allowed::Least(Sureness::Unsure),
            Self::Any => Allowed::All,
        }
    }
}
