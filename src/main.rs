//! The `sightline` command; all of it lives in [`sightline::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    sightline::cli::main()
}
