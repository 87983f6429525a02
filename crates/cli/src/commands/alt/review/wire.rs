//! Requests and responses as the bytes that go over a connection, one request for each, with a limit to either's size.
//!
//! `httparse` reads the heads. It knows no connections, so that any server can ask it.

use super::http::{BODY_LIMIT, HEADERS, Request, Response};

pub const HEAD_LIMIT: usize = 16 << 10;
const MOST_HEADERS: usize = 64;

/// What the bytes are that came so far.
#[derive(Debug)]
pub enum Received {
    Request(Request),
    /// The beginning of a request that has this many bytes at least.
    Part(usize),
    /// Why it is none that is answered.
    Refused(Response),
}

pub fn received(bytes: &[u8]) -> Received {
    match head(bytes) {
        Ok(None) => Received::Part(bytes.len() + 1),
        Ok(Some(Head { request, size, body })) => match bytes.get(size..size + body) {
            Some(body) => Received::Request(Request { body: body.to_vec(), ..request }),
            None => Received::Part(size + body),
        },
        Err(refusal) => Received::Refused(refusal),
    }
}

/// All that is sent, after which the connection ends.
pub fn sent(response: &Response) -> Vec<u8> {
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
    [head.as_bytes(), b"\r\n", &response.body].concat()
}

/// A request without its body.
struct Head {
    request: Request,
    /// In bytes.
    size: usize,
    /// The bytes of the body.
    body: usize,
}

/// Nothing where more of the head is to come.
fn head(bytes: &[u8]) -> Result<Option<Head>, Response> {
    let refused = |status, reason: &str| Err(Response::refused(status, reason));
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut headers);
    let size = match head.parse(bytes) {
        Ok(httparse::Status::Complete(size)) => Some(size),
        Ok(httparse::Status::Partial) => None,
        Err(httparse::Error::TooManyHeaders) => return refused(431, "it has too many headers"),
        Err(error) => return refused(400, &format!("this is no request: {error}")),
    };
    if size.unwrap_or(bytes.len()) > HEAD_LIMIT {
        return refused(431, &format!("a head has at most {HEAD_LIMIT} bytes"));
    }
    let Some(size) = size else { return Ok(None) };
    let values = |name: &str| -> Vec<String> {
        let named = head.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name));
        named.map(|header| String::from_utf8_lossy(header.value).into_owned()).collect()
    };
    let only = |name: &str| <[String; 1]>::try_from(values(name)).ok().map(|[value]| value);
    if !values("transfer-encoding").is_empty() {
        return refused(411, "a body comes with its length");
    }
    let body = match &*values("content-length") {
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
    Ok(Some(Head { request, size, body }))
}

#[cfg(test)]
mod tests;
