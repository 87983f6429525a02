//! Threads and the channels between them: one fetches jobs, workers make something of them, and who called tells it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::end::End;

/// Jobs on their way for each worker: one at work, one that waits for it, and two that are done and wait for one
/// before.
const WINDOW: usize = 4;

/// How long it takes at most until a stop is seen while nothing comes.
const TICK: Duration = Duration::from_millis(100);

enum Event<Job, Made> {
    Fetched(Job),
    NoMoreJobs,
    /// By the job's place.
    Made(usize, Made),
    /// A thread panicked, and what it was to make will never come.
    Lost,
}

/// One end of the channel of events, which says so when its thread panics: nobody is to wait for it then.
struct Reporter<Job, Made>(Sender<Event<Job, Made>>);

impl<Job, Made> Drop for Reporter<Job, Made> {
    fn drop(&mut self) {
        if thread::panicking() {
            let _ = self.0.send(Event::Lost);
        }
    }
}

/// Makes something of every job, by so many workers side by side, and tells it in the order of the jobs.
///
/// `begin` makes what one worker works with, in its thread. `jobs` may wait for as long as it likes, for a pipe or a
/// person: nobody waits for it once `stop` is set, or `tell` has failed.
pub fn in_order<Job, Made, Work, Error>(
    workers: usize,
    jobs: impl Iterator<Item = Job> + Send + 'static,
    stop: &AtomicBool,
    begin: impl Fn() -> Work + Sync,
    tell: impl FnMut(Made) -> Result<(), Error>,
) -> Result<End, Error>
where
    Job: Send + 'static,
    Made: Send + 'static,
    Work: FnMut(Job) -> Made,
    Error: From<std::io::Error>,
{
    let workers = workers.max(1);
    let (reporter, events) = channel();
    let (places, free_places) = channel();
    for _ in 0..workers * WINDOW {
        // The other end is below.
        let _ = places.send(());
    }
    let fetcher = Reporter(reporter.clone());
    // Not of the scope, which would wait for it.
    thread::Builder::new().spawn(move || fetch(jobs, &free_places, &fetcher))?;
    let (work, to_do) = channel::<(usize, Job)>();
    let to_do = &Mutex::new(to_do);
    let begin = &begin;
    thread::scope(|scope| {
        for worker in 0..workers {
            let reporter = Reporter(reporter.clone());
            let spawned = thread::Builder::new().spawn_scoped(scope, move || {
                let mut make = begin();
                while let Some((place, job)) = next(to_do) {
                    if reporter.0.send(Event::Made(place, make(job))).is_err() {
                        break;
                    }
                }
            });
            match spawned {
                Ok(_) => {}
                Err(error) if worker == 0 => return Err(error.into()),
                // Where the system has no more threads, those that it has do the work.
                Err(_) => break,
            }
        }
        drop(reporter);
        // In here, so that it ends before the workers are waited for.
        Coordinator { events, places, work, stop }.run(tell)
    })
}

/// Fetches a job for every place that is free.
fn fetch<Job, Made>(mut jobs: impl Iterator<Item = Job>, free_places: &Receiver<()>, reporter: &Reporter<Job, Made>) {
    for () in free_places {
        let event = jobs.next().map_or(Event::NoMoreJobs, Event::Fetched);
        let is_over = matches!(event, Event::NoMoreJobs);
        if reporter.0.send(event).is_err() || is_over {
            return;
        }
    }
}

fn next<Job>(to_do: &Mutex<Receiver<Job>>) -> Option<Job> {
    // Whoever waits in here holds the lock, and the others wait for that; it cannot be poisoned.
    to_do.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

struct Coordinator<'a, Job, Made> {
    events: Receiver<Event<Job, Made>>,
    places: Sender<()>,
    /// Dropped in the end, whereupon the workers leave.
    work: Sender<(usize, Job)>,
    stop: &'a AtomicBool,
}

impl<Job, Made> Coordinator<'_, Job, Made> {
    fn run<Error>(self, mut tell: impl FnMut(Made) -> Result<(), Error>) -> Result<End, Error> {
        let mut told = 0;
        // What was asked for and not told yet, in order.
        let mut waiting: VecDeque<Option<Made>> = VecDeque::new();
        let mut is_complete = false;
        loop {
            let is_stopped = self.stop.load(Ordering::Relaxed);
            if waiting.is_empty() && (is_complete || is_stopped) {
                return Ok(if is_complete { End::Complete } else { End::Stopped });
            }
            match self.events.recv_timeout(TICK) {
                Ok(Event::Fetched(_)) if is_stopped => {}
                Ok(Event::Fetched(job)) => {
                    let _ = self.work.send((told + waiting.len(), job));
                    waiting.push_back(None);
                }
                Ok(Event::NoMoreJobs) => is_complete = true,
                Ok(Event::Made(place, made)) => {
                    if let Some(slot) = waiting.get_mut(place - told) {
                        *slot = Some(made);
                    }
                    while let Some(made) = waiting.front_mut().and_then(Option::take) {
                        waiting.pop_front();
                        told += 1;
                        tell(made)?;
                        // Nobody listens where no job is left.
                        let _ = self.places.send(());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Event::Lost) | Err(RecvTimeoutError::Disconnected) => panic!("a thread panicked, as it says above"),
            }
        }
    }
}
