//! From a page's bytes to text, whatever it says of itself.
//!
//! Saved pages lie: browsers write UTF-8 and leave `charset=gbk` in the head, editors add byte
//! order marks, downloads are cut off in the middle of a character. So the bytes decide, and the
//! page's own word only where they leave a choice.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8};

/// How far into a page its own word is looked for (HTML standard, "prescan a byte stream").
const PRESCAN: usize = 1024;
/// A cut-off character leaves at most this many bytes.
const LONGEST_TAIL: usize = 3;

/// The body as text. Bytes that fit no character become U+FFFD.
pub(super) fn decode(body: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(body) {
        return encoding.decode_without_bom_handling(&body[mark..]).0;
    }
    let Err(error) = std::str::from_utf8(body) else {
        return UTF_8.decode_without_bom_handling(body).0;
    };
    if error.error_len().is_none() && body.len() - error.valid_up_to() <= LONGEST_TAIL {
        return UTF_8.decode_without_bom_handling(body).0;
    }
    let utf8 = UTF_8.decode_without_bom_handling(body).0;
    if is_mostly_whole(&utf8) {
        return utf8;
    }
    let other = declared(body).filter(|named| *named != UTF_8).unwrap_or(GB18030);
    let decoded = other.decode_without_bom_handling(body).0;
    if damage(&decoded) < damage(&utf8) { decoded } else { utf8 }
}

/// UTF-8 that was damaged here and there, rather than another encoding, in which hardly any
/// character beyond ASCII would read as one. GBK gives almost any bytes a meaning and is no judge.
fn is_mostly_whole(text: &str) -> bool {
    let foreign = text.chars().filter(|c| !c.is_ascii()).count();
    damage(text) * 8 <= foreign
}

fn damage(text: &str) -> usize {
    text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count()
}

/// The character set the page names in its head.
fn declared(body: &[u8]) -> Option<&'static Encoding> {
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
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn byte_order_marks_win() {
        assert_eq!(decode(b"\xEF\xBB\xBFa"), "a");
        assert_eq!(decode(&[0xFF, 0xFE, 0x60, 0x4F]), "你");
        assert_eq!(decode(&[0xFE, 0xFF, 0x4F, 0x60]), "你");
    }

    #[test]
    fn bytes_are_believed_before_the_page() {
        assert_eq!(decode("<meta charset=gbk>你好".as_bytes()), "<meta charset=gbk>你好");
        let (gbk, ..) = GB18030.encode("<title>月票榜单</title>");
        assert_eq!(decode(&gbk), "<title>月票榜单</title>");
    }

    #[test]
    fn a_page_cut_off_within_a_character_stays_utf8() {
        let text = "榜单".as_bytes();
        assert_eq!(decode(&text[..5]), "榜\u{FFFD}");
    }

    #[test]
    fn a_few_damaged_bytes_do_not_turn_utf8_into_something_else() {
        let mut text = "起点中文网的月票榜单".repeat(20).into_bytes();
        text[31] = 0xFF;
        assert!(decode(&text).ends_with("起点中文网的月票榜单"));
    }

    proptest! {
        #[test]
        fn chinese_text_survives_gbk(text in "[一-龥]{8,200}") {
            let (gbk, ..) = GB18030.encode(&text);
            let decoded = decode(&gbk);
            prop_assume!(std::str::from_utf8(&gbk).is_err());
            prop_assert_eq!(decoded, text.as_str());
        }

        #[test]
        fn any_bytes_are_text(bytes: Vec<u8>) {
            let _ = decode(&bytes);
        }
    }
}
