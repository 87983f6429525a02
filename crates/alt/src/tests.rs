use super::*;

/// A page with the text `T` for each image that lacks one.
fn with_alts(page: &[u8]) -> Vec<u8> {
    let read = Page::read(page).unwrap();
    let texts = vec![Some("T".to_string()); read.images.len()];
    read.with_texts(page, &texts)
}

#[track_caller]
fn becomes(page: &str, expected: &str) {
    assert_eq!(String::from_utf8(with_alts(page.as_bytes())).unwrap(), expected);
    assert_eq!(with_alts(expected.as_bytes()), expected.as_bytes(), "a second time");
}

#[track_caller]
fn stays(page: &str) {
    becomes(page, page);
}

fn address(page: &str) -> Option<String> {
    let mut page = Page::read(page.as_bytes()).unwrap();
    page.images.remove(0).source.map(|source| source.address)
}

#[test]
fn a_text_goes_behind_the_source_in_its_quotes() {
    becomes("<img src=\"a.jpg\">", "<img src=\"a.jpg\" alt=\"T\">");
    becomes("<img src='a.jpg'>", "<img src='a.jpg' alt='T'>");
    becomes("<img src=a.jpg>", "<img src=a.jpg alt=\"T\">");
    becomes("<img src=a.jpg/>", "<img src=a.jpg/ alt=\"T\">");
    becomes("<img src=a.jpg />", "<img src=a.jpg alt=\"T\" />");
    becomes("<img src=\"a.jpg\"/>", "<img src=\"a.jpg\" alt=\"T\"/>");
    becomes("<img src=\"a.jpg\"class=b>", "<img src=\"a.jpg\" alt=\"T\"class=b>");
    becomes("<img src=it's\"a>", "<img src=it's\"a alt=\"T\">");
    becomes("<img src=a.jpg title= >", "<img src=a.jpg alt=\"T\" title= >");
    becomes("<IMG\r\n  CLASS=b\r\n  SRC = 'a.jpg'\r\n>\r\n", "<IMG\r\n  CLASS=b\r\n  SRC = 'a.jpg' alt='T'\r\n>\r\n");
    becomes("<img/src=a.jpg title='>'>", "<img/src=a.jpg alt=\"T\" title='>'>");
    becomes("<img src=a.jpg src=b.jpg>", "<img src=a.jpg alt=\"T\" src=b.jpg>");
    becomes("<img title='<img src=b>' src=a.jpg>", "<img title='<img src=b>' src=a.jpg alt=\"T\">");
    becomes(
        "<p><img src=a><img src=b alt=''><img src=c></p",
        "<p><img src=a alt=\"T\"><img src=b alt=''><img src=c alt=\"T\"></p",
    );
}

#[test]
fn an_alt_that_is_there_stays_whatever_it_says() {
    for alt in ["alt", "alt=\"\"", "ALT='x'", "alt = y", "alt=x alt=\"\"", "title=\"'\" alt"] {
        stays(&format!("<img src=a.jpg {alt}>"));
        stays(&format!("<img {alt} src=a.jpg>"));
    }
    becomes("<img src=a data-alt=x title='alt=\"\"'>", "<img src=a alt=\"T\" data-alt=x title='alt=\"\"'>");
}

#[test]
fn what_only_looks_like_an_image_is_none() {
    for page in [
        "<!-- <img src=a.jpg> -->",
        "<!--><!-- > --!<img src=a>-->",
        "<script>document.write('<img src=a.jpg>')</script>",
        "<script><!-- <script></script> <img src=a.jpg> --></script>",
        "<style>/* <img src=a.jpg> */</STYLE >",
        "<textarea><img src=a.jpg></textarea>",
        "<title><img src=a.jpg></title>",
        "<xmp><img src=a.jpg></xmp>",
        "<iframe><img src=a.jpg></iframe>",
        "<noembed><img src=a.jpg></noembed><noframes><img src=a.jpg></noframes>",
        "<plaintext><img src=a.jpg></plaintext><img src=a.jpg>",
        "<svg><![CDATA[ > <img src=a.jpg> ]]></svg>",
        "<svg><style><img src=a.jpg></style><script>'<img src=a.jpg>'</script></svg>",
        "<p title='<img src=a.jpg>'>&lt;img src=a.jpg></p x='<img src=a.jpg>'>",
        "<img src=a.jpg",
        "<img src='a.jpg>",
        "<img",
        "<image src=a.jpg><imgs src=a.jpg></img src=a.jpg>< img src=a.jpg>",
        "<?php echo '<img src=a.jpg'; ?>",
        "",
    ] {
        assert_eq!(Page::read(page.as_bytes()).unwrap().images, [], "{page}");
    }
}

#[test]
fn what_a_browser_takes_for_an_image_is_one() {
    for page in [
        "<!--><img src=a.jpg>-->",
        "<!-- --!><img src=a.jpg>",
        "<![CDATA[ > <img src=a.jpg> ]]>",
        "<script></script ><img src=a.jpg>",
        "<script/>'</script><img src=a.jpg>",
        "<svg><script/><title/><style/></svg><img src=a.jpg>",
        "<svg><foreignObject><title>t</title><img src=a.jpg></foreignObject></svg>",
        "<svg><p><![CDATA[><img src=a.jpg>",
        "<math><mi><textarea></math></textarea></mi></math><img src=a.jpg>",
        "<noscript><img src=a.jpg></noscript>",
        "<template><img src=a.jpg></template>",
        "<picture><source srcset=b.webp><img src=a.jpg></picture>",
        "<!DOCTYPE html PUBLIC \"><img src=a.jpg>",
        "<a href=x<img src=b.jpg><img src=a.jpg>",
    ] {
        let images = Page::read(page.as_bytes()).unwrap().images;
        assert_eq!(images.len(), 1, "{page}");
        assert_eq!(images[0].source.as_ref().unwrap().address, "a.jpg", "{page}");
    }
}

#[test]
fn the_source_is_the_picture_that_will_be_seen() {
    for (tag, expected) in [
        ("<img src=' a.jpg\n'>", Some("a.jpg")),
        ("<img src='a&amp;b&#46;jpg'>", Some("a&b.jpg")),
        ("<img src=data:image/gif;base64,R0lGODlh data-src=a.jpg>", Some("a.jpg")),
        ("<img src=blank.gif data-src=a.jpg>", Some("a.jpg")),
        ("<img src=a.jpg srcset='b.jpg 2x'>", Some("a.jpg")),
        ("<img src=data:, srcset='\n b.jpg, c.jpg 2x'>", Some("b.jpg")),
        ("<img data-srcset='b.jpg 1x, c.jpg 2x'>", Some("b.jpg")),
        ("<img src=data:image/png;base64,AAAA>", Some("data:image/png;base64,AAAA")),
        ("<img src='' data-src>", None),
        ("<img src=' '>", None),
        ("<img>", None),
    ] {
        assert_eq!(address(tag).as_deref(), expected, "{tag}");
    }
    stays("<img><img src><img src=''><img class= src=a.jpg>");
    becomes("<img src=data:, data-src='a.jpg'>", "<img src=data:, data-src='a.jpg' alt='T'>");
}

#[test]
fn decoration_lacks_nothing() {
    stays("<img src=a role=presentation>");
    stays("<img src=a ROLE='None '>");
    stays("<img src=a aria-hidden=true>");
    becomes("<img src=a aria-hidden=false role=img>", "<img src=a alt=\"T\" aria-hidden=false role=img>");
}

#[test]
fn lines_are_counted() {
    let page = Page::read(b"<p>\r\n<img alt>\n<img\n src=a><img>\n\n<img src=b>").unwrap();
    assert_eq!(page.images.iter().map(|image| image.line).collect::<Vec<_>>(), [3, 4, 6]);
}

#[test]
fn texts_are_escaped_for_their_place() {
    let texts = [Some("\"A\" & 'b' <c> é".to_string()), None, Some("\"A\" & 'b' <c> é".to_string())];
    let write = |page: &[u8]| Page::read(page).unwrap().with_texts(page, &texts);
    let utf8 = write("<img src=\"é\"><img src=b><img src='c'>".as_bytes());
    let expected = "<img src=\"é\" alt=\"&#34;A&#34; &amp; 'b' &lt;c> é\"><img src=b><img src='c' alt='\"A\" &amp; &#39;b&#39; &lt;c> é'>";
    assert_eq!(String::from_utf8(utf8).unwrap(), expected);
    let latin = write(b"\xe9<img src=a><img src=b><img src=c>");
    assert!(
        latin.starts_with(b"\xe9<img src=a alt=\"&#34;A&#34; &amp; 'b' &lt;c> &#233;\"><img src=b>"),
        "{}",
        latin.escape_ascii()
    );
}

#[test]
fn names_are_read_in_the_encoding_of_the_page() {
    let address = |page: &[u8]| Page::read(page).unwrap().images.remove(0).source.unwrap().address;
    assert_eq!(address("<img src=é.jpg>".as_bytes()), "é.jpg");
    assert_eq!(address(b"<img src=\xe9.jpg>"), "é.jpg", "neither UTF-8 nor anything said");
    assert_eq!(address(b"<img src=&eacute;.jpg><p>\xe9"), "é.jpg");
    assert_eq!(address(b"<meta charset=iso-8859-2><img src=\xb1.jpg>"), "ą.jpg");
    assert_eq!(
        address(b"<meta http-equiv=Content-Type content='text/html; Charset=koi8-r'><img src=\xc1.jpg>"),
        "а.jpg"
    );
    assert_eq!(address("<meta charset=utf-16><img src=é.jpg>".as_bytes()), "é.jpg");
    assert_eq!(address("\u{feff}<meta charset=iso-8859-2><img src=é.jpg>".as_bytes()), "é.jpg");
    // The second byte of this letter is a backslash.
    assert_eq!(address(b"<meta charset=shift_jis><img src=\"\x95\x5c.jpg\">"), "表.jpg");
}

#[test]
fn what_cannot_be_edited_is_refused() {
    let error = |page: &[u8]| Page::read(page).unwrap_err().to_string();
    let wide: Vec<u8> = "<img src=a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(
        error(&[b"\xff\xfe", &wide[..]].concat()).contains("UTF-16LE, which cannot be edited here; save it as UTF-8")
    );
    assert!(error(&wide).contains("zero bytes"));
    assert!(error(b"\xff\xd8\xff\xe0\0\x10JFIF").contains("no HTML page"));
    assert!(error(b"<meta charset=iso-2022-jp><img src=a>").contains("ISO-2022-JP"));
}

#[test]
fn a_base_is_obeyed_once() {
    let place = |page: &[u8]| Page::read(page).unwrap().folder(SitePath::Here("blog".into())).follow("a.jpg");
    assert_eq!(place(b""), SitePath::Here("blog/a.jpg".into()));
    assert_eq!(place(b"<base target=_top><base href=../img/><base href=x/>"), SitePath::Here("img/a.jpg".into()));
}
