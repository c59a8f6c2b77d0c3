//! Whatever is done to a page, it gives records or a typed error, and no name that is not in it.

use proptest::prelude::*;
use serde_json::Value;
use shared_kernel::domain::{
    SitePage,
    markup::{parse, text_of},
};

use super::{fixtures::*, saved, seen_at};
use crate::domain::{Page, Record, recognise};

fn pages() -> Vec<String> {
    let data =
        [ranking_data(), boards_data(), book_data(), catalog_data(), author_data(), free_data()];
    let mut pages: Vec<String> = data.iter().map(mobile).collect();
    pages.extend([desktop_ranking("h2"), desktop_ranking("h4"), data[0].to_string()]);
    let markup =
        [MOBILE_ROWS, ALL_NEW, ALL_OLD, BOOK_NEW, BOOK_OLD, MOBILE_CATALOG, DESKTOP_CATALOG];
    pages.extend(markup.map(str::to_owned));
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
    text.chars().filter(|c| !c.is_whitespace() && *c != '\\').collect()
}

/// Everything a record calls by a name.
fn names(record: &Record) -> Vec<String> {
    let record = serde_json::to_value(record).unwrap();
    let fields =
        ["title", "author", "category", "sub_category", "status", "latest_chapter", "volume"];
    fields.iter().filter_map(|field| Some(record[*field].as_str()?.to_owned())).collect()
}

fn check(bytes: &[u8]) -> Result<(), TestCaseError> {
    let page = SitePage { seen_at: seen_at(), ..SitePage::saved(bytes) };
    let shown = parse(&page.text()).and_then(|page| text_of(page.root_element()));
    let shown = shown.unwrap_or_default();
    let text = squeezed(&format!("{} {shown}", page.text()));
    let _ = recognise(&page);
    for kind in Page::ALL {
        let Ok(records) = kind.parse(&page) else { continue };
        for record in &records {
            for name in names(record) {
                let plain = !name.contains(['&', '<', '"', '\u{FFFD}']);
                prop_assert!(!plain || text.contains(&squeezed(&name)), "{name:?} was made up");
            }
        }
    }
    Ok(())
}

/// Any JSON in the place of any other.
fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        Just(serde_json::json!([])),
        Just(serde_json::json!({})),
        Just(serde_json::json!([[null], {"bid": {}}])),
    ]
}

fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                places(member, &format!("{at}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

proptest! {
    #[test]
    fn harmed_pages_give_records_or_typed_errors(
        which in any::<prop::sample::Index>(),
        harms in prop::collection::vec(harm(), 1..4),
    ) {
        let pages = pages();
        let mut bytes = which.get(&pages).clone().into_bytes();
        for harm in &harms {
            bytes = harmed(&bytes, harm);
        }
        check(&bytes)?;
    }

    #[test]
    fn wrong_types_give_records_or_typed_errors(
        which in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        odd in odd_value(),
    ) {
        let all = [ranking_data(), boards_data(), book_data(), catalog_data(), author_data(), free_data()];
        let mut data = which.get(&all).clone();
        let mut found = Vec::new();
        places(&data, "", &mut found);
        if let Some(value) = data.pointer_mut(place.get::<String>(&found)) {
            *value = odd;
        }
        check(mobile(&data).as_bytes())?;
    }

    #[test]
    fn any_bytes_give_records_or_typed_errors(bytes: Vec<u8>) {
        check(&bytes)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn deep_nesting_ends(depth in prop_oneof![1..300_usize, 50_000..60_000_usize], tag in "(div|a|b|p|table|span)") {
        let page = format!("<{tag}>").repeat(depth);
        for kind in Page::ALL {
            let _ = kind.parse(&saved(&page));
        }
    }
}
