//! What the tests of the command need: running it, and a model for it.

use std::path::Path;
use std::process::{Command, Output};

use sightline::familiarity::Familiarity;
use sightline::model::{Dtype, Manifest};
use sightline_test_support::{in_repo, small_manifest, write_synthetic};

pub fn sightline_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sightline"));
    command.args(arguments).current_dir(folder).output().expect("the binary was built")
}

/// Runs it among the photos of the tests.
pub fn sightline(arguments: &[&str]) -> Output {
    sightline_in(&in_repo("tests/photos"), arguments)
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The small model, to which every picture is far from its photos.
pub fn knows_nothing() -> Manifest {
    let manifest = small_manifest();
    let channels = manifest.encoder.channels();
    let familiarity = Familiarity { mean: vec![1.0; channels], spread: vec![1e-3; channels], limit: 1.0 };
    Manifest { familiarity: Some(familiarity), ..manifest }
}

/// A model folder that lives as long as the test.
pub struct Model(tempfile::TempDir);

impl Model {
    pub fn new() -> Self {
        Self::of(&small_manifest())
    }

    /// With synthetic weights.
    pub fn of(manifest: &Manifest) -> Self {
        let parent = tempfile::tempdir().unwrap();
        write_synthetic(&parent.path().join("model"), manifest, Dtype::Int8);
        Self(parent)
    }

    pub fn path(&self) -> String {
        self.0.path().join("model").display().to_string()
    }

    pub fn caption(&self, arguments: &[&str]) -> Output {
        self.run("caption", arguments)
    }

    pub fn run(&self, command: &str, arguments: &[&str]) -> Output {
        sightline(&[&[command, "--device", "cpu", "--model", &self.path()], arguments].concat())
    }
}
