use crate::image::Kind;
use crate::language::Language;
use crate::page::{Format, Page};

fn format() -> Format {
    Format { language: Language::Mdx, ..Format::default() }
}

fn read(page: &str) -> Page {
    Page::read(page.as_bytes(), &format()).unwrap()
}

#[track_caller]
fn becomes(page: &str, expected: &str) {
    for page in [page, expected] {
        let texts = vec![Some("T".to_string()); read(page).images().len()];
        let result = read(page).with_texts(page.as_bytes(), &format(), &texts).unwrap();
        assert_eq!(String::from_utf8(result).unwrap(), expected);
    }
}

#[track_caller]
fn fails(page: &str, message: &str) {
    assert_eq!(Page::read(page.as_bytes(), &format()).unwrap_err().to_string(), message);
}

#[test]
fn images_of_both_kinds_get_their_text() {
    becomes("import A from 'a'\n\n# B\n\n![](c.jpg)\n", "import A from 'a'\n\n# B\n\n![T](c.jpg)\n");
    becomes("<img src=\"a.jpg\" />", "<img src=\"a.jpg\" alt=\"T\" />");
    becomes("<img src='a.jpg' alt='old' width={3}/>", "<img src='a.jpg' alt='T' width={3}/>");
    becomes("a <b>![](a.jpg)</b> <img src=\"b\"/>", "a <b>![T](a.jpg)</b> <img src=\"b\" alt=\"T\"/>");
    becomes("<Card a={{b: '>'}}>\n  ![](a.jpg)\n</Card>", "<Card a={{b: '>'}}>\n  ![T](a.jpg)\n</Card>");
    becomes(
        "<div>\n\n      ![](a.jpg)\n\n      ![](b.jpg)\n</div>",
        "<div>\n\n      ![T](a.jpg)\n\n      ![T](b.jpg)\n</div>",
    );
    becomes("<>\n- a\n\n      ![](a.jpg)\n</>", "<>\n- a\n\n      ![T](a.jpg)\n</>");
    becomes("<iframe src=\"x\" />\n\n<img src=\"a.jpg\" />", "<iframe src=\"x\" />\n\n<img src=\"a.jpg\" alt=\"T\" />");
    becomes("\\<img src=a> ![](a.jpg) a < b \\{ {c}", "\\<img src=a> ![T](a.jpg) a < b \\{ {c}");
}

#[test]
fn what_only_looks_like_an_image_is_none() {
    for page in [
        "`<img src=\"a\" />` `` ` ![](a) ``",
        "```jsx\n<img src=\"a\" />\n![](a)\n```",
        "> ~~~\n> ![](a)\n> {",
        "- ```\n  <img\n  ```\n",
        "{/* <img src=\"a\" /> ![](a) */}",
        "export const a = '![](a) {'\n",
        "<Img src=\"a\" />",
    ] {
        assert_eq!((read(page).images().len(), read(page).templated()), (0, 0), "{page}");
    }
}

#[test]
fn expressions_are_left_alone_and_counted() {
    for page in [
        "<img src={photo} />",
        "<img src=\"a.jpg\" alt={text}/>",
        "<img src={photo}/>",
        "<img src=\"a.jpg\" alt={`b`} />",
        "<img src=\"a.jpg\" {...rest} />",
        "{a && <img src=\"a.jpg\" />}",
        "<A b={<img src=\"a.jpg\" />} />",
        "export const a = <img src=\"a.jpg\" />\n",
    ] {
        assert_eq!((read(page).images().len(), read(page).templated()), (0, 1), "{page}");
    }
}

#[test]
fn links_are_known() {
    let page = read(
        "x <a href=\"b\">![](c.jpg)</a> <a href=\"d\"><img src=\"e\" /> words</a>\n\n<svg role=\"img\"><title>F</title></svg>",
    );
    let links: Vec<_> =
        page.images().iter().map(|image| image.context.link.as_ref().map(|link| link.text.as_str())).collect();
    assert_eq!(links, [Some(""), Some("words"), None]);
    assert_eq!((page.images()[2].kind, page.images()[2].text.as_deref()), (Kind::Svg, Some("F")));
}

#[test]
fn what_is_no_mdx_is_an_error_that_names_the_line() {
    fails("a\n\nb <3", "line 3: what begins with < is no tag of JSX; write \\< for the sign itself");
    fails("a\n<https://a.b>", "line 2: what begins with < is no tag of JSX; write \\< for the sign itself");
    fails("<!-- a -->", "line 1: MDX has no comments of HTML; write {/* … */}");
    fails("a\n{b", "line 2: the brace is never closed; write \\{ for the sign itself");
    fails("a\n\n<b>\nc", "line 3: <b> is never closed");
    fails("<img src=\"a\">\n", "line 1: <img> is never closed");
    fails("<a>\n</b>", "line 2: </b> closes nothing that is open there");
}
