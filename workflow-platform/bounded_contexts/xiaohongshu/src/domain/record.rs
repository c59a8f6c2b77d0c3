//! What is known after reading one page.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use shared_kernel::domain::{Count, Timestamp};

/// One note. Note pages, feeds and creators' pages give the same record with different fields
/// filled; what the page did not say is `null` (or empty).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NoteRecord {
    /// Null only for a page saved without its state that names its note nowhere.
    pub note_id: Option<String>,
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
    /// Belongs to the note's address where a list gives one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub xsec_token: Option<String>,
}

/// Who wrote it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Author {
    pub user_id: Option<String>,
    pub nickname: Option<String>,
    pub avatar: Option<String>,
}

/// A picture. Addresses are stamped and expire; the id stays.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Image {
    pub id: Option<String>,
    pub url: Option<String>,
    pub width: Option<u64>,
    pub height: Option<u64>,
}

/// The first stream of the best known codec.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Video {
    pub url: Option<String>,
    /// `h264`, `h265`, `av1`, …
    pub codec: Option<String>,
    pub width: Option<u64>,
    pub height: Option<u64>,
    pub size_bytes: Option<u64>,
    pub duration_ms: Option<u64>,
}

/// Somebody's profile, with the notes it shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CreatorRecord {
    pub user_id: Option<String>,
    pub nickname: Option<String>,
    /// The number the site shows as 小红书号.
    pub red_id: Option<String>,
    pub desc: Option<String>,
    pub avatar: Option<String>,
    pub ip_location: Option<String>,
    pub tags: Vec<String>,
    /// `follows`, `fans`, `interaction` (likes and collections received).
    pub counts: BTreeMap<String, Count>,
    pub notes: Vec<NoteRecord>,
}

/// A record of any page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Record {
    Creator(Box<CreatorRecord>),
    Note(Box<NoteRecord>),
}
