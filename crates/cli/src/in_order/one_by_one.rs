//! One job after the other, where there are no threads.

use std::sync::atomic::{AtomicBool, Ordering};

use super::end::End;

/// Makes something of every job and tells it. Of workers, of whom there may be any number elsewhere, there is one.
pub fn in_order<Job, Made, Work, Error>(
    _: usize,
    jobs: impl Iterator<Item = Job>,
    stop: &AtomicBool,
    begin: impl Fn() -> Work,
    mut tell: impl FnMut(Made) -> Result<(), Error>,
) -> Result<End, Error>
where
    Work: FnMut(Job) -> Made,
{
    let mut make = begin();
    for job in jobs {
        if stop.load(Ordering::Relaxed) {
            return Ok(End::Stopped);
        }
        tell(make(job))?;
    }
    Ok(End::Complete)
}
