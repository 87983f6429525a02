use super::*;
use crate::page::{Format, Page};

fn format() -> Format {
    Format { front_matter: "image=image_alt,cover.image=cover.alt".parse().unwrap(), ..Format::default() }
}

fn written(page: &str, text: &str) -> String {
    let read = Page::read(page.as_bytes(), &format()).unwrap();
    let texts = vec![Some(text.to_string()); read.images().len()];
    String::from_utf8(read.with_texts(page.as_bytes(), &format(), &texts).unwrap()).unwrap()
}

#[track_caller]
fn becomes(yaml: &str, expected: &str) {
    let page = |yaml| format!("---\n{yaml}\n---\n<p>");
    assert_eq!(written(&page(yaml), "T"), page(expected));
}

/// How many images are left alone.
#[track_caller]
fn is_left_alone(yaml: &str) {
    let page = Page::read(format!("---\n{yaml}\n---\n<p>").as_bytes(), &format()).unwrap();
    assert_eq!((page.images().len(), page.uncertain()), (0, 1), "{yaml}");
}

#[test]
fn a_text_goes_beside_the_picture_or_in_its_place() {
    becomes("title: a\nimage: a.jpg # b\ndate: c", "title: a\nimage: a.jpg # b\nimage_alt: \"T\"\ndate: c");
    becomes("image: 'it''s.jpg'", "image: 'it''s.jpg'\nimage_alt: \"T\"");
    becomes("image: a.jpg\r\nx: y", "image: a.jpg\r\nimage_alt: \"T\"\r\nx: y");
    becomes("image_alt:\nimage: a.jpg", "image_alt: \"T\"\nimage: a.jpg");
    becomes("image_alt: # later\nimage: a.jpg", "image_alt: \"T\" # later\nimage: a.jpg");
    becomes("image_alt: ''  # b\nimage: a.jpg", "image_alt: \"T\"  # b\nimage: a.jpg");
    becomes("image_alt: ~\nimage: a.jpg", "image_alt: \"T\"\nimage: a.jpg");
    becomes("image_alt: old one\nimage: \"a\\x41.jpg\"", "image_alt: \"T\"\nimage: \"a\\x41.jpg\"");
    becomes("cover:\n  x: y\n  image: a.jpg\nz: [a, b]", "cover:\n  x: y\n  image: a.jpg\n  alt: \"T\"\nz: [a, b]");
    becomes("cover:\n  alt: b\n  image: a.jpg", "cover:\n  alt: \"T\"\n  image: a.jpg");
    let (page, expected) = (
        "image: a.jpg\ncover:\n  image: b\nimage_alt:",
        "image: a.jpg\ncover:\n  image: b\n  alt: \"T\"\nimage_alt: \"T\"",
    );
    becomes(page, expected);
    becomes("tags:\n- a: b\n- 'c'\nimage: a.jpg", "tags:\n- a: b\n- 'c'\nimage: a.jpg\nimage_alt: \"T\"");
    becomes("x: |\n  image: b\n\n  c\nimage: a.jpg", "x: |\n  image: b\n\n  c\nimage: a.jpg\nimage_alt: \"T\"");
}

#[test]
fn what_is_no_image_stays() {
    for yaml in
        ["title: a", "image:", "image: ''", "image: null", "other:\n  image: a.jpg", "- image: a.jpg", "", "# image: a"]
    {
        becomes(yaml, yaml);
    }
    let page = "---\nimage: a{{ page.image }}\n---\n";
    assert_eq!(Page::read(page.as_bytes(), &format()).unwrap().templated(), 1);
}

#[test]
fn what_is_not_certain_is_left_alone_and_counted() {
    for yaml in [
        "image: {src: a.jpg}",
        "image: [a.jpg]",
        "image: &a b.jpg",
        "image: *a",
        "image: !!str a.jpg",
        "image: |\n  a.jpg",
        "image: a\n  b.jpg",
        "image: \"a\n  b.jpg\"",
        "image: \"a\\q.jpg\"",
        "image: 'a' b",
        "image: a.jpg\nimage: b.jpg",
        "image: a.jpg\nimage_alt: |\n  b",
        "image: a.jpg\nimage_alt: *b",
        "image: a: b.jpg",
        "cover: {\n  image: a.jpg\n}",
    ] {
        let page = Page::read(format!("---\n{yaml}\n---\n").as_bytes(), &format()).unwrap();
        assert_eq!(page.images(), [], "{yaml}");
        assert!(page.uncertain() >= 1, "{yaml}");
    }
    let toml = Page::read(b"+++\nimage = \"a.jpg\"\ntitle = \"b\"\n+++\n<img src=b>", &format()).unwrap();
    assert_eq!((toml.images().len(), toml.uncertain()), (1, 1));
    is_left_alone("cover: {image: a.jpg}");
}

#[test]
fn the_text_is_quoted() {
    let page = "---\nimage: a.jpg\n---\n";
    let expected = "---\nimage: a.jpg\nimage_alt: \"\\\"A\\\" \\\\n: # 'é' \\x7B\\x7Bb\\x7D\\x7D\"\n---\n";
    assert_eq!(written(page, "\"A\"\n \\n: # 'é' {{b}}"), expected);
    assert_eq!(written(page, ""), "---\nimage: a.jpg\nimage_alt: \"\"\n---\n");
}

#[test]
fn lines_across_a_page_are_no_front_matter() {
    let read = |page: &str| Page::read(page.as_bytes(), &format()).unwrap().images().len();
    assert_eq!(read("---\nwords\n\n<img src=a>\n---\n"), 1);
    assert_eq!(read("---\nimage: a.jpg\n<img src=a>"), 1, "without an end");
    assert_eq!(read(" ---\nimage: a.jpg\n---\n"), 0);
    assert_eq!(read("\u{feff}---\nimage: a.jpg\n---\n<img src=a>"), 2);
}

#[test]
fn keys_are_checked() {
    let error = |keys: &str| keys.parse::<FrontMatterKeys>().unwrap_err();
    assert_eq!(error("image"), KeysError::Pair("image".into()));
    assert_eq!(error("a=b,c d=e"), KeysError::Name("c d".into()));
    assert_eq!(error("a=b.,"), KeysError::Name("b.".into()));
    assert_eq!(error("a=b,c=b"), KeysError::Twice("b".into()));
    assert!(" ".parse::<FrontMatterKeys>().unwrap().pairs().is_empty());
}
