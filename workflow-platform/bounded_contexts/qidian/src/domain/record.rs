//! What is known after reading one page.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Count, Timestamp};

/// One book. Ranking rows and book pages give the same record with different fields filled;
/// what the page did not say is `null` (or empty).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    pub words: Option<Words>,
    /// Place in the ranking, from 1.
    pub rank: Option<u32>,
    pub intro: Option<String>,
    pub latest_chapter: Option<String>,
    pub updated_at: Option<Timestamp>,
    /// Address of the cover as the page gives it.
    #[serde(default)]
    pub cover: Option<String>,
    /// Everything the site counts, by name: `month_tickets`, `recommendations`,
    /// `recommendations_week`, `collections`, `clicks`, `reading_index`, …
    #[serde(default)]
    pub counts: BTreeMap<String, Count>,
    /// Which of several rankings of the page the row stands in, by the page's own name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub board: Option<String>,
}

/// A length: a number, or `{"value": null, "protected": true}` where the site scrambles it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Words {
    Known(u64),
    Protected(Count),
}

impl Words {
    pub(super) fn of(count: Count) -> Option<Self> {
        if count.protected { Some(Self::Protected(count)) } else { count.value.map(Self::Known) }
    }

    pub const fn known(&self) -> Option<u64> {
        match self {
            Self::Known(words) => Some(*words),
            Self::Protected(_) => None,
        }
    }
}

/// A chapter of a catalog.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChapterRecord {
    pub book_id: Option<String>,
    pub chapter_id: Option<String>,
    pub title: Option<String>,
    pub volume: Option<String>,
    /// Length in Chinese characters.
    pub words: Option<Words>,
    pub updated_at: Option<Timestamp>,
    /// Whether everybody may read it.
    pub free: Option<bool>,
}

/// A book of a list that shows what readers think of it, as that of free books does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FreeBook {
    #[serde(flatten)]
    pub book: BookRecord,
    /// What readers gave it, of 10.
    pub score: Option<f64>,
}

/// A writer and their books.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AuthorPage {
    pub author_id: Option<String>,
    pub name: Option<String>,
    pub intro: Option<String>,
    pub books: Vec<BookRecord>,
}

/// A record of any page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Record {
    Free(Box<FreeBook>),
    Book(Box<BookRecord>),
    Chapter(ChapterRecord),
}

/// The name under which a number with this unit is kept, such as "月票".
pub(super) fn count_name(unit: &str) -> &'static str {
    const NAMES: [(&str, &str); 9] = [
        ("月票", "month_tickets"),
        ("周推荐", "recommendations_week"),
        ("推荐", "recommendations"),
        ("阅读", "reading_index"),
        ("收藏", "collections"),
        ("点击", "clicks"),
        ("粉丝", "fans"),
        ("热销", "sales"),
        ("字", "new_words"),
    ];
    NAMES.iter().find(|(word, _)| unit.contains(word)).map_or("rank_value", |(_, name)| name)
}
