//! What became of pages, and how the journal remembers it: many visits in one text, since
//! whatever is recorded stays in memory for as long as the step runs.

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
    /// Hashes of the addresses that stand for the page from now on.
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

/// One record for many visits.
pub(super) fn record(number: usize, visits: &[String]) -> StepRecord {
    StepRecord { key: format!("visits-{number}"), value: Value::String(visits.join("\n")) }
}

/// The visits of earlier runs, in order.
pub(super) fn visits(records: &[StepRecord]) -> Vec<Visit> {
    let texts = records.iter().filter_map(|record| record.value.as_str());
    texts.flat_map(str::lines).filter_map(|line| serde_json::from_str(line).ok()).collect()
}
