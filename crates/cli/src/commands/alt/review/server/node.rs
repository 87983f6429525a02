//! The server where Node has the sockets, for WASI has none: it collects what comes, and this program reads and answers it.

use std::sync::Arc;
use std::thread;

use anyhow::bail;

use super::super::http::{BODY_LIMIT, Request, Response};
use super::super::wire::{HEAD_LIMIT, Received, received, sent};
use super::{MOST_CONNECTIONS, PATIENCE, UNREAD_LIMIT, taken, unusable};

/// As many requests as a browser has under way for a page. Each costs a worker, whether there is something to do or not.
const THREADS: usize = 6;
/// No request has more bytes.
const REQUEST_LIMIT: usize = HEAD_LIMIT + BODY_LIMIT;

#[link(wasm_import_module = "sightline")]
unsafe extern "C" {
    /// Listens at a port of this machine alone, and returns which; 0 where it is taken, and the negative length of the
    /// reason where it cannot be had. Threads that are begun from then on can ask for requests. Patience is in
    /// milliseconds, `unread` is how many bytes are taken of whoever still sends when the answer is given.
    fn review_listen(
        port: u32,
        patience: u32,
        connections: usize,
        unread: usize,
        reason: *mut u8,
        capacity: usize,
    ) -> i32;
    /// Waits for a connection to have sent as much as is asked for, at first a byte. Writes all that it has sent, up to
    /// the capacity, and returns how many bytes these are.
    fn review_next(bytes: *mut u8, capacity: usize) -> usize;
    /// Asks this thread's connection for so many bytes in all; another thread may go on with it.
    fn review_await(count: usize);
    /// Sends this to this thread's connection, and ends it.
    fn review_answer(bytes: *const u8, length: usize);
}

pub struct Server {
    port: u16,
}

impl Server {
    /// At this port of this machine alone; 0 for any that is free.
    pub fn bind(port: u16) -> anyhow::Result<Self> {
        let patience = u32::try_from(PATIENCE.as_millis())?;
        let mut reason = vec![0; 1024];
        // SAFETY: no more is written than there is room for.
        let listening = unsafe {
            review_listen(port.into(), patience, MOST_CONNECTIONS, UNREAD_LIMIT, reason.as_mut_ptr(), reason.len())
        };
        match u16::try_from(listening) {
            Ok(0) => Err(taken(port)),
            Ok(port) => Ok(Self { port }),
            Err(_) => {
                reason.truncate(listening.unsigned_abs() as usize);
                bail!("{}: {}", unusable(port), String::from_utf8_lossy(&reason))
            }
        }
    }

    pub fn port(&self) -> anyhow::Result<u16> {
        Ok(self.port)
    }

    /// Answers from now on, until the program ends.
    pub fn start(self, answer: impl Fn(&Request) -> Response + Send + Sync + 'static) {
        let answer = Arc::new(answer);
        for _ in 0..THREADS {
            let answer = answer.clone();
            thread::spawn(move || serve(&*answer));
        }
    }
}

fn serve(answer: impl Fn(&Request) -> Response) {
    let mut bytes = vec![0; REQUEST_LIMIT];
    loop {
        // SAFETY: no more is written than there is room for.
        let count = unsafe { review_next(bytes.as_mut_ptr(), bytes.len()) };
        let response = match received(&bytes[..count.min(REQUEST_LIMIT)]) {
            Received::Request(request) => answer(&request),
            Received::Refused(refusal) => refusal,
            Received::Part(length) => {
                // SAFETY: nothing is pointed at.
                unsafe { review_await(length) };
                continue;
            }
        };
        let response = sent(&response);
        // SAFETY: these bytes are read, and no others.
        unsafe { review_answer(response.as_ptr(), response.len()) };
    }
}
