//! What became of pages, and how the journal remembers it: many visits in one text, and packed,
//! since whatever is recorded stays in memory for as long as the step runs.

use std::borrow::Cow;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_kernel::application::StepRecord;

/// What became of one page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Visit {
    #[serde(rename = "u")]
    pub url: Box<str>,
    #[serde(rename = "d")]
    pub depth: u32,
    #[serde(rename = "m", default, skip_serializing_if = "is_false")]
    pub is_map: bool,
    #[serde(rename = "o")]
    pub outcome: Outcome,
    /// Hashes of the addresses that stand for the page from now on; none where it is its own alone,
    /// since hashes are what packs worst.
    #[serde(rename = "k", default, skip_serializing_if = "Vec::is_empty")]
    pub kept_as: Vec<u128>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    pub content: Option<u128>,
    #[serde(rename = "n", default, skip_serializing_if = "is_false")]
    pub not_modified: bool,
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Map<String, Value>>,
    /// Links worth following that were new when the page was read.
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub maps: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands references")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// The page's row, unless it is stored elsewhere.
    Page(Option<Map<String, Value>>),
    /// An answer that is no page, or one that another address gave already.
    Skipped,
    Failed(Map<String, Value>),
    /// A list of pages.
    Map,
}

impl Visit {
    pub fn new(url: Box<str>, depth: u32, outcome: Outcome) -> Self {
        Self {
            url,
            depth,
            is_map: false,
            outcome,
            kept_as: Vec::new(),
            content: None,
            not_modified: false,
            problems: Vec::new(),
            links: Vec::new(),
            maps: Vec::new(),
        }
    }
}

/// Stands before visits that are packed; no JSON begins so.
const PACKED: &str = "zstd:";
/// Speed against size, as zstd counts. Addresses of one site are much alike.
const LEVEL: i32 = 1;

/// One record for many visits.
pub(super) fn record(number: usize, visits: &[String]) -> StepRecord {
    let text = visits.join("\n");
    let packed = zstd::bulk::compress(text.as_bytes(), LEVEL);
    let value = packed.map_or(text, |packed| format!("{PACKED}{}", STANDARD.encode(packed)));
    StepRecord { key: format!("visits-{number}"), value: Value::String(value) }
}

/// The text of a record, as it was before it was packed; older ones never were.
fn unpacked(text: &str) -> Option<Cow<'_, str>> {
    let Some(packed) = text.strip_prefix(PACKED) else { return Some(Cow::Borrowed(text)) };
    let packed = STANDARD.decode(packed).ok()?;
    let bytes = zstd::stream::decode_all(packed.as_slice()).ok()?;
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

/// The visits of earlier runs, in order; no more than those of one record are there at once.
pub(super) fn visits(records: &[StepRecord]) -> impl Iterator<Item = Visit> {
    let texts = records.iter().filter_map(|record| unpacked(record.value.as_str()?));
    texts.flat_map(|text| {
        let read = text.lines().filter_map(|line| serde_json::from_str::<Visit>(line).ok());
        read.collect::<Vec<_>>()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_come_back_as_they_were_packed_or_not() {
        let visit = |number: u32| Visit {
            links: (0..10).map(|link| format!("http://shop.example/b/{number}/{link}/")).collect(),
            content: Some(u128::MAX - u128::from(number)),
            ..Visit::new(format!("http://shop.example/b/{number}/").into(), 3, Outcome::Skipped)
        };
        let all: Vec<_> = (0..256).map(visit).collect();
        let lines: Vec<_> = all.iter().map(|one| serde_json::to_string(one).unwrap()).collect();
        let packed = record(1, &lines);
        let length = packed.value.as_str().unwrap().len();
        assert!(length * 4 < lines.concat().len(), "{length} bytes");
        let old = StepRecord { key: "visits-2".to_owned(), value: lines.join("\n").into() };
        let damaged = StepRecord { key: "visits-3".to_owned(), value: "zstd:AAAA".into() };
        let twice: Vec<_> = all.iter().chain(&all).cloned().collect();
        assert!(visits(&[packed, damaged, old]).eq(twice));
    }
}
