//! The server over real connections.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use super::super::super::http::BODY_LIMIT;
use super::*;

/// Starts a server that answers with what it was asked.
fn start() -> u16 {
    let server = Server::bind(0).unwrap();
    let port = server.port().unwrap();
    server.start(|request| Response::new("text/plain", format!("{request:?}")));
    port
}

/// Sends all of a request, and reads all of the answer.
fn send(port: u16, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(request).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_request_arrives_and_is_answered() {
    let answer = send(start(), b"POST /a HTTP/1.1\r\nHost: me\r\nContent-Length: 3\r\n\r\nabc");
    let request = Request {
        method: "POST".into(),
        target: "/a".into(),
        host: Some("me".into()),
        body: b"abc".to_vec(),
        ..Request::default()
    };
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with(&format!("\r\n\r\n{request:?}")), "{answer}");
}

#[test]
fn whoever_sends_too_much_is_answered_all_the_same() {
    let port = start();
    let status = |request: String| send(port, request.as_bytes()).split(' ').nth(1).unwrap_or("nothing").to_string();
    assert_eq!(status(format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000))), "431");
    let body = "a".repeat(BODY_LIMIT + 1);
    assert_eq!(status(format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len())), "413");
    assert_eq!(status("GET / HTTP/1.1\r\nHost: a".into()), "nothing", "whoever hangs up has no answer");
    assert_eq!(status("GET / HTTP/1.1\r\n\r\n".into()), "200", "it is still there");
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = Server::bind(0).unwrap().listener;
    let port = taken.local_addr().unwrap().port();
    let error = Server::bind(port).err().unwrap().to_string();
    assert_eq!(error, format!("port {port} is taken by another program; without --port one that is free is taken"));
}

#[test]
fn no_other_address_of_this_machine_is_listened_on() {
    let server = Server::bind(0).unwrap();
    assert_eq!(server.listener.local_addr().unwrap().ip(), Ipv4Addr::LOCALHOST);
}
