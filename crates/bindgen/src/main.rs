//! Writes the JavaScript by which a page calls the wasm: the generator of wasm-bindgen, without the programs around it, which
//! take longer to build than the wasm.

use std::env::args_os;
use std::path::PathBuf;

use anyhow::{Context, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<PathBuf> = args_os().skip(1).map(PathBuf::from).collect();
    let [wasm, folder] = arguments.as_slice() else {
        bail!("Which wasm, and which folder? Use: sightline-bindgen WASM FOLDER");
    };
    Bindgen::new()
        .input_path(wasm)
        .web(true)?
        .typescript(true)
        // Nobody else reads the names of functions, and a page would download them.
        .remove_name_section(true)
        .omit_default_module_path(false)
        .generate(folder)
        .with_context(|| format!("{} has no bindings that could be written", wasm.display()))
}
