//! From bytes to text: the byte order mark, then the header, then what the page says of itself.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How far into a page its own word is looked for: more than the HTML standard asks for, since
/// pages hide it behind comments.
const PRESCAN: usize = 4096;

/// The body as text. Bytes that fit no character become U+FFFD.
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    // The byte order mark, where there is one, wins inside `decode`.
    encoding_of(body, content_type).decode(body).0
}

/// The encoding that a body is read in.
pub fn encoding_of(body: &[u8], content_type: Option<&str>) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(body) {
        return encoding;
    }
    content_type.and_then(of_header).or_else(|| of_page(body)).unwrap_or(UTF_8)
}

fn of_header(content_type: &str) -> Option<&'static Encoding> {
    let parameter = content_type.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })?;
    Encoding::for_label(parameter.trim().trim_matches(['"', '\'']).as_bytes())
}

/// `<meta charset>`, `<meta http-equiv>` with a charset, or an XML declaration.
fn of_page(body: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&body[..body.len().min(PRESCAN)]).to_ascii_lowercase();
    if let Some(declaration) = head.trim_start().strip_prefix("<?xml") {
        let declaration = declaration.split("?>").next().unwrap_or_default();
        if let Some(found) = label(declaration, "encoding") {
            return Some(found);
        }
    }
    let mut rest = head.as_str();
    while let Some(at) = rest.find('<') {
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
            continue;
        }
        let tag = &rest[..rest.find('>').unwrap_or(rest.len())];
        if tag.starts_with("<meta")
            && let Some(found) = label(tag, "charset")
        {
            return Some(found);
        }
        rest = &rest[1..];
    }
    None
}

fn label(text: &str, name: &str) -> Option<&'static Encoding> {
    let (_, rest) = text.split_once(name)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c)))
        .unwrap_or(rest.len());
    let found = Encoding::for_label(&rest.as_bytes()[..end])?;
    // Whoever could read the word knows that it is not true (HTML standard, "prescan").
    Some(if found == UTF_16BE || found == UTF_16LE { UTF_8 } else { found })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("gbk", "你好，世界")]
    #[case("gb18030", "你好𠀀")]
    #[case("big5", "繁體中文")]
    #[case("shift_jis", "日本語カナ")]
    #[case("euc-kr", "한국어")]
    #[case("windows-1251", "привет")]
    #[case("iso-8859-1", "café")]
    fn each_encoding_is_read_by_header_and_by_page(#[case] label: &str, #[case] text: &str) {
        let (bytes, encoding, lossy) = Encoding::for_label(label.as_bytes()).unwrap().encode(text);
        assert!(!lossy, "{label}");
        assert_eq!(decode(&bytes, Some(&format!("text/html; Charset=\"{label}\""))), text);
        for head in [
            format!("<html><head><meta charset='{label}'>"),
            format!(
                "<!-- charset=utf-8 --><META http-equiv=Content-Type content=\"text/html;charset={label}\">"
            ),
            format!("<?xml version=\"1.0\" encoding=\"{label}\"?>"),
            format!("<script charset=utf-8></script><meta charset={label} />"),
        ] {
            let mut page = head.clone().into_bytes();
            page.extend(bytes.iter());
            assert!(decode(&page, Some("text/html")).ends_with(text), "{head}");
            assert_eq!(encoding_of(&page, None), encoding, "{head}");
        }
    }

    #[test]
    fn the_mark_wins_over_the_header_and_nothing_is_utf_8() {
        assert_eq!(decode("你好".as_bytes(), None), "你好");
        let utf16 = [0xFF, 0xFE, 0x60, 0x4F];
        assert_eq!(decode(&utf16, Some("text/html; charset=utf-8")), "你");
        assert_eq!(decode(&[0xFF, 0x41], None), "\u{fffd}A");
        assert_eq!(decode(b"<meta charset=utf-16>\xE4\xBD\xA0", None), "<meta charset=utf-16>你");
        assert_eq!(decode("é".as_bytes(), Some("text/html; charset=nonsense")), "é");
    }
}
