//! From bytes to text: the byte order mark, then the header, then what the page says of itself.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

/// How far into a page its own word is looked for (HTML standard, "prescan a byte stream").
const PRESCAN: usize = 1024;

/// The body as text. Bytes that fit no character become U+FFFD.
pub fn decode<'a>(body: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let encoding = content_type.and_then(of_header).or_else(|| of_page(body)).unwrap_or(UTF_8);
    // The byte order mark, where there is one, wins inside `decode`.
    encoding.decode(body).0
}

fn of_header(content_type: &str) -> Option<&'static Encoding> {
    let parameter = content_type.split(';').skip(1).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then_some(value)
    })?;
    Encoding::for_label(parameter.trim().trim_matches(['"', '\'']).as_bytes())
}

fn of_page(body: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&body[..body.len().min(PRESCAN)]).to_ascii_lowercase();
    let (_, rest) = head.split_once("charset")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || "-_:".contains(c)))
        .unwrap_or(rest.len());
    Encoding::for_label(&rest.as_bytes()[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_sign_is_heeded() {
        let gbk = [0xC4, 0xE3, 0xBA, 0xC3];
        assert_eq!(decode(&gbk, Some("text/html; charset=GBK")), "你好");
        let mut page = b"<html><head><meta charset='gb2312'><title>".to_vec();
        page.extend(gbk);
        assert!(decode(&page, Some("text/html")).ends_with("你好"));
        assert_eq!(decode("你好".as_bytes(), None), "你好");
        let utf16 = [0xFF, 0xFE, 0x60, 0x4F];
        assert_eq!(decode(&utf16, Some("text/html; charset=utf-8")), "你");
        assert_eq!(decode(&[0xFF, 0x41], None), "\u{fffd}A");
    }
}
