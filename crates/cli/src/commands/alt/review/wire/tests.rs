//! Requests and responses as bytes.

use super::*;

fn request(bytes: &[u8]) -> Request {
    match received(bytes) {
        Received::Request(request) => request,
        other => panic!("{other:?}"),
    }
}

/// How long it is to become at least, of which this is the beginning.
fn wanted(bytes: &[u8]) -> usize {
    match received(bytes) {
        Received::Part(length) => length,
        other => panic!("{other:?}"),
    }
}

fn status(bytes: &str) -> u16 {
    match received(bytes.as_bytes()) {
        Received::Request(_) => 200,
        Received::Refused(response) => response.status,
        Received::Part(_) => panic!("there is more to come of {bytes:?}"),
    }
}

#[test]
fn a_request_has_what_decides_about_it_and_the_body_that_its_head_tells_of() {
    let bytes = b"POST /a HTTP/1.1\r\nhost: me\r\nOrigin: you\r\nContent-Type: x\r\nContent-Length: 3\r\n\r\nabcdef";
    let Request { method, target, host, origin, content_type, body } = request(bytes);
    assert_eq!((&*method, &*target, &*body), ("POST", "/a", &b"abc"[..]));
    assert_eq!([host, origin, content_type].map(Option::unwrap), ["me", "you", "x"]);
}

#[test]
fn of_two_hosts_none_counts_and_of_two_origins_nobodys() {
    let Request { host, origin, .. } =
        request(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nOrigin: a\r\nOrigin: a\r\n\r\n");
    assert_eq!((host, origin.as_deref()), (None, Some("")));
}

#[test]
fn of_a_part_is_told_how_long_it_becomes_at_least() {
    let whole = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc";
    let head = whole.len() - 3;
    for count in 0..whole.len() {
        assert_eq!(wanted(&whole[..count]), if count < head { count + 1 } else { whole.len() }, "{count}");
    }
    assert_eq!(request(whole).body, b"abc");
    let longest = format!("POST / HTTP/1.1\r\nContent-Length: {BODY_LIMIT}\r\nA: ");
    let longest = format!("{longest}{}\r\n\r\n", "b".repeat(HEAD_LIMIT - longest.len() - 4));
    assert_eq!(wanted(longest.as_bytes()), HEAD_LIMIT + BODY_LIMIT);
}

#[test]
fn what_is_too_large_or_no_request_is_refused() {
    let long = "a".repeat(HEAD_LIMIT);
    assert_eq!(status(&format!("GET /{long}")), 431, "before it ends");
    assert_eq!(status(&format!("GET /{long} HTTP/1.1\r\n\r\n")), 431);
    assert_eq!(status(&format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(MOST_HEADERS))), 200);
    assert_eq!(status(&format!("GET / HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(MOST_HEADERS + 1))), 431);
    assert_eq!(status(&format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n", BODY_LIMIT + 1)), 413);
    for (headers, expected) in [
        ("Content-Length: 99999999999999999999999", 400),
        ("Content-Length: -1", 400),
        ("Content-Length: 1\r\nContent-Length: 1", 400),
        ("Transfer-Encoding: chunked", 411),
    ] {
        assert_eq!(status(&format!("POST / HTTP/1.1\r\n{headers}\r\n\r\na")), expected, "{headers}");
    }
    for nonsense in ["\u{16}\u{3}\u{1}", "GET\r\n\r\n", "GET / HTTP/1.1\r\n a\r\n\r\n"] {
        assert_eq!(status(nonsense), 400, "{nonsense:?}");
    }
}

#[test]
fn an_answer_has_every_header_and_its_body_last() {
    let text = |response: &Response| String::from_utf8(sent(response)).unwrap();
    let answer = text(&Response::new("text/plain", "all of it"));
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nall of it") && answer.contains("\r\nConnection: close\r\n"), "{answer}");
    for (name, value) in HEADERS {
        assert!(answer.contains(&format!("\r\n{name}: {value}\r\n")), "{name}: {answer}");
    }
    let refusal = text(&Response { allow: Some("GET"), ..Response::refused(405, "no") });
    assert!(refusal.starts_with("HTTP/1.1 405 Refused\r\n") && refusal.contains("\r\nAllow: GET\r\n"), "{refusal}");
}
