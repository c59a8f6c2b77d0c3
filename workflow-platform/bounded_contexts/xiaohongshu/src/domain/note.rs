//! A note's page, of the desktop site and of the mobile one.

use std::collections::BTreeMap;

use serde_json::Value;
use shared_kernel::domain::{PageError, SitePage};

use super::{
    note_markup,
    opened::Opened,
    record::{Author, NoteRecord},
    state::{at, count, items, millis, text, text_of_any},
    video::{images, video},
};

const COUNTS: [(&str, &str); 4] = [
    ("likedCount", "liked"),
    ("collectedCount", "collected"),
    ("commentCount", "comments"),
    ("shareCount", "shares"),
];

/// Reads a note from the page state, or from the markup when there is none.
pub fn parse_note(page: &SitePage<'_>) -> Result<NoteRecord, PageError> {
    let opened = Opened::new(page);
    opened.read(
        "note.noteDetailMap[…].note",
        |state| find(state).and_then(record),
        || note_markup::read(&opened),
    )
}

/// The note's object, wherever this kind of page keeps it. An export may be of a part alone.
pub(super) fn find(state: &Value) -> Option<&Value> {
    let filled = |note: &&Value| id(note).is_some();
    let desktop = |root: &'_ [&str]| {
        let part = at(state, root)?;
        let map = at(part, &["noteDetailMap"])?.as_object()?;
        let first = text(part, &["firstNoteId"]);
        let named = first.and_then(|id| at(map.get(&id)?, &["note"])).filter(filled);
        named.or_else(|| map.values().filter_map(|entry| at(entry, &["note"])).find(filled))
    };
    let places: [&[&str]; 5] = [
        &["noteData", "data", "noteData"],
        &["noteData", "normalNotePreloadData"],
        &["note", "note"],
        &["note"],
        &[],
    ];
    let whole = |place: &&[&str]| at(state, place).filter(|note| filled(note) && is_note(note));
    desktop(&["note"]).or_else(|| desktop(&[])).or_else(|| places.iter().find_map(whole))
}

fn is_note(value: &Value) -> bool {
    ["title", "desc", "type", "imageList", "imagesList", "user", "interactInfo"]
        .iter()
        .any(|key| value.get(*key).is_some())
}

fn id(note: &Value) -> Option<String> {
    text_of_any(note, &["noteId", "id"])
}

fn record(note: &Value) -> Option<NoteRecord> {
    Some(NoteRecord {
        note_id: Some(id(note)?),
        kind: text(note, &["type"]),
        title: written(note, "title"),
        desc: written(note, "desc"),
        author: at(note, &["user"]).map(author),
        tags: items(note, &["tagList"]).filter_map(|tag| text(tag, &["name"])).collect(),
        images: images(note),
        video: video(note),
        counts: counts(note),
        published_at: millis(note, &["time"]),
        updated_at: millis(note, &["lastUpdateTime"]),
        ip_location: text(note, &["ipLocation"]),
        xsec_token: None,
    })
}

pub(super) fn counts(note: &Value) -> BTreeMap<String, shared_kernel::domain::Count> {
    COUNTS
        .iter()
        .filter_map(|(key, name)| Some(((*name).to_owned(), count(note, &["interactInfo", key])?)))
        .collect()
}

/// A text as the author left it, empty ones too.
pub(super) fn written(note: &Value, key: &str) -> Option<String> {
    match at(note, &[key])? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

pub(super) fn author(user: &Value) -> Author {
    Author {
        user_id: text_of_any(user, &["userId", "userid"]),
        nickname: text_of_any(user, &["nickname", "nickName"]),
        avatar: text_of_any(user, &["avatar", "image"]),
    }
}
