//! `--review`: a page on this machine alone, on which people accept, correct and dismiss the drafts of a site's book.

mod browser;
mod command_line;
mod files;
mod guard;
mod http;
mod maps;
mod photos;
mod serve;
mod server;
mod session;
mod site;
mod texts;
mod uses;
mod wire;

pub use self::serve::run;
