//! `--review`: a page on this machine alone, on which people accept, correct and dismiss the drafts of a site's book.

mod command_line;
mod files;
mod guard;
mod http;
mod maps;
mod photos;
#[cfg(not(target_os = "wasi"))]
mod serve;
#[cfg(not(target_os = "wasi"))]
mod server;
mod session;
mod site;
mod texts;
mod uses;

#[cfg(not(target_os = "wasi"))]
pub use self::serve::run;
#[cfg(target_os = "wasi")]
use super::arguments::Arguments;
#[cfg(target_os = "wasi")]
use crate::status::CommandStatus;

#[cfg(target_os = "wasi")]
pub fn run(_: &Arguments) -> anyhow::Result<CommandStatus> {
    anyhow::bail!("--review serves a page, which the npm package cannot; the native command does, which cargo builds")
}
