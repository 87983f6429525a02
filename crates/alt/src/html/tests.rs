use crate::address::SitePath;
use crate::image::{Decoration, Image, Kind};
use crate::page::{Format, Page};

fn read(page: &[u8]) -> Page {
    Page::read(page, &Format::default()).unwrap()
}

fn images(page: &str) -> Vec<Image> {
    read(page.as_bytes()).images().to_vec()
}

/// The page with these texts.
fn written(page: &[u8], texts: &[Option<&str>]) -> Vec<u8> {
    let texts: Vec<Option<String>> = texts.iter().map(|text| text.map(str::to_string)).collect();
    read(page).with_texts(page, &Format::default(), &texts).unwrap()
}

/// A page with the text `T` for each image that lacks one.
fn with_alts(page: &[u8]) -> Vec<u8> {
    let lacks = |image: &Image| image.is_missing_text() && image.takes_text();
    written(page, &read(page).images().iter().map(|image| lacks(image).then_some("T")).collect::<Vec<_>>())
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
    images(page).remove(0).source
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
        assert_eq!(images(page), [], "{page}");
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
        let sources: Vec<_> = images(page).into_iter().map(|image| image.source).collect();
        assert_eq!(sources, [Some("a.jpg".into())], "{page}");
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
        ("<img src=blank.gif data-original=a.jpg>", Some("a.jpg")),
        ("<img data-lazy-src=a.jpg>", Some("a.jpg")),
        ("<img data-lazy=a.jpg>", Some("a.jpg")),
        ("<img src=a.jpg data-lazy=true>", Some("a.jpg")),
        ("<img data-lazy-srcset='b.jpg 1x, c.jpg 2x'>", Some("b.jpg")),
        ("<picture><source><source srcset='b.jpg 1x, c.jpg 2x'><source srcset=d.jpg><img></picture>", Some("b.jpg")),
        ("<picture><source srcset=b.jpg></picture><img>", None),
        ("<picture><source srcset='{{ b }}'><img></picture>", None),
        ("<img src='' data-src>", None),
        ("<img src=' '>", None),
        ("<img>", None),
    ] {
        assert_eq!(address(tag).as_deref(), expected, "{tag}");
    }
    stays("<img><img src><img src=''><img class= src=a.jpg>");
    becomes("<img src=data:, data-src='a.jpg'>", "<img src=data:, data-src='a.jpg' alt='T'>");
    becomes("<picture><source srcset=b.jpg><img></picture>", "<picture><source srcset=b.jpg><img alt=\"T\"></picture>");
}

#[test]
fn decoration_lacks_nothing() {
    stays("<img src=a role=presentation>");
    stays("<img src=a ROLE='None '>");
    stays("<img src=a aria-hidden=true>");
    becomes("<img src=a aria-hidden=false role=img>", "<img src=a alt=\"T\" aria-hidden=false role=img>");
}

#[test]
fn lines_and_columns_are_counted() {
    let page = "<p>\r\n<img alt>\n<img\n src=a>ä<img>\n\n<img src=b>";
    let places: Vec<_> = images(page).iter().map(|image| (image.line, image.column)).collect();
    assert_eq!(places, [(2, 1), (3, 1), (4, 9), (6, 1)]);
}

#[test]
fn texts_are_escaped_for_their_place() {
    let text = "\"A\"\r\n & 'b' <c> é ";
    let write = |page: &[u8]| written(page, &[Some(text), None, Some(text)]);
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
    let address = |page: &[u8]| read(page).images()[0].source.clone().unwrap();
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
    let error = |page: &[u8]| Page::read(page, &Format::default()).unwrap_err().to_string();
    let wide: Vec<u8> = "<img src=a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(
        error(&[b"\xff\xfe", &wide[..]].concat()).contains("UTF-16LE, which cannot be edited here; save it as UTF-8")
    );
    assert!(error(&wide).contains("zero bytes"));
    assert!(error(b"\xff\xd8\xff\xe0\0\x10JFIF").contains("no page"));
    assert!(error(b"<meta charset=iso-2022-jp><img src=a>").contains("ISO-2022-JP"));
}

#[test]
fn a_base_is_obeyed_once() {
    let place = |page: &[u8]| read(page).folder(SitePath::Here("blog".into())).follow("a.jpg");
    assert_eq!(place(b""), SitePath::Here("blog/a.jpg".into()));
    assert_eq!(place(b"<base target=_top><base href=../img/><base href=x/>"), SitePath::Here("img/a.jpg".into()));
}

#[test]
fn every_image_is_read_with_its_text() {
    let page = "<img src=a alt=' B '><img src=b alt><img src=c><input type=IMAGE src=d alt=Go><input type=text alt=x>
<map><area href=x alt=''><area alt=y></map><div role=img aria-label=E></div><svg role=img></svg>
<svg><title>A <b>bold</b> fish</title><g><title>no</title></g></svg><svg><path/></svg><svg aria-hidden=true><title>x</title></svg>
<b id=n>Na<i>me</i></b><svg aria-labelledby='n x'></svg><p role=none aria-label=x><img src=f aria-label=F>";
    let texts: Vec<_> = images(page).into_iter().map(|image| (image.kind, image.text)).collect();
    let text = |text: &str| Some(text.to_string());
    let expected = [
        (Kind::Img, text(" B ")),
        (Kind::Img, text("")),
        (Kind::Img, None),
        (Kind::Input, text("Go")),
        (Kind::Area, text("")),
        (Kind::Role, text("E")),
        (Kind::Svg, None),
        (Kind::Svg, text("A bold fish")),
        (Kind::Svg, text("Name")),
        (Kind::Img, text("F")),
    ];
    assert_eq!(texts, expected);
    let missing: Vec<_> = images(page).iter().map(Image::is_missing_text).collect();
    assert_eq!(missing, [false, false, true, false, true, false, true, false, false, false]);
}

#[test]
fn a_text_takes_the_place_of_the_one_that_is_there() {
    for (page, expected) in [
        ("<img src=a alt=\"old\">", "<img src=a alt=\"N\">"),
        ("<img src=a ALT = 'it'>", "<img src=a ALT = 'N'>"),
        ("<img alt=old src=a>", "<img alt=\"N\" src=a>"),
        ("<img alt=old/>", "<img alt=\"N\">"),
        ("<img src=a alt>", "<img src=a alt=\"N\">"),
        ("<img src=a alt/>", "<img src=a alt=\"N\"/>"),
        ("<img alt src=a>", "<img alt=\"N\" src=a>"),
        ("<img alt= src=a>", "<img alt= \"N\">"),
        ("<img src=a alt= >", "<img src=a alt= \"N\">"),
        ("<img src=a alt=''title=b>", "<img src=a alt='N'title=b>"),
        ("<img src=a alt=x alt=y>", "<img src=a alt=\"N\" alt=y>"),
        ("<input type=image src=a>", "<input type=image src=a alt=\"N\">"),
        ("<area href='a'>", "<area href='a' alt='N'>"),
    ] {
        assert_eq!(String::from_utf8(written(page.as_bytes(), &[Some("N")])).unwrap(), expected);
        assert_eq!(written(page.as_bytes(), &[None]), page.as_bytes());
    }
    assert_eq!(written(b"<img src=a alt=old>", &[Some("")]), b"<img src=a alt=\"\">");
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let error = |page: &str, text: &str| {
        let texts = [Some(text.to_string())];
        read(page.as_bytes()).with_texts(page.as_bytes(), &Format::default(), &texts).unwrap_err().to_string()
    };
    assert_eq!(error("\n<svg role=img></svg>", "T"), "line 2: no text can be written for this image; write it by hand");
    // Whoever reads them again finds other images.
    let page = "<img src=a alt=x>";
    let texts = [Some("T".to_string())];
    for other in [&b"<img src=b><b a=c>"[..], b"<img"] {
        assert!(read(page.as_bytes()).with_texts(other, &Format::default(), &texts).is_err());
    }
}

#[test]
fn an_image_is_told_what_stands_around_it() {
    let page = "<a href=x><img src=a> The  <b>words</b><img src=b alt=t></a><a name=y><img src=c></a>
<button aria-label=Go><img src=d></button><a href=z><img src=e></a>
<figure><a href=x><img src=f></a><figcaption>A <i>caption</i></figcaption></figure><figure><img src=g></figure>
<img src=h width=31px height=50%><img src=i height=300><img src=i alt=Same><a href=q><img src=i><a href=r><img src=j>j</a>";
    let read = images(page);
    let link = |i: usize| read[i].context.link.as_deref().map(|link| (link.text.as_str(), link.is_named_otherwise));
    assert_eq!(link(0), Some(("The words", true)));
    assert_eq!((link(2), link(3)), (None, Some(("Go", false))));
    assert!(read[3].context.link.as_ref().unwrap().is_button);
    assert_eq!((link(4), link(10), link(11)), (Some(("", false)), Some(("", false)), Some(("j", false))));
    assert_eq!(read[5].context.figcaption.as_deref(), Some("A caption"));
    assert_eq!(read[6].context.figcaption, None);
    assert_eq!((read[7].context.width, read[7].context.height), (Some(31), None));
    assert_eq!(read[7].context.neighbour, None);
    assert_eq!(read[8].context.neighbour.as_deref(), Some("Same"));
    let repeated: Vec<_> = read.iter().map(|image| image.context.is_repeated).collect();
    assert_eq!(repeated.iter().filter(|is| **is).count(), 2);
    let expected = [
        Some(Decoration::InLink),
        None,
        None,
        Some(Decoration::InButton),
        None,
        Some(Decoration::Captioned),
        None,
        Some(Decoration::Icon),
        None,
        None,
        None,
        Some(Decoration::InLink),
    ];
    // The one before the last repeats a picture, but its link says nothing else.
    assert_eq!(read.iter().map(Image::decoration).collect::<Vec<_>>(), expected);
}

#[test]
fn what_is_hidden_may_be_decoration() {
    let page = "<div hidden><img src=a></div><ul aria-hidden=true><li><img src=b></ul><img src=c>";
    let decorations: Vec<_> = images(page).iter().map(Image::decoration).collect();
    assert_eq!(decorations, [Some(Decoration::Hidden), Some(Decoration::Hidden), None]);
}

#[test]
fn what_a_template_writes_is_left_alone_and_counted() {
    for page in [
        "<img src=\"{{ page.image }}\">",
        "<img src={{page.image}}>",
        "<img src='/img/{% if a > b %}c{% endif %}.jpg'>",
        "<img {% if a > b %}alt='x'{% endif %} src=a.jpg>",
        "<img src=a.jpg {{#if a}}alt=b{{/if}}>",
        "<img src=a.jpg alt=\"{{ a | b: \"c\" }}\">",
        "<img src=a.jpg <?php echo $alt; ?>>",
        "<img src=a.jpg alt='<%= alt %>'>",
        "<img src={photo} />",
        "<img src=a.jpg alt={text}/>",
        "<img src={photo}/>",
        "<img src=a.jpg {...rest} />",
        "<img :src='photo'>",
        "<img src=a.jpg v-bind:alt='b'>",
        "<img [src]='photo'>",
        "<img src=a.jpg [attr.alt]='b'>",
        "<img src=`${a}`>",
        "{{ '<img src=a.jpg>' | markdown }}",
    ] {
        let page = format!("{{% for a in b %}}{page}{{% endfor %}}<p>");
        let read = read(page.as_bytes());
        assert_eq!((read.images().len(), read.templated()), (0, 1), "{page}");
        stays(&page);
    }
    becomes("<img class=\"{{ \"a\" }}\" src='b'>{{ c }}", "<img class=\"{{ \"a\" }}\" src='b' alt='T'>{{ c }}");
    assert_eq!(written(b"<% <img src=a>", &[Some("1% > 0%>")]), b"<% <img src=a alt=\"1% > 0%&gt;\">");
    assert_eq!(written(b"<img src=a>", &[Some("{{ a }}")]), b"<img src=a alt=\"&#123;&#123; a &#125;&#125;\">");
}
