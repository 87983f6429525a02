//! The server over real connections.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

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

fn status(port: u16, request: &str) -> String {
    send(port, request.as_bytes()).split(' ').nth(1).unwrap_or("nothing").to_string()
}

#[test]
fn a_request_arrives_and_its_answer_has_every_header() {
    let port = start();
    let answer = send(
        port,
        b"POST /a HTTP/1.1\r\nhost: me\r\nOrigin: you\r\nContent-Type: x\r\nContent-Length: 3\r\n\r\nabcdef",
    );
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("\r\nConnection: close\r\n"), "{answer}");
    for (name, value) in HEADERS {
        assert!(answer.contains(&format!("\r\n{name}: {value}\r\n")), "{name}: {answer}");
    }
    let request = Request {
        method: "POST".into(),
        target: "/a".into(),
        host: Some("me".into()),
        origin: Some("you".into()),
        content_type: Some("x".into()),
        body: b"abc".to_vec(),
    };
    assert!(answer.ends_with(&format!("\r\n\r\n{request:?}")), "{answer}");
}

#[test]
fn of_two_hosts_none_counts_and_of_two_origins_nobodys() {
    let port = start();
    let answer = send(port, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nOrigin: a\r\nOrigin: a\r\n\r\n");
    assert!(answer.contains("host: None, origin: Some(\"\")"), "{answer}");
}

#[test]
fn what_is_too_large_or_no_request_is_refused() {
    let port = start();
    let long = "a".repeat(2 * HEAD_LIMIT);
    assert_eq!(status(port, &format!("GET /{long} HTTP/1.1\r\n\r\n")), "431");
    assert_eq!(status(port, &format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(MOST_HEADERS + 1))), "431");
    let body = "a".repeat(BODY_LIMIT + 1);
    assert_eq!(status(port, &format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len())), "413");
    for (headers, expected) in [
        ("Content-Length: 99999999999999999999999", "400"),
        ("Content-Length: -1", "400"),
        ("Content-Length: 1\r\nContent-Length: 1", "400"),
        ("Transfer-Encoding: chunked", "411"),
    ] {
        assert_eq!(status(port, &format!("POST / HTTP/1.1\r\n{headers}\r\n\r\na")), expected, "{headers}");
    }
    for nonsense in ["\u{16}\u{3}\u{1}", "GET\r\n\r\n", "GET / HTTP/1.1\r\n a\r\n\r\n"] {
        assert_eq!(status(port, nonsense), "400", "{nonsense:?}");
    }
    assert_eq!(status(port, "GET / HTTP/1.1\r\nHost: a"), "nothing", "whoever hangs up has no answer");
    assert_eq!(status(port, "GET / HTTP/1.1\r\n\r\n"), "200", "it is still there");
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
