//! What stands in the place of the commands that train, pack and measure, in the program that the npm package runs.

use std::ffi::OsString;

use anyhow::bail;
use clap::Args;

use crate::status::CommandStatus;

#[derive(Args)]
pub struct Arguments {
    /// Whatever the native command takes
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    _arguments: Vec<OsString>,
}

pub fn run(_: &Arguments) -> anyhow::Result<CommandStatus> {
    bail!(
        "the npm package captions, and does not train, pack, score or measure; that the native command does, which cargo builds"
    )
}
