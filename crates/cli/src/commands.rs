//! The commands, one file for each.

pub mod alt;
pub mod bench;
pub mod caption;
pub mod classify;
pub mod eval;
pub mod filter;
pub mod inspect;
pub mod look;
pub mod pack;
pub mod train;
