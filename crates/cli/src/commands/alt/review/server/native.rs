//! The server where a program has sockets: a thread for each connection.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use anyhow::Context;

use super::super::http::{Request, Response};
use super::super::wire::{Received, received, sent};
use super::{MOST_CONNECTIONS, PATIENCE, UNREAD_LIMIT, taken, unusable};

pub struct Server {
    listener: TcpListener,
}

impl Server {
    /// At this port of this machine alone; 0 for any that is free.
    pub fn bind(port: u16) -> anyhow::Result<Self> {
        match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
            Ok(listener) => Ok(Self { listener }),
            Err(error) if error.kind() == ErrorKind::AddrInUse => Err(taken(port)),
            Err(error) => Err(error).with_context(|| unusable(port)),
        }
    }

    pub fn port(&self) -> anyhow::Result<u16> {
        Ok(self.listener.local_addr()?.port())
    }

    /// Answers from now on, until the program ends.
    pub fn start(self, answer: impl Fn(&Request) -> Response + Send + Sync + 'static) {
        thread::spawn(move || {
            let (answer, connections) = (Arc::new(answer), Arc::new(AtomicUsize::new(0)));
            // A connection that is gone before it is accepted is none.
            for stream in self.listener.incoming().filter_map(Result::ok) {
                let (answer, connection) = (answer.clone(), Connection::new(&connections));
                if connection.is_too_many() {
                    continue;
                }
                // Whoever has hung up has no use for an error. Where there is no thread left, the connection is closed.
                let work = move || {
                    let _connection = connection;
                    serve(&stream, &*answer).ok()
                };
                thread::Builder::new().spawn(work).ok();
            }
        });
    }
}

/// Counts as long as it lives.
struct Connection(Arc<AtomicUsize>);

impl Connection {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count.clone())
    }

    fn is_too_many(&self) -> bool {
        self.0.load(Ordering::Relaxed) > MOST_CONNECTIONS
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn serve(mut stream: &TcpStream, answer: impl Fn(&Request) -> Response) -> std::io::Result<()> {
    let request = read(stream)?;
    let is_read = request.is_ok();
    let response = request.map_or_else(|refusal| refusal, |request| answer(&request));
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(&sent(&response))?;
    if !is_read {
        // Whoever still sends would lose the answer if the connection were closed before all of it was taken.
        stream.shutdown(Shutdown::Write)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        std::io::copy(&mut stream.take(UNREAD_LIMIT as u64), &mut std::io::sink())?;
    }
    Ok(())
}

/// A request, or what is wrong with it; an error where nobody is there to be told.
fn read(stream: &TcpStream) -> std::io::Result<Result<Request, Response>> {
    let begin = Instant::now();
    let mut bytes = Vec::new();
    let read_more = |bytes: &mut Vec<u8>| {
        let left = PATIENCE.checked_sub(begin.elapsed()).filter(|left| !left.is_zero()).ok_or(ErrorKind::TimedOut)?;
        stream.set_read_timeout(Some(left))?;
        let mut buffer = [0; 4096];
        match (&mut &*stream).read(&mut buffer)? {
            0 => Err(std::io::Error::from(ErrorKind::UnexpectedEof)),
            count => {
                bytes.extend_from_slice(&buffer[..count]);
                Ok(())
            }
        }
    };
    loop {
        match received(&bytes) {
            Received::Request(request) => return Ok(Ok(request)),
            Received::Refused(refusal) => return Ok(Err(refusal)),
            Received::Part(length) => {
                while bytes.len() < length {
                    read_more(&mut bytes)?;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
