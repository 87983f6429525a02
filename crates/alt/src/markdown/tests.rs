use crate::image::{Decoration, Image, Kind};
use crate::language::Language;
use crate::page::{Format, Page};

fn format() -> Format {
    Format { language: Language::Markdown, ..Format::default() }
}

fn read(page: &str) -> Page {
    Page::read(page.as_bytes(), &format()).unwrap()
}

fn images(page: &str) -> Vec<(Option<String>, Option<String>)> {
    read(page).images().iter().map(|image| (image.source.clone(), image.text.clone())).collect()
}

fn written(page: &str, text: &str) -> String {
    let texts = vec![Some(text.to_string()); read(page).images().len()];
    String::from_utf8(read(page).with_texts(page.as_bytes(), &format(), &texts).unwrap()).unwrap()
}

#[track_caller]
fn becomes(page: &str, expected: &str) {
    assert_eq!(written(page, "T"), expected);
    assert_eq!(written(expected, "T"), expected, "a second time");
}

#[track_caller]
fn has_none(page: &str) {
    assert_eq!(read(page).images(), [], "{page}");
}

#[test]
fn a_text_goes_between_the_brackets() {
    becomes("![](a.jpg)", "![T](a.jpg)");
    becomes("a ![ ]( <a b.jpg> \"title\" ) b", "a ![T]( <a b.jpg> \"title\" ) b");
    becomes("![old **one** `]` \\]](a.jpg)", "![T](a.jpg)");
    becomes("![a [b](c) ![d](e)  ](f.jpg)", "![T](f.jpg)");
    becomes("![](a.jpg) <img src=b> ![c](d.jpg)", "![T](a.jpg) <img src=b alt=\"T\"> ![T](d.jpg)");
    assert_eq!(images("![a <img src=b> c](d.jpg)"), [(Some("d.jpg".into()), Some("a c".into()))]);
    becomes("> - ![old\n>   one](a.jpg)\n> - b\r\n", "> - ![T](a.jpg)\n> - b\r\n");
    becomes("| a | b |\n|---|---|\n| ![](a.jpg) | c |\n", "| a | b |\n|---|---|\n| ![T](a.jpg) | c |\n");
    becomes("# ![](a.jpg)\n\n[![](b.jpg)](c)\n", "# ![T](a.jpg)\n\n[![T](b.jpg)](c)\n");
    becomes("![a][id] ![][id]\n\n[id]: a.jpg", "![T][id] ![T][id]\n\n[id]: a.jpg");
    becomes("![id][] ![id]\n\n[id]: a.jpg", "![T][id] ![T][id]\n\n[id]: a.jpg");
}

#[test]
fn html_in_markdown_is_html() {
    becomes("a <img src=\"a.jpg\"> *b*", "a <img src=\"a.jpg\" alt=\"T\"> *b*");
    becomes(
        "<p align=center>\n  <img src='a.jpg'\n  width=3>\n</p>\n",
        "<p align=center>\n  <img src='a.jpg' alt='T'\n  width=3>\n</p>\n",
    );
    becomes("> <div>\n> <img src=a>\n", "> <div>\n> <img src=a alt=\"T\">\n");
    becomes("![](a.jpg) <img src=b> ![](c.jpg)", "![T](a.jpg) <img src=b alt=\"T\"> ![T](c.jpg)");
}

#[test]
fn what_only_looks_like_an_image_is_none() {
    for page in [
        "`![](a.jpg)` and `<img src=a>`",
        "```\n![](a.jpg)\n<img src=a>\n```",
        "~~~ html\n<img src=a>",
        "    ![](a.jpg)\n    <img src=a>",
        "<!-- ![](a.jpg) <img src=a> -->",
        "a <!-- ![](a.jpg) --> b",
        "<script>\n'<img src=a>'\n</script>",
        "<div>\n![](a.jpg)\n</div>",
        "\\![](a.jpg) !\\[](b.jpg) ![](a b.jpg)",
        "![][]\n\n![][no] ![no]",
        "&lt;img src=a>",
        "[a](b.jpg)",
    ] {
        has_none(page);
    }
}

#[test]
fn sources_and_texts_are_read_as_they_mean() {
    let image =
        |source: &str, text: &str| (Some(source.to_string()), Some(text.to_string()).filter(|it| !it.is_empty()));
    assert_eq!(images("![a *b* `c` &amp; \\*\nd](a\\_b&amp;.jpg)"), [image("a_b&.jpg", "a b c & * d")]);
    assert_eq!(images("![](a%20b.jpg)"), [image("a%20b.jpg", "")]);
    assert_eq!(images("![a]()"), [(None, Some("a".into()))]);
    let page = read("é\n\n ![](a)");
    assert_eq!((page.images()[0].line, page.images()[0].column, page.images()[0].kind), (3, 2, Kind::Markdown));
}

#[test]
fn texts_are_escaped() {
    let text = "[a] \\ `b` *c* _d_ <e> &amp; {{f}} | g\nh ^ ![i](j) ~~k~~ $l$ https://m.n \"o\"";
    let page = "| a |\n|---|\n| ![](a.jpg) |\n\n![](b.jpg) <img src=c>";
    let result = written(page, text);
    assert!(result.contains("![\\[a\\] \\\\ &#96;b&#96; \\*c\\*"), "{result}");
    for (_, said) in images(&result) {
        assert_eq!(said.unwrap(), text.replace('\n', " "));
    }
    assert_eq!(written("![a](b.jpg) <img src=c>", ""), "![](b.jpg) <img src=c alt=\"\">");
}

#[test]
fn links_and_figures_of_both_languages_are_known() {
    let page = read(
        "[![](a.jpg) words](b)\n\n<figure>\n\n![](c.jpg)\n\n<figcaption>Says *it*</figcaption>\n</figure>\n\n<a href=x>![](d.jpg)</a> <a href=y>![](e.jpg) *more*</a>",
    );
    let decorations: Vec<_> = page.images().iter().map(Image::decoration).collect();
    assert_eq!(decorations, [Some(Decoration::InLink), Some(Decoration::Captioned), None, Some(Decoration::InLink)]);
    assert_eq!(page.images()[0].context.link.as_ref().unwrap().text, "words");
    assert_eq!(page.images()[3].context.link.as_ref().unwrap().text, "more");
}

#[test]
fn what_a_template_writes_is_left_alone_and_counted() {
    for page in [
        "![]({{ site.url }}/a.jpg)",
        "![]({{url}}/a.jpg)",
        "![{{ alt }}](a.jpg)",
        "![](<{% link a.jpg %}>)",
        "![]({% link a.jpg %} \"b\")",
        "<img src=\"{{ a | b: \"c\" }}\">",
    ] {
        let read = read(page);
        assert_eq!((read.images().len(), read.templated()), (0, 1), "{page}");
    }
    becomes("{% if a %}\n![](a.jpg)\n{% endif %}\n", "{% if a %}\n![T](a.jpg)\n{% endif %}\n");
}

#[test]
fn front_matter_is_no_markdown() {
    let format = Format { front_matter: "image=alt".parse().unwrap(), ..format() };
    let page = "---\nimage: a.jpg\nother: \"![](b.jpg)\"\n---\n![](c.jpg)\n";
    let read = Page::read(page.as_bytes(), &format).unwrap();
    let texts = [Some("A".into()), Some("C".into())];
    let result = read.with_texts(page.as_bytes(), &format, &texts).unwrap();
    let expected = "---\nimage: a.jpg\nalt: \"A\"\nother: \"![](b.jpg)\"\n---\n![C](c.jpg)\n";
    assert_eq!(String::from_utf8(result).unwrap(), expected);
    assert_eq!(read.images()[1].line, 5);
}

#[test]
fn markdown_has_to_be_utf8() {
    let error = Page::read(b"\xe9 ![](a.jpg)", &format()).unwrap_err().to_string();
    assert!(error.contains("save it as UTF-8"), "{error}");
}
