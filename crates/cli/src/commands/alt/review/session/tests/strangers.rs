//! What other pages and programs might ask.

use super::*;

fn status(session: &Session, request: Request) -> u16 {
    session.answer(&request).status
}

#[test]
fn other_names_other_pages_and_other_tokens_are_refused() {
    let site = TestSite::new();
    let session = site.session();
    for host in [None, Some("evil.example:4321"), Some("127.0.0.1"), Some("127.0.0.1:80"), Some("127.0.0.1:4321.evil")]
    {
        let host = host.map(str::to_string);
        assert_eq!(status(&session, Request { host: host.clone(), ..get("texts") }), 403, "{host:?}");
    }
    assert_eq!(status(&session, Request { host: Some("localhost:4321".into()), ..get("texts") }), 200);
    for origin in
        ["http://evil.example", "https://127.0.0.1:4321", "http://127.0.0.1:80", "http://localhost:4321", "null", ""]
    {
        assert_eq!(status(&session, Request { origin: Some(origin.into()), ..get("texts") }), 403, "{origin}");
    }
    let short = &TOKEN[1..];
    for target in [
        "/",
        "",
        "texts",
        "/texts",
        "//texts",
        &format!("/{short}/texts"),
        &format!("/{short}f/texts"),
        &format!("/{TOKEN}"),
    ] {
        assert_eq!(status(&session, Request { target: target.to_string(), ..get("") }), 403, "{target}");
    }
    let said = site.said("beach.jpg", json!("accept"));
    let other = Request { target: "/review".into(), ..post(&said) };
    assert_eq!(status(&session, other), 403);
    assert_eq!(status(&session, Request { origin: Some("http://evil.example".into()), ..post(&said) }), 403);
    assert_eq!(site.entry("beach.jpg")["state"], "draft");
}

#[test]
fn nothing_is_served_but_the_page_and_the_pictures_of_the_book() {
    let site = TestSite::new();
    site.write("secret.jpg", &read("www/page/samples/taxis.jpg"));
    let session = site.session();
    let secret = format!("photos/{}", site.hash("secret.jpg"));
    for path in [
        "alt-texts.json",
        "index.html",
        "beach.jpg",
        "photos/beach.jpg",
        "photos/../beach.jpg",
        "../beach.jpg",
        "%2e%2e/beach.jpg",
        "photos//etc/passwd",
        "photos/",
        "page/review.js",
        "review.js?x",
        "texts/",
        &secret,
    ] {
        assert_eq!(status(&session, get(path)), 404, "{path}");
    }
}

#[test]
fn a_picture_that_is_changed_gone_or_outside_is_not_shown() {
    let site = TestSite::new();
    let session = site.session();
    let photo = get(&format!("photos/{}", site.hash("beach.jpg")));
    site.write("beach.jpg", b"secret");
    let (code, refusal) = answer(&session, &photo);
    assert_eq!(
        (code, &refusal["error"]),
        (404, &json!("beach.jpg: the file has changed since its text was drafted; run sightline alt again"))
    );
    std::fs::remove_file(site.path("beach.jpg")).unwrap();
    assert_eq!(status(&session, photo.clone()), 404);
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        let path = elsewhere.path().join("beach.jpg");
        std::fs::write(&path, read("www/page/samples/beach.jpg")).unwrap();
        std::os::unix::fs::symlink(&path, site.path("beach.jpg")).unwrap();
        let (code, refusal) = answer(&session, &photo);
        assert!(code == 404 && refusal["error"].as_str().unwrap().contains("out of the site"), "{refusal}");
    }
}

#[test]
fn what_is_no_picture_is_not_served_even_from_the_book() {
    let site = TestSite::new();
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    site.write("a.svg", svg);
    let mut book = Book::read(&site.path("alt-texts.json")).unwrap();
    book.seen(&hash_of(svg), "a.svg", "index.html").unwrap();
    site.write("alt-texts.json", &book.to_bytes());
    assert_eq!(status(&site.session(), get(&format!("photos/{}", hash_of(svg)))), 404);
}

#[test]
fn only_a_review_that_is_json_is_taken() {
    let site = TestSite::new();
    let session = site.session();
    let good = site.said("beach.jpg", json!("accept"));
    for content_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        let content_type = content_type.map(str::to_string);
        assert_eq!(status(&session, Request { content_type, ..post(&good) }), 415);
    }
    let large = site.said("beach.jpg", json!({ "correct": { "text": "a".repeat(BODY_LIMIT) } }));
    assert_eq!(status(&session, post(&large)), 413);
    for body in
        [json!({}), json!([]), site.said("beach.jpg", json!("undo")), site.said("beach.jpg", json!({ "accept": 1 }))]
    {
        assert_eq!(status(&session, post(&body)), 400, "{body}");
    }
    assert_eq!(status(&session, Request { body: b"{\xff".to_vec(), ..post(&good) }), 400);
    let empty = site.said("beach.jpg", json!({ "correct": { "text": " \u{202e} " } }));
    assert_eq!(status(&session, post(&empty)), 422);
    let unknown = json!({ "hash": "../beach.jpg", "seen": { "text": "", "state": "draft" }, "review": "accept" });
    assert_eq!(status(&session, post(&unknown)), 410);
    for (method, path, allow) in
        [("GET", "review", "POST"), ("PUT", "review", "POST"), ("POST", "texts", "GET"), ("OPTIONS", "", "GET")]
    {
        let response = session.answer(&Request { method: method.into(), ..get(path) });
        assert_eq!((response.status, response.allow), (405, Some(allow)), "{method} {path}");
    }
    assert_eq!(site.entry("beach.jpg")["state"], "draft", "nothing of this was written");
}
