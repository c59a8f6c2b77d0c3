//! What is known about a book after reading one page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Count, Timestamp};

/// One book. Ranking rows and book pages give the same record with different fields filled;
/// what the page did not say is `null` (or empty).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct BookRecord {
    pub book_id: String,
    pub title: Option<String>,
    pub author: Option<String>,
    pub author_id: Option<String>,
    pub category: Option<String>,
    pub sub_category: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    /// As the site says it: 连载, 完本.
    pub status: Option<String>,
    /// Length in Chinese characters; rounded where the page rounds it.
    pub words: Option<u64>,
    /// Place in the ranking, from 1.
    pub rank: Option<u32>,
    pub intro: Option<String>,
    pub latest_chapter: Option<String>,
    pub updated_at: Option<Timestamp>,
    /// Everything the site counts, by name: `month_tickets`, `recommendations`,
    /// `recommendations_week`, `collections`, `clicks`, `reading_index`, …
    #[serde(default)]
    pub counts: BTreeMap<String, Count>,
}

/// The name under which a number with this unit is kept, such as "月票".
pub(super) fn count_name(unit: &str) -> &'static str {
    const NAMES: [(&str, &str); 7] = [
        ("月票", "month_tickets"),
        ("周推荐", "recommendations_week"),
        ("推荐", "recommendations"),
        ("阅读", "reading_index"),
        ("收藏", "collections"),
        ("点击", "clicks"),
        ("字", "new_words"),
    ];
    NAMES.iter().find(|(word, _)| unit.contains(word)).map_or("rank_value", |(_, name)| name)
}
