//! The models that ship, by name.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::model_address;

/// `www/shipped-models.js` has the same names for the page.
const SHIPPED: [&str; 2] = ["flickr8k-resnet50", "flickr8k-lite"];
/// What captions where no model is named: the better one.
const DEFAULT: &str = SHIPPED[1];
/// Names a folder with the models in it, for those who have installed the command elsewhere.
const MODELS_VARIABLE: &str = "SIGHTLINE_MODELS";

#[derive(Args, Clone)]
pub struct ModelArgument {
    #[arg(long, value_name = "MODEL", default_value = DEFAULT, help = model_help())]
    pub model: PathBuf,
}

pub fn model_help() -> String {
    format!("The model: a folder, or one that ships, by its name: {}", SHIPPED.join(" or "))
}

/// The folder of a model that is named by its folder or address, or of one that ships, by its name. It is looked for in the
/// folder that `SIGHTLINE_MODELS` names, and in `models/` here, where the program is, and in the folders above both.
pub fn model_folder(named: &Path) -> anyhow::Result<PathBuf> {
    if let Some(address) = model_address::address(named) {
        return model_address::fetched_folder(address);
    }
    let Some(name) = SHIPPED.iter().find(|name| Path::new(name) == named) else { return Ok(named.into()) };
    if named.is_dir() {
        return Ok(named.into());
    }
    let above = |path: std::io::Result<PathBuf>| path.into_iter().flat_map(|path| ancestors(&path));
    let folders = std::env::var_os(MODELS_VARIABLE)
        .map(PathBuf::from)
        .into_iter()
        .chain(above(std::env::current_dir()))
        .chain(above(program()));
    find(name, folders)
}

/// Where the program is. WASI does not tell; Node says it in the place of the command's name.
fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe().or_else(|error| std::env::args_os().next().map(PathBuf::from).ok_or(error))
}

fn find(name: &str, mut folders: impl Iterator<Item = PathBuf>) -> anyhow::Result<PathBuf> {
    folders.find(|folder| folder.join(name).is_dir()).map(|folder| folder.join(name)).with_context(|| {
        format!(
            "{name} is not in models/ here, or where the program is, or above; give the folder of a model in its \
             place, or name the one with {name} in it by {MODELS_VARIABLE}"
        )
    })
}

/// `models/` in every folder that a path leads through.
fn ancestors(path: &Path) -> Vec<PathBuf> {
    path.ancestors().map(|folder| folder.join("models")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_test_support::in_repo;

    #[test]
    fn a_model_is_looked_for_in_order_and_what_to_do_is_said_where_there_is_none() {
        let parent = tempfile::tempdir().unwrap();
        let folders = ["first", "second", "third"].map(|name| parent.path().join(name));
        let error = find("some", folders.clone().into_iter()).unwrap_err().to_string();
        assert!(error.starts_with("some is not in models/ here") && error.contains(MODELS_VARIABLE), "{error}");
        for folder in &folders[1..] {
            std::fs::create_dir_all(folder.join("some")).unwrap();
        }
        assert_eq!(find("some", folders.clone().into_iter()).unwrap(), folders[1].join("some"));
    }

    #[test]
    fn the_page_knows_the_same_models() {
        let page = std::fs::read_to_string(in_repo("www/shipped-models.js")).unwrap();
        let names: Vec<&str> = page.split('\'').skip(1).step_by(2).collect();
        assert_eq!(names, SHIPPED);
    }
}
