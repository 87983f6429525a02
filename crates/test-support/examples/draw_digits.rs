//! Draws digits into a folder, under the names of MNIST's files, so that `configs/MNIST.yaml` has something to learn where
//! MNIST itself is not at hand: `cargo run -p sightline-test-support --example draw_digits data/mnist`.

use std::path::PathBuf;
use std::process::ExitCode;

use sightline_test_support::digits::Digits;

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("name the folder: draw_digits data/mnist");
        return ExitCode::from(2);
    };
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        for (name, count, seed) in [("train", 10_000, 1), ("t10k", 2_000, 2)] {
            let (images, labels) = (format!("{name}-images-idx3-ubyte.gz"), format!("{name}-labels-idx1-ubyte.gz"));
            Digits::draw(count, seed).write(&folder.join(images), &folder.join(labels))?;
        }
        Ok(())
    });
    match written {
        Ok(()) => {
            println!("10,000 digits to learn from and 2,000 to judge by are in {}", folder.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}
