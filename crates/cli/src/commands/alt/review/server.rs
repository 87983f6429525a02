//! The sockets of a review: this machine's own address, one request a connection, and a limit to everything.
//!
//! `httparse` reads the heads. The servers that do not bring a runtime along have no limit to the size of a head or to
//! how long one may take.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::http::{BODY_LIMIT, HEADERS, Request, Response};

const HEAD_LIMIT: usize = 16 << 10;
/// What is taken of a request that was refused before it was read.
const UNREAD_LIMIT: u64 = 1 << 20;
const MOST_HEADERS: usize = 64;
/// For a request to come, and for an answer to be taken. A map is computed in between.
const PATIENCE: Duration = Duration::from_secs(10);
/// A browser has six for each page.
const MOST_CONNECTIONS: usize = 64;

pub struct Server {
    listener: TcpListener,
}

impl Server {
    /// At this port of this machine alone; 0 for any that is free.
    pub fn bind(port: u16) -> anyhow::Result<Self> {
        match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))) {
            Ok(listener) => Ok(Self { listener }),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                bail!("port {port} is taken by another program; without --port one that is free is taken")
            }
            Err(error) => Err(error).with_context(|| format!("port {port} of this machine cannot be listened on")),
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
    stream.write_all(head(&response).as_bytes())?;
    stream.write_all(&response.body)?;
    if !is_read {
        // Whoever still sends would lose the answer if the connection were closed before all of it was taken.
        stream.shutdown(Shutdown::Write)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        std::io::copy(&mut stream.take(UNREAD_LIMIT), &mut std::io::sink())?;
    }
    Ok(())
}

fn head(response: &Response) -> String {
    let reason = if response.status == 200 { "OK" } else { "Refused" };
    let mut head = format!(
        "HTTP/1.1 {} {reason}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n",
        response.status,
        response.content_type,
        response.body.len()
    );
    let allow = response.allow.map(|methods| ("Allow", methods));
    for (name, value) in HEADERS.into_iter().chain(allow) {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head + "\r\n"
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
        match parsed(&bytes) {
            Ok(Some((mut request, head, length))) => {
                while bytes.len() < head + length {
                    read_more(&mut bytes)?;
                }
                request.body = bytes[head..head + length].to_vec();
                return Ok(Ok(request));
            }
            Ok(None) if bytes.len() > HEAD_LIMIT => {
                return Ok(Err(Response::refused(431, format!("a head has at most {HEAD_LIMIT} bytes"))));
            }
            Ok(None) => read_more(&mut bytes)?,
            Err(refusal) => return Ok(Err(refusal)),
        }
    }
}

/// A request without its body, the bytes of its head, and how many there are of the body; nothing where more of the head
/// is to come.
fn parsed(bytes: &[u8]) -> Result<Option<(Request, usize, usize)>, Response> {
    let refused = |status, reason: &str| Err(Response::refused(status, reason));
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let size = match head.parse(bytes) {
        Ok(httparse::Status::Complete(size)) => size,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return refused(431, "it has too many headers"),
        Err(error) => return refused(400, &format!("this is no request: {error}")),
    };
    let values = |name: &str| -> Vec<String> {
        let named = head.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
        named.map(|header| String::from_utf8_lossy(header.value).into_owned()).collect()
    };
    let only = |name: &str| <[String; 1]>::try_from(values(name)).ok().map(|[value]| value);
    if !values("transfer-encoding").is_empty() {
        return refused(411, "a body comes with its length");
    }
    let length = match &*values("content-length") {
        [] => 0,
        [length] => match length.parse::<usize>() {
            Ok(length) if length <= BODY_LIMIT => length,
            Ok(_) => return refused(413, &format!("a body has at most {BODY_LIMIT} bytes")),
            Err(_) => return refused(400, "the length of the body is no number"),
        },
        _ => return refused(400, "it has several lengths"),
    };
    let request = Request {
        method: head.method.unwrap_or_default().to_string(),
        target: head.path.unwrap_or_default().to_string(),
        host: only("host"),
        // Several are those of nobody, and none is nobody's.
        origin: (!values("origin").is_empty()).then(|| only("origin").unwrap_or_default()),
        content_type: only("content-type"),
        body: Vec::new(),
    };
    Ok(Some((request, size, length)))
}

#[cfg(test)]
mod tests;
