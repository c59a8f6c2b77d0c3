//! What is known about a note after reading its page.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Count, Timestamp};

/// One note. What the page did not say is `null` (or empty).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoteRecord {
    pub note_id: String,
    /// `normal` (pictures) or `video`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// May be empty.
    pub title: Option<String>,
    /// Topics stand in it as `#topic[话题]#`.
    pub desc: Option<String>,
    pub author: Option<Author>,
    /// Names of topics.
    pub tags: Vec<String>,
    pub images: Vec<Image>,
    pub video: Option<Video>,
    /// `liked`, `collected`, `comments`, `shares`.
    pub counts: BTreeMap<String, Count>,
    pub published_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    /// The region the site shows for the author.
    pub ip_location: Option<String>,
}

/// Who wrote it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Author {
    pub user_id: Option<String>,
    pub nickname: Option<String>,
    pub avatar: Option<String>,
}

/// A picture. Addresses are stamped and expire; the id stays.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Image {
    pub id: Option<String>,
    pub url: Option<String>,
    pub width: Option<u64>,
    pub height: Option<u64>,
}

/// The first stream of the best known codec.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Video {
    pub url: Option<String>,
    /// `h264`, `h265`, `av1`, …
    pub codec: String,
    pub width: Option<u64>,
    pub height: Option<u64>,
    pub size_bytes: Option<u64>,
    pub duration_ms: Option<u64>,
}
