//! What several workers make, told in the order in which it was asked for.
//!
//! Memory stays flat: a job is only fetched when one of the results before it was told, so that no more is on its way than
//! a window of a few jobs for each worker.

mod end;
mod threads;

#[cfg(test)]
mod tests;

pub use end::End;
pub use threads::in_order;
