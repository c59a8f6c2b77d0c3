//! Somebody's profile, `/user/profile/{id}`.

use std::collections::BTreeMap;

use serde_json::Value;
use shared_kernel::domain::{
    Count, PageError, SitePage, Timestamp,
    markup::{all, attribute, first, text_at},
};

use super::{
    feed::card,
    note::written,
    note_markup::USER,
    opened::Opened,
    record::{CreatorRecord, NoteRecord},
    state::{at, count, items, text, text_of_any, unwrapped},
};

/// What the profile counts, and the site's words for it.
const COUNTS: [(&str, &str); 3] =
    [("follows", "关注"), ("fans", "粉丝"), ("interaction", "获赞与收藏")];

/// Reads a profile with the notes it shows.
pub fn parse_creator(page: &SitePage<'_>) -> Result<CreatorRecord, PageError> {
    let opened = Opened::new(page);
    let mut creator = opened.read(
        "user.userPageData.basicInfo",
        |state| from_state(state, page.seen_at),
        || from_markup(&opened),
    )?;
    creator.user_id = opened.own_id(&USER).or(creator.user_id);
    Ok(creator)
}

/// The profile's data, in a whole state or in an export of the part.
pub(super) fn page_data(state: &Value) -> Option<&Value> {
    let places: [&[&str]; 4] = [&["user", "userPageData"], &["userPageData"], &["user"], &[]];
    places
        .iter()
        .filter_map(|place| at(state, place))
        .find(|data| at(data, &["basicInfo"]).is_some())
}

fn from_state(state: &Value, seen_at: Option<Timestamp>) -> Option<CreatorRecord> {
    let data = page_data(state)?;
    let info = at(data, &["basicInfo"])?;
    let notes = notes(state, seen_at);
    let creator = CreatorRecord {
        user_id: text_of_any(info, &["userId"]).or_else(|| writer(&notes)),
        nickname: text_of_any(info, &["nickname", "nickName"]),
        red_id: text(info, &["redId"]),
        desc: written(info, "desc"),
        avatar: text_of_any(info, &["images", "imageb", "image"]),
        ip_location: text(info, &["ipLocation"]),
        tags: items(data, &["tags"]).filter_map(|tag| text(tag, &["name"])).collect(),
        counts: counts(data),
        notes,
    };
    (creator.nickname.is_some() || creator.red_id.is_some()).then_some(creator)
}

fn counts(data: &Value) -> BTreeMap<String, Count> {
    let known = |kind: &str| COUNTS.iter().any(|(name, _)| *name == kind);
    items(data, &["interactions"])
        .filter_map(|row| {
            Some((text(row, &["type"]).filter(|kind| known(kind))?, count(row, &["count"])?))
        })
        .collect()
}

/// The first tab of the profile's notes: those the creator wrote.
fn notes(state: &Value, seen_at: Option<Timestamp>) -> Vec<NoteRecord> {
    let tabs = at(state, &["user", "notes"]).or_else(|| at(state, &["notes"]));
    let first = match tabs {
        Some(Value::Array(tabs)) => tabs.first(),
        Some(tabs) => tabs.get("0"),
        None => None,
    };
    let rows = first.map(unwrapped).and_then(Value::as_array).into_iter().flatten();
    rows.filter_map(|row| card(unwrapped(row), seen_at)).collect()
}

/// Whoever all notes name as their author.
fn writer(notes: &[NoteRecord]) -> Option<String> {
    let id = |note: &NoteRecord| note.author.as_ref()?.user_id.clone();
    let first = id(notes.first()?)?;
    notes.iter().all(|note| id(note).as_ref() == Some(&first)).then_some(first)
}

fn from_markup(opened: &Opened<'_>) -> Option<CreatorRecord> {
    let root = opened.document.root_element();
    let nickname = text_at(root, ".user-info .user-name, .user-name")?;
    let behind = |place: &str| {
        let text = text_at(root, place)?;
        let value = text.rsplit(['：', ':']).next()?.trim();
        (!value.is_empty()).then(|| value.to_owned())
    };
    let mut creator = CreatorRecord {
        nickname: Some(nickname),
        red_id: behind(".user-redId"),
        ip_location: behind(".user-IP"),
        desc: text_at(root, ".user-desc"),
        avatar: first(root, ".avatar img.user-image, .user-image")
            .and_then(|i| attribute(i, "src")),
        ..CreatorRecord::default()
    };
    for row in all(root, ".user-interactions > div") {
        let (Some(number), Some(word)) = (text_at(row, ".count"), text_at(row, ".shows")) else {
            continue;
        };
        let name = COUNTS.iter().find(|(_, shown)| word == *shown);
        if let (Some((name, _)), Some(count)) = (name, Count::parse(&number)) {
            creator.counts.insert((*name).to_owned(), count);
        }
    }
    Some(creator)
}
