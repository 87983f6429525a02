//! What came out of order inside comes out in order; nothing is fetched too early, and nothing hangs.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Barrier};

use super::{End, in_order};

static NEVER: AtomicBool = AtomicBool::new(false);

fn told<Job: Send + 'static>(
    workers: usize,
    jobs: impl Iterator<Item = Job> + Send + 'static,
    make: impl Fn(Job) -> Job + Sync,
) -> Vec<Job> {
    let mut told = Vec::new();
    let tell = |made| {
        told.push(made);
        Ok::<(), io::Error>(())
    };
    assert_eq!(in_order(workers, jobs, &NEVER, || &make, tell).unwrap(), End::Complete);
    told
}

#[test]
fn all_that_was_asked_for_is_told_in_order_by_any_number_of_workers() {
    for workers in [0, 1, 2, 7] {
        assert_eq!(told(workers, 0..1000, |job| job * job), (0..1000).map(|job| job * job).collect::<Vec<_>>());
        assert!(told(workers, std::iter::empty::<u8>(), |job| job).is_empty());
    }
}

#[test]
fn what_is_done_first_waits_for_what_was_asked_for_first() {
    let (second_is_made, wait) = channel();
    let wait = std::sync::Mutex::new(wait);
    let make = |job| {
        match job {
            0 => wait.lock().unwrap().recv().unwrap(),
            1 => second_is_made.send(()).unwrap(),
            _ => {}
        }
        job
    };
    assert_eq!(told(2, 0..3, make), [0, 1, 2]);
}

#[test]
fn workers_work_at_the_same_time() {
    // Nobody passes it alone.
    let both = Barrier::new(2);
    let make = |job| {
        both.wait();
        job
    };
    assert_eq!(told(2, 0..10, make), Vec::from_iter(0..10));
}

#[test]
fn no_more_is_fetched_than_the_window_holds() {
    let fetched = Arc::new(AtomicUsize::new(0));
    let counted = fetched.clone();
    let jobs = (0..10_000_usize).inspect(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
    });
    let mut told = 0;
    let tell = |_| {
        told += 1;
        let ahead = fetched.load(Ordering::SeqCst) - told;
        assert!(ahead <= 12, "{ahead} were on their way");
        Ok::<(), io::Error>(())
    };
    assert_eq!(in_order(3, jobs, &NEVER, || |job: usize| job, tell).unwrap(), End::Complete);
    assert_eq!(told, 10_000);
}

#[test]
fn a_stop_tells_what_was_begun_and_waits_for_no_job() {
    let stop = AtomicBool::new(false);
    // The third job never comes, as from a pipe to which nobody writes; its sender is kept.
    let (sender, jobs) = channel();
    sender.send(0).unwrap();
    sender.send(1).unwrap();
    let mut told = Vec::new();
    let tell = |made| {
        told.push(made);
        stop.store(made == 1, Ordering::Relaxed);
        Ok::<(), io::Error>(())
    };
    assert_eq!(in_order(2, jobs.into_iter(), &stop, || |job: i32| job, tell).unwrap(), End::Stopped);
    assert_eq!(told, [0, 1]);
    drop(sender);
}

#[test]
fn what_cannot_be_told_ends_it() {
    let mut told = Vec::new();
    let tell = |made| match made {
        5 => Err(io::Error::other("the disk is full")),
        _ => {
            told.push(made);
            Ok(())
        }
    };
    let error = in_order(3, 0.., &NEVER, || |job: usize| job, tell).unwrap_err();
    assert_eq!(error.to_string(), "the disk is full");
    assert_eq!(told, [0, 1, 2, 3, 4]);
}

#[test]
fn who_works_has_what_was_begun_in_its_thread() {
    let begun = AtomicUsize::new(0);
    let begin = || {
        begun.fetch_add(1, Ordering::SeqCst);
        let mut count = 0;
        move |_: usize| {
            count += 1;
            count
        }
    };
    let mut most = 0;
    let tell = |count| {
        most = most.max(count);
        Ok::<(), io::Error>(())
    };
    assert_eq!(in_order(1, 0..20, &NEVER, begin, tell).unwrap(), End::Complete);
    assert_eq!((begun.load(Ordering::SeqCst), most), (1, 20));
}

#[test]
fn a_panic_of_a_worker_or_of_what_fetches_is_no_wait_without_end() {
    let hangs = |panics_at: usize, in_jobs: bool| {
        std::panic::catch_unwind(|| {
            let jobs = (0..100).inspect(move |job| assert!(!in_jobs || *job != panics_at));
            told(2, jobs, |job| {
                assert!(in_jobs || job != panics_at);
                job
            })
        })
        .is_ok()
    };
    assert!(!hangs(3, false) && !hangs(3, true));
}
