//! The command from outside, in one program: every file here is a part of it.

mod alt;
mod alt_book;
mod alt_check;
#[cfg(unix)]
mod alt_files;
mod alt_review;
mod backbones;
mod caption;
mod classify;
mod collections;
mod command;
mod eval;
mod filter;
mod hostile_text;
#[cfg(target_os = "linux")]
mod limits;
mod look;
mod model_cards;
mod pack_out;
mod precision;
#[cfg(target_os = "linux")]
mod streams;
mod train;
mod train_classifier;
#[cfg(target_os = "linux")]
mod train_faults;
