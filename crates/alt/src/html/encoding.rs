//! In what a page of HTML is written.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::tags::{Dialect, Tag, Token, tokens};

/// What its first bytes, `<meta charset>` or the longer form of it say, or what it looks like.
pub fn encoding(bytes: &[u8]) -> &'static Encoding {
    let mark = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let guess = || if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
    mark.or_else(|| tokens(bytes, Dialect::Html).find_map(said_in)).unwrap_or_else(guess)
}

fn said_in(token: Token) -> Option<&'static Encoding> {
    let Token::Start(tag) = token else { return None };
    if tag.name != "meta" {
        return None;
    }
    let label = label(&tag)?;
    // Whoever could read this far does not read UTF-16, whatever the page says.
    Encoding::for_label(&label).map(Encoding::output_encoding)
}

fn label(meta: &Tag) -> Option<Vec<u8>> {
    if let Some(charset) = meta.attribute("charset") {
        return Some(charset.value.value.to_ascii_lowercase());
    }
    let content = String::from_utf8_lossy(&meta.attribute("content")?.value.value).to_ascii_lowercase();
    let (_, label) = content.split_once("charset=")?;
    Some(label.split(';').next()?.trim_matches(['"', '\'', ' ']).into())
}
