//! Whatever is done to a page, it gives records or a typed error, and no name that is not in it.

use proptest::prelude::*;
use serde_json::Value;
use shared_kernel::domain::{
    SitePage,
    markup::{parse, text_of},
    parse_literal,
};

use super::{fixtures::*, saved, seen_at};
use crate::domain::{Page, recognise};

fn pages() -> Vec<String> {
    let states = [NOTE, MOBILE_NOTE, NOTE_DUMP, FEED, CREATOR, CREATOR_DUMP];
    let mut pages: Vec<String> = states.iter().map(|state| page(state)).collect();
    pages.extend(states.map(str::to_owned));
    pages.extend([NOTE_MARKUP, FEED_MARKUP, CREATOR_MARKUP].map(str::to_owned));
    pages
}

/// One thing that happens to pages.
#[derive(Debug, Clone)]
enum Harm {
    CutOff(prop::sample::Index),
    Remove(prop::sample::Index, usize),
    Insert(prop::sample::Index, String),
    Swap(prop::sample::Index, u8),
    Gbk,
    Utf16,
}

fn harm() -> impl Strategy<Value = Harm> {
    let at = any::<prop::sample::Index>;
    prop_oneof![
        at().prop_map(Harm::CutOff),
        (at(), 1..200_usize).prop_map(|(at, length)| Harm::Remove(at, length)),
        (at(), "[<>\"'{}\\[\\],:/a-z0-9 ]{1,20}").prop_map(|(at, text)| Harm::Insert(at, text)),
        (at(), any::<u8>()).prop_map(|(at, byte)| Harm::Swap(at, byte)),
        Just(Harm::Gbk),
        Just(Harm::Utf16),
    ]
}

fn harmed(page: &[u8], harm: &Harm) -> Vec<u8> {
    let mut bytes = page.to_vec();
    match harm {
        Harm::CutOff(at) => bytes.truncate(at.index(bytes.len() + 1)),
        Harm::Remove(at, length) => {
            let start = at.index(bytes.len() + 1);
            let end = (start + length).min(bytes.len());
            bytes.drain(start..end);
        }
        Harm::Insert(at, text) => {
            let at = at.index(bytes.len() + 1);
            bytes.splice(at..at, text.bytes());
        }
        Harm::Swap(at, byte) if !bytes.is_empty() => {
            let at = at.index(bytes.len());
            bytes[at] = *byte;
        }
        Harm::Swap(..) => {}
        Harm::Gbk => bytes = encoding_rs::GBK.encode(&String::from_utf8_lossy(page)).0.into_owned(),
        Harm::Utf16 => {
            let text = String::from_utf8_lossy(page);
            bytes = [0xFF, 0xFE]
                .into_iter()
                .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
                .collect();
        }
    }
    bytes
}

/// The page's text without what folding and escapes change.
fn squeezed(text: &str) -> String {
    let text = text.replace("\\u002F", "/");
    text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

/// Everything a record calls by a name, at any depth.
fn names(value: &Value, found: &mut Vec<String>) {
    const NAMES: [&str; 6] = ["title", "nickname", "ip_location", "note_id", "user_id", "red_id"];
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(text) if NAMES.contains(&key.as_str()) => {
                        found.push(text.clone());
                    }
                    other => names(other, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| names(item, found)),
        _ => {}
    }
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let page = SitePage { seen_at: seen_at(), ..SitePage::saved(bytes) };
    let shown = parse(&page.text()).and_then(|page| text_of(page.root_element()));
    let shown = shown.unwrap_or_default();
    let text = squeezed(&format!("{} {shown}", page.text()));
    let _ = recognise(&page);
    for kind in Page::ALL {
        let Ok(records) = kind.parse(&page) else { continue };
        let mut found = Vec::new();
        names(&serde_json::to_value(&records).unwrap(), &mut found);
        for name in found {
            // escapes and odd numbers are written in several ways
            let plain = !name.contains(|c: char| {
                c.is_control() || matches!(c, '&' | '<' | '"' | '\\' | '\u{FFFD}')
            });
            prop_assert!(!plain || text.contains(&squeezed(&name)), "{name:?} was made up");
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn harmed_pages_give_records_or_typed_errors(
        which in any::<prop::sample::Index>(),
        harms in prop::collection::vec(harm(), 1..4),
    ) {
        let pages = pages();
        let mut bytes = which.get::<String>(&pages).clone().into_bytes();
        for harm in &harms {
            bytes = harmed(&bytes, harm);
        }
        check(&bytes)?;
    }

    #[test]
    fn any_bytes_give_records_or_typed_errors(bytes: Vec<u8>) {
        check(&bytes)?;
    }

    #[test]
    fn any_bytes_in_a_state_end(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let text = String::from_utf8_lossy(&bytes);
        let _ = parse_literal(&text);
        let _ = Page::Note.parse(&saved(&page(&text)));
    }

    #[test]
    fn a_harmed_literal_is_read_or_refused(harms in prop::collection::vec(harm(), 1..6)) {
        let mut bytes = NOTE.as_bytes().to_vec();
        for harm in &harms {
            bytes = harmed(&bytes, harm);
        }
        let _ = parse_literal(&String::from_utf8_lossy(&bytes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn deep_nesting_ends(depth in prop_oneof![1..300_usize, 50_000..60_000_usize], tag in "(div|a|b|p|table|span)") {
        let html = format!("<{tag}>").repeat(depth);
        let state = page(&"[".repeat(depth));
        for kind in Page::ALL {
            let _ = kind.parse(&saved(&html));
            let _ = kind.parse(&saved(&state));
        }
    }
}
