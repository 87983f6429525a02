//! What several workers make, told in the order in which it was asked for.
//!
//! Memory stays flat: a job is only fetched when one of the results before it was told, so that no more is on its way
//! than a window of a few jobs for each worker. On WASI, which has no threads, one is done after the other.

mod end;
#[cfg(target_os = "wasi")]
mod one_by_one;
#[cfg(not(target_os = "wasi"))]
mod threads;

#[cfg(test)]
mod tests;

pub use end::End;
#[cfg(target_os = "wasi")]
pub use one_by_one::in_order;
#[cfg(not(target_os = "wasi"))]
pub use threads::in_order;
