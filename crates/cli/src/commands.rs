//! The commands, one file for each.

pub mod alt;
pub mod caption;
pub mod classify;
pub mod filter;
pub mod inspect;
pub mod look;
#[cfg(target_os = "wasi")]
pub mod native_only;

#[cfg(not(target_os = "wasi"))]
pub mod bench;
#[cfg(not(target_os = "wasi"))]
pub mod eval;
#[cfg(not(target_os = "wasi"))]
pub mod pack;
#[cfg(not(target_os = "wasi"))]
pub mod train;
