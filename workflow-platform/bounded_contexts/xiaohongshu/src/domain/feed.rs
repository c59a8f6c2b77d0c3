//! Lists of notes: the explore page, a channel, a search.

use serde_json::Value;
use shared_kernel::domain::{
    Count, PageError, SitePage, Timestamp,
    markup::{all, attribute, first, text_at},
    parse_time,
};

use super::{
    note::{author, counts, written},
    note_markup::{NOTE, USER},
    opened::{Opened, id_behind},
    record::{Author, Image, NoteRecord},
    state::{at, items, text, text_of_any},
    video::{image, image_id},
};

/// Reads the notes of a list; what is no note (live rooms, queries) is dropped.
pub fn parse_feed(page: &SitePage<'_>) -> Result<Vec<NoteRecord>, PageError> {
    let opened = Opened::new(page);
    opened.read("feed.feeds", |state| from_state(state, page.seen_at), || from_markup(&opened))
}

/// `None` when there is no list, or one of rows that no longer read as notes.
fn from_state(state: &Value, seen_at: Option<Timestamp>) -> Option<Vec<NoteRecord>> {
    let rows: Vec<&Value> = rows(state)?.collect();
    let notes: Vec<NoteRecord> = rows.iter().filter_map(|row| card(row, seen_at)).collect();
    let expected = rows.iter().any(|row| is_note(row));
    (!notes.is_empty() || !expected).then_some(notes)
}

/// The rows of a list, wherever this kind of page keeps it.
pub(super) fn rows(state: &Value) -> Option<impl Iterator<Item = &Value>> {
    let places: [&[&str]; 4] = [&["feed", "feeds"], &["search", "feeds"], &["feeds"], &[]];
    let place = places.into_iter().find(|place| at(state, place).is_some_and(Value::is_array))?;
    Some(items(state, place))
}

fn is_note(row: &Value) -> bool {
    text(row, &["modelType"]).is_none_or(|kind| kind == "note")
}

/// A note as a list shows it. `None` for what is none, or has no id.
pub(super) fn card(row: &Value, seen_at: Option<Timestamp>) -> Option<NoteRecord> {
    if !is_note(row) {
        return None;
    }
    let card = at(row, &["noteCard"]).unwrap_or(row);
    let note_id = text_of_any(row, &["id", "noteId"])
        .or_else(|| text_of_any(card, &["noteId", "id"]))
        .filter(|id| !id.is_empty())?;
    let cover = at(card, &["cover"]).filter(|cover| cover.is_object()).map(image);
    let cover = cover.filter(|cover| cover.id.is_some() || cover.url.is_some());
    Some(NoteRecord {
        note_id: Some(note_id),
        kind: text(card, &["type"]),
        title: written(card, "displayTitle").or_else(|| written(card, "title")),
        author: at(card, &["user"]).map(author),
        images: cover.into_iter().collect(),
        counts: counts(card),
        published_at: published(card, seen_at),
        xsec_token: text(row, &["xsecToken"]).or_else(|| text(card, &["xsecToken"])),
        ..NoteRecord::default()
    })
}

fn published(card: &Value, seen_at: Option<Timestamp>) -> Option<Timestamp> {
    let mut corners = items(card, &["cornerTagInfo"]);
    let corner =
        corners.find(|corner| text(corner, &["type"]).as_deref() == Some("publish_time"))?;
    parse_time(&text(corner, &["text"])?, seen_at)
}

fn from_markup(opened: &Opened<'_>) -> Option<Vec<NoteRecord>> {
    let sections = all(opened.document.root_element(), "section.note-item");
    let notes: Vec<NoteRecord> = sections.into_iter().filter_map(section).collect();
    (!notes.is_empty()).then_some(notes)
}

fn section(section: scraper::ElementRef<'_>) -> Option<NoteRecord> {
    let marks = [NOTE[0], NOTE[1], "/search_result/"];
    let links = all(section, "a[href]");
    let note_id = links.iter().find_map(|link| id_behind(link.attr("href")?, &marks))?;
    let profile = first(section, "a[href*='/user/profile/']");
    let author = Author {
        user_id: profile.and_then(|link| id_behind(link.attr("href")?, &USER)),
        nickname: text_at(section, ".author .name").or_else(|| text_at(section, ".author")),
        avatar: first(section, ".author img").and_then(|image| attribute(image, "src")),
    };
    let cover = first(section, "a.cover img").and_then(|image| attribute(image, "src"));
    let mut note = NoteRecord {
        note_id: Some(note_id),
        title: text_at(section, ".title"),
        author: (author != Author::default()).then_some(author),
        images: cover
            .map(|url| Image { id: image_id(&url), url: Some(url), ..Image::default() })
            .into_iter()
            .collect(),
        ..NoteRecord::default()
    };
    let liked = text_at(section, ".like-wrapper .count").and_then(|text| Count::parse(&text));
    note.counts.extend(liked.map(|count| ("liked".to_owned(), count)));
    Some(note)
}
